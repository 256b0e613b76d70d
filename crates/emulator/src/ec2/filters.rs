//! Filters of descriptions: one of several values, with `*` and `?` for any text and character.

use std::collections::BTreeMap;

use super::refused;
use crate::query_calls::{Call, Refusal};
use crate::wildcards::matches;

/// What an object says to a filter of this name; `None` where the service has no such filter.
pub(super) type Facts<'a> = dyn Fn(&str) -> Option<Vec<String>> + 'a;

/// The filters that are asked for, with their values.
fn filters<'c>(call: &'c Call<'_>) -> Vec<(&'c str, Vec<&'c str>)> {
    (1..)
        .map_while(|n| {
            let name = call.text(&format!("Filter.{n}.Name"))?;
            Some((name, call.list(&format!("Filter.{n}.Value"))))
        })
        .collect()
}

/// Whether all filters let an object through.
pub(super) fn let_through(
    call: &Call<'_>,
    tags: &BTreeMap<String, String>,
    facts: &Facts<'_>,
) -> Result<bool, Refusal> {
    for (name, values) in filters(call) {
        let has = if let Some(key) = name.strip_prefix("tag:") {
            tags.get(key).cloned().into_iter().collect()
        } else if name == "tag-key" {
            tags.keys().cloned().collect()
        } else {
            facts(name).ok_or_else(|| {
                refused(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid"),
                )
            })?
        };
        let passes = |has: &String| values.iter().any(|value| matches(value, has));
        if !has.iter().any(passes) {
            return Ok(false);
        }
    }
    Ok(true)
}
