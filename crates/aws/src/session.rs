//! A connection to one region with one set of credentials, and the services behind it.
use std::sync::Arc;
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
use tokio::sync::OnceCell;

use crate::calls::{Bounds, Watch};
use crate::roles::{Role, RoleByToken};
use crate::{
    CallerIdentity, Dispatch, DynamoDb, Error, RequestCounts, RetryMode, S3, Settings, Sts,
    connector, credentials, dynamodb, partition, s3, sts,
};

/// Attempts when the settings do not say: as Terraform's AWS provider has it.
const ATTEMPTS: u32 = 25;
/// First pause between attempts, doubled with jitter from then on.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// First pause before unprocessed keys are asked for again.
const FIRST_BATCH_PAUSE: Duration = Duration::from_millis(50);
/// A connection is there within this time or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The first byte of an answer comes within this time or the attempt is lost.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// A host that exists nowhere: requests for it can only be answered in process.
const EMBEDDED_ENDPOINT: &str = "http://embedded.invalid";
const EMBEDDED_REGION: &str = "us-east-1";

/// What stands between the program and AWS.
#[derive(Clone, Default)]
pub struct Transport {
    /// The embedded AWS. With one, every configured endpoint, credential and
    /// role is ignored: nothing can leave the process.
    pub dispatch: Option<Arc<dyn Dispatch>>,
    /// Where requests are counted.
    pub counts: RequestCounts,
    /// First pause between attempts; `None` for one second. Tests shorten it.
    pub initial_backoff: Option<Duration>,
}

/// A connection to one region with one set of credentials. Clones share it.
#[derive(Clone)]
pub struct Session {
    config: SdkConfig,
    settings: Arc<Settings>,
    transport: Transport,
    region: String,
    retries: RetryPartition,
    dynamodb: Arc<dyn DynamoDb>,
    s3: Arc<dyn S3>,
    sts: Arc<dyn Sts>,
    identity: Arc<OnceCell<CallerIdentity>>,
}

impl Session {
    /// Finds region and credentials and checks them as far as the settings ask.
    ///
    /// With a [`Dispatch`] nothing is looked up and nothing is sent.
    ///
    /// # Errors
    /// [`Error::Settings`], [`Error::NoCredentials`], [`Error::RoleNotAssumed`],
    /// [`Error::AccountNotAllowed`], or STS's answer to the question who we are.
    pub async fn connect(settings: Settings, transport: Transport) -> Result<Self, Error> {
        if let Some(dispatch) = &transport.dispatch {
            let region = settings.region.clone().filter(|r| !r.is_empty());
            let region = region.unwrap_or_else(|| EMBEDDED_REGION.to_owned());
            let config = embedded(&settings, &transport, Arc::clone(dispatch), &region);
            return Ok(Self::over(config, Arc::new(settings), transport, region));
        }
        check_endpoints(&settings)?;
        let region = credentials::region(&settings).await?;
        check_region(&settings, &region)?;
        let retries = unlimited();
        let base = loaded(&settings, &transport, &region).await?;
        let config = with_roles(base, &settings, &transport, &retries);
        if let Some(source) = config.credentials_provider() {
            credentials::check(&source, &settings).await?;
        }
        let session = Self::over(config, Arc::new(settings), transport, region);
        session.check_account().await?;
        Ok(session)
    }

    fn over(
        config: SdkConfig,
        settings: Arc<Settings>,
        transport: Transport,
        region: String,
    ) -> Self {
        let retries = unlimited();
        let first_pause = transport
            .initial_backoff
            .map_or(FIRST_BATCH_PAUSE, |b| b.min(FIRST_BATCH_PAUSE));
        let embedded = transport.dispatch.is_some();
        let at = |said: &Option<String>| endpoint(said, embedded);
        let dynamodb_endpoint = at(&settings.endpoints.dynamodb);
        let s3_endpoint = at(&settings.endpoints.s3);
        let mut for_dynamodb = aws_sdk_dynamodb::config::Builder::from(&config)
            .interceptor(watch(&transport))
            .retry_classifier(Bounds)
            .retry_partition(retries.clone());
        if dynamodb_endpoint.is_some() {
            for_dynamodb.set_endpoint_url(dynamodb_endpoint);
        }
        let mut for_s3 = aws_sdk_s3::config::Builder::from(&config)
            .interceptor(watch(&transport))
            .retry_classifier(Bounds)
            .retry_partition(retries.clone())
            .force_path_style(embedded || settings.use_path_style);
        if s3_endpoint.is_some() {
            for_s3.set_endpoint_url(s3_endpoint.clone());
        }
        Self {
            dynamodb: Arc::new(dynamodb::Client::new(
                aws_sdk_dynamodb::Client::from_conf(for_dynamodb.build()),
                first_pause,
            )),
            s3: Arc::new(s3::Client::new(
                aws_sdk_s3::Client::from_conf(for_s3.build()),
                region.clone(),
                s3_endpoint.unwrap_or_default(),
            )),
            sts: Arc::new(sts::Client::new(sts_client(
                &config, &settings, &transport, &retries,
            ))),
            config,
            settings,
            transport,
            region,
            retries,
            identity: Arc::default(),
        }
    }

