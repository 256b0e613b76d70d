//! Checks of a table's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::arn::Arn;
use crate::members::{block, elements, filled, flag, is_unknown, member, text, whole};

use super::bounds::{amounts, index_keys, origin};
use super::schema::TIMEOUTS;
use super::sources::is_restored;
use crate::timeouts::bad_limits;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    let mut one_of = |value: Option<&str>, name: &str, allowed: &[&str], at: Path| {
        if let Some(value) = value
            && !allowed.contains(&value)
        {
            let listed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
            found.push(
                Problem::error(
                    format!(
                        "expected {name} to be one of [{}], got {value}",
                        listed.join(" ")
                    ),
                    "",
                )
                .at(at),
            );
        }
    };
    one_of(
        text(config, "billing_mode"),
        "billing_mode",
        &["PROVISIONED", "PAY_PER_REQUEST"],
        root.attr("billing_mode"),
    );
    let view_type = text(config, "stream_view_type").map(str::to_uppercase);
    one_of(
        view_type.as_deref(),
        "stream_view_type",
        &[
            "NEW_IMAGE",
            "OLD_IMAGE",
            "NEW_AND_OLD_IMAGES",
            "KEYS_ONLY",
            "",
        ],
        root.attr("stream_view_type"),
    );
    one_of(
        text(config, "table_class"),
        "table_class",
        &["STANDARD", "STANDARD_INFREQUENT_ACCESS"],
        root.attr("table_class"),
    );
    for (position, attribute) in elements(config, "attribute").iter().enumerate() {
        one_of(
            text(attribute, "type"),
            &format!("attribute.{position}.type"),
            &["S", "N", "B"],
            root.attr("attribute"),
        );
    }
    for name in ["global_secondary_index", "local_secondary_index"] {
        for (position, index) in elements(config, name).iter().enumerate() {
            one_of(
                text(index, "projection_type"),
                &format!("{name}.{position}.projection_type"),
                &["ALL", "INCLUDE", "KEYS_ONLY"],
                root.attr(name),
            );
        }
    }
    if let Some(import) = block(config, "import_table") {
        let at = root.attr("import_table").position(0);
        one_of(
            text(import, "input_format"),
            "import_table.0.input_format",
            &["DYNAMODB_JSON", "ION", "CSV"],
            at.attr("input_format"),
        );
        one_of(
            text(import, "input_compression_type"),
            "import_table.0.input_compression_type",
            &["GZIP", "ZSTD", "NONE"],
            at.attr("input_compression_type"),
        );
    }
    for (position, index) in elements(config, "global_secondary_index")
        .iter()
        .enumerate()
    {
        for (nth, key) in elements(index, "key_schema").iter().enumerate() {
            one_of(
                text(key, "key_type"),
                &format!("global_secondary_index.{position}.key_schema.{nth}.key_type"),
                &["HASH", "RANGE"],
                root.attr("global_secondary_index"),
            );
        }
    }
    names(config, &mut found);
    keys(config, &mut found);
    index_keys(config, &mut found);
    time_to_live(config, &mut found);
    amounts(config, &mut found);
    origin(config, &mut found);
    found.extend(super::replicas::validate(config));
    found.extend(bad_limits(config, TIMEOUTS));
    found
}

/// Names of indexes that DynamoDB would refuse, said before anything is sent.
fn names(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let mut seen: Vec<&str> = Vec::new();
    for kind in ["local_secondary_index", "global_secondary_index"] {
        for index in elements(config, kind) {
            let Some(name) = text(index, "name") else {
                continue;
            };
            if let Some(reason) = bad_name(name) {
                found.push(
                    Problem::error(
                        format!("Invalid index name {name:?}"),
                        format!("{reason} DynamoDB refuses such a name."),
                    )
                    .at(root.attr(kind)),
                );
            }
            if seen.contains(&name) {
                found.push(
                    Problem::error(
                        format!("Duplicate index name {name:?}"),
                        "Two indexes of one table can't have the same name.",
                    )
                    .at(root.attr(kind)),
                );
            }
            seen.push(name);
        }
    }
    if let Some(name) = text(config, "name")
        && let Some(reason) = bad_name(name)
    {
        found.push(
            Problem::error(
                format!("Invalid table name {name:?}"),
                format!("{reason} DynamoDB refuses such a name."),
            )
            .at(root.attr("name")),
        );
    }
}

fn bad_name(name: &str) -> Option<&'static str> {
    if !(3..=255).contains(&name.len()) {
        return Some("A name has 3 to 255 characters.");
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.chars().all(allowed))
        .then_some("A name is made of letters, digits, underscores, hyphens and dots.")
}

fn keys(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let restores = is_restored(config);
    if member(config, "hash_key").is_none() && !restores {
        found.push(
            Problem::error(
                "hash_key is required",
                "Every table has a hash key: name the attribute that is its partition key.",
            )
            .at(root.attr("hash_key")),
        );
    }
    if let (Some(hash), Some(range)) = (filled(config, "hash_key"), filled(config, "range_key"))
        && hash == range
    {
        found.push(
            Problem::error(
                format!("hash_key and range_key are both {hash:?}"),
                "Both keys can't be one attribute; leave out range_key if the table has no sort key.",
            )
            .at(root.attr("range_key")),
        );
    }
    let local = elements(config, "local_secondary_index");
    if !local.is_empty() && member(config, "range_key").is_none() && !restores {
        found.push(
            Problem::error(
                "local_secondary_index needs a table with a range_key",
                "A local index sorts the items of one hash key in another way, so the table itself must have a range key.",
            )
            .at(root.attr("local_secondary_index")),
        );
    }
    for kind in ["global_secondary_index", "local_secondary_index"] {
        for index in elements(config, kind) {
            let name = text(index, "name").unwrap_or_default();
            let include = text(index, "projection_type") == Some("INCLUDE");
            let known = !is_unknown(index, "non_key_attributes");
            let others = elements(index, "non_key_attributes");
            if include && known && others.is_empty() {
                found.push(
                    Problem::error(
                        format!("index {name:?} projects INCLUDE without non_key_attributes"),
                        "Name the attributes to include, or use the projection ALL or KEYS_ONLY.",
                    )
                    .at(root.attr(kind)),
                );
            }
        }
    }
}

fn time_to_live(config: &Value, found: &mut Problems) {
    let at = Path::new().attr("ttl").position(0);
    if let Some(ttl) = block(config, "ttl")
        && flag(ttl, "enabled") == Some(true)
        && member(ttl, "attribute_name").is_none_or(|name| name.as_str() == Some(""))
    {
        found.push(
            Problem::error(
                "ttl.attribute_name is required when ttl is enabled",
                "Name the attribute that holds the time of expiry, in seconds since 1970.",
            )
            .at(at.attr("attribute_name")),
        );
    }
    for name in ["read_capacity", "write_capacity"] {
        if whole(config, name).is_some_and(|units| units < 0) {
            found.push(
                Problem::error(format!("{name} can't be negative"), "").at(Path::new().attr(name)),
            );
        }
    }
    let at = Path::new().attr("server_side_encryption").position(0);
    if let Some(key) =
        block(config, "server_side_encryption").and_then(|sse| filled(sse, "kms_key_arn"))
        && let Err(reason) = Arn::parse(key)
    {
        found.push(
            Problem::error(
                format!(
                    "\"server_side_encryption.0.kms_key_arn\" ({key}) is an invalid ARN: {reason}"
                ),
                "Give the ARN of the key, not its id or alias.",
            )
            .at(at.attr("kms_key_arn")),
        );
    }
}
