//! The rules between arguments of a table that a plan can judge. The texts are those that users know.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::keys::{Keys, are_known};
use super::sources::is_restored;
use super::throughput::Limits;
use crate::members::{elements, filled, flag, is_unknown, member, text, whole};

/// What is wrong with a planned table. Unknown parts are passed over.
pub(crate) fn check(planned: &Value, config: &Value, prior: Option<&Value>) -> Problems {
    let mut found = Problems::new();
    stream_view(planned, config, &mut found);
    indexed_attributes(planned, &mut found);
    capacities(planned, config, prior, &mut found);
    index_capacities(planned, &mut found);
    limits(planned, &mut found);
    found
}

fn stream_view(planned: &Value, config: &Value, found: &mut Problems) {
    if flag(planned, "stream_enabled") != Some(true) {
        return;
    }
    let unsure = member(config, "stream_view_type").is_some_and(|view| !view.is_known());
    if !unsure && filled(planned, "stream_view_type").is_none() {
        found.push(Problem::error(
            "stream_view_type is required when stream_enabled = true",
            "Set stream_view_type to NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES or KEYS_ONLY.",
        ));
    }
}

/// Every attribute is used by a key, every key is defined.
fn indexed_attributes(planned: &Value, found: &mut Problems) {
    let sets = [
        "attribute",
        "global_secondary_index",
        "local_secondary_index",
    ];
    let known = |name: &str| member(planned, name).is_none_or(Value::is_wholly_known);
    let key_unknown = |name: &str| member(planned, name).is_some_and(|key| !key.is_known());
    if !sets
        .iter()
        .all(|name| keys_known(planned, name) && (known(name) || *name != "attribute"))
        || key_unknown("hash_key")
        || key_unknown("range_key")
        || is_restored(planned)
    {
        return;
    }
    let mut used: Vec<String> = Vec::new();
    used.extend(filled(planned, "hash_key").map(str::to_owned));
    used.extend(filled(planned, "range_key").map(str::to_owned));
    for index in elements(planned, "local_secondary_index") {
        used.extend(filled(index, "range_key").map(str::to_owned));
    }
    for index in elements(planned, "global_secondary_index") {
        used.extend(Keys::of_index(index).attributes().map(str::to_owned));
    }
    let defined: Vec<&str> = elements(planned, "attribute")
        .iter()
        .filter_map(|attribute| text(attribute, "name"))
        .collect();
    let quoted = |names: Vec<&str>| {
        let mut names = names;
        names.sort_unstable();
        names.dedup();
        let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        names.join(" ")
    };
    let unused: Vec<&str> = defined
        .iter()
        .copied()
        .filter(|name| !used.iter().any(|used| used == name))
        .collect();
    let unmatched: Vec<&str> = used
        .iter()
        .map(String::as_str)
        .filter(|name| !defined.contains(name))
        .collect();
    let mut said = Vec::new();
    let mut advice = Vec::new();
    if !unused.is_empty() {
        said.push(format!(
            "all attributes must be indexed. Unused attributes: [{}]",
            quoted(unused)
        ));
        advice.push(
            "attribute blocks define key attributes only; the other attributes of items need no definition. Remove the unused blocks, or add a key or index that uses them.",
        );
    }
    if !unmatched.is_empty() {
        said.push(format!(
            "all indexes must match a defined attribute. Unmatched indexes: [{}]",
            quoted(unmatched)
        ));
        advice.push("Add an attribute block with name and type for each key that has none.");
    }
    if !said.is_empty() {
        found.push(Problem::error(said.join("\n"), advice.join("\n")));
    }
}

/// Whether the key attributes of all blocks of a kind are known.
fn keys_known(planned: &Value, name: &str) -> bool {
    let Some(blocks) = member(planned, name) else {
        return true;
    };
    let Some(blocks) = blocks.as_slice() else {
        return blocks.is_known();
    };
    let known = |block: &Value, name: &str| member(block, name).is_none_or(Value::is_known);
    blocks
        .iter()
        .all(|block| known(block, "name") && are_known(block))
}

fn capacities(planned: &Value, config: &Value, prior: Option<&Value>, found: &mut Problems) {
    if is_restored(planned) {
        return;
    }
    let Some(mode) = text(planned, "billing_mode") else {
        return;
    };
    let before = prior.and_then(|prior| text(prior, "billing_mode"));
    let mut said = Vec::new();
    for name in ["read_capacity", "write_capacity"] {
        if member(config, name).is_some_and(|units| !units.is_known()) {
            continue;
        }
        let units = whole(planned, name).unwrap_or(0);
        // Some stores keep the capacities of a table that went on demand: nobody has said them.
        let said_units = whole(config, name).unwrap_or(0);
        match mode {
            // A capacity that is ignored after a switch is left to AWS.
            "PROVISIONED" if units < 1 && before != Some("PAY_PER_REQUEST") => said.push(format!(
                "{name} must be at least 1 when billing_mode is \"PROVISIONED\""
            )),
            "PAY_PER_REQUEST" if said_units != 0 && before != Some("PROVISIONED") => said.push(
                format!("{name} can not be set when billing_mode is \"PAY_PER_REQUEST\""),
            ),
            _ => {}
        }
    }
    if !said.is_empty() {
        let advice = if mode == "PROVISIONED" {
            "Set read_capacity and write_capacity, or billing_mode = \"PAY_PER_REQUEST\"."
        } else {
            "Remove the capacities, or set billing_mode = \"PROVISIONED\"."
        };
        found.push(Problem::error(said.join("\n"), advice));
    }
}

/// Every global index of a provisioned table needs capacity of its own.
fn index_capacities(planned: &Value, found: &mut Problems) {
    if text(planned, "billing_mode") != Some("PROVISIONED") {
        return;
    }
    for index in elements(planned, "global_secondary_index") {
        let short = ["write", "read"].into_iter().find(|word| {
            let name = format!("{word}_capacity");
            !is_unknown(index, &name) && whole(index, &name).unwrap_or(0) < 1
        });
        let Some(word) = short else { continue };
        let name = text(index, "name").unwrap_or_default();
        found.push(
            Problem::error(
                format!("{word} capacity must be > 0 when billing mode is PROVISIONED"),
                format!(
                    "The index {name:?} has none: set read_capacity and write_capacity in every global_secondary_index of a provisioned table."
                ),
            )
            .at(Path::new().attr("global_secondary_index")),
        );
    }
}

/// Request units are limited on demand only: a provisioned table is limited by its capacity.
fn limits(planned: &Value, found: &mut Problems) {
    if text(planned, "billing_mode") != Some("PROVISIONED") {
        return;
    }
    let mut refuse = |whose: String, at: Path| {
        found.push(
            Problem::error(
                format!("on_demand_throughput can not be set when billing_mode is \"PROVISIONED\"{whose}"),
                "Remove the block, or set billing_mode = \"PAY_PER_REQUEST\".",
            )
            .at(at),
        );
    };
    if Limits::of(planned) != Limits::default() {
        refuse(String::new(), Path::new().attr("on_demand_throughput"));
    }
    for index in elements(planned, "global_secondary_index") {
        if Limits::of(index) != Limits::default() {
            let name = text(index, "name").unwrap_or_default();
            let whose = format!(" (global_secondary_index {name:?})");
            refuse(whose, Path::new().attr("global_secondary_index"));
        }
    }
}
