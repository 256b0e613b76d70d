//! Checks of a table's block: what its indexes are keyed by, numbers within bounds, one source at most.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::keys::{Keys, are_known};
use super::sources::RESTORES;
use super::throughput::WARM_LEAST;
use crate::arn::Arn;
use crate::members::{block, elements, filled, is_unknown, member, text, whole};

/// The keys of a global index are written in one way or the other, and are within DynamoDB's bounds.
pub(crate) fn index_keys(config: &Value, found: &mut Problems) {
    let at = Path::new().attr("global_secondary_index");
    for index in elements(config, "global_secondary_index") {
        let name = text(index, "name").unwrap_or_default();
        let by_blocks =
            is_unknown(index, "key_schema") || !elements(index, "key_schema").is_empty();
        let by_name = member(index, "hash_key").is_some();
        let mut refuse = |summary: &str, detail: String| {
            found.push(Problem::error(summary, detail).at(at.clone()));
        };
        match (by_name, by_blocks) {
            (false, false) => {
                refuse(
                    "Missing required argument",
                    format!(
                        "The argument \"hash_key\" is required, but no definition was found: the index {name:?} needs a hash_key, or key_schema blocks."
                    ),
                );
                continue;
            }
            (true, true) => refuse(
                "Invalid combination of arguments",
                format!(
                    "The index {name:?} has both hash_key and key_schema: its keys are written in one way only."
                ),
            ),
            _ => {}
        }
        if by_blocks && member(index, "range_key").is_some() {
            refuse(
                "Invalid combination of arguments",
                format!(
                    "The index {name:?} has both range_key and key_schema: write the range key in a key_schema block with key_type = \"RANGE\"."
                ),
            );
        }
        if !by_blocks || !are_known(index) {
            continue;
        }
        let kinds: Vec<&str> = elements(index, "key_schema")
            .iter()
            .filter_map(|key| text(key, "key_type"))
            .collect();
        let first_range = kinds.iter().position(|kind| *kind == "RANGE");
        let last_hash = kinds.iter().rposition(|kind| *kind == "HASH");
        if first_range
            .zip(last_hash)
            .is_some_and(|(range, hash)| range < hash)
        {
            refuse(
                "Invalid key_schema",
                format!(
                    "In the index {name:?} all key_schema blocks with key_type \"HASH\" come before those with \"RANGE\"."
                ),
            );
        }
        let keys = Keys::of_index(index);
        if !(1..=4).contains(&keys.hash.len()) || keys.range.len() > 4 {
            refuse(
                "Invalid key_schema",
                format!(
                    "The index {name:?} has {} HASH and {} RANGE keys: there must be 1 to 4 HASH and at most 4 RANGE.",
                    keys.hash.len(),
                    keys.range.len()
                ),
            );
        }
        let mut seen: Vec<&str> = Vec::new();
        for attribute in keys.attributes() {
            if seen.contains(&attribute) {
                refuse(
                    "Invalid key_schema",
                    format!("The index {name:?} uses the attribute {attribute:?} twice."),
                );
            }
            seen.push(attribute);
        }
    }
}

/// Numbers that AWS takes within bounds only.
pub(crate) fn amounts(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let mut at_least = |value: &Value, named: String, name: &str, least: i64, at: Path| {
        if let Some(units) = whole(value, name)
            && units < least
        {
            let summary = format!("expected {named} to be at least ({least}), got {units}");
            found.push(Problem::error(summary, "").at(at));
        }
    };
    let mut warm = |owner: &Value, prefix: &str, at: Path| {
        if let Some(warm) = block(owner, "warm_throughput") {
            for (name, least) in [
                ("read_units_per_second", WARM_LEAST.0),
                ("write_units_per_second", WARM_LEAST.1),
            ] {
                let named = format!("{prefix}warm_throughput.0.{name}");
                at_least(warm, named, name, least, at.clone());
            }
        }
    };
    warm(config, "", root.attr("warm_throughput"));
    let indexes = elements(config, "global_secondary_index");
    for (position, index) in indexes.iter().enumerate() {
        let prefix = format!("global_secondary_index.{position}.");
        warm(index, &prefix, root.attr("global_secondary_index"));
    }
    if let Some(days) = block(config, "point_in_time_recovery")
        .and_then(|recovery| whole(recovery, "recovery_period_in_days"))
        && !(1..=35).contains(&days)
    {
        let summary = format!(
            "expected point_in_time_recovery.0.recovery_period_in_days to be in the range (1 - 35), got {days}"
        );
        found.push(Problem::error(summary, "").at(root.attr("point_in_time_recovery")));
    }
}

