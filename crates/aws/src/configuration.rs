//! The SDK's configuration: over the network as settings, environment and profile say, or into the process.
use std::time::Duration;

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::checksum_config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::calls::{Bounds, Watch};
use crate::connector::Wire;
use crate::roles::{Role, RoleByToken};
use crate::{Error, RetryMode, Settings, Transport, credentials, partition};

/// Attempts when the settings do not say: as Terraform's AWS provider has it.
const ATTEMPTS: u32 = 25;
/// First pause between attempts, doubled with jitter from then on.
pub(crate) const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// A connection is there within this time or not at all.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The first byte of an answer comes within this time or the attempt is lost.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// A host that exists nowhere: requests for it can only be answered in process.
const EMBEDDED_ENDPOINT: &str = "http://embedded.invalid";

pub(crate) fn watch(transport: &Transport, settings: &Settings) -> Watch {
    Watch {
        counts: transport.counts.clone(),
        user_agent: settings.user_agent.join(" "),
    }
}

/// Retrying is bounded per call; a quota across calls would make a busy apply
/// give up calls that only needed to wait. Only who asks for one gets it.
pub(crate) fn quota(settings: &Settings) -> RetryPartition {
    let bucket = match settings.token_bucket_capacity.filter(|n| *n > 0) {
        Some(capacity) => TokenBucket::new(usize::try_from(capacity).unwrap_or(usize::MAX)),
        None => TokenBucket::unlimited(),
    };
    RetryPartition::custom("trueup")
        .token_bucket(bucket)
        .build()
}

pub(crate) fn endpoint(said: &Option<String>, embedded: bool) -> Option<String> {
    if embedded {
        return Some(EMBEDDED_ENDPOINT.to_owned());
    }
    said.clone().filter(|url| !url.is_empty())
}

fn retry_config(settings: &Settings, transport: &Transport) -> RetryConfig {
    let base = match settings.retry_mode {
        Some(RetryMode::Adaptive) => RetryConfig::adaptive(),
        _ => RetryConfig::standard(),
    };
    base.with_max_attempts(settings.max_retries.filter(|n| *n > 0).unwrap_or(ATTEMPTS))
        .with_initial_backoff(transport.initial_backoff.unwrap_or(FIRST_BACKOFF))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}

/// The configuration over the embedded AWS, made without looking at anything.
pub(crate) fn embedded(
    settings: &Settings,
    transport: &Transport,
    wire: &Wire,
    region: &str,
) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
            "test", "test", None,
        )))
        .http_client(wire.client())
        .endpoint_url(EMBEDDED_ENDPOINT)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SharedTimeSource::default())
        .retry_config(retry_config(settings, transport))
        .timeout_config(timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build()
}

/// The configuration over the network: environment, profile and settings.
pub(crate) async fn loaded(
    settings: &Settings,
    transport: &Transport,
    wire: &Wire,
    region: &str,
) -> Result<SdkConfig, Error> {
    let http = wire.client();
    let region = Region::new(region.to_owned());
    let provider = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_behavior_version(Some(BehaviorVersion::v2026_01_12()))
        .with_http_client(http.clone());
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .region(region)
        .credentials_provider(credentials::source(settings, &provider)?)
        .retry_config(retry_config(settings, transport))
        .timeout_config(timeouts())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if let Some(name) = &settings.profile {
        loader = loader.profile_name(name);
    }
    if let Some(files) = credentials::profile_files(settings) {
        loader = loader.profile_files(files);
    }
    if settings.use_fips_endpoint {
        loader = loader.use_fips(true);
    }
    if settings.use_dualstack_endpoint {
        loader = loader.use_dual_stack(true);
    }
    Ok(loader.load().await)
}

/// Puts the settings' roles over the credentials, in their order.
pub(crate) fn with_roles(
    mut config: SdkConfig,
    settings: &Settings,
    transport: &Transport,
    retries: &RetryPartition,
) -> SdkConfig {
    let wrap = |config: SdkConfig, source: SharedCredentialsProvider| {
        config.into_builder().credentials_provider(source).build()
    };
    if let Some(role) = &settings.assume_role_with_web_identity
        && !role.role_arn.is_empty()
    {
        let source = SharedCredentialsProvider::new(RoleByToken {
            sts: sts_client(&config, settings, transport, retries),
            role: role.clone(),
        });
        config = wrap(config, source);
    }
    for role in settings
        .assume_role
        .iter()
        .filter(|r| !r.role_arn.is_empty())
    {
        let source = SharedCredentialsProvider::new(Role {
            sts: sts_client(&config, settings, transport, retries),
            role: role.clone(),
        });
        config = wrap(config, source);
    }
    config
}

pub(crate) fn sts_client(
    config: &SdkConfig,
    settings: &Settings,
    transport: &Transport,
    retries: &RetryPartition,
) -> aws_sdk_sts::Client {
    let mut builder = aws_sdk_sts::config::Builder::from(config)
        .interceptor(watch(transport, settings))
        .retry_classifier(Bounds)
        .retry_partition(retries.clone());
    if let Some(url) = endpoint(&settings.endpoints.sts, transport.dispatch.is_some()) {
        builder.set_endpoint_url(Some(url));
        builder.set_use_fips(Some(false));
        builder.set_use_dual_stack(Some(false));
    }
    if let Some(region) = &settings.sts_region {
        builder.set_region(Some(Region::new(region.clone())));
    }
    aws_sdk_sts::Client::from_conf(builder.build())
}

pub(crate) fn check_endpoints(settings: &Settings) -> Result<(), Error> {
    let e = &settings.endpoints;
    for (name, url) in [("dynamodb", &e.dynamodb), ("s3", &e.s3), ("sts", &e.sts)] {
        let Some(url) = url.as_deref().filter(|u| !u.is_empty()) else {
            continue;
        };
        let usable = url.parse::<http::Uri>().is_ok_and(|u| {
            matches!(u.scheme_str(), Some("http" | "https"))
                && u.host().is_some_and(|h| !h.is_empty())
        });
        if !usable {
            return Err(Error::Settings {
                setting: "endpoints",
                detail: format!(
                    "the endpoint of {name} is not a URL such as http://localhost:8000: {url}"
                ),
            });
        }
    }
    Ok(())
}

/// A region is known by the form of its name; with an endpoint of its own any will do.
pub(crate) fn check_region(settings: &Settings, region: &str) -> Result<(), Error> {
    let e = &settings.endpoints;
    let own_endpoint = [&e.dynamodb, &e.s3]
        .iter()
        .any(|u| u.as_deref().is_some_and(|u| !u.is_empty()));
    let said = settings.region.as_deref() == Some(region);
    if !said || settings.skip_region_validation || own_endpoint || partition(region).is_some() {
        return Ok(());
    }
    Err(Error::Settings {
        setting: "region",
        detail: format!("invalid AWS Region: {region}"),
    })
}
