//! The plan of a table: the draft that all types share, and what only tables know.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{PlanRequest, Planned, Problem, Problems};
use trueup_value::{Path, Type, Value};

use super::schema::body;
use crate::members::{block, elements, filled, flag, member, text, whole};
use crate::rules::{Draft, Moment, draft, settle};
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one table.
pub(crate) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let proposed = without_differences_that_are_none(request.proposed, prior);
    let mut draft = draft(body(), prior, &proposed);
    streams(&mut draft, prior);
    on_demand_capacity(&mut draft, prior, request.config);
    conditional_replacement(&mut draft, prior);
    plan_tags_all(policy, &mut draft, prior, &proposed);
    let value = Value::object(draft.members.clone());
    let mut problems = check(&value, request.config, prior);
    let value = match prior {
        Some(prior) if !draft.changed => prior.clone(),
        _ => settle(&value, &proposed, Moment::PlanOrRead),
    };
    if let Some(prior) = prior
        && !draft.replaces.is_empty()
        && flag(prior, "deletion_protection_enabled") == Some(true)
    {
        problems.push(
            Problem::warning(
                "Replacement of a protected table",
                format!(
                    "The table {:?} has deletion protection, so AWS will refuse to delete it for its replacement. Set deletion_protection_enabled = false and apply that first.",
                    text(prior, "name").unwrap_or_default()
                ),
            )
            .at(Path::new().attr("deletion_protection_enabled")),
        );
    }
    Planned {
        value,
        requires_replace: draft.replaces,
        problems,
    }
}

/// What was proposed, less what would look like a difference and is none: features that are off
/// before and after, capacities of indexes of a table on demand.
fn without_differences_that_are_none(proposed: &Value, prior: Option<&Value>) -> Value {
    let Some(members) = proposed.as_members() else {
        return proposed.clone();
    };
    let mut changed: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    if let Some(prior) = prior {
        for name in ["server_side_encryption", "point_in_time_recovery", "ttl"] {
            let wanted = member(proposed, name);
            let unsure = wanted.is_some_and(|wanted| !wanted.is_wholly_known());
            if !unsure
                && is_off(proposed, name)
                && is_off(prior, name)
                && let Some(before) = member(prior, name)
            {
                changed.insert(name.into(), before.clone());
            }
        }
    }
    if text(proposed, "billing_mode") == Some("PAY_PER_REQUEST")
        && let Some(indexes) = member(proposed, "global_secondary_index")
        && let (Some(blocks), Type::Set(element)) = (indexes.as_slice(), indexes.ty())
        && indexes.marks().is_empty()
    {
        let blocks = blocks.iter().map(without_capacity).collect();
        changed.insert(
            "global_secondary_index".into(),
            Value::set((*element).clone(), blocks),
        );
    }
    if changed.is_empty() {
        return proposed.clone();
    }
    let mut members = members.clone();
    members.extend(changed);
    Value::object(members)
}

fn without_capacity(index: &Value) -> Value {
    let Some(members) = index.as_members() else {
        return index.clone();
    };
    let mut members = members.clone();
    for name in ["read_capacity", "write_capacity"] {
        members.insert(name.into(), Value::null(Type::Number));
    }
    Value::object(members)
}

fn is_off(value: &Value, name: &str) -> bool {
    block(value, name).is_none_or(|block| flag(block, "enabled") != Some(true))
}

/// A stream that is turned on, or gets another view, is a new stream with a name of its own.
fn streams(draft: &mut Draft, prior: Option<&Value>) {
    let Some(before) = prior else { return };
    let on = |value: Option<&Value>| match value {
        Some(value) if !value.is_known() => None,
        Some(value) => Some(value.as_bool().unwrap_or(false)),
        None => Some(false),
    };
    let was = on(member(before, "stream_enabled"));
    let planned = draft.get("stream_enabled");
    let will = on(Some(&planned).filter(|value| !value.is_null()));
    let view_was = text(before, "stream_view_type").unwrap_or_default();
    let view = draft.get("stream_view_type");
    let same_view = view.as_str().unwrap_or_default() == view_was && view.is_known();
    let unknown = || Value::unknown(Type::String);
    if was != will {
        draft.set("stream_arn", unknown(), prior);
    }
    let renewed = match (was, will) {
        (Some(true), Some(true)) => !same_view,
        (_, Some(true) | None) => true,
        _ => false,
    };
    if renewed {
        draft.set("stream_arn", unknown(), prior);
        draft.set("stream_label", unknown(), prior);
    }
}

/// A table that goes on demand has no capacity any more: 0 on AWS, while emulators keep the old one.
fn on_demand_capacity(draft: &mut Draft, prior: Option<&Value>, config: &Value) {
    let mode = draft.get("billing_mode");
    let before = prior.and_then(|prior| text(prior, "billing_mode"));
    if mode.as_str() != Some("PAY_PER_REQUEST") || before != Some("PROVISIONED") {
        return;
    }
    for name in ["read_capacity", "write_capacity"] {
        if member(config, name).is_none() {
            draft.set(name, Value::unknown(Type::Number), prior);
        }
    }
}

