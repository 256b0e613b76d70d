//! Point-in-time recovery: kept and shown, nothing can be restored from it.

use serde_json::{Value, json};

use super::region::Region;
use super::tables::{finish_deletion, transition_status};
use super::wire::Failure;
use super::{now, table_name};

/// How far back a table can be restored unless a shorter time is asked for.
const DEFAULT_DAYS: i64 = 35;

fn no_table(name: &str) -> Failure {
    Failure::model("TableNotFoundException", format!("Table not found: {name}"))
}

/// UpdateContinuousBackups.
pub(crate) fn update(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = table_name(request)?.to_owned();
    let specification = request
        .get("PointInTimeRecoverySpecification")
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'pointInTimeRecoverySpecification' failed to satisfy constraint: Member must not be null",
            )
        })?;
    let enabled = specification
        .get("PointInTimeRecoveryEnabled")
        .and_then(Value::as_bool)
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled' failed to satisfy constraint: Member must not be null",
            )
        })?;
    let days = specification
        .get("RecoveryPeriodInDays")
        .and_then(Value::as_i64);
    if days.is_some_and(|days| !(1..=DEFAULT_DAYS).contains(&days)) {
        return Err(Failure::validation(
            "1 validation error detected: Value at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to satisfy constraint: Member must have value between 1 and 35",
        ));
    }
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    if !region.has_table(&name) {
        return Err(no_table(&name));
    }
    match transition_status(&records, &name).as_deref() {
        Some("CREATING") => {
            return Err(Failure::model(
                "ContinuousBackupsUnavailableException",
                format!("Backups are being enabled for the table: {name}. Please retry later"),
            ));
        }
        Some("DELETING") => return Err(no_table(&name)),
        _ => {}
    }
    records.change(&name, |record| {
        record.recovery = if enabled {
            let since = record.recovery.map_or_else(now, |(_, since)| since);
            Some((days.unwrap_or(DEFAULT_DAYS), since))
        } else {
            None
        };
    })?;
    Ok(description(records.get(&name).and_then(|r| r.recovery)))
}

/// DescribeContinuousBackups.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = table_name(request)?;
    let mut records = region.records();
    finish_deletion(region, &mut records, name)?;
    if !region.has_table(name) {
        return Err(no_table(name));
    }
    Ok(description(records.get(name).and_then(|r| r.recovery)))
}

fn description(recovery: Option<(i64, i64)>) -> Value {
    let point_in_time = match recovery {
        None => json!({"PointInTimeRecoveryStatus": "DISABLED"}),
        Some((days, since)) => json!({
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": days,
            "EarliestRestorableDateTime": since,
            "LatestRestorableDateTime": since.max(now() - 300),
        }),
    };
    json!({"ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": point_in_time,
    }})
}
