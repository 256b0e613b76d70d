//! The data source `aws_dynamodb_backups`: the backups of a table, or of all.

pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::{BackupSummary, ListBackups};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Type, Value};

use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{filled, text};
use crate::region::Place;
use crate::rfc3339;

/// What kinds of backups can be asked for.
const KINDS: [&str; 4] = ["USER", "SYSTEM", "AWS_BACKUP", "ALL"];

/// The data source under one provider configuration.
pub(crate) struct BackupsData(Connection);

impl BackupsData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    if let Some(kind) = text(config, "backup_type")
        && !KINDS.contains(&kind)
    {
        found.push(
            Problem::error(
                "Invalid Attribute Value Match",
                format!(
                    "Attribute backup_type value must be one of: [\"USER\" \"SYSTEM\" \"AWS_BACKUP\" \"ALL\"], got: {kind:?}"
                ),
            )
            .at(Path::new().attr("backup_type")),
        );
    }
    for name in [schema::LOWER, schema::UPPER] {
        if let Some(given) = text(config, name)
            && rfc3339::read(given).is_none()
        {
            found.push(
                Problem::error(
                    "Invalid RFC3339 String Value",
                    format!("A string value was provided that is not valid RFC3339 string format: {given:?}. Write it like 2024-01-31T12:00:00Z."),
                )
                .at(Path::new().attr(name)),
            );
        }
    }
    found
}

impl Lookup for BackupsData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let bound = |name: &str| filled(config, name).and_then(rfc3339::read);
        let given = |name: &str| filled(config, name).map(str::to_owned);
        let found = self
            .0
            .dynamodb
            .list_backups(ListBackups {
                table: given("table_name"),
                kind: given("backup_type"),
                not_before: bound(schema::LOWER),
                before: bound(schema::UPPER),
            })
            .await
            .map_err(|error| vec![problem("listing DynamoDB Backups", &error)])?;
        let summaries = found.iter().map(to_value).collect();
        let mut said: BTreeMap<Arc<str>, Value> = config.as_members().cloned().unwrap_or_default();
        said.insert(
            "backup_summaries".into(),
            Value::list(schema::summary(), summaries),
        );
        Ok(schema::body().value(said))
    }
}

fn to_value(backup: &BackupSummary) -> Value {
    let time = |seconds: Option<f64>| match seconds.and_then(rfc3339::write) {
        Some(text) => Value::string(text),
        None => Value::null(Type::String),
    };
    Value::object_from([
        ("backup_arn", Value::string(&backup.arn)),
        ("backup_creation_date_time", time(backup.created)),
        ("backup_expiry_date_time", time(backup.expires)),
        ("backup_name", Value::string(&backup.name)),
        (
            "backup_size_bytes",
            match backup.size {
                Some(size) => Value::number(size),
                None => Value::null(Type::Number),
            },
        ),
        ("backup_status", Value::string(&backup.status)),
        ("backup_type", Value::string(&backup.kind)),
        ("table_arn", Value::string(&backup.table_arn)),
        ("table_id", Value::string(&backup.table_id)),
        ("table_name", Value::string(&backup.table_name)),
    ])
}