/// Another source to restore from means another table; taking the source away means nothing.
fn conditional_replacement(draft: &mut Draft, prior: Option<&Value>) {
    let Some(before) = prior.and_then(|prior| filled(prior, "restore_source_name")) else {
        return;
    };
    let planned = draft.get("restore_source_name");
    let differs = !planned.is_known()
        || planned
            .as_str()
            .is_some_and(|after| !after.is_empty() && after != before);
    if differs {
        draft.replaces.push(Path::new().attr("restore_source_name"));
    }
}

/// The rules between attributes. The summaries are worded as users know them.
fn check(planned: &Value, config: &Value, prior: Option<&Value>) -> Problems {
    let mut found = Problems::new();
    stream_view(planned, config, &mut found);
    indexed_attributes(planned, &mut found);
    capacities(planned, config, prior, &mut found);
    not_offered(planned, prior, &mut found);
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
        || filled(planned, "restore_source_name").is_some()
    {
        return;
    }
    let mut used: Vec<&str> = Vec::new();
    used.extend(filled(planned, "hash_key"));
    used.extend(filled(planned, "range_key"));
    for index in elements(planned, "local_secondary_index") {
        used.extend(filled(index, "range_key"));
    }
    for index in elements(planned, "global_secondary_index") {
        used.extend(filled(index, "hash_key"));
        used.extend(filled(index, "range_key"));
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
        .filter(|name| !used.contains(name))
        .collect();
    let unmatched: Vec<&str> = used
        .iter()
        .copied()
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
    blocks.iter().all(|block| {
        ["hash_key", "range_key", "name"]
            .iter()
            .all(|key| known(block, key))
    })
}

fn capacities(planned: &Value, config: &Value, prior: Option<&Value>, found: &mut Problems) {
    if filled(planned, "restore_source_name").is_some() {
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
        match mode {
            // A capacity that is ignored after a switch is left to AWS.
            "PROVISIONED" if units < 1 && before != Some("PAY_PER_REQUEST") => said.push(format!(
                "{name} must be at least 1 when billing_mode is \"PROVISIONED\""
            )),
            "PAY_PER_REQUEST" if units != 0 && before != Some("PROVISIONED") => said.push(format!(
                "{name} can not be set when billing_mode is \"PAY_PER_REQUEST\""
            )),
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
    if mode != "PROVISIONED" {
        return;
    }
    for index in elements(planned, "global_secondary_index") {
        let unsure = ["read_capacity", "write_capacity"]
            .iter()
            .any(|name| member(index, name).is_some_and(|units| !units.is_known()));
        if unsure {
            continue;
        }
        let short: Vec<&str> = [("read", "read_capacity"), ("write", "write_capacity")]
            .into_iter()
            .filter(|(_, name)| whole(index, name).unwrap_or(0) < 1)
            .map(|(word, _)| word)
            .collect();
        if !short.is_empty() {
            let name = text(index, "name").unwrap_or_default();
            found.push(
                Problem::error(
                    format!(
                        "{} capacity must be > 0 when billing mode is PROVISIONED (global_secondary_index {name:?})",
                        short.join(" and ")
                    ),
                    "Set read_capacity and write_capacity in every global_secondary_index of a provisioned table.",
                )
                .at(Path::new().attr("global_secondary_index")),
            );
        }
    }
}

/// What the schema knows for the sake of existing states and this release can't do.
fn not_offered(planned: &Value, prior: Option<&Value>, found: &mut Problems) {
    let mut refuse = |name: &'static str, what: &str, instead: &str| {
        found.push(
            Problem::error(
                format!("{what} is not supported"),
                format!("{instead} Everything else about the table can be managed here."),
            )
            .at(Path::new().attr(name)),
        );
    };
    if prior.is_none() {
        if !elements(planned, "import_table").is_empty() {
            refuse(
                "import_table",
                "Creating a table by an import from S3",
                "Import the table with another tool, then bring it into state.",
            );
        }
        if filled(planned, "restore_source_name").is_some() {
            refuse(
                "restore_source_name",
                "Creating a table by a restore",
                "Restore the table with another tool, then bring it into state.",
            );
        }
    }
    let regions = |value: &Value| -> Vec<String> {
        let mut regions: Vec<String> = elements(value, "replica")
            .iter()
            .filter_map(|replica| text(replica, "region_name").map(str::to_owned))
            .collect();
        regions.sort();
        regions
    };
    let before = prior.map(regions).unwrap_or_default();
    if regions(planned) != before {
        refuse(
            "replica",
            "Adding or removing a replica",
            "Change replicas with another tool and leave the blocks as they are there.",
        );
    }
}
