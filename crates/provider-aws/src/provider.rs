//! The provider before and after it is configured.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_aws::{Error, Transport};
use trueup_provider::{
    BoxFuture, Configured, Context, DataSource, Problem, Problems, Provider, ProviderSchema,
    ResourceType,
};
use trueup_schema::ResourceSchema;
use trueup_value::Value;

use crate::configuration::{self, settings, tag_policy};
use crate::connection::{Connect, ThroughTransport};
use crate::dynamodb::table::Tables;
use crate::dynamodb::table_data::TableData;
use crate::dynamodb::table_item::TableItems;
use crate::dynamodb::table_item_data::TableItemData;
use crate::dynamodb::{KnownTables, table, table_data, table_item, table_item_data};
use crate::region::RegionData;
use crate::rules::schema_of;
use crate::sts::caller_identity::CallerIdentityData;
use crate::{failure, region, sts};

/// `registry.terraform.io/hashicorp/aws`.
pub struct AwsProvider {
    connect: Arc<dyn Connect>,
    schema: ProviderSchema,
}

impl AwsProvider {
    /// The provider, reaching AWS by `connect`.
    pub fn new(connect: Arc<dyn Connect>) -> Self {
        Self {
            connect,
            schema: schemas(),
        }
    }

    /// The provider, reaching AWS through a transport.
    pub fn through(transport: Transport) -> Self {
        Self::new(Arc::new(ThroughTransport::new(transport)))
    }
}

fn schemas() -> ProviderSchema {
    let of = |version: u64, body: &crate::rules::Body| {
        Arc::new(ResourceSchema::versioned(version, schema_of(body)))
    };
    ProviderSchema {
        config: schema_of(configuration::body()),
        resources: BTreeMap::from([
            (
                table::schema::KIND.into(),
                of(table::schema::VERSION, table::schema::body()),
            ),
            (
                table_item::schema::KIND.into(),
                of(0, table_item::schema::body()),
            ),
        ]),
        data_sources: BTreeMap::from([
            (
                table::schema::KIND.into(),
                of(0, table_data::schema::body()),
            ),
            (
                table_item::schema::KIND.into(),
                of(0, table_item_data::schema::body()),
            ),
            (
                "aws_caller_identity".into(),
                of(0, sts::caller_identity::body()),
            ),
            ("aws_region".into(), of(0, region::body())),
        ]),
    }
}

impl Provider for AwsProvider {
    fn address(&self) -> ProviderAddr {
        ProviderAddr::implied("aws")
    }

    fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    fn validate_provider(&self, config: &Value) -> Problems {
        configuration::validate(config)
    }

    fn validate(&self, mode: Mode, kind: &str, config: &Value) -> Problems {
        match (mode, kind) {
            (Mode::Managed, table::schema::KIND) => table::validate::validate(config),
            (Mode::Managed, table_item::schema::KIND) => table_item::validate::validate(config),
            (Mode::Data, table_item::schema::KIND) => table_item_data::validate(config),
            _ => Problems::new(),
        }
    }

    fn configure<'a>(
        &'a self,
        _cx: &'a Context,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>> {
        Box::pin(async move {
            let aws = self
                .connect
                .connect(settings(&config))
                .await
                .map_err(|error| not_connected(&error))?;
            let known = Arc::new(KnownTables::default());
            let tables = Arc::new(Tables {
                aws: aws.clone(),
                tags: Arc::new(tag_policy(&config)),
                known: known.clone(),
            });
            let configured: Arc<dyn Configured> = Arc::new(ConfiguredAws {
                tables: tables.clone(),
                items: Arc::new(TableItems::new(aws.clone(), known)),
                table_data: Arc::new(TableData(tables)),
                item_data: Arc::new(TableItemData(aws.clone())),
                caller: Arc::new(CallerIdentityData(aws.clone())),
                region: Arc::new(RegionData(aws)),
            });
            Ok(configured)
        })
    }
}

fn not_connected(error: &Error) -> Problem {
    match error {
        Error::NoCredentials { .. } => Problem::error(
            "No valid credential sources found",
            format!(
                "{error}\n\nGive credentials in the provider block (profile, or access_key and secret_key), in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a shared credentials file; or run with -local on the embedded AWS."
            ),
        ),
        Error::RoleNotAssumed { .. } => Problem::error("Cannot assume IAM Role", error.to_string()),
        Error::AccountNotAllowed { .. } => Problem::error(
            error.to_string(),
            "The provider block's allowed_account_ids or forbidden_account_ids say so.",
        ),
        Error::Settings { setting, detail } => {
            Problem::error(format!("Invalid provider configuration: {setting}"), detail)
                .at(trueup_value::Path::new().attr(*setting))
        }
        _ => failure::problem("configuring AWS", error),
    }
}

/// The provider under one configuration.
struct ConfiguredAws {
    tables: Arc<Tables>,
    items: Arc<TableItems>,
    table_data: Arc<TableData>,
    item_data: Arc<TableItemData>,
    caller: Arc<CallerIdentityData>,
    region: Arc<RegionData>,
}

impl Configured for ConfiguredAws {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        match kind {
            table::schema::KIND => Some(self.tables.clone()),
            table_item::schema::KIND => Some(self.items.clone()),
            _ => None,
        }
    }

    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>> {
        match kind {
            table::schema::KIND => Some(self.table_data.clone()),
            table_item::schema::KIND => Some(self.item_data.clone()),
            "aws_caller_identity" => Some(self.caller.clone()),
            "aws_region" => Some(self.region.clone()),
            _ => None,
        }
    }
}
