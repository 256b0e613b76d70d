//! A table that was begun, and one that was restored or imported: neither call takes all of a block.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{Import, TableDescription};
use trueup_provider::{Context, Progress};
use trueup_value::Value;

use super::Tables;
use super::sources::filled_in;
use super::update::Change;

/// A table that was begun.
pub(crate) struct Made {
    /// As far as AWS describes it already.
    pub(crate) table: Option<TableDescription>,
    /// The import that makes it.
    pub(crate) import: Option<Import>,
    /// Whether the call took all that it could of what the block says.
    pub(crate) as_wanted: bool,
}

/// A table that did not get all that it should have.
pub(crate) struct Incomplete {
    /// As it is, where that is known.
    pub(crate) table: Option<TableDescription>,
    /// What kept it from that.
    pub(crate) error: Error,
}

impl Tables {
    /// Makes a restored or imported table all that its block says: neither call takes all of it.
    pub(crate) async fn converge(
        &self,
        cx: &Context,
        name: &str,
        wanted: &Value,
        made: &Made,
        time: Duration,
        progress: &dyn Progress,
    ) -> Result<TableDescription, Incomplete> {
        if let Some(import) = &made.import {
            self.wait_imported(cx, name, import, time, progress)
                .await
                .map_err(|error| Incomplete { table: None, error })?;
        }
        let table = self.wait_active(cx, name, time, progress).await;
        let table = table.map_err(|error| Incomplete { table: None, error })?;
        let half = |error| Incomplete {
            table: Some(table.clone()),
            error,
        };
        let nothing = BTreeSet::new();
        let there = self.object(&table, Some(wanted), &nothing).await;
        let there = there.map_err(half)?;
        let new = filled_in(wanted, &there.value);
        let change = Change {
            tables: self,
            cx,
            progress,
            name,
            old: &there.value,
            new: &new,
            time,
        };
        let changed = change.make().await;
        let table = self.aws.dynamodb.describe_table(name).await.map_err(half)?;
        match changed {
            Ok(()) => Ok(table),
            Err(error) => Err(Incomplete {
                table: Some(table),
                error,
            }),
        }
    }
}
