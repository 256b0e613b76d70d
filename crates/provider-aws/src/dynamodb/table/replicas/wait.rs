//! Waiting for replicas to come and to go.

use std::collections::BTreeSet;

use trueup_aws::dynamodb::TableDescription;
use trueup_aws::{Error, Poll, poll_until};

use super::super::wait::Teller;
use super::OnReplicas;

/// What is waited for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Awaited {
    /// Regions that are to be ACTIVE, replicas and witness alike.
    pub(crate) come: BTreeSet<String>,
    /// Regions that are to be gone.
    pub(crate) go: BTreeSet<String>,
}

/// Where the wait stands after a look at the table.
fn stage(table: &TableDescription, awaited: &Awaited) -> Result<Option<String>, String> {
    let name = &table.name;
    let status_of = |region: &str| {
        let replica = table
            .replicas
            .iter()
            .find(|replica| replica.region == region);
        let witness = table
            .witnesses
            .iter()
            .find(|witness| witness.region == region);
        let status = replica
            .map(|replica| &replica.status)
            .or_else(|| witness.map(|witness| &witness.status));
        status.map(|status| status.clone().unwrap_or_else(|| "ACTIVE".to_owned()))
    };
    for region in &awaited.go {
        if let Some(status) = status_of(region) {
            return Ok(Some(format!("replica {region} of table {name} ({status})")));
        }
    }
    for region in &awaited.come {
        // One that is not listed yet is about to be.
        let status = status_of(region).unwrap_or_else(|| "CREATING".to_owned());
        match status.as_str() {
            "ACTIVE" => {}
            "CREATING" | "UPDATING" | "DELETING" => {
                return Ok(Some(format!("replica {region} of table {name} ({status})")));
            }
            _ => return Err(format!("{status} (replica {region})")),
        }
    }
    match table.status.as_str() {
        "ACTIVE" => Ok(None),
        status @ ("CREATING" | "UPDATING") => Ok(Some(format!("table {name} ({status})"))),
        status => Err(status.to_owned()),
    }
}

impl OnReplicas<'_> {
    /// Waits until replicas are where they are to be and the table takes changes again.
    pub(crate) async fn wait(self, awaited: &Awaited) -> Result<TableDescription, Error> {
        let Self {
            tables, name, time, ..
        } = self;
        let words = |verb: &str, regions: &BTreeSet<String>| {
            let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
            (!regions.is_empty()).then(|| format!("{} to {verb}", regions.join(", ")))
        };
        let what: Vec<String> = words("become ACTIVE", &awaited.come)
            .into_iter()
            .chain(words("be gone", &awaited.go))
            .collect();
        let settings = tables.settings(
            format!(
                "the replica(s) of table {name} in {}",
                what.join(" and in ")
            ),
            time,
        );
        let teller = Teller::new(self.progress, time);
        poll_until(&settings, &self.cx.cancel, || {
            let teller = &teller;
            Box::pin(async move {
                let table = tables.aws.dynamodb.describe_table(name).await?;
                Ok(match stage(&table, awaited) {
                    Ok(None) => Poll::Done(table),
                    Ok(Some(what)) => {
                        teller.say(&format!("waiting for {what}"));
                        Poll::Pending(what)
                    }
                    Err(state) => Poll::Unexpected(state),
                })
            })
        })
        .await
    }
}
