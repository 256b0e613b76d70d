//! Reading a table: the description, and what takes calls of its own.

use std::collections::BTreeSet;

use trueup_aws::dynamodb::TableDescription;
use trueup_aws::{Class, Error};
use trueup_provider::{Object, ReadOutcome};
use trueup_value::Value;

use super::model::{Besides, to_state};
use super::private::private_bytes;
use super::{Tables, elsewhere};
use crate::failure::{if_there, problem};
use crate::members::filled;
use crate::rules::{Moment, settle};

impl Tables {
    /// Reads the table again that `prior` tells of.
    pub(crate) async fn read_again(&self, prior: Object) -> ReadOutcome {
        let Some(name) = filled(&prior.value, "id").or_else(|| filled(&prior.value, "name")) else {
            return ReadOutcome::Failed(trueup_provider::Problem::error(
                "reading DynamoDB Table: the state holds no name",
                "The object in state has neither id nor name, so there is nothing to look for.",
            ));
        };
        let doing = format!("reading DynamoDB Table ({name})");
        match self.find(name).await {
            Ok(Some(found)) => match self.all_of(&found, Some(&prior.value)).await {
                Ok(besides) => {
                    let (found, private) = self.within_bands(found, &prior).await;
                    let found = self.without_default_key(found, Some(&prior.value)).await;
                    let value = to_state(&found, &besides, &self.tags, Some(&prior.value));
                    let value = settle(&value, &prior.value, Moment::PlanOrRead);
                    let same = value.raw_equals(&prior.value) && private == prior.private;
                    let object = match same {
                        true => prior,
                        false => Object { value, private },
                    };
                    let theirs = self.known.indexes_elsewhere(&found.name);
                    ReadOutcome::Present(elsewhere::remembered(object, theirs))
                }
                Err(error) if error.is_not_found() => ReadOutcome::Absent,
                Err(error) => ReadOutcome::Failed(problem(&doing, &error)),
            },
            Ok(None) => ReadOutcome::Absent,
            Err(error) => ReadOutcome::Failed(problem(&doing, &error)),
        }
    }

    /// The table of that name, if there is one.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<TableDescription>, Error> {
        let found = if_there(self.aws.dynamodb.describe_table(name).await)?;
        if let Some(found) = &found {
            self.known.saw(found);
        }
        Ok(found)
    }

    /// Backups, time to live and tags, asked for at once.
    pub(crate) async fn besides(&self, table: &TableDescription) -> Result<Besides, Error> {
        let dynamodb = &self.aws.dynamodb;
        let (backups, ttl, tags) = futures::join!(
            dynamodb.describe_continuous_backups(&table.name),
            dynamodb.describe_time_to_live(&table.name),
            dynamodb.list_tags_of_resource(&table.arn),
        );
        let backups = match backups {
            Ok(backups) => backups,
            // Stores that know no backups have none, and so have archived tables.
            Err(error) if error.class() == Class::Unsupported => Default::default(),
            Err(error) if error.code().starts_with("TableNotFound") => Default::default(),
            Err(error) => return Err(error),
        };
        let ttl = match ttl {
            // On its way is as good as there: AWS may take an hour for it.
            Ok(ttl) => ttl
                .attribute
                .filter(|_| matches!(ttl.status.as_str(), "ENABLED" | "ENABLING")),
            Err(error) if error.class() == Class::Unsupported => None,
            Err(error) => return Err(error),
        };
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) if error.class() == Class::Unsupported => Default::default(),
            Err(error) => return Err(error),
        };
        Ok(Besides {
            recovery: backups.point_in_time_recovery.as_deref() == Some("ENABLED"),
            recovery_days: backups.recovery_period_in_days.map(i64::from),
            ttl,
            tags,
            replicas: Vec::new(),
        })
    }

    /// The whole object of a table as it is now; `like` is what was planned or believed, `written` the
    /// features that its block turns on.
    pub(crate) async fn object(
        &self,
        table: &TableDescription,
        like: Option<&Value>,
        written: &BTreeSet<String>,
    ) -> Result<Object, Error> {
        let besides = self.all_of(table, like).await?;
        let table = self.without_default_key(table.clone(), like).await;
        Ok(Object {
            value: to_state(&table, &besides, &self.tags, like),
            private: Some(private_bytes(like, written)),
        })
    }
}
