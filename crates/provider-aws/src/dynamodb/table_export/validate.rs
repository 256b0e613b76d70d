//! Checks of an export's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::{INCREMENTAL, TIMEOUTS};
use crate::members::{block, filled, is_unknown, member, text};
use crate::rfc3339;
use crate::satellite::{check_arn, check_word};
use crate::timeouts::bad_limits;

/// The shortest and the longest span of an incremental export, in seconds.
const SPAN: [f64; 2] = [15.0 * 60.0, 24.0 * 3600.0];

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    check_arn(config, "table_arn", &mut found);
    check_word(
        config,
        "export_format",
        &["DYNAMODB_JSON", "ION"],
        &mut found,
    );
    check_word(
        config,
        "export_type",
        &["FULL_EXPORT", "INCREMENTAL_EXPORT"],
        &mut found,
    );
    check_word(config, "s3_sse_algorithm", &["AES256", "KMS"], &mut found);
    found.extend(bad_limits(config, TIMEOUTS));
    for (name, most) in [("s3_prefix", 1024), ("s3_sse_kms_key_id", 2048)] {
        if let Some(said) = text(config, name)
            && said.len() > most
        {
            let summary =
                format!("expected length of {name} to be in the range (0 - {most}), got {said}");
            found.push(Problem::error(summary, "").at(root.attr(name)));
        }
    }
    if let Some(owner) = filled(config, "s3_bucket_owner")
        && !(owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let summary = format!(
            "\"s3_bucket_owner\" doesn't look like AWS Account ID (exactly 12 digits): {owner:?}"
        );
        found.push(Problem::error(summary, "").at(root.attr("s3_bucket_owner")));
    }
    if text(config, "s3_bucket") == Some("") {
        let summary = "expected length of s3_bucket to be at least 1";
        found.push(Problem::error(summary, "").at(root.attr("s3_bucket")));
    }
    time(config, "export_time", &root, &mut found);
    incremental(config, &mut found);
    found
}

fn time(value: &Value, name: &'static str, at: &Path, found: &mut Problems) -> Option<f64> {
    let said = filled(value, name)?;
    let seconds = rfc3339::read(said);
    if seconds.is_none() {
        found.push(
            Problem::error(
                format!("\"{name}\" must be in RFC3339 time format \"2006-01-02T15:04:05Z\". Example: 2024-01-31T12:00:00Z"),
                format!("{said:?} is no such time."),
            )
            .at(at.attr(name)),
        );
    }
    seconds
}

fn incremental(config: &Value, found: &mut Problems) {
    let root = Path::new();
    let wanted = text(config, "export_type") == Some("INCREMENTAL_EXPORT");
    let Some(span) = block(config, INCREMENTAL) else {
        if wanted && !is_unknown(config, INCREMENTAL) {
            found.push(
                Problem::error(
                    format!("an incremental export needs {INCREMENTAL}"),
                    "Say in this block from when to when changes are exported.",
                )
                .at(root.attr("export_type")),
            );
        }
        return;
    };
    let full =
        member(config, "export_type").is_none_or(|kind| kind.as_str() == Some("FULL_EXPORT"));
    if full {
        found.push(
            Problem::error(
                format!("{INCREMENTAL} without export_type = \"INCREMENTAL_EXPORT\""),
                "A full export has no span. Set export_type, or take the block away.",
            )
            .at(root.attr(INCREMENTAL)),
        );
    }
    if filled(config, "export_time").is_some() {
        found.push(
            Problem::error(
                "export_time has no meaning for an incremental export",
                "The block's export_from_time and export_to_time say what is exported.",
            )
            .at(root.attr("export_time")),
        );
    }
    let at = root.attr(INCREMENTAL).position(0);
    check_word(
        span,
        "export_view_type",
        &["NEW_IMAGE", "NEW_AND_OLD_IMAGES"],
        found,
    );
    let from = time(span, "export_from_time", &at, found);
    let to = time(span, "export_to_time", &at, found);
    let [least, most] = SPAN;
    if let (Some(from), Some(to)) = (from, to)
        && !(least..=most).contains(&(to - from))
    {
        found.push(
            Problem::error(
                "the span of an incremental export is from 15 minutes to 24 hours",
                "export_to_time has to lie at least 15 minutes and at most 24 hours after export_from_time.",
            )
            .at(at.attr("export_to_time")),
        );
    }
}
