//! `aws_dynamodb_contributor_insights`: which keys of a table or an index are asked for most.

pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::Insights;
use trueup_aws::{Class, Error, Poll};
use trueup_provider::{PlanRequest, Planned, Problems, ResourceType};
use trueup_value::Value;

use super::KnownTables;
use super::follow::follow_table;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::members::{filled, member, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Changes, Run, Satellite, check_word, plan_of, said, text_of, with};
use crate::timeouts::bad_limits;
use schema::{LIMITS, TIMEOUTS, body};

/// The type under one provider configuration, in one region.
pub(crate) struct ContributorInsights {
    aws: Connection,
    known: Arc<KnownTables>,
}

impl ContributorInsights {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            aws: place.aws.clone(),
            known: Arc::clone(&place.known),
        }))
    }
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let modes = ["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"];
    check_word(config, "mode", &modes, &mut found);
    found.extend(bad_limits(config, TIMEOUTS));
    found
}

/// Table and index, as ids and subjects of looks name them.
fn name(table: &str, index: &str) -> String {
    format!("name:{table}/index:{index}")
}

fn split(subject: &str) -> Option<(&str, Option<&str>)> {
    let (table, index) = subject.strip_prefix("name:")?.split_once("/index:")?;
    Some((table, Some(index).filter(|index| !index.is_empty())))
}

fn place(value: &Value) -> (&str, Option<&str>) {
    let table = text(value, "table_name").unwrap_or_default();
    (table, filled(value, "index_name"))
}

impl ContributorInsights {
    async fn id(&self, value: &Value) -> Result<String, Error> {
        let account = self.aws.session.account_id().await?.unwrap_or_default();
        let (table, index) = place(value);
        Ok(format!(
            "{}/{account}",
            name(table, index.unwrap_or_default())
        ))
    }

    async fn turn(&self, run: &Run<'_>, value: &Value, on: bool) -> Result<(), Error> {
        let (table, index) = place(value);
        let (table, index) = (table.to_owned(), index.map(str::to_owned));
        let mode = filled(value, "mode").filter(|_| on).map(str::to_owned);
        let dynamodb = self.aws.dynamodb.clone();
        let what = format!("table {table} to accept a change of its contributor insights");
        run.patiently(&self.aws, &what, move || {
            let (dynamodb, table, index, mode) =
                (dynamodb.clone(), table.clone(), index.clone(), mode.clone());
            Box::pin(async move {
                let (index, mode) = (index.as_deref(), mode.as_deref());
                let asked = dynamodb.update_contributor_insights(&table, index, on, mode);
                asked.await.map(drop)
            })
        })
        .await
    }

    async fn wait(&self, run: &Run<'_>, value: &Value, wanted: &str) -> Result<(), Error> {
        let (table, index) = place(value);
        let whose = match index {
            Some(index) => format!("index {index} of table {table}"),
            None => format!("table {table}"),
        };
        let (table, index) = (table.to_owned(), index.map(str::to_owned));
        let (dynamodb, wanted) = (self.aws.dynamodb.clone(), wanted.to_owned());
        let what = format!("contributor insights of {whose} to become {wanted}");
        run.wait(&self.aws, what, move || {
            let (dynamodb, table, index, wanted) = (
                dynamodb.clone(),
                table.clone(),
                index.clone(),
                wanted.clone(),
            );
            Box::pin(async move {
                let asked = dynamodb.describe_contributor_insights(&table, index.as_deref());
                let found = asked.await?;
                Ok(match found.status.as_str() {
                    status if status == wanted => Poll::Done(()),
                    "FAILED" => Poll::Unexpected(match found.failure {
                        Some(failure) => format!("FAILED: {failure}"),
                        None => found.status,
                    }),
                    _ => Poll::Pending(found.status),
                })
            })
        })
        .await
    }

