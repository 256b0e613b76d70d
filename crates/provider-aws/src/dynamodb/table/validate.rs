//! Checks of a table's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::configuration::duration;
use crate::members::{block, elements, filled, flag, is_unknown, member, text, whole};

use super::keys::{Keys, are_known};
use super::schema::TIMEOUTS;
use super::sources::{RESTORES, is_restored};
use super::throughput::WARM_LEAST;

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
    for name in TIMEOUTS {
        let said = member(config, "timeouts").and_then(|timeouts| filled(timeouts, name));
        if let Some(said) = said
            && duration(said).is_none()
        {
            found.push(
                Problem::error(
                    format!("timeouts.{name}: time: invalid duration {said:?}"),
                    "Write it with units, such as 30m or 1h30m.",
                )
                .at(root.attr("timeouts").attr(*name)),
            );
        }
    }
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
        && let Some(reason) = bad_arn(key)
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

/// Why a text is no ARN.
fn bad_arn(text: &str) -> Option<&'static str> {
    if !text.starts_with("arn:") {
        return Some("arn: invalid prefix");
    }
    (text.splitn(6, ':').count() < 6).then_some("arn: not enough sections")
}

/// The keys of a global index are written in one way or the other, and are within DynamoDB's bounds.
fn index_keys(config: &Value, found: &mut Problems) {
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
fn amounts(config: &Value, found: &mut Problems) {
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
fn origin(config: &Value, found: &mut Problems) {
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
            && let Some(reason) = bad_arn(arn)
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
