//! A provider block's value as settings of a connection. What is unknown counts as unset.

use std::time::Duration;

use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity, RetryMode, Settings};
use trueup_value::Value;

use crate::members::{block, elements, filled, flag, text, text_map, texts, whole};
use crate::tags::TagPolicy;

/// The settings that a block stands for.
pub(crate) fn settings(config: &Value) -> Settings {
    let owned = |name: &str| filled(config, name).map(str::to_owned);
    let mut settings = Settings {
        region: owned("region"),
        profile: owned("profile"),
        access_key: owned("access_key"),
        secret_key: owned("secret_key"),
        token: owned("token"),
        shared_config_files: texts(config, "shared_config_files"),
        shared_credentials_files: texts(config, "shared_credentials_files"),
        assume_role: elements(config, "assume_role").iter().map(role).collect(),
        assume_role_with_web_identity: block(config, "assume_role_with_web_identity")
            .map(web_identity),
        skip_credentials_validation: flag(config, "skip_credentials_validation") == Some(true),
        skip_region_validation: flag(config, "skip_region_validation") == Some(true),
        skip_requesting_account_id: flag(config, "skip_requesting_account_id") == Some(true),
        skip_metadata_api_check: match text(config, "skip_metadata_api_check") {
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            _ => None,
        },
        allowed_account_ids: texts(config, "allowed_account_ids").into_iter().collect(),
        forbidden_account_ids: texts(config, "forbidden_account_ids").into_iter().collect(),
        use_path_style: flag(config, "s3_use_path_style") == Some(true),
        use_fips_endpoint: flag(config, "use_fips_endpoint") == Some(true),
        use_dualstack_endpoint: flag(config, "use_dualstack_endpoint") == Some(true),
        sts_region: owned("sts_region"),
        max_retries: whole(config, "max_retries").and_then(|n| u32::try_from(n).ok()),
        retry_mode: match text(config, "retry_mode") {
            Some("standard") => Some(RetryMode::Standard),
            Some("adaptive") => Some(RetryMode::Adaptive),
            _ => None,
        },
        http_proxy: owned("http_proxy"),
        // An empty text says "none" here, which is not the same as saying nothing.
        https_proxy: text(config, "https_proxy").map(str::to_owned),
        no_proxy: owned("no_proxy"),
        custom_ca_bundle: owned("custom_ca_bundle"),
        insecure: flag(config, "insecure") == Some(true),
        ec2_metadata_service_endpoint: owned("ec2_metadata_service_endpoint"),
        ..Settings::default()
    };
    for endpoints in elements(config, "endpoints") {
        // Package names win over other names, so the others come first.
        let known = endpoints.as_members().into_iter().flatten();
        let (mut others, mut packages) = (Vec::new(), Vec::new());
        for (name, url) in known {
            if let Some(url) = url.as_str().filter(|url| !url.is_empty()) {
                match &**name {
                    "s3api" => others.push((name, url)),
                    _ => packages.push((name, url)),
                }
            }
        }
        for (name, url) in others.into_iter().chain(packages) {
            settings.endpoints.set(name, url);
        }
    }
    settings
}

fn role(block: &Value) -> AssumeRole {
    let owned = |name: &str| filled(block, name).map(str::to_owned);
    AssumeRole {
        role_arn: owned("role_arn").unwrap_or_default(),
        session_name: owned("session_name"),
        external_id: owned("external_id"),
        duration: filled(block, "duration").and_then(duration),
        policy: owned("policy"),
        policy_arns: texts(block, "policy_arns").into_iter().collect(),
        source_identity: owned("source_identity"),
        tags: text_map(block, "tags"),
        transitive_tag_keys: texts(block, "transitive_tag_keys").into_iter().collect(),
    }
}

fn web_identity(block: &Value) -> AssumeRoleWithWebIdentity {
    let owned = |name: &str| filled(block, name).map(str::to_owned);
    AssumeRoleWithWebIdentity {
        role_arn: owned("role_arn").unwrap_or_default(),
        session_name: owned("session_name"),
        duration: filled(block, "duration").and_then(duration),
        policy: owned("policy"),
        policy_arns: texts(block, "policy_arns").into_iter().collect(),
        web_identity_token: owned("web_identity_token"),
        web_identity_token_file: owned("web_identity_token_file"),
    }
}

/// What the block says about tags.
pub(crate) fn tag_policy(config: &Value) -> TagPolicy {
    let ignored = block(config, "ignore_tags");
    let of = |name: &str| {
        ignored
            .map(|block| texts(block, name).into_iter().collect())
            .unwrap_or_default()
    };
    TagPolicy {
        defaults: block(config, "default_tags")
            .map(|block| text_map(block, "tags"))
            .unwrap_or_default(),
        ignored_keys: of("keys"),
        ignored_prefixes: of("key_prefixes"),
    }
}

/// A length of time written as numbers with units: `1h30m`, `90s`, `1.5h`. `None` for anything else.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds = 0.0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .filter(|end| *end > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        seconds += number
            * match &rest[..end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[end..];
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, seconds) in [
            ("1h30m", Some(5400.0)),
            ("90s", Some(90.0)),
            ("1.5h", Some(5400.0)),
            ("500ms", Some(0.5)),
            ("0", Some(0.0)),
            ("", None),
            ("10", None),
            ("h", None),
            ("5 m", None),
            ("-5m", None),
        ] {
            assert_eq!(duration(text).map(|d| d.as_secs_f64()), seconds, "{text:?}");
        }
    }
}
