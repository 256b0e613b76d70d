//! Time to live, point-in-time recovery, encryption: features with a block of their own, which may be gone.
//!
//! The published provider leaves on what a block turned on when the block is removed. Here a feature
//! that this program turned on for a block goes off with the block, and the plan says so; what was
//! turned on elsewhere is nobody's business until a block says something of it.

use std::collections::BTreeSet;

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::model::{Besides, blocks};
use crate::members::{block, filled, flag, is_unknown, member, text, whole};
use crate::rules::Draft;

/// The blocks, in the order in which they are spoken of.
const FEATURES: [&str; 3] = ["server_side_encryption", "point_in_time_recovery", "ttl"];

/// What stands for a key of the block's own among the things that were written.
const OWN_KEY: &str = "server_side_encryption.kms_key_arn";

/// The features that a configuration turns on: kept beside the object, so that it is known later
/// whose doing they were.
pub(crate) fn written(config: &Value) -> BTreeSet<String> {
    let mut written: BTreeSet<String> = FEATURES
        .iter()
        .filter(|name| !is_off(config, name))
        .map(|name| (*name).to_owned())
        .collect();
    let own_key = block(config, "server_side_encryption")
        .is_some_and(|encryption| filled(encryption, "kms_key_arn").is_some());
    if own_key && written.contains("server_side_encryption") {
        written.insert(OWN_KEY.to_owned());
    }
    written
}

fn is_off(value: &Value, name: &str) -> bool {
    block(value, name).is_none_or(|block| flag(block, "enabled") != Some(true))
}

fn is_absent(config: &Value, name: &str) -> bool {
    member(config, name).is_none_or(|blocks| {
        blocks.is_known() && blocks.as_slice().is_some_and(<[Value]>::is_empty)
    })
}

/// Blocks of `proposed` that say nothing else than what is there, in the form in which it is there.
pub(crate) fn same(proposed: &Value, prior: &Value) -> Vec<(&'static str, Value)> {
    let mut same = Vec::new();
    for name in FEATURES {
        if is_unknown(proposed, name) {
            continue;
        }
        let both_off = is_off(proposed, name) && is_off(prior, name);
        let recovery = name == "point_in_time_recovery"
            && !is_off(proposed, name)
            && !is_off(prior, name)
            && recovery_days(proposed) == recovery_days(prior);
        if (both_off || recovery)
            && let Some(before) = member(prior, name)
        {
            same.push((name, before.clone()));
        }
    }
    same
}

/// How many days back recovery reaches, by the block.
pub(crate) fn recovery_days(value: &Value) -> i64 {
    block(value, "point_in_time_recovery")
        .and_then(|block| whole(block, "recovery_period_in_days"))
        .filter(|days| *days > 0)
        .unwrap_or(RECOVERY_DAYS)
}

/// Turns off in a draft what was on for a block that is gone.
pub(crate) fn removed(
    draft: &mut Draft,
    config: &Value,
    prior: &Value,
    written: &BTreeSet<String>,
) -> Problems {
    let mut said = Problems::new();
    for name in FEATURES {
        if !is_absent(config, name) || is_off(prior, name) {
            continue;
        }
        let table = text(prior, "name").unwrap_or_default();
        if !written.contains(name) {
            said.push(
                Problem::warning(
                    format!("{} is on without a {name} block", title(name)),
                    format!(
                        "The table {table:?} has it, and the configuration does not speak of it: it is left as it is. To turn it off, write a {name} block with enabled = false."
                    ),
                )
                .at(Path::new().attr(name)),
            );
            continue;
        }
        draft.set(name, off(name), Some(prior));
        said.push(
            Problem::warning(
                format!("{} is turned off", title(name)),
                format!(
                    "The {name} block that turned it on for the table {table:?} is gone from the configuration."
                ),
            )
            .at(Path::new().attr(name)),
        );
    }
    own_key_removed(draft, config, prior, written);
    said
}

/// A key of one's own that is written no more means the default key again.
fn own_key_removed(draft: &mut Draft, config: &Value, prior: &Value, written: &BTreeSet<String>) {
    let on = |value: &Value| !is_off(value, "server_side_encryption");
    let key = |value: &Value| {
        block(value, "server_side_encryption")
            .and_then(|block| member(block, "kms_key_arn").cloned())
    };
    let had = key(prior).is_some_and(|key| key.as_str() != Some(""));
    if on(config) && on(prior) && had && key(config).is_none() && written.contains(OWN_KEY) {
        let default = Value::object_from([
            ("enabled", Value::bool(true)),
            ("kms_key_arn", Value::string("")),
        ]);
        let name = "server_side_encryption";
        draft.set(name, blocks(name, vec![default]), Some(prior));
    }
}

/// How many days back recovery reaches unless the block says otherwise.
pub(crate) const RECOVERY_DAYS: i64 = 35;

/// The days stand in state where they are written, or are not the usual ones.
pub(crate) fn recovery(besides: &Besides, prior: Option<&Value>) -> Value {
    let written = prior
        .and_then(|prior| block(prior, "point_in_time_recovery"))
        .and_then(|block| whole(block, "recovery_period_in_days"))
        .filter(|days| *days > 0);
    let days = besides
        .recovery_days
        .filter(|_| besides.recovery)
        .filter(|days| *days != RECOVERY_DAYS || written.is_some());
    Value::object_from([
        ("enabled", Value::bool(besides.recovery)),
        ("recovery_period_in_days", Value::number(days.unwrap_or(0))),
    ])
}

fn title(name: &str) -> &'static str {
    match name {
        "ttl" => "Time to live",
        "point_in_time_recovery" => "Point-in-time recovery",
        _ => "Encryption with a KMS key",
    }
}

/// The blocks of a feature that is off, as they are read then.
fn off(name: &str) -> Value {
    let elements = match name {
        "ttl" => vec![Value::object_from([
            ("attribute_name", Value::string("")),
            ("enabled", Value::bool(false)),
        ])],
        "point_in_time_recovery" => vec![Value::object_from([
            ("enabled", Value::bool(false)),
            ("recovery_period_in_days", Value::number(0)),
        ])],
        _ => Vec::new(),
    };
    blocks(name, elements)
}

/// A time to live that stays on by another attribute: AWS takes one change of it an hour.
pub(crate) fn renamed_time_to_live(planned: &Value, prior: &Value) -> Option<Problem> {
    if is_off(planned, "ttl") || is_off(prior, "ttl") {
        return None;
    }
    let attribute = |value: &Value| {
        block(value, "ttl").and_then(|ttl| filled(ttl, "attribute_name").map(str::to_owned))
    };
    let (before, after) = (attribute(prior)?, attribute(planned)?);
    (before != after).then(|| {
        Problem::warning(
            "The attribute of the time to live changes while it is on",
            format!(
                "AWS can't rename it: time to live is turned off for {before:?} and then on for {after:?}, and AWS takes one such change an hour. If it refuses the second for that reason, everything else is done all the same; apply again an hour later to finish."
            ),
        )
        .at(Path::new().attr("ttl").position(0).attr("attribute_name"))
    })
}
