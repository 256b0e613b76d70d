//! `aws_dynamodb_global_secondary_index`: an index as an object of its own, beside a table whose block says nothing of it.

mod change;
mod model;
mod plan;
pub(crate) mod schema;
pub(crate) mod validate;

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::TableDescription;
use trueup_provider::{PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use super::follow::follow_table;
use super::table::Tables;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::members::{filled, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Satellite, said};
use model::to_state;
use schema::{LIMITS, body};

/// The type under one provider configuration, in one region.
pub(crate) struct GlobalIndexes {
    tables: Tables,
}

impl GlobalIndexes {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            tables: Tables::of(place),
        }))
    }
}

/// Table and index of a value.
fn names(value: &Value) -> (&str, &str) {
    let of = |name: &str| text(value, name).unwrap_or_default();
    (of("table_name"), of("index_name"))
}

impl Satellite for GlobalIndexes {
    type Seen = TableDescription;
    const LABEL: &'static str = "DynamoDB Global Secondary Index";
    const ZERO_IS_UNSET: bool = false;
    const NAMES: &'static [&'static str] = &["table_name", "index_name"];

    fn body() -> &'static Body {
        body()
    }

    fn blank() -> Value {
        said(body(), [("projection", Value::dynamic_null())])
    }

    fn aws(&self) -> &Connection {
        &self.tables.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut planned = plan::plan(request);
        let prior = request.prior.map(|object| &object.value);
        follow_table(&mut planned, prior, "table_name", &self.tables.known.keys);
        planned
    }

    fn limit(&self, value: &Value, phase: &'static str) -> Duration {
        LIMITS.of(Some(value), phase)
    }

    fn private(&self, _value: &Value) -> Option<Arc<[u8]>> {
        None
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        match id.split_once(',') {
            Some((table, index)) if !table.is_empty() && !index.is_empty() => {
                Ok(Self::named([table, index]))
            }
            _ => Err("An id is the names of table and index: TABLE,INDEX".to_owned()),
        }
    }

    fn told(&self, value: &Value) {
        let (table, index) = names(value);
        self.tables.known.index_elsewhere(table, index);
    }

    fn subject(&self, value: &Value) -> Option<String> {
        filled(value, "table_name").map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<TableDescription>, Error> {
        self.tables.find(subject).await
    }

    fn state(&self, seen: &TableDescription, like: &Value) -> Option<Value> {
        let (_, name) = names(like);
        let index = seen
            .global_indexes
            .iter()
            .find(|index| index.name == name)?;
        // On its way out is gone.
        if seen.status == "DELETING" || index.status.as_deref() == Some("DELETING") {
            return None;
        }
        Some(to_state(seen, index, like))
    }

    fn digest(&self, value: &Value) -> String {
        let (table, index) = names(value);
        let (keys, definitions) = model::keys(value);
        digest_of_text(&format!(
            "index {table:?} {index:?} {keys:?} {definitions:?}"
        ))
    }
}