    async fn enable(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let id = self.id(wanted).await?;
        self.turn(run, wanted, true).await?;
        let index = filled(wanted, "index_name").unwrap_or_default();
        let value = with(
            wanted,
            [
                ("id", Value::string(id)),
                ("index_name", Value::string(index)),
            ],
        );
        run.created(value.clone()).await;
        self.wait(run, &value, "ENABLED").await?;
        Ok(value)
    }
}

impl Satellite for ContributorInsights {
    type Seen = Insights;
    const LABEL: &'static str = "DynamoDB Contributor Insights";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["table_name"];
    const FURTHER_NAMES: &'static [&'static str] = &["index_name"];

    fn body() -> &'static Body {
        body()
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut planned = plan_of(body(), request, &["mode"]);
        let prior = request.prior.map(|object| &object.value);
        follow_table(&mut planned, prior, "table_name", &self.known.keys);
        planned
    }

    fn limit(&self, value: &Value, phase: &'static str) -> Duration {
        // A change of the mode takes as long as turning it on.
        let phase = if phase == "update" { "create" } else { phase };
        LIMITS.of(Some(value), phase)
    }

    fn private(&self, value: &Value) -> Option<Arc<[u8]>> {
        Some(LIMITS.private_bytes(Some(value)))
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Result<Value, Error> {
        let names = ["table_name", "index_name"];
        let value = said(body(), names.map(|name| (name, text_of(identity, name))));
        let id = self.id(&value).await?;
        Ok(with(&value, [("id", Value::string(id))]))
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        let form = || {
            "An id is name:TABLE/index:INDEX/ACCOUNT; INDEX is empty for the table itself"
                .to_owned()
        };
        let (subject, _account) = id.rsplit_once('/').ok_or_else(form)?;
        let (table, index) = split(subject)
            .filter(|(table, _)| !table.is_empty())
            .ok_or_else(form)?;
        Ok(said(
            body(),
            [
                ("id", Value::string(id)),
                ("table_name", Value::string(table)),
                ("index_name", Value::string(index.unwrap_or_default())),
            ],
        ))
    }

    fn subject(&self, value: &Value) -> Option<String> {
        let table = filled(value, "table_name")?;
        let index = filled(value, "index_name").unwrap_or_default();
        Some(name(table, index))
    }

    async fn look(&self, subject: &str) -> Result<Option<Insights>, Error> {
        let Some((table, index)) = split(subject) else {
            return Ok(None);
        };
        let dynamodb = &self.aws.dynamodb;
        match dynamodb.describe_contributor_insights(table, index).await {
            Ok(found) => Ok(Some(found)),
            // A store that knows no insights has none.
            Err(error) if error.is_not_found() || error.class() == Class::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn state(&self, seen: &Insights, like: &Value) -> Option<Value> {
        // What failed to be turned on, or is on its way off, is not there: it is turned on again.
        if !matches!(seen.status.as_str(), "ENABLED" | "ENABLING") {
            return None;
        }
        let mode = match (member(like, "mode"), &seen.mode) {
            (Some(_), Some(mode)) => Value::string(mode),
            // Imported with a mode that only a configuration can have asked for.
            (None, Some(mode)) if mode == "THROTTLED_KEYS" => Value::string(mode),
            _ => return Some(like.clone()),
        };
        Some(with(like, [("mode", mode)]))
    }

    fn digest(&self, value: &Value) -> String {
        let (table, index) = place(value);
        digest_of_text(&format!(
            "insights {table:?} {:?}",
            index.unwrap_or_default()
        ))
    }
}

impl Changes for ContributorInsights {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        self.enable(run, wanted).await
    }

    async fn update(&self, run: &Run<'_>, prior: &Value, wanted: &Value) -> Result<Value, Error> {
        // Other time limits are no change in AWS.
        if filled(prior, "mode") != filled(wanted, "mode") {
            self.turn(run, wanted, true).await?;
            self.wait(run, wanted, "ENABLED").await?;
        }
        Ok(wanted.clone())
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        self.turn(run, prior, false).await?;
        self.wait(run, prior, "DISABLED").await
    }
}
