//! What there is of a table's replicas: asked in their regions, all at once.

use trueup_aws::dynamodb::{Replica, TableDescription};
use trueup_aws::{Class, Error};
use trueup_value::Value;

use super::super::default_key::DefaultKey;
use super::super::{Besides, Tables};
use super::{arn_in, said};
use crate::members::{elements, filled, flag};
use crate::tags::Tags;

/// A replica that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its region.
    pub(crate) region: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// ARN of its key; "" for AWS's own and for the account's default.
    pub(crate) key: String,
    /// Whether point-in-time recovery is on.
    pub(crate) recovery: bool,
    /// Whether it is protected from deletion.
    pub(crate) protection: bool,
    /// Its tags; asked only where the table's are meant to travel. What can't be read is `None` too.
    pub(crate) tags: Option<Tags>,
    /// ARN of its stream, or "".
    pub(crate) stream_arn: String,
    /// Label of its stream, or "".
    pub(crate) stream_label: String,
}

impl Tables {
    /// All that takes calls of its own to read, asked for at once in all regions. `prior` is what was
    /// believed or planned of the table.
    pub(crate) async fn all_of(
        &self,
        table: &TableDescription,
        prior: Option<&Value>,
    ) -> Result<Besides, Error> {
        let (besides, replicas) = futures::join!(self.besides(table), self.replicas(table, prior));
        Ok(Besides {
            replicas: replicas?,
            ..besides?
        })
    }

    /// The replicas of a table, in the order of their regions. `prior` is what was believed of it.
    async fn replicas(
        &self,
        table: &TableDescription,
        prior: Option<&Value>,
    ) -> Result<Vec<Found>, Error> {
        let mut there: Vec<&Replica> = table
            .replicas
            .iter()
            .filter(|replica| replica.region != self.aws.region)
            // One on its way out is as good as gone.
            .filter(|replica| replica.status.as_deref() != Some("DELETING"))
            .collect();
        there.sort_by(|a, b| a.region.cmp(&b.region));
        let asked = there
            .into_iter()
            .map(|replica| self.replica(table, replica, prior));
        futures::future::try_join_all(asked).await
    }

    async fn replica(
        &self,
        table: &TableDescription,
        replica: &Replica,
        prior: Option<&Value>,
    ) -> Result<Found, Error> {
        let region = replica.region.as_str();
        let before = prior.and_then(|prior| {
            elements(prior, "replica")
                .iter()
                .find(|block| filled(block, "region_name") == Some(region))
        });
        let said = prior.and_then(|prior| said(prior).remove(region));
        let arn = replica
            .arn
            .clone()
            .unwrap_or_else(|| arn_in(&table.arn, region));
        let mut found = Found {
            region: region.to_owned(),
            arn: arn.clone(),
            ..Found::default()
        };
        let there = self.aws.in_region(region)?;
        let propagates = said.as_ref().is_some_and(|said| said.propagates);
        let (described, backups, its_tags) = futures::join!(
            there.dynamodb.describe_table(&table.name),
            there.dynamodb.describe_continuous_backups(&table.name),
            async {
                match propagates {
                    true => Some(there.dynamodb.list_tags_of_resource(&arn).await),
                    false => None,
                }
            },
        );
        found.recovery = match backups {
            Ok(backups) => backups.point_in_time_recovery.as_deref() == Some("ENABLED"),
            Err(error) if error.class() == Class::Unsupported || error.is_not_found() => false,
            Err(error) => return Err(super::about(region)(error)),
        };
        found.tags = its_tags.and_then(Result::ok);
        match described {
            Ok(described) => {
                found.protection = described.deletion_protection == Some(true);
                found.stream_arn = described.latest_stream_arn.unwrap_or_default();
                found.stream_label = described.latest_stream_label.unwrap_or_default();
                let key = described.sse.and_then(|sse| sse.kms_key_arn);
                found.key = match key {
                    None => String::new(),
                    // A key that was named is that key, the account's default or not.
                    Some(key) if before.and_then(|b| filled(b, "kms_key_arn")) == Some(&key) => key,
                    Some(key) => match DefaultKey::default().arn(&there).await {
                        Some(default) if default == key => String::new(),
                        None if before.is_some() => String::new(),
                        _ => key,
                    },
                };
            }
            Err(error) => {
                tracing::warn!(region, %error, "a replica could not be described");
                let text = |name: &str| {
                    let text = before.and_then(|before| filled(before, name));
                    text.unwrap_or_default().to_owned()
                };
                found.key = text("kms_key_arn");
                found.stream_arn = text("stream_arn");
                found.stream_label = text("stream_label");
                found.protection = before
                    .and_then(|before| flag(before, "deletion_protection_enabled"))
                    .unwrap_or(false);
            }
        }
        Ok(found)
    }
}
