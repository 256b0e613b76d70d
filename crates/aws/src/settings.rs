//! What a provider block or a backend block may say about reaching AWS.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How AWS is to be reached. `None`, `false` and empty mean "not said": the
/// environment and the profile are then asked by the SDK's own chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Region; else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's.
    pub region: Option<String>,
    /// Profile; when it is said here its credentials win over keys in the environment.
    pub profile: Option<String>,
    /// Access key id. If any of the three keys is said, no other source is asked.
    pub access_key: Option<String>,
    /// Secret access key.
    pub secret_key: Option<String>,
    /// Session token.
    pub token: Option<String>,
    /// Paths of shared config files instead of `~/.aws/config` (`~` already expanded).
    pub shared_config_files: Vec<String>,
    /// Paths of shared credentials files instead of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<String>,
    /// Endpoints by service.
    pub endpoints: Endpoints,
    /// Roles to assume, in order, each with the credentials of the one before.
    pub assume_role: Vec<AssumeRole>,
    /// Role to assume with a web identity token, before `assume_role`.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Do not ask STS who we are when connecting.
    pub skip_credentials_validation: bool,
    /// Accept a region whose name is not known.
    pub skip_region_validation: bool,
    /// Do not find out the account id.
    pub skip_requesting_account_id: bool,
    /// `Some(true)`: never ask instance metadata for credentials; else they are
    /// asked last, once, unless `AWS_EC2_METADATA_DISABLED` is set.
    pub skip_metadata_api_check: Option<bool>,
    /// Accounts that may be used; empty for any.
    pub allowed_account_ids: BTreeSet<String>,
    /// Accounts that must not be used.
    pub forbidden_account_ids: BTreeSet<String>,
    /// Address buckets by path instead of by host name.
    pub use_path_style: bool,
    /// Use FIPS endpoints.
    pub use_fips_endpoint: bool,
    /// Use dual-stack endpoints.
    pub use_dualstack_endpoint: bool,
    /// Region that STS is called in; else the region.
    pub sts_region: Option<String>,
    /// Attempts in all for a call that may be repeated; 0 and `None` mean 25.
    pub max_retries: Option<u32>,
    /// How the pauses between attempts grow.
    pub retry_mode: Option<RetryMode>,
    /// How many repetitions all calls together may be in debt with before a failed call is not
    /// repeated any more; 0 and `None` mean no such quota.
    pub token_bucket_capacity: Option<u32>,
    /// Proxy for plain HTTP; used for HTTPS too when `https_proxy` is not said.
    pub http_proxy: Option<String>,
    /// Proxy for HTTPS; `Some("")` means none.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy, comma-separated.
    pub no_proxy: Option<String>,
    /// Path of a PEM file with the certificate authorities to trust.
    pub custom_ca_bundle: Option<String>,
    /// Skipping TLS verification is refused with an explanation: see `custom_ca_bundle`.
    pub insecure: bool,
    /// Endpoint of the instance metadata service.
    pub ec2_metadata_service_endpoint: Option<String>,
    /// `IPv4` or `IPv6`: which of the metadata service's own addresses is used.
    pub ec2_metadata_service_endpoint_mode: Option<String>,
    /// Products added to the `User-Agent` header of every request, in order.
    pub user_agent: Vec<String>,
}

/// Endpoint URLs by service; `None` and empty mean that of the environment, the
/// profile or AWS. The keys are the provider block's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: Option<String>,
    /// S3.
    pub s3: Option<String>,
    /// STS.
    pub sts: Option<String>,
    /// Single sign-on.
    pub sso: Option<String>,
    /// Every other service, by its name in the provider's `endpoints` block.
    pub others: BTreeMap<String, String>,
}

impl Endpoints {
    /// Sets the endpoint of a service by its name in the `endpoints` block
    /// (`s3api` is `s3`); an empty URL sets nothing.
    pub fn set(&mut self, service: &str, url: impl Into<String>) {
        let url = url.into();
        if url.is_empty() {
            return;
        }
        match service {
            "dynamodb" => self.dynamodb = Some(url),
            "s3" | "s3api" => self.s3 = Some(url),
            "sts" => self.sts = Some(url),
            "sso" => self.sso = Some(url),
            other => {
                self.others.insert(other.to_owned(), url);
            }
        }
    }
}

/// One role to assume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// ARN of the role; an empty one is skipped.
    pub role_arn: String,
    /// Name of the session; one is made up when it is not said.
    pub session_name: Option<String>,
    /// External id the role's trust policy asks for.
    pub external_id: Option<String>,
    /// How long the credentials last, 15 minutes to 12 hours.
    pub duration: Option<Duration>,
    /// Session policy, JSON.
    pub policy: Option<String>,
    /// ARNs of managed session policies.
    pub policy_arns: BTreeSet<String>,
    /// Source identity.
    pub source_identity: Option<String>,
    /// Session tags.
    pub tags: BTreeMap<String, String>,
    /// Keys of tags that go on to further roles.
    pub transitive_tag_keys: BTreeSet<String>,
}

/// A role to assume with a token of an identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssumeRoleWithWebIdentity {
    /// ARN of the role.
    pub role_arn: String,
    /// Name of the session; one is made up when it is not said.
    pub session_name: Option<String>,
    /// How long the credentials last.
    pub duration: Option<Duration>,
    /// Session policy, JSON.
    pub policy: Option<String>,
    /// ARNs of managed session policies.
    pub policy_arns: BTreeSet<String>,
    /// The token itself.
    pub web_identity_token: Option<String>,
    /// Path of a file with the token, read at each renewal.
    pub web_identity_token_file: Option<String>,
}

/// How a client paces its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryMode {
    /// Pauses that double, with jitter.
    Standard,
    /// The same, and requests are held back while the service throttles.
    Adaptive,
}
