//! Checks of a provider block that need no connection.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::settings::duration;
use crate::members::{block, elements, filled, text, texts};

/// What is wrong with a provider block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    if let Some(mode) = filled(config, "retry_mode")
        && !["standard", "adaptive"].contains(&mode)
    {
        found.push(
            Problem::error(
                format!("expected retry_mode to be one of [\"standard\" \"adaptive\"], got {mode}"),
                "",
            )
            .at(root.attr("retry_mode")),
        );
    }
    if let Some(value) = text(config, "skip_metadata_api_check")
        && !["", "true", "false", "1", "0"].contains(&value)
    {
        found.push(
            Problem::error(
                format!("expected skip_metadata_api_check to be true or false, got {value:?}"),
                "",
            )
            .at(root.attr("skip_metadata_api_check")),
        );
    }
    if !texts(config, "allowed_account_ids").is_empty()
        && !texts(config, "forbidden_account_ids").is_empty()
    {
        found.push(
            Problem::error(
                "\"allowed_account_ids\": conflicts with forbidden_account_ids",
                "Say which accounts may be used, or which may not, but not both.",
            )
            .at(root.attr("allowed_account_ids")),
        );
    }
    for name in ["assume_role", "assume_role_with_web_identity"] {
        for (position, role) in elements(config, name).iter().enumerate() {
            let at = root.attr(name).position(position);
            check_role(role, &at, &mut found);
        }
    }
    let endpoints = elements(config, "endpoints");
    if endpoints.len() > 1 {
        found.push(
            Problem::warning(
                "Several endpoints blocks",
                "An endpoints block is meant to appear once; all of them are used, later ones first.",
            )
            .at(root.attr("endpoints")),
        );
    }
    for (name, url) in endpoints
        .iter()
        .filter_map(Value::as_members)
        .flatten()
        .filter_map(|(name, url)| Some((name, url.as_str()?)))
    {
        if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
            found.push(
                Problem::error(
                    "Invalid endpoint",
                    format!("The endpoint of {name}, {url:?}, must be a URL that begins with http:// or https://."),
                )
                .at(root.attr("endpoints")),
            );
        }
    }
    if block(config, "default_tags").is_some_and(|tags| {
        tags.as_members()
            .and_then(|members| members.get("tags"))
            .and_then(Value::as_members)
            .is_some_and(|tags| tags.keys().any(|key| key.starts_with("aws:")))
    }) {
        found.push(
            Problem::warning(
                "Tags of AWS's own",
                "Tag keys that begin with aws: belong to AWS; those in default_tags are left out.",
            )
            .at(root.attr("default_tags").position(0).attr("tags")),
        );
    }
    found
}

fn check_role(role: &Value, at: &Path, found: &mut Problems) {
    let least = 15.0 * 60.0;
    let most = 12.0 * 3600.0;
    match filled(role, "duration").map(|text| (text, duration(text))) {
        Some((text, None)) => found.push(
            Problem::error(
                format!("\"duration\" cannot be parsed as a duration: {text:?}"),
                "Write it with units, such as 1h or 30m.",
            )
            .at(at.attr("duration")),
        ),
        Some((_, Some(length))) if !(least..=most).contains(&length.as_secs_f64()) => found.push(
            Problem::error(
                "duration must be between 15 minutes (15m) and 12 hours (12h), inclusive",
                "",
            )
            .at(at.attr("duration")),
        ),
        _ => {}
    }
    if let Some(arn) = filled(role, "role_arn")
        && !arn.starts_with("arn:")
    {
        found.push(
            Problem::error(
                format!("\"role_arn\" ({arn}) is an invalid ARN: arn: invalid prefix"),
                "",
            )
            .at(at.attr("role_arn")),
        );
    }
}
