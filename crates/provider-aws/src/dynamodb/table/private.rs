//! The bytes that stand beside a table in state: its time limits, as the published provider keeps them,
//! and which features its block had turned on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use trueup_value::Value;

use super::schema::VERSION;
use crate::configuration::duration;
use crate::members::{member, text};

/// The key under which the time limits stand.
const TIMEOUTS_KEY: &str = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

/// The key under which the features stand; other programs pass it over.
const WRITTEN_KEY: &str = "trueup_written";

/// How long a phase may take where the block does not say.
fn default_limit(phase: &str) -> Duration {
    let minutes = match phase {
        "create" => 30,
        "update" => 60,
        _ => 10,
    };
    Duration::from_secs(minutes * 60)
}

/// How long a phase may take: what the `timeouts` block of a table's value says, else the default.
pub(crate) fn limit(value: Option<&Value>, phase: &str) -> Duration {
    value
        .and_then(|value| member(value, "timeouts"))
        .and_then(|timeouts| text(timeouts, phase))
        .and_then(duration)
        .unwrap_or_else(|| default_limit(phase))
}

/// The bytes for a table with the time limits of its value, and the features that were written for it.
pub(crate) fn private_bytes(value: Option<&Value>, written: &BTreeSet<String>) -> Arc<[u8]> {
    let nanoseconds = |phase: &str| limit(value, phase).as_nanos();
    let names: Vec<String> = written.iter().map(|name| format!("{name:?}")).collect();
    let written = if names.is_empty() {
        String::new()
    } else {
        format!(",\"{WRITTEN_KEY}\":[{}]", names.join(","))
    };
    format!(
        "{{\"{TIMEOUTS_KEY}\":{{\"create\":{},\"delete\":{},\"update\":{}}},\"schema_version\":\"{VERSION}\"{written}}}",
        nanoseconds("create"),
        nanoseconds("delete"),
        nanoseconds("update"),
    )
    .into_bytes()
    .into()
}

/// The features that the bytes beside a table tell of.
pub(crate) fn written(private: Option<&[u8]>) -> BTreeSet<String> {
    private
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok())
        .and_then(|kept| {
            let names = kept.get(WRITTEN_KEY)?.as_array()?;
            let names = names.iter().filter_map(|name| name.as_str());
            Some(names.map(str::to_owned).collect())
        })
        .unwrap_or_default()
}
