//! RestoreTableToPointInTime: no history of items is kept here, so every moment holds the items of now.

use serde_json::{Value, json};

use super::backups::snapshot;
use super::region::Region;
use super::restore;
use super::tables::finish_deletion;
use super::wire::Failure;

/// RestoreTableToPointInTime.
pub(crate) fn restore(region: &Region, request: &Value) -> Result<Value, Failure> {
    let text = |member: &str| request.get(member).and_then(Value::as_str);
    let Some(source) = text("SourceTableArn").or(text("SourceTableName")) else {
        return Err(Failure::validation(
            "One or more parameter values were invalid: Either SourceTableArn or SourceTableName must be specified",
        ));
    };
    let latest = request
        .get("UseLatestRestorableTime")
        .and_then(Value::as_bool);
    let moment = request.get("RestoreDateTime").and_then(Value::as_f64);
    if latest != Some(true) && moment.is_none() {
        return Err(Failure::validation(
            "One or more parameter values were invalid: Either UseLatestRestorableTime or RestoreDateTime must be specified",
        ));
    }
    if latest == Some(true) && moment.is_some() {
        return Err(Failure::validation(
            "One or more parameter values were invalid: UseLatestRestorableTime and RestoreDateTime can not both be specified",
        ));
    }
    let name = region.table_of(source);
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    if name.starts_with("arn:") || !region.has_table(&name) {
        return Err(Failure::model(
            "TableNotFoundException",
            format!("Table not found: {source}"),
        ));
    }
    let Some((days, since)) = records.get(&name).and_then(|record| record.recovery) else {
        return Err(Failure::model(
            "PointInTimeRecoveryUnavailableException",
            format!("Point in time recovery is not enabled for table '{name}'"),
        ));
    };
    let now = super::now();
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 fit a double exactly"
    )]
    let outside =
        |moment: f64| moment > now as f64 + 1.0 || moment < since.max(now - days * 86_400) as f64;
    if moment.is_some_and(outside) {
        return Err(Failure::model(
            "InvalidRestoreTimeException",
            "The specified RestoreDateTime is outside of the point in time recovery window.",
        ));
    }
    let copy = snapshot(region, &mut records, &name)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 fit a double exactly"
    )]
    let summary = json!({
        "SourceTableArn": region.table_arn(&name),
        "RestoreDateTime": moment.unwrap_or(now as f64),
    });
    restore::restore(region, &mut records, request, &copy, summary)
}
