//! Reading replicas: the main table is asked once, however many replicas of it there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::dynamodb::TableDescription;
use trueup_aws::{Class, Error};
use trueup_provider::{Context, Problem};
use trueup_value::Value;

use super::plan::same_region;
use super::state::{There, private_bytes, to_state};
use super::{Main, TableReplicas};
use crate::arn::Arn;
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::members::filled;

impl TableReplicas {
    /// The main table, if it is there.
    async fn find_main(&self, main: &Main) -> Result<Option<TableDescription>, Error> {
        let there = self.main(main)?.aws;
        if_there(there.dynamodb.describe_table(&main.name).await)
    }

    /// What there is of the replica of this region; nothing where the main table has none here, or
    /// the table is gone here.
    async fn there(
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
        let Some(described) = if_there(described)? else {
            return Ok(None);
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
}

impl Read for TableReplicas {
    type Found = (Main, There);
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        Main::of(value).map(|main| main.id())
    }

    async fn find(&self, value: &Value) -> Look<(Main, There)> {
        let Some(main) = Main::of(value) else {
            return Ok(None);
        };
        let table = self.find_main(&main).await?;
        self.here_of(main, table.as_ref(), value).await
    }

    async fn find_all(
        &self,
        _cx: &Context,
        values: &[&Value],
    ) -> Result<Vec<Look<(Main, There)>>, Error> {
        let named: Vec<Option<Main>> = values.iter().map(|value| Main::of(value)).collect();
        let mains: BTreeSet<&Main> = named.iter().flatten().collect();
        let asked = mains.iter().map(|main| self.find_main(main));
        let answers = futures::future::join_all(asked).await;
        let known: BTreeMap<&Main, Look<TableDescription>> =
            mains.into_iter().zip(answers).collect();
        let looks = named.iter().zip(values).map(|(main, value)| {
            let known = main.as_ref().and_then(|main| known.get_key_value(main));
            async move {
                match known {
                    Some((main, Ok(table))) => {
                        self.here_of((*main).clone(), table.as_ref(), value).await
                    }
                    Some((_, Err(error))) => Err(error.clone()),
                    None => Ok(None),
                }
            }
        });
        Ok(futures::future::join_all(looks).await)
    }

    fn state(&self, (main, there): &(Main, There), like: Option<&Value>) -> Value {
        to_state(main, there, &self.here.tags, like)
    }

    fn private(&self, like: Option<&Value>) -> Arc<[u8]> {
        private_bytes(like)
    }

    fn of_import_id(&self, id: &str) -> Result<Value, Problem> {
        let main = Main::of_id(id).ok_or_else(|| {
            Problem::error(
                format!("unexpected format of ID ({id}), expected table-name:main-table-region"),
                "A replica is named by its table and the region of the main table, such as orders:us-east-1; its own region is that of the provider configuration.",
            )
        })?;
        if main.region == self.here.aws.region {
            return Err(same_region(&main.region));
        }
        Ok(Value::object_from([("id", Value::string(id))]))
    }

    fn missing(&self, id: &str) -> Option<String> {
        let main = Main::of_id(id)?;
        Some(format!(
            "The DynamoDB table {:?} of {} has no replica in {}.",
            main.name, main.region, self.here.aws.region
        ))
    }
}

impl TableReplicas {
    /// The replica of this region beside the main table that it is one of.
    async fn here_of(
        &self,
        main: Main,
        table: Option<&TableDescription>,
        like: &Value,
    ) -> Look<(Main, There)> {
        let Some(table) = table else {
            return Ok(None);
        };
        // An import knows nothing of it but its id.
        let believed = Some(like).filter(|like| filled(like, "arn").is_some());
        let there = self.there(&main, table, believed).await?;
        Ok(there.map(|there| (main, there)))
    }
}
