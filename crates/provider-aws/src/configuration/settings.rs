//! A provider block's value as settings of a connection. What is unknown counts as unset.

use std::time::Duration;

use trueup_aws::{RetryMode, Settings};
use trueup_value::Value;

use super::{Environment, endpoints, roles};
use crate::members::{block, elements, filled, flag, text, text_map, texts, whole};
use crate::tags::{TagPolicy, Tags};

/// The settings that a block stands for, and the environment where the block is silent.
pub(crate) fn settings(config: &Value, environment: &Environment) -> Settings {
    let owned = |name: &str| filled(config, name).map(str::to_owned);
    let mut settings = Settings {
        region: owned("region"),
        profile: owned("profile"),
        access_key: owned("access_key"),
        secret_key: owned("secret_key"),
        token: owned("token"),
        shared_config_files: texts(config, "shared_config_files"),
        shared_credentials_files: texts(config, "shared_credentials_files")
            .into_iter()
            .chain(owned("shared_credentials_file"))
            .collect(),
        assume_role: elements(config, "assume_role")
            .iter()
            .map(roles::role)
            .collect(),
        assume_role_with_web_identity: roles::web_identity(config, environment),
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
        use_path_style: ["s3_use_path_style", "s3_force_path_style"]
            .iter()
            .any(|name| flag(config, name) == Some(true)),
        use_fips_endpoint: flag(config, "use_fips_endpoint") == Some(true),
        use_dualstack_endpoint: flag(config, "use_dualstack_endpoint") == Some(true),
        sts_region: owned("sts_region"),
        max_retries: whole(config, "max_retries").and_then(|n| u32::try_from(n).ok()),
        retry_mode: match filled(config, "retry_mode").or(environment.get("AWS_RETRY_MODE")) {
            Some("standard") => Some(RetryMode::Standard),
            Some("adaptive") => Some(RetryMode::Adaptive),
            _ => None,
        },
        token_bucket_capacity: whole(config, "token_bucket_rate_limiter_capacity")
            .and_then(|n| u32::try_from(n).ok()),
        custom_ca_bundle: filled(config, "custom_ca_bundle")
            .or(environment.get("AWS_CA_BUNDLE"))
            .map(|path| environment.path(path)),
        insecure: flag(config, "insecure") == Some(true),
        ec2_metadata_service_endpoint: owned("ec2_metadata_service_endpoint")
            .or_else(|| environment.old_metadata_address().map(str::to_owned)),
        ec2_metadata_service_endpoint_mode: owned("ec2_metadata_service_endpoint_mode"),
        user_agent: texts(config, "user_agent")
            .into_iter()
            .chain(environment.get("TF_APPEND_USER_AGENT").map(str::to_owned))
            .collect(),
        ..Settings::default()
    };
    let said = |name: &str| text(config, name).map(str::to_owned);
    settings.http_proxy = said("http_proxy").filter(|proxy| !proxy.is_empty());
    // An empty text says "none" here, which is not the same as saying nothing.
    settings.https_proxy = said("https_proxy");
    settings.no_proxy = said("no_proxy").filter(|hosts| !hosts.is_empty());
    environment.complete_proxies(&mut settings);
    for (service, url) in endpoints::endpoints(config, environment) {
        settings.endpoints.set(&service, url);
    }
    settings
}

/// What the block and the environment say about tags.
pub(crate) fn tag_policy(config: &Value, environment: &Environment) -> TagPolicy {
    let ignored = block(config, "ignore_tags");
    let of = |name: &str, variable: &str| {
        let said = ignored.map(|block| texts(block, name)).unwrap_or_default();
        said.into_iter().chain(environment.list(variable)).collect()
    };
    let mut defaults: Tags = environment.named_after("TF_AWS_DEFAULT_TAGS_").collect();
    if let Some(block) = block(config, "default_tags") {
        defaults.extend(text_map(block, "tags"));
    }
    TagPolicy {
        defaults,
        ignored_keys: of("keys", "TF_AWS_IGNORE_TAGS_KEYS"),
        ignored_prefixes: of("key_prefixes", "TF_AWS_IGNORE_TAGS_KEY_PREFIXES"),
    }
}

