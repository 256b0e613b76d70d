//! The settings of the `s3` backend, read from its evaluated block.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::s3::Encryption;
use trueup_aws::{Environment, RetryMode, Settings};
use trueup_value::Value;

use super::roles;
use super::rules::{self, CUSTOMER_KEY, OLD_ENDPOINTS, old_variable};
use crate::backend::DEFAULT_WORKSPACE;
use crate::registry::{
    member, optional_bool, optional_string, optional_whole, string_map, strings,
};
use crate::{Error, SettingPlace};

/// Attempts for one call where the block says nothing, in all.
const DEFAULT_ATTEMPTS: i64 = 5;
/// The same where the block says none: what the SDK does by itself.
const SDK_ATTEMPTS: u32 = 3;
/// More attempts than anybody waits for.
const MOST_ATTEMPTS: u32 = 1000;

/// Where states are kept in S3, how they are locked, and how AWS is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// The key of the default workspace's state.
    pub key: String,
    /// What stands before the names of other workspaces in their states' keys.
    pub workspace_key_prefix: String,
    /// The table with locks and digests; without one there are neither.
    pub dynamodb_table: Option<String>,
    /// Lock by an object beside the state.
    pub use_lockfile: bool,
    /// Encryption of all objects.
    pub encryption: Encryption,
    /// Canned ACL of all objects.
    pub acl: Option<String>,
    /// Tags of the state object.
    pub state_tags: BTreeMap<String, String>,
    /// Tags of the lock object.
    pub lock_tags: BTreeMap<String, String>,
    /// Do not send a SHA-256 along with objects.
    pub skip_s3_checksum: bool,
    /// How AWS is reached.
    pub aws: Settings,
}

