//! Reading replicas: the main table is asked once, however many replicas of it there are.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::dynamodb::TableDescription;
use trueup_aws::{Class, Error};
use trueup_provider::{Imported, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::state::{There, private_bytes, to_state};
use super::{Main, TableReplicas};
use crate::arn::Arn;
use crate::failure::problem;
use crate::members::filled;
use crate::rules::read_beside;

impl TableReplicas {
    /// Reads many again, answers in order.
    pub(super) async fn read_all(&self, requests: Vec<ReadRequest>) -> Vec<ReadOutcome> {
        let mains: BTreeSet<Main> = requests
            .iter()
            .filter_map(|request| Main::of(&request.prior.value))
            .collect();
        let asked = mains.iter().map(|main| self.find_main(main));
        let answers = futures::future::join_all(asked).await;
        let known: BTreeMap<Main, Result<Option<TableDescription>, Error>> =
            mains.iter().cloned().zip(answers).collect();
        let known = &known;
        let reads = requests.into_iter().map(|request| async move {
            let prior = request.prior;
            let Some(main) = Main::of(&prior.value) else {
                return ReadOutcome::Failed(bad_id(filled(&prior.value, "id").unwrap_or_default()));
            };
            let doing = format!("reading DynamoDB Table Replica ({})", main.id());
            let failed = |error: &Error| ReadOutcome::Failed(problem(&doing, error));
            let table = match known.get(&main) {
                Some(Ok(Some(table))) => table,
                Some(Ok(None)) | None => return ReadOutcome::Absent,
                Some(Err(error)) => return failed(error),
            };
            match self.there(&main, table, Some(&prior.value)).await {
                Ok(Some(there)) => {
                    let tags = &self.here.tags;
                    let value = to_state(&main, &there, tags, Some(&prior.value));
                    read_beside(prior, &value)
                }
                Ok(None) => ReadOutcome::Absent,
                Err(error) => failed(&error),
            }
        });
        futures::future::join_all(reads).await
    }

    /// The main table, if it is there.
    pub(super) async fn find_main(&self, main: &Main) -> Result<Option<TableDescription>, Error> {
        match self
            .main(main)?
            .aws
            .dynamodb
            .describe_table(&main.name)
            .await
        {
            Ok(table) => Ok(Some(table)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What there is of the replica of this region; nothing where the main table has none here, or
    /// the table is gone here.
    pub(super) async fn there(
        &self,
        main: &Main,
        table: &TableDescription,
        prior: Option<&Value>,
    ) -> Result<Option<There>, Error> {
        let here = &self.here.aws;
        let Some(replica) = table
            .replicas
            .iter()
            .find(|replica| replica.region == here.region)
            .filter(|replica| replica.status.as_deref() != Some("DELETING"))
        else {
            return Ok(None);
        };
        let arn = Arn::parse(&table.arn)
            .map_or_else(|_| table.arn.clone(), |arn| arn.in_region(&here.region));
        let (described, backups, tags) = futures::join!(
            here.dynamodb.describe_table(&main.name),
            here.dynamodb.describe_continuous_backups(&main.name),
            here.dynamodb.list_tags_of_resource(&arn),
        );
        let described = match described {
            Ok(described) => described,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let recovery = match backups {
            Ok(backups) => backups.point_in_time_recovery.as_deref() == Some("ENABLED"),
            Err(error) if error.class() == Class::Unsupported || error.is_not_found() => false,
            Err(error) => return Err(error),
        };
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) if error.class() == Class::Unsupported || error.is_not_found() => {
                Default::default()
            }
            Err(error) => return Err(error),
        };
        let named = prior.and_then(|prior| filled(prior, "kms_key_arn"));
        let key = match described
            .sse
            .as_ref()
            .and_then(|sse| sse.kms_key_arn.clone())
        {
            None => String::new(),
            Some(key) if named == Some(&key) => key,
            Some(key) => match self.here.default_key.arn(here).await {
                Some(default) if default == key => String::new(),
                None if prior.is_some() => String::new(),
                _ => key,
            },
        };
        Ok(Some(There {
            main_arn: table.arn.clone(),
            class: replica.table_class.clone(),
            table: described,
            key,
            recovery,
            tags,
        }))
    }

    /// The replica of an id, for an import.
    pub(super) async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let main = Main::of_id(id).ok_or_else(|| bad_id(id))?;
        if main.region == self.here.aws.region {
            return Err(super::plan::same_region(&main.region));
        }
        let doing = format!("reading DynamoDB Table Replica ({id})");
        let failed = |error: Error| problem(&doing, &error);
        let there = match self.find_main(&main).await.map_err(failed)? {
            Some(table) => self.there(&main, &table, None).await.map_err(failed)?,
            None => None,
        };
        let Some(there) = there else {
            return Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "The DynamoDB table {:?} of {} has no replica in {}.",
                    main.name, main.region, self.here.aws.region
                ),
            ));
        };
        Ok(vec![Imported {
            object: Object {
                value: to_state(&main, &there, &self.here.tags, None),
                private: Some(private_bytes(None)),
            },
        }])
    }
}

fn bad_id(id: &str) -> Problem {
    Problem::error(
        format!("unexpected format of ID ({id}), expected table-name:main-table-region"),
        "A replica is named by its table and the region of the main table, such as orders:us-east-1; its own region is that of the provider configuration.",
    )
}
