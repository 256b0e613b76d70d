//! Checks of a provider block that need no connection.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::{Environment, endpoints, roles};
use crate::members::{block, filled, member, text, texts};

/// What is wrong with a provider block and the environment around it. Unknown parts are passed over.
pub(crate) fn validate(config: &Value, environment: &Environment) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    let mode = filled(config, "retry_mode").or(environment.get("AWS_RETRY_MODE"));
    if let Some(mode) = mode
        && member(config, "retry_mode").is_none_or(Value::is_known)
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
    one_of(
        config,
        "ec2_metadata_service_endpoint_mode",
        &["IPv4", "IPv6"],
        &mut found,
    );
    one_of(
        config,
        "tag_policy_compliance",
        &["error", "warning", "disabled"],
        &mut found,
    );
    roles::check(config, environment, &mut found);
    endpoints::check(config, environment, &mut found);
    proxies(config, environment, &mut found);
    old_ways(config, environment, &mut found);
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

/// A text that is one of a few.
fn one_of(config: &Value, name: &str, allowed: &[&str], found: &mut Problems) {
    if let Some(said) = filled(config, name)
        && !allowed.contains(&said)
    {
        let allowed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        found.push(
            Problem::error(
                format!(
                    "expected {name} to be one of [{}], got {said}",
                    allowed.join(" ")
                ),
                "",
            )
            .at(Path::new().attr(name)),
        );
    }
}

fn proxies(config: &Value, environment: &Environment, found: &mut Problems) {
    let https = member(config, "https_proxy").is_some()
        || environment.first(&["HTTPS_PROXY", "https_proxy"]).is_some();
    if filled(config, "http_proxy").is_some() && !https {
        found.push(
            Problem::warning(
                "Missing HTTPS Proxy",
                "An HTTP proxy was set but no HTTPS proxy was: it is used for HTTPS requests too. To use it for HTTP requests only, set https_proxy = \"\"; otherwise set https_proxy to the same value to get rid of this warning.",
            )
            .at(Path::new().attr("http_proxy")),
        );
    }
}

/// Arguments of releases before 5.0 that tutorials still have, and what they are called now.
const RENAMED: &[(&str, &str)] = &[
    ("s3_force_path_style", "s3_use_path_style"),
    ("shared_credentials_file", "shared_credentials_files"),
];

/// What works and is on its way out, or is accepted and does nothing here.
fn old_ways(config: &Value, environment: &Environment, found: &mut Problems) {
    if environment.old_metadata_address().is_some() {
        found.push(Problem::warning(
            "Deprecated Environment Variable",
            "The environment variable AWS_METADATA_URL is deprecated. Use AWS_EC2_METADATA_SERVICE_ENDPOINT instead.",
        ));
    }
    for (old, new) in RENAMED {
        let Some(said) = member(config, old) else {
            continue;
        };
        let at = Path::new().attr(*old);
        found.push(
            Problem::warning("Argument is deprecated", format!("Use {new} instead."))
                .at(at.clone()),
        );
        if member(config, new).is_some() && said.is_known() {
            found.push(
                Problem::error(
                    "Conflicting configuration arguments",
                    format!("{old:?}: conflicts with {new}"),
                )
                .at(at),
            );
        }
    }
    if member(config, "skip_get_ec2_platforms").is_some() {
        found.push(
            Problem::warning(
                "Argument is deprecated",
                "skip_get_ec2_platforms has had no effect since EC2-Classic ended; it can be removed.",
            )
            .at(Path::new().attr("skip_get_ec2_platforms")),
        );
    }
    if text(config, "s3_us_east_1_regional_endpoint")
        .is_some_and(|said| said.eq_ignore_ascii_case("legacy"))
    {
        found.push(
            Problem::warning(
                "Argument without effect",
                "S3 is always reached by its regional endpoint here, in us-east-1 too.",
            )
            .at(Path::new().attr("s3_us_east_1_regional_endpoint")),
        );
    }
    if matches!(
        text(config, "tag_policy_compliance"),
        Some("error" | "warning")
    ) {
        found.push(
            Problem::warning(
                "Argument without effect",
                "The organisation's tag policies are not looked at here: required tag keys are not checked.",
            )
            .at(Path::new().attr("tag_policy_compliance")),
        );
    }
}
