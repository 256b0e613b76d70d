//! Checks of an index's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::{TIMEOUTS, WARM};
use crate::members::{block, elements, is_unknown, member, text, texts, whole};
use crate::timeouts::bad_limits;

/// The most elements of one kind in a key schema.
const MOST_KEYS: usize = 4;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    found.extend(bad_limits(config, TIMEOUTS));
    keys(config, &mut found);
    projection(config, &mut found);
    throughput(config, &mut found);
    if let Some(name) = text(config, "index_name") {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !(3..=255).contains(&name.len()) || !name.chars().all(allowed) {
            found.push(
                Problem::error(
                    format!("Invalid index name {name:?}"),
                    "A name has 3 to 255 characters: letters, digits, underscores, hyphens and dots.",
                )
                .at(Path::new().attr("index_name")),
            );
        }
    }
    found
}

fn one_of(value: &Value, name: &'static str, allowed: &[&str], at: &Path, found: &mut Problems) {
    if let Some(said) = text(value, name)
        && !allowed.contains(&said)
    {
        let listed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        found.push(
            Problem::error(
                "Invalid Attribute Value Match",
                format!(
                    "Attribute {name} value must be one of: [{}], got: {said:?}",
                    listed.join(" ")
                ),
            )
            .at(at.attr(name)),
        );
    }
}

fn keys(config: &Value, found: &mut Problems) {
    let root = Path::new().attr("key_schema");
    let all = elements(config, "key_schema");
    let mut names: Vec<&str> = Vec::new();
    let (mut hashes, mut ranges) = (0, 0);
    for (n, key) in all.iter().enumerate() {
        let at = root.position(n);
        one_of(key, "attribute_type", &["S", "N", "B"], &at, found);
        one_of(key, "key_type", &["HASH", "RANGE"], &at, found);
        match text(key, "key_type") {
            Some("HASH") if ranges > 0 => found.push(
                Problem::error(
                    "key_schema elements with key_type HASH come first",
                    "Write all elements of the partition key before those of the sort key.",
                )
                .at(at.attr("key_type")),
            ),
            Some("HASH") => hashes += 1,
            Some("RANGE") => ranges += 1,
            _ => {}
        }
        if let Some(name) = text(key, "attribute_name") {
            if names.contains(&name) {
                let summary = format!("the attribute {name:?} is twice in key_schema");
                found.push(
                    Problem::error(summary, "Each attribute is one element of the key.")
                        .at(at.attr("attribute_name")),
                );
            }
            names.push(name);
        }
    }
    let known = !is_unknown(config, "key_schema");
    if known && hashes == 0 {
        found.push(
            Problem::error(
                "key_schema needs at least one element with key_type HASH",
                "Every index has a partition key.",
            )
            .at(root.clone()),
        );
    }
    for (kind, count) in [("HASH", hashes), ("RANGE", ranges)] {
        if count > MOST_KEYS {
            found.push(
                Problem::error(
                    format!("key_schema has {count} elements with key_type {kind}"),
                    format!("At most {MOST_KEYS} are possible."),
                )
                .at(root.clone()),
            );
        }
    }
}

fn projection(config: &Value, found: &mut Problems) {
    let at = Path::new().attr("projection").position(0);
    let Some(projection) = block(config, "projection") else {
        return;
    };
    let kinds = ["ALL", "KEYS_ONLY", "INCLUDE"];
    one_of(projection, "projection_type", &kinds, &at, found);
    if is_unknown(projection, "non_key_attributes") {
        return;
    }
    let others = !texts(projection, "non_key_attributes").is_empty();
    match text(projection, "projection_type") {
        Some("INCLUDE") if !others => found.push(
            Problem::error(
                "projection INCLUDE without non_key_attributes",
                "Name the attributes to include, or use the projection ALL or KEYS_ONLY.",
            )
            .at(at.attr("non_key_attributes")),
        ),
        Some("ALL" | "KEYS_ONLY") if others => found.push(
            Problem::error(
                "non_key_attributes without the projection INCLUDE",
                "Attributes are named with projection_type = \"INCLUDE\" only.",
            )
            .at(at.attr("non_key_attributes")),
        ),
        _ => {}
    }
}

fn throughput(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let (provisioned, on_demand) = (
        block(config, "provisioned_throughput"),
        block(config, "on_demand_throughput"),
    );
    if provisioned.is_some() && on_demand.is_some() {
        found.push(
            Problem::error(
                "provisioned_throughput and on_demand_throughput exclude each other",
                "Which of them applies depends on the billing mode of the table.",
            )
            .at(root.attr("on_demand_throughput")),
        );
    }
    if let Some(units) = provisioned {
        let at = root.attr("provisioned_throughput").position(0);
        for name in ["read_capacity_units", "write_capacity_units"] {
            let reason = match (member(units, name), whole(units, name)) {
                (None, _) => "must be set",
                (Some(_), Some(units)) if units < 1 => "must be at least 1",
                _ => continue,
            };
            found.push(Problem::error(format!("{name} {reason}"), "").at(at.attr(name)));
        }
    }
    if let Some(limits) = on_demand {
        let at = root.attr("on_demand_throughput").position(0);
        for name in ["max_read_request_units", "max_write_request_units"] {
            if whole(limits, name).is_some_and(|units| units < 1 && units != -1) {
                found.push(
                    Problem::error(
                        format!("{name} must be at least 1"),
                        "Leave it out, or set -1, for no limit.",
                    )
                    .at(at.attr(name)),
                );
            }
        }
    }
    if let Some(warm) = member(config, "warm_throughput") {
        for (name, least) in WARM.into_iter().zip([12_000, 4_000]) {
            if whole(warm, name).is_some_and(|units| units < least) {
                found.push(
                    Problem::error(
                        format!("warm_throughput.{name} must be at least {least}"),
                        "AWS keeps no less than this warm anyway.",
                    )
                    .at(root.attr("warm_throughput").attr(name)),
                );
            }
        }
    }
}