    /// The same credentials, endpoints and counts in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let config = self
            .config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .build();
        let mut there = Self::over(
            config,
            Arc::clone(&self.settings),
            self.transport.clone(),
            region.to_owned(),
        );
        there.identity = Arc::clone(&self.identity);
        there.retries = self.retries.clone();
        there
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> Arc<dyn DynamoDb> {
        Arc::clone(&self.dynamodb)
    }

    /// S3.
    pub fn s3(&self) -> Arc<dyn S3> {
        Arc::clone(&self.s3)
    }

    /// STS.
    pub fn sts(&self) -> Arc<dyn Sts> {
        Arc::clone(&self.sts)
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The settings it was connected with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The requests sent so far by all sessions that share the counts.
    pub fn counts(&self) -> &RequestCounts {
        &self.transport.counts
    }

    /// Who the credentials belong to; asked once and remembered.
    ///
    /// # Errors
    /// STS's answer.
    pub async fn identity(&self) -> Result<&CallerIdentity, Error> {
        self.identity
            .get_or_try_init(|| self.sts.get_caller_identity())
            .await
    }

    /// The account id; `None` where the settings say not to ask for it.
    ///
    /// # Errors
    /// STS's answer.
    pub async fn account_id(&self) -> Result<Option<String>, Error> {
        if let Some(known) = self.identity.get() {
            return Ok(Some(known.account_id.clone()));
        }
        if self.settings.skip_requesting_account_id && self.transport.dispatch.is_none() {
            return Ok(None);
        }
        Ok(Some(self.identity().await?.account_id.clone()))
    }

    /// The partition: of the caller's ARN if that is known, else of the region.
    pub fn partition(&self) -> String {
        self.identity
            .get()
            .and_then(|i| i.arn.split(':').nth(1))
            .filter(|p| !p.is_empty())
            .or_else(|| partition(&self.region))
            .unwrap_or("aws")
            .to_owned()
    }

    async fn check_account(&self) -> Result<(), Error> {
        let s = &self.settings;
        let restricted = !s.allowed_account_ids.is_empty() || !s.forbidden_account_ids.is_empty();
        if !s.skip_credentials_validation {
            self.identity().await?;
        }
        if !restricted {
            return Ok(());
        }
        let account_id = self.account_id().await?.unwrap_or_default();
        let allowed =
            s.allowed_account_ids.is_empty() || s.allowed_account_ids.contains(&account_id);
        if allowed && !s.forbidden_account_ids.contains(&account_id) {
            Ok(())
        } else {
            Err(Error::AccountNotAllowed { account_id })
        }
    }
}

fn watch(transport: &Transport) -> Watch {
    Watch {
        counts: transport.counts.clone(),
    }
}

/// Retrying is bounded per call; a quota across calls would make a busy apply
/// give up calls that only needed to wait.
fn unlimited() -> RetryPartition {
    RetryPartition::custom("trueup")
        .token_bucket(TokenBucket::unlimited())
        .build()
}

fn endpoint(said: &Option<String>, embedded: bool) -> Option<String> {
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
fn embedded(
    settings: &Settings,
    transport: &Transport,
    dispatch: Arc<dyn Dispatch>,
    region: &str,
) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
            "test", "test", None,
        )))
        .http_client(connector::in_process(dispatch))
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
async fn loaded(
    settings: &Settings,
    transport: &Transport,
    region: &str,
) -> Result<SdkConfig, Error> {
    let http = connector::network(settings)?;
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
fn with_roles(
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

fn sts_client(
    config: &SdkConfig,
    settings: &Settings,
    transport: &Transport,
    retries: &RetryPartition,
) -> aws_sdk_sts::Client {
    let mut builder = aws_sdk_sts::config::Builder::from(config)
        .interceptor(watch(transport))
        .retry_classifier(Bounds)
        .retry_partition(retries.clone());
    if let Some(url) = endpoint(&settings.endpoints.sts, transport.dispatch.is_some()) {
        builder.set_endpoint_url(Some(url));
    }
    if let Some(region) = &settings.sts_region {
        builder.set_region(Some(Region::new(region.clone())));
    }
    aws_sdk_sts::Client::from_conf(builder.build())
}

fn check_endpoints(settings: &Settings) -> Result<(), Error> {
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
fn check_region(settings: &Settings, region: &str) -> Result<(), Error> {
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