/// A table is made from one source at most, and a restore says when.
pub(crate) fn origin(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let mut sources: Vec<&str> = RESTORES
        .into_iter()
        // What is not known yet may turn out to be unset.
        .filter(|name| member(config, name).is_some_and(Value::is_known))
        .collect();
    if !elements(config, "import_table").is_empty() {
        sources.insert(0, "import_table");
    }
    if let [first, second, ..] = sources.as_slice() {
        found.push(
            Problem::error(
                "Conflicting configuration arguments",
                format!("\"{first}\": conflicts with {second}"),
            )
            .at(root.attr(*first)),
        );
    }
    if !elements(config, "import_table").is_empty()
        && !elements(config, "local_secondary_index").is_empty()
    {
        found.push(
            Problem::error(
                "import_table can't make a local_secondary_index",
                "An import from S3 makes tables with global indexes only, and a local index can't be added later.",
            )
            .at(root.attr("local_secondary_index")),
        );
    }
    for name in ["restore_source_table_arn", "restore_backup_arn"] {
        if let Some(arn) = filled(config, name)
            && let Err(reason) = Arn::parse(arn)
        {
            found.push(
                Problem::error(
                    format!("\"{name}\" ({arn}) is an invalid ARN: {reason}"),
                    "",
                )
                .at(root.attr(name)),
            );
        }
    }
    if let Some(moment) = text(config, "restore_date_time")
        && !is_moment(moment)
    {
        found.push(
            Problem::error(
                "\"restore_date_time\" must be in RFC3339 time format \"2006-01-02T15:04:05Z\"",
                format!("{moment:?} is no such time."),
            )
            .at(root.attr("restore_date_time")),
        );
    }
    let from_a_past = ["restore_source_name", "restore_source_table_arn"]
        .iter()
        .any(|name| filled(config, name).is_some());
    if from_a_past
        && member(config, "restore_date_time").is_none()
        && member(config, "restore_to_latest_time")
            .is_none_or(|latest| latest.as_bool() == Some(false))
    {
        found.push(
            Problem::warning(
                "No moment to restore is given",
                "Without restore_date_time the latest restorable time is taken; restore_to_latest_time = true says so.",
            )
            .at(root.attr(sources.first().copied().unwrap_or("restore_source_name"))),
        );
    }
}

/// Whether a text is a moment in UTC, as `2024-05-01T12:00:00Z`.
fn is_moment(text: &str) -> bool {
    let Some((date, time)) = text.strip_suffix('Z').and_then(|text| text.split_once('T')) else {
        return false;
    };
    let numbers = |text: &str, parts: &[(usize, u32, u32)], mark: char| {
        let found: Vec<&str> = text.split(mark).collect();
        found.len() == parts.len()
            && found.iter().zip(parts).all(|(text, (width, least, most))| {
                text.len() == *width
                    && text.bytes().all(|b| b.is_ascii_digit())
                    && text.parse().is_ok_and(|n: u32| n >= *least && n <= *most)
            })
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    !fraction.is_empty()
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && numbers(date, &[(4, 0, 9999), (2, 1, 12), (2, 1, 31)], '-')
        && numbers(time, &[(2, 0, 23), (2, 0, 59), (2, 0, 60)], ':')
}