/// A length of time written as numbers with units: `1h30m`, `90s`, `1.5h`. `None` for anything else.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let nanoseconds = trueup_aws::parse_duration(text).ok()?;
    u64::try_from(nanoseconds).ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use trueup_aws::RetryMode;
    use trueup_value::Value;

    use super::{Environment, duration, settings, tag_policy};

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment::new(variables.iter().map(owned))
    }

    #[test]
    fn the_block_goes_before_the_environment() {
        let outside = environment(&[
            ("HOME", "/home/ada"),
            ("AWS_RETRY_MODE", "adaptive"),
            ("AWS_CA_BUNDLE", "~/ca.pem"),
            ("HTTPS_PROXY", "http://outside:1"),
            ("NO_PROXY", "localhost"),
            ("AWS_METADATA_URL", "http://127.0.0.1:1338"),
            ("TF_APPEND_USER_AGENT", "tool/1"),
            ("TF_AWS_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
            ("AWS_STS_ENDPOINT", "http://127.0.0.1:8001"),
        ]);
        let silent = settings(&Value::object_from::<&str>([]), &outside);
        assert_eq!(silent.retry_mode, Some(RetryMode::Adaptive));
        assert_eq!(silent.custom_ca_bundle.as_deref(), Some("/home/ada/ca.pem"));
        // The client itself looks at the proxies of the environment.
        assert_eq!((silent.https_proxy, silent.no_proxy), (None, None));
        assert_eq!(silent.user_agent, ["tool/1"]);
        assert_eq!(
            silent.ec2_metadata_service_endpoint.as_deref(),
            Some("http://127.0.0.1:1338")
        );
        assert_eq!(
            silent.endpoints.dynamodb.as_deref(),
            Some("http://127.0.0.1:8000")
        );
        assert_eq!(
            silent.endpoints.sts.as_deref(),
            Some("http://127.0.0.1:8001")
        );
        let block = Value::object_from([
            ("retry_mode", Value::string("standard")),
            ("custom_ca_bundle", Value::string("/etc/ca.pem")),
            ("http_proxy", Value::string("http://inside:1")),
            (
                "endpoints",
                Value::tuple(vec![Value::object_from([
                    ("dynamodb", Value::string("http://127.0.0.1:9000")),
                    ("s3api", Value::string("http://127.0.0.1:9001")),
                    (
                        "applicationautoscaling",
                        Value::string("http://127.0.0.1:9002"),
                    ),
                ])]),
            ),
        ]);
        let said = settings(&block, &outside);
        assert_eq!(said.retry_mode, Some(RetryMode::Standard));
        assert_eq!(said.custom_ca_bundle.as_deref(), Some("/etc/ca.pem"));
        assert_eq!(said.http_proxy.as_deref(), Some("http://inside:1"));
        assert_eq!(said.https_proxy.as_deref(), Some("http://outside:1"));
        assert_eq!(said.no_proxy.as_deref(), Some("localhost"));
        assert_eq!(
            said.endpoints.dynamodb.as_deref(),
            Some("http://127.0.0.1:9000")
        );
        assert_eq!(said.endpoints.s3.as_deref(), Some("http://127.0.0.1:9001"));
        assert_eq!(
            said.endpoints.others["appautoscaling"],
            "http://127.0.0.1:9002"
        );
    }

    #[test]
    fn tags_of_the_environment_are_added_and_the_block_wins() {
        let outside = environment(&[
            ("TF_AWS_DEFAULT_TAGS_Team", "core"),
            ("TF_AWS_DEFAULT_TAGS_Env", "outside"),
            ("TF_AWS_DEFAULT_TAGS_", "nameless"),
            ("TF_AWS_IGNORE_TAGS_KEYS", "a, b,"),
            ("TF_AWS_IGNORE_TAGS_KEY_PREFIXES", "cost:"),
        ]);
        let block = |name: &'static str, member: &'static str, value: Value| {
            (
                name,
                Value::tuple(vec![Value::object_from([(member, value)])]),
            )
        };
        let config = Value::object_from([
            block(
                "default_tags",
                "tags",
                Value::object_from([("Env", Value::string("block"))]),
            ),
            block(
                "ignore_tags",
                "keys",
                Value::tuple(vec![Value::string("c")]),
            ),
        ]);
        let policy = tag_policy(&config, &outside);
        let defaults: Vec<String> = policy
            .defaults
            .into_iter()
            .map(|(k, v)| k + "=" + &v)
            .collect();
        assert_eq!(defaults, ["Env=block", "Team=core"]);
        let keys: Vec<String> = policy.ignored_keys.into_iter().collect();
        assert_eq!(keys, ["a", "b", "c"]);
        let prefixes: Vec<String> = policy.ignored_prefixes.into_iter().collect();
        assert_eq!(prefixes, ["cost:"]);
    }

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