impl S3Settings {
    /// Reads the block's value, and the environment where the block is silent.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the argument; [`Error::Settings`] where several don't fit together.
    pub fn from_config(config: &Value, environment: &Environment) -> Result<Self, Error> {
        let string = |name: &str| optional_string(config, name);
        let flag = |name: &str| Ok::<bool, Error>(optional_bool(config, name)?.unwrap_or(false));
        let wrong = rules::check(config, environment)?;
        // Where there is no region, the connection says so, unless it has one of its own.
        let stops = |problem: &&crate::SettingProblem| {
            problem.is_error && problem.summary != rules::MISSING_REGION
        };
        if let Some(problem) = wrong.iter().find(stops) {
            let (summary, detail) = (problem.summary.clone(), problem.detail.clone());
            return Err(match problem.at {
                SettingPlace::Setting(name) => Error::setting(name, format!("{summary}: {detail}")),
                _ => Error::Settings { summary, detail },
            });
        }
        let not_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            bucket: string("bucket")?.unwrap_or_default(),
            key: string("key")?.unwrap_or_default(),
            workspace_key_prefix: string("workspace_key_prefix")?
                .unwrap_or_else(|| "env:".to_owned()),
            dynamodb_table: not_empty(string("dynamodb_table")?),
            use_lockfile: flag("use_lockfile")?,
            encryption: encryption(config, environment)?,
            acl: not_empty(string("acl")?),
            state_tags: string_map(config, "state_tags")?,
            lock_tags: string_map(config, "lock_tags")?,
            skip_s3_checksum: flag("skip_s3_checksum")?,
            aws: reach(config, environment)?,
        })
    }

    /// The key of a workspace's state.
    pub fn state_key(&self, workspace: &str) -> String {
        if workspace == DEFAULT_WORKSPACE {
            return self.key.clone();
        }
        [&*self.workspace_key_prefix, workspace, &*self.key]
            .into_iter()
            .flat_map(|part| part.split('/'))
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// `encrypt` is the gate: without it keys mean nothing.
fn encryption(config: &Value, environment: &Environment) -> Result<Encryption, Error> {
    if !optional_bool(config, "encrypt")?.unwrap_or(false) {
        return Ok(Encryption::BucketDefault);
    }
    let customer = optional_string(config, "sse_customer_key")?
        .or_else(|| environment.get(CUSTOMER_KEY).map(str::to_owned));
    Ok(match (customer, optional_string(config, "kms_key_id")?) {
        (Some(key), _) => Encryption::Customer(key),
        (None, Some(key)) => Encryption::Kms(key),
        (None, None) => Encryption::S3,
    })
}

/// How AWS is reached, as the arguments of [`reach_schema`](super::reach_schema) say it.
///
/// # Errors
/// [`Error::Setting`] naming the argument.
pub fn reach(config: &Value, environment: &Environment) -> Result<Settings, Error> {
    let string =
        |name: &str| optional_string(config, name).map(|text| text.filter(|text| !text.is_empty()));
    let flag = |name: &str| Ok::<bool, Error>(optional_bool(config, name)?.unwrap_or(false));
    let set = |name: &str| Ok::<BTreeSet<_>, Error>(strings(config, name)?.into_iter().collect());
    let paths = |name: &str| {
        let paths = strings(config, name)?.into_iter();
        Ok::<Vec<_>, Error>(paths.map(|path| environment.path(&path)).collect())
    };
    let mut shared_credentials_files = paths("shared_credentials_files")?;
    shared_credentials_files.extend(
        string("shared_credentials_file")?
            .iter()
            .map(|path| environment.path(path)),
    );
    let mut settings = Settings {
        region: string("region")?,
        profile: string("profile")?,
        access_key: string("access_key")?,
        secret_key: string("secret_key")?,
        token: string("token")?,
        shared_config_files: paths("shared_config_files")?,
        shared_credentials_files,
        skip_credentials_validation: flag("skip_credentials_validation")?,
        skip_region_validation: flag("skip_region_validation")?,
        skip_requesting_account_id: flag("skip_requesting_account_id")?,
        skip_metadata_api_check: optional_bool(config, "skip_metadata_api_check")?,
        allowed_account_ids: set("allowed_account_ids")?,
        forbidden_account_ids: set("forbidden_account_ids")?,
        use_path_style: flag("use_path_style")? || flag("force_path_style")?,
        use_fips_endpoint: flag("use_fips_endpoint")?,
        use_dualstack_endpoint: flag("use_dualstack_endpoint")?,
        sts_region: string("sts_region")?,
        max_retries: Some(attempts(config)?),
        retry_mode: match string("retry_mode")?
            .as_deref()
            .or(environment.get("AWS_RETRY_MODE"))
        {
            Some("standard") => Some(RetryMode::Standard),
            Some("adaptive") => Some(RetryMode::Adaptive),
            _ => None,
        },
        http_proxy: string("http_proxy")?.map(with_scheme),
        // An empty text says "none" here, which is not the same as saying nothing.
        https_proxy: optional_string(config, "https_proxy")?.map(|url| match &*url {
            "" => url,
            _ => with_scheme(url),
        }),
        no_proxy: string("no_proxy")?,
        custom_ca_bundle: string("custom_ca_bundle")?
            .as_deref()
            .or(environment.get("AWS_CA_BUNDLE"))
            .map(|path| environment.path(path)),
        insecure: flag("insecure")?,
        ec2_metadata_service_endpoint: string("ec2_metadata_service_endpoint")?
            .or_else(|| environment.old_metadata_address().map(str::to_owned)),
        ec2_metadata_service_endpoint_mode: string("ec2_metadata_service_endpoint_mode")?,
        user_agent: environment
            .get("TF_APPEND_USER_AGENT")
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..Settings::default()
    };
    environment.complete_proxies(&mut settings);
    endpoints(config, environment, &mut settings)?;
    settings.assume_role = roles::assume_role(config)?;
    // Keys in the block are taken as they are: no token is asked for others.
    if settings.access_key.is_none() {
        settings.assume_role_with_web_identity = roles::web_identity(config, environment)?;
    }
    Ok(settings)
}

/// How often a call is made, in all.
fn attempts(config: &Value) -> Result<u32, Error> {
    let said = optional_whole(config, "max_retries")?.unwrap_or(DEFAULT_ATTEMPTS);
    Ok(match u32::try_from(said.max(0)) {
        Ok(0) => SDK_ATTEMPTS,
        Ok(attempts) => attempts.min(MOST_ATTEMPTS),
        Err(_) => MOST_ATTEMPTS,
    })
}

/// A bare host is meant to be reached by HTTP where it is a proxy.
fn with_scheme(url: String) -> String {
    match url.contains("://") {
        true => url,
        false => format!("http://{url}"),
    }
}

fn endpoints(
    config: &Value,
    environment: &Environment,
    settings: &mut Settings,
) -> Result<(), Error> {
    let block = member(config, "endpoints")?;
    let filled = |url: Option<String>| url.filter(|url| !url.is_empty());
    let mut set = |service: &str, url: String| {
        // As OpenTofu does: a bare host is meant to be reached by HTTPS.
        let url = match url.contains("://") {
            true => url,
            false => format!("https://{url}"),
        };
        settings.endpoints.set(service, url);
    };
    for (service, old, _) in OLD_ENDPOINTS {
        let said = filled(optional_string(&block, service)?);
        let said = said.or(filled(optional_string(config, old)?));
        if let Some(url) = said.or_else(|| old_variable(environment, service).map(|(_, url)| url)) {
            set(service, url);
        }
    }
    for service in ["kms", "sso"] {
        if let Some(url) = filled(optional_string(&block, service)?) {
            set(service, url);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, Value)]) -> Value {
        Value::object_from(pairs.iter().map(|(name, value)| (*name, value.clone())))
    }

    fn minimal() -> Vec<(&'static str, Value)> {
        vec![
            ("bucket", Value::string("states")),
            ("region", Value::string("us-east-1")),
            ("key", Value::string("app/terraform.tfstate")),
        ]
    }

    #[test]
    fn keys_of_workspaces_follow_the_prefix() {
        let mut pairs = minimal();
        let settings =
            S3Settings::from_config(&config(&pairs), &Environment::default()).expect("settings");
        assert_eq!(settings.state_key("default"), "app/terraform.tfstate");
        assert_eq!(settings.state_key("dev"), "env:/dev/app/terraform.tfstate");
        pairs.push(("workspace_key_prefix", Value::string("")));
        let settings =
            S3Settings::from_config(&config(&pairs), &Environment::default()).expect("settings");
        assert_eq!(settings.state_key("dev"), "dev/app/terraform.tfstate");
    }

    #[test]
    fn bad_settings_are_named() {
        for (name, value, setting) in [
            ("key", Value::string("/a"), "key"),
            ("key", Value::string(""), "key"),
            ("bucket", Value::string(" "), "bucket"),
            (
                "workspace_key_prefix",
                Value::string("a/"),
                "workspace_key_prefix",
            ),
            (
                "sse_customer_key",
                Value::string("short"),
                "sse_customer_key",
            ),
            ("retry_mode", Value::string("eager"), "retry_mode"),
            ("encrypt", Value::string("x"), "encrypt"),
        ] {
            let mut pairs = minimal();
            pairs.retain(|(other, _)| *other != name);
            pairs.push((name, value));
            match S3Settings::from_config(&config(&pairs), &Environment::default()) {
                Err(Error::Setting { setting: found, .. }) => assert_eq!(found, setting),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn encryption_needs_its_gate() {
        let mut pairs = minimal();
        pairs.push(("kms_key_id", Value::string("alias/states")));
        let settings =
            S3Settings::from_config(&config(&pairs), &Environment::default()).expect("settings");
        assert_eq!(settings.encryption, Encryption::BucketDefault);
        pairs.push(("encrypt", Value::bool(true)));
        let settings =
            S3Settings::from_config(&config(&pairs), &Environment::default()).expect("settings");
        assert_eq!(settings.encryption, Encryption::Kms("alias/states".into()));
    }
}
