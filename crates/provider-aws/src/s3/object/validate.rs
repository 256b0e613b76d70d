//! Checks of an object's block that its description does not hold.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::arn::Arn;
use crate::members::{block, filled, text, text_map};
use crate::rfc3339;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let mut wrong = |name: &str, summary: String| {
        found.push(Problem::error(summary, "").at(Path::new().attr(name)));
    };
    for name in ["bucket", "key"] {
        if text(config, name) == Some("") {
            wrong(name, format!("\"{name}\" must not be empty, got "));
        }
    }
    for key in text_map(config, "metadata").keys() {
        if key.to_lowercase() != *key {
            wrong(
                "metadata",
                format!("Metadata must be lowercase only. Offending key: {key:?}"),
            );
        }
    }
    if let Some(date) = filled(config, "object_lock_retain_until_date")
        && rfc3339::read(date).is_none()
    {
        wrong(
            "object_lock_retain_until_date",
            format!(
                "expected \"object_lock_retain_until_date\" to be a valid RFC3339 date, got {date:?}"
            ),
        );
    }
    if let Some(arn) = filled(config, "kms_key_id")
        && let Err(reason) = Arn::parse_whole(arn)
    {
        wrong(
            "kms_key_id",
            format!("\"kms_key_id\" ({arn}) is an invalid ARN: {reason}"),
        );
    }
    let over = block(config, "override_provider").and_then(|over| block(over, "default_tags"));
    if over.is_some_and(|over| !text_map(over, "tags").is_empty()) {
        wrong(
            "override_provider",
            "override_provider.0.default_tags.0.tags: the only value is an empty map, which keeps the provider's default tags off".to_owned(),
        );
    }
    found
}
