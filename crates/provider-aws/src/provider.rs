//! The provider before and after it is configured.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_aws::{Error, Settings, Transport};
use trueup_functions::Function;
use trueup_provider::{
    BoxFuture, Configured, Context, DataSource, Problem, Problems, Provider, ProviderSchema,
    ResourceType, Sighting,
};
use trueup_value::Value;

use crate::configuration::{self, Environment, settings, tag_policy};
use crate::connection::{Connect, Connection, ThroughTransport};
use crate::dynamodb::PlannedReplicas;
use crate::failure;
use crate::functions::FUNCTIONS;
use crate::kinds::{DATA_SOURCES, RESOURCES};
use crate::region::Places;
use crate::rules::schema_of;
use crate::s3::object::content::LocalFiles;
use crate::survey;

/// `registry.terraform.io/hashicorp/aws`.
pub struct AwsProvider {
    connect: Arc<dyn Connect>,
    environment: Environment,
    schema: ProviderSchema,
    /// What plans say of replicas: blocks and resources of different configurations may be about one.
    replicas: Arc<PlannedReplicas>,
    /// Where relative paths of files begin.
    folder: PathBuf,
}

impl AwsProvider {
    /// The provider, reaching AWS by `connect`.
    pub fn new(connect: Arc<dyn Connect>) -> Self {
        Self {
            connect,
            environment: Environment::default(),
            schema: schemas(),
            replicas: Arc::default(),
            folder: PathBuf::new(),
        }
    }

    /// The same for a configuration whose relative paths begin in `folder`.
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        self.folder = folder;
        self
    }

    /// The same, with variables that stand in for arguments of the provider block.
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// The provider, reaching AWS through a transport.
    pub fn through(transport: Transport) -> Self {
        Self::new(Arc::new(ThroughTransport::new(transport)))
    }
}

fn schemas() -> ProviderSchema {
    ProviderSchema {
        config: schema_of(configuration::body()),
        resources: RESOURCES
            .iter()
            .map(|kind| (kind.name.into(), Arc::new(kind.schema())))
            .collect(),
        data_sources: DATA_SOURCES
            .iter()
            .map(|kind| (kind.name.into(), Arc::new(kind.schema())))
            .collect(),
    }
}

impl Provider for AwsProvider {
    fn address(&self) -> ProviderAddr {
        ProviderAddr::implied("aws")
    }

    fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    fn functions(&self) -> &'static [&'static Function] {
        FUNCTIONS
    }

    fn validate_provider(&self, config: &Value) -> Problems {
        configuration::validate(config, &self.environment)
    }

    fn validate(&self, mode: Mode, kind: &str, config: &Value) -> Problems {
        match mode {
            Mode::Managed => {
                let found = RESOURCES.iter().find(|offered| offered.name == kind);
                found.map(|found| found.problems(config))
            }
            Mode::Data => {
                let found = DATA_SOURCES.iter().find(|offered| offered.name == kind);
                found.map(|found| found.problems(config))
            }
        }
        .unwrap_or_default()
    }

    fn stands_for(&self, kind: &str, value: &Value) -> Vec<String> {
        survey::stands_for(kind, value)
    }

    fn configure<'a>(
        &'a self,
        _cx: &'a Context,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>> {
        Box::pin(async move {
            let settings = settings(&config, &self.environment);
            let aws = self
                .connect
                .connect(settings.clone())
                .await
                .map_err(|error| not_connected(&error, &settings))?;
            let places = Arc::new(Places::around(
                aws,
                tag_policy(&config, &self.environment),
                Arc::clone(&self.replicas),
                Arc::new(LocalFiles {
                    folder: self.folder.clone(),
                    home: self.environment.get("HOME").map(PathBuf::from),
                }),
            ));
            let configured: Arc<dyn Configured> = Arc::new(ConfiguredAws {
                resources: RESOURCES
                    .iter()
                    .map(|kind| (kind.name, kind.made(&places)))
                    .collect(),
                data_sources: DATA_SOURCES
                    .iter()
                    .map(|kind| (kind.name, kind.made(&places)))
                    .collect(),
                home: places.home.aws.clone(),
            });
            Ok(configured)
        })
    }
}

fn not_connected(error: &Error, settings: &Settings) -> Problem {
    let by_token = |role_arn: &str| {
        let web = settings.assume_role_with_web_identity.as_ref();
        web.is_some_and(|web| web.role_arn == role_arn)
            && settings
                .assume_role
                .iter()
                .all(|role| role.role_arn != role_arn)
    };
    match error {
        Error::NoCredentials { .. } => Problem::error(
            "No valid credential sources found",
            format!(
                "{error}\n\nGive credentials in the provider block (profile, or access_key and secret_key), in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a shared credentials file; or run with -local on the embedded AWS."
            ),
        ),
        Error::RoleNotAssumed { role_arn, .. } => {
            let summary = if by_token(role_arn) {
                "Cannot assume IAM Role with web identity"
            } else {
                "Cannot assume IAM Role"
            };
            Problem::error(summary, error.to_string())
        }
        Error::AccountNotAllowed { .. } => Problem::error(
            error.to_string(),
            "The provider block's allowed_account_ids or forbidden_account_ids say so.",
        ),
        Error::Settings {
            setting: "region",
            detail,
        } if detail.starts_with("invalid AWS Region") => Problem::error(
            format!("I{}", detail.trim_start_matches('i')),
            "There is no region of this name. Where an emulator has regions of its own, set skip_region_validation = true.",
        )
        .at(trueup_value::Path::new().attr("region")),
        Error::Settings { setting, detail } => {
            Problem::error(format!("Invalid provider configuration: {setting}"), detail)
                .at(trueup_value::Path::new().attr(*setting))
        }
        _ => failure::problem("configuring AWS", error),
    }
}

/// The provider under one configuration.
struct ConfiguredAws {
    resources: BTreeMap<&'static str, Arc<dyn ResourceType>>,
    data_sources: BTreeMap<&'static str, Arc<dyn DataSource>>,
    /// The region that the provider block names.
    home: Connection,
}

impl Configured for ConfiguredAws {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        self.resources.get(kind).cloned()
    }

    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>> {
        self.data_sources.get(kind).cloned()
    }

    fn survey<'a>(&'a self, _cx: &'a Context) -> BoxFuture<'a, Result<Vec<Sighting>, Problem>> {
        Box::pin(survey::survey(&self.home))
    }
}
