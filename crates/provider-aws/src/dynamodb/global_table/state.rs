//! A global table in the form that stands in state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::GlobalTable;
use trueup_value::Value;

use super::schema::{LIMITS, body};
use crate::members::{elements, filled, member};

/// The regions that a value says.
pub(super) fn regions(value: &Value) -> BTreeSet<String> {
    elements(value, "replica")
        .iter()
        .filter_map(|replica| filled(replica, "region_name").map(str::to_owned))
        .collect()
}

/// The value of a global table that is there. `prior` is what was believed or planned of it.
pub(super) fn to_state(table: &GlobalTable, prior: Option<&Value>) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::from([
        ("arn".into(), Value::string(&table.arn)),
        ("id".into(), Value::string(&table.name)),
        ("name".into(), Value::string(&table.name)),
    ]);
    if let Some(nested) = body().blocks.first() {
        let replicas = table
            .regions
            .iter()
            .map(|region| Value::object_from([("region_name", Value::string(region))]));
        said.insert(nested.name.into(), nested.of(replicas.collect()));
    }
    if let Some(timeouts) = prior.and_then(|prior| member(prior, "timeouts")) {
        said.insert("timeouts".into(), timeouts.clone());
    }
    body().value(said)
}

/// How long a phase may take.
pub(super) fn time(value: Option<&Value>, phase: &str) -> Duration {
    LIMITS.of(value, phase)
}

/// The bytes beside a global table with the time limits of its value.
pub(super) fn private_bytes(value: Option<&Value>) -> Arc<[u8]> {
    LIMITS.private_bytes(value)
}
