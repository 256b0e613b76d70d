//! Where credentials and region come from: the settings, or the SDK's sources in their usual order.
use std::error::Error as StdError;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
#[allow(deprecated)] // the alias is the only name for it in the crates at hand
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::failure::chain;
use crate::{Error, Settings};

/// Instance metadata is asked once and briefly: off EC2 nothing answers there,
/// and the user waits for the error that says that credentials are missing.
const METADATA_PATIENCE: Duration = Duration::from_secs(1);

/// The shared config and credentials files to read; `None` for the usual ones.
#[allow(deprecated)]
pub(crate) fn profile_files(settings: &Settings) -> Option<ProfileFiles> {
    let config = &settings.shared_config_files;
    let credentials = &settings.shared_credentials_files;
    if config.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = ProfileFiles::builder()
        .include_default_config_file(config.is_empty())
        .include_default_credentials_file(credentials.is_empty());
    for path in config {
        files = files.with_file(ProfileFileKind::Config, path);
    }
    for path in credentials {
        files = files.with_file(ProfileFileKind::Credentials, path);
    }
    Some(files.build())
}

/// The region said, or that of the environment or the profile; at last, where credentials may come
/// from there, that of the instance.
pub(crate) async fn region(settings: &Settings, http: SharedHttpClient) -> Result<String, Error> {
    if let Some(region) = settings.region.as_deref().filter(|r| !r.is_empty()) {
        return Ok(region.to_owned());
    }
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    if let Some(files) = profile_files(settings) {
        profile = profile.profile_files(files);
    }
    let found = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .region()
        .await
        .map(|r| r.as_ref().to_owned())
        .filter(|r| !r.is_empty());
    if let Some(found) = found {
        return Ok(found);
    }
    instance_region(settings, http)
        .await
        .ok_or_else(|| Error::Settings {
            setting: "region",
            detail: "missing region: set region, AWS_REGION or AWS_DEFAULT_REGION, or give the \
                     profile one"
                .to_owned(),
        })
}

/// The region of the instance this runs on, unless its metadata is not to be asked.
async fn instance_region(settings: &Settings, http: SharedHttpClient) -> Option<String> {
    let static_keys = [&settings.access_key, &settings.secret_key, &settings.token]
        .iter()
        .any(|key| key.as_deref().is_some_and(|key| !key.is_empty()));
    if static_keys || settings.skip_metadata_api_check == Some(true) {
        return None;
    }
    let provider = ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::v2026_01_12()))
        .with_http_client(http);
    let region = ImdsRegionProvider::builder()
        .configure(&provider)
        .imds_client(metadata_client(settings, &provider).ok()?)
        .build()
        .region()
        .await?;
    Some(region.as_ref().to_owned())
}

/// The source of credentials, before any role of the settings is assumed.
pub(crate) fn source(
    settings: &Settings,
    provider: &ProviderConfig,
) -> Result<SharedCredentialsProvider, Error> {
    if let Some(said) = said_keys(settings)? {
        return Ok(SharedCredentialsProvider::new(said));
    }
    let mut profile = ProfileFileCredentialsProvider::builder().configure(provider);
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    if let Some(files) = profile_files(settings) {
        profile = profile.profile_files(files);
    }
    let profile = profile.build();
    // A profile said in the settings wins over keys in the environment.
    let first = if settings.profile.is_some() {
        CredentialsProviderChain::first_try("Profile", profile)
    } else {
        CredentialsProviderChain::first_try(
            "Environment",
            EnvironmentVariableCredentialsProvider::new(),
        )
        .or_else("Profile", profile)
    };
    let sources = first
        .or_else(
            "WebIdentityToken",
            WebIdentityTokenCredentialsProvider::builder()
                .configure(provider)
                .build(),
        )
        .or_else(
            "EcsContainer",
            EcsCredentialsProvider::builder()
                .configure(provider)
                .build(),
        );
    if settings.skip_metadata_api_check == Some(true) {
        return Ok(SharedCredentialsProvider::new(sources));
    }
    Ok(SharedCredentialsProvider::new(sources.or_else(
        "Ec2InstanceMetadata",
        instance_metadata(settings, provider)?,
    )))
}

fn said_keys(settings: &Settings) -> Result<Option<Credentials>, Error> {
    let said = |key: &Option<String>| key.clone().filter(|k| !k.is_empty());
    let (access, secret, token) = (
        said(&settings.access_key),
        said(&settings.secret_key),
        said(&settings.token),
    );
    match (access, secret, token) {
        (None, None, None) => Ok(None),
        (Some(access), Some(secret), token) => {
            Ok(Some(Credentials::from_keys(access, secret, token)))
        }
        (access, _, _) => Err(Error::NoCredentials {
            detail: format!(
                "static credentials are incomplete: {} is not set",
                if access.is_none() {
                    "access_key"
                } else {
                    "secret_key"
                }
            ),
        }),
    }
}

fn instance_metadata(
    settings: &Settings,
    provider: &ProviderConfig,
) -> Result<ImdsCredentialsProvider, Error> {
    Ok(ImdsCredentialsProvider::builder()
        .configure(provider)
        .imds_client(metadata_client(settings, provider)?)
        .build())
}

fn metadata_client(settings: &Settings, provider: &ProviderConfig) -> Result<imds::Client, Error> {
    let mut client = imds::Client::builder()
        .configure(provider)
        .max_attempts(1)
        .connect_timeout(METADATA_PATIENCE)
        .read_timeout(METADATA_PATIENCE);
    if let Some(mode) = &settings.ec2_metadata_service_endpoint_mode {
        let mode = mode
            .parse::<imds::client::EndpointMode>()
            .map_err(|e| Error::Settings {
                setting: "ec2_metadata_service_endpoint_mode",
                detail: e.to_string(),
            })?;
        client = client.endpoint_mode(mode);
    }
    if let Some(endpoint) = &settings.ec2_metadata_service_endpoint {
        client = client.endpoint(endpoint).map_err(|e| Error::Settings {
            setting: "ec2_metadata_service_endpoint",
            detail: format!("{endpoint} cannot be used: {e}"),
        })?;
    }
    Ok(client.build())
}

/// Asks the source once, so that missing credentials are said at the start.
pub(crate) async fn check(
    source: &SharedCredentialsProvider,
    settings: &Settings,
) -> Result<(), Error> {
    let Err(error) = source.provide_credentials().await else {
        return Ok(());
    };
    // A role that could not be assumed is already in our words.
    let mut next: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(at) = next {
        if let Some(ours) = at.downcast_ref::<Error>() {
            return Err(ours.clone());
        }
        next = at.source();
    }
    let profile = settings.profile.as_deref().map_or_else(
        || "AWS_PROFILE or the default profile".to_owned(),
        |name| format!("the profile {name}"),
    );
    Err(Error::NoCredentials {
        detail: format!(
            "the provider's keys, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, {profile}, a web \
             identity token, container credentials and instance metadata were asked in turn ({})",
            chain(&error)
        ),
    })
}
