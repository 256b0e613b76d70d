//! The settings of the `s3` backend, read from its evaluated block.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use trueup_aws::s3::Encryption;
use trueup_aws::{RetryMode, Settings};
use trueup_value::Value;

use super::roles;
use crate::Error;
use crate::backend::DEFAULT_WORKSPACE;
use crate::registry::{
    member, optional_bool, optional_count, optional_string, string_map, strings,
};

/// Attempts for one call where the block says nothing, in all.
const DEFAULT_ATTEMPTS: u32 = 5;

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
    /// Reads the block's value.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the argument.
    pub fn from_config(config: &Value) -> Result<Self, Error> {
        let string = |name: &str| optional_string(config, name);
        let flag = |name: &str| Ok::<bool, Error>(optional_bool(config, name)?.unwrap_or(false));
        for (one, other) in [
            ("kms_key_id", "sse_customer_key"),
            ("shared_credentials_file", "shared_credentials_files"),
            ("force_path_style", "use_path_style"),
            ("allowed_account_ids", "forbidden_account_ids"),
        ] {
            if !member(config, one)?.is_null() && !member(config, other)?.is_null() {
                return Err(Error::setting(
                    one,
                    format!("it cannot stand beside {other:?}"),
                ));
            }
        }
        let bucket = string("bucket")?.unwrap_or_default();
        if bucket.trim().is_empty() {
            return Err(Error::setting("bucket", "the name of a bucket is required"));
        }
        let key = string("key")?.unwrap_or_default();
        if key.is_empty() {
            return Err(Error::setting("key", "the key of the state is required"));
        }
        if key.starts_with('/') || key.ends_with('/') || key.contains("//") {
            return Err(Error::setting(
                "key",
                "it must not begin or end with a slash, nor hold two in a row",
            ));
        }
        let workspace_key_prefix =
            string("workspace_key_prefix")?.unwrap_or_else(|| "env:".to_owned());
        if workspace_key_prefix.starts_with('/') || workspace_key_prefix.ends_with('/') {
            return Err(Error::setting(
                "workspace_key_prefix",
                "it must not begin or end with a slash",
            ));
        }
        let not_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            bucket,
            key,
            workspace_key_prefix,
            dynamodb_table: not_empty(string("dynamodb_table")?),
            use_lockfile: flag("use_lockfile")?,
            encryption: encryption(config)?,
            acl: not_empty(string("acl")?),
            state_tags: string_map(config, "state_tags")?,
            lock_tags: string_map(config, "lock_tags")?,
            skip_s3_checksum: flag("skip_s3_checksum")?,
            aws: reach(config)?,
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
fn encryption(config: &Value) -> Result<Encryption, Error> {
    let customer = optional_string(config, "sse_customer_key")?;
    if let Some(key) = &customer {
        let bytes = base64::engine::general_purpose::STANDARD.decode(key);
        if key.len() != 44 || bytes.map_or(0, |bytes| bytes.len()) != 32 {
            return Err(Error::setting(
                "sse_customer_key",
                "it must be 44 characters of base64 that stand for 32 bytes",
            ));
        }
    }
    let kms = optional_string(config, "kms_key_id")?.filter(|key| !key.is_empty());
    if !optional_bool(config, "encrypt")?.unwrap_or(false) {
        return Ok(Encryption::BucketDefault);
    }
    Ok(match (customer, kms) {
        (Some(key), _) => Encryption::Customer(key),
        (None, Some(key)) => Encryption::Kms(key),
        (None, None) => Encryption::S3,
    })
}

fn reach(config: &Value) -> Result<Settings, Error> {
    let string =
        |name: &str| optional_string(config, name).map(|text| text.filter(|text| !text.is_empty()));
    let flag = |name: &str| Ok::<bool, Error>(optional_bool(config, name)?.unwrap_or(false));
    let set = |name: &str| Ok::<BTreeSet<_>, Error>(strings(config, name)?.into_iter().collect());
    let mut shared_credentials_files = strings(config, "shared_credentials_files")?;
    shared_credentials_files.extend(string("shared_credentials_file")?);
    let mut settings = Settings {
        region: string("region")?,
        profile: string("profile")?,
        access_key: string("access_key")?,
        secret_key: string("secret_key")?,
        token: string("token")?,
        shared_config_files: strings(config, "shared_config_files")?,
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
        max_retries: Some(optional_count(config, "max_retries")?.unwrap_or(DEFAULT_ATTEMPTS)),
        retry_mode: retry_mode(config)?,
        http_proxy: string("http_proxy")?,
        https_proxy: optional_string(config, "https_proxy")?,
        no_proxy: string("no_proxy")?,
        custom_ca_bundle: string("custom_ca_bundle")?,
        insecure: flag("insecure")?,
        ec2_metadata_service_endpoint: string("ec2_metadata_service_endpoint")?,
        ..Settings::default()
    };
    endpoints(config, &mut settings)?;
    settings.assume_role = roles::assume_role(config)?;
    settings.assume_role_with_web_identity = roles::web_identity(config)?;
    Ok(settings)
}

fn retry_mode(config: &Value) -> Result<Option<RetryMode>, Error> {
    match optional_string(config, "retry_mode")?.as_deref() {
        None | Some("") => Ok(None),
        Some("standard") => Ok(Some(RetryMode::Standard)),
        Some("adaptive") => Ok(Some(RetryMode::Adaptive)),
        Some(_) => Err(Error::setting(
            "retry_mode",
            "it must be \"standard\" or \"adaptive\"",
        )),
    }
}

fn endpoints(config: &Value, settings: &mut Settings) -> Result<(), Error> {
    let block = member(config, "endpoints")?;
    for (service, old) in [
        ("dynamodb", Some("dynamodb_endpoint")),
        ("iam", Some("iam_endpoint")),
        ("s3", Some("endpoint")),
        ("sso", None),
        ("sts", Some("sts_endpoint")),
    ] {
        let new = optional_string(&block, service)?;
        let old = match old {
            Some(old) => optional_string(config, old)?.map(|url| (old, url)),
            None => None,
        };
        let url = match (new, old) {
            (Some(_), Some((name, _))) => {
                return Err(Error::setting(
                    name,
                    format!("it cannot stand beside \"endpoints.{service}\""),
                ));
            }
            (Some(url), None) | (None, Some((_, url))) => url,
            (None, None) => continue,
        };
        if url.is_empty() {
            continue;
        }
        // As OpenTofu does: a bare host is meant to be reached by HTTPS.
        let url = if url.contains("://") {
            url
        } else {
            format!("https://{url}")
        };
        settings.endpoints.set(service, url);
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
            ("key", Value::string("app/terraform.tfstate")),
        ]
    }

    #[test]
    fn keys_of_workspaces_follow_the_prefix() {
        let mut pairs = minimal();
        let settings = S3Settings::from_config(&config(&pairs)).expect("settings");
        assert_eq!(settings.state_key("default"), "app/terraform.tfstate");
        assert_eq!(settings.state_key("dev"), "env:/dev/app/terraform.tfstate");
        pairs.push(("workspace_key_prefix", Value::string("")));
        let settings = S3Settings::from_config(&config(&pairs)).expect("settings");
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
            match S3Settings::from_config(&config(&pairs)) {
                Err(Error::Setting { setting: found, .. }) => assert_eq!(found, setting),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn encryption_needs_its_gate() {
        let mut pairs = minimal();
        pairs.push(("kms_key_id", Value::string("alias/states")));
        let settings = S3Settings::from_config(&config(&pairs)).expect("settings");
        assert_eq!(settings.encryption, Encryption::BucketDefault);
        pairs.push(("encrypt", Value::bool(true)));
        let settings = S3Settings::from_config(&config(&pairs)).expect("settings");
        assert_eq!(settings.encryption, Encryption::Kms("alias/states".into()));
    }
}
