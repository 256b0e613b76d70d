//! Creating, changing and deleting a global table: its regions are all there is to it.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::GlobalTable;
use trueup_value::Value;

use super::GlobalTables;
use super::state::{regions, time};
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::members::filled;

impl Create for GlobalTables {
    fn chosen(&self, wanted: &Value, _token: &str) -> Option<String> {
        self.named(wanted)
    }

    async fn make(&self, _work: &Work<'_>, wanted: &Value) -> Result<GlobalTable, Error> {
        let name = filled(wanted, "name").unwrap_or_default();
        let asked = regions(wanted).into_iter().collect();
        self.aws.dynamodb.create_global_table(name, asked).await
    }

    /// Waits until it is there in all its regions.
    async fn complete(
        &self,
        work: &Work<'_>,
        made: &Value,
        wanted: &Value,
    ) -> Result<Option<GlobalTable>, Error> {
        let name = self.named(made).unwrap_or_default();
        let limit = time(Some(wanted), "create");
        self.wait(work.cx, &name, false, limit, work.progress).await
    }
}

impl Update for GlobalTables {
    /// Changes its regions, in one call.
    async fn change(
        &self,
        work: &Work<'_>,
        old: &Value,
        new: &Value,
    ) -> Result<Option<GlobalTable>, Error> {
        let name = self.named(old).unwrap_or_default();
        let (had, wants) = (regions(old), regions(new));
        if had == wants {
            // Only limits differ, of which AWS knows nothing.
            return Ok(Some(GlobalTable {
                arn: filled(old, "arn").unwrap_or_default().to_owned(),
                name,
                regions: wants.into_iter().collect(),
                ..GlobalTable::default()
            }));
        }
        let limit = time(Some(new), "update");
        self.move_to(work, &name, (&had, &wants), limit).await
    }
}

impl Delete for GlobalTables {
    /// Without regions there is none. The tables stay.
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let name = self.named(prior).unwrap_or_default();
        let limit = time(Some(prior), "delete");
        let (had, none) = (regions(prior), BTreeSet::new());
        self.move_to(work, &name, (&had, &none), limit)
            .await
            .map(drop)
    }

    /// A region of which there is no replica leaves the others where they are.
    fn is_gone(error: &Error) -> bool {
        error.code() == "GlobalTableNotFoundException"
    }
}

impl GlobalTables {
    async fn move_to(
        &self,
        work: &Work<'_>,
        name: &str,
        (had, wants): (&BTreeSet<String>, &BTreeSet<String>),
        limit: Duration,
    ) -> Result<Option<GlobalTable>, Error> {
        let add = wants.difference(had).cloned().collect();
        let remove = had.difference(wants).cloned().collect();
        self.aws
            .dynamodb
            .update_global_table(name, add, remove)
            .await?;
        self.wait(work.cx, name, wants.is_empty(), limit, work.progress)
            .await
    }
}
