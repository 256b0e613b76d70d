//! Backups on demand: a copy of a table's shape and items, kept after the table is gone, and restored from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::overlay::Overlay;
use super::region::Region;
use super::tables::{finish_deletion, transition_status};
use super::wire::{Failure, read_value};
use super::{describe, now, restore, table_name};

/// Under this name backups are kept among our records.
const KIND: &str = "backup";

/// How many backups one page of ListBackups has at most.
const PAGE: usize = 100;

/// A table as it was at one time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// The table's description.
    pub(crate) table: Value,
    /// `TimeToLiveDescription` as it was.
    pub(crate) ttl: Value,
    /// All items, as in requests.
    pub(crate) items: Vec<Value>,
}

/// Copies a table that is there.
pub(crate) fn snapshot(
    region: &Region,
    records: &mut Overlay,
    name: &str,
) -> Result<Snapshot, Failure> {
    let table = describe::table_description(region, records, name)?;
    let ttl = region.engine().describe_time_to_live(read_value(
        "DescribeTimeToLive",
        json!({"TableName": name}),
    )?)?;
    let ttl = serde_json::to_value(ttl).map_err(Failure::internal)?;
    Ok(Snapshot {
        table,
        ttl: ttl
            .get("TimeToLiveDescription")
            .cloned()
            .unwrap_or_default(),
        items: items(region, name)?,
    })
}

fn items(region: &Region, name: &str) -> Result<Vec<Value>, Failure> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let mut request = json!({"TableName": name});
        if let (Some(start), Some(members)) = (start, request.as_object_mut()) {
            members.insert("ExclusiveStartKey".to_owned(), start);
        }
        let page = region.engine().scan(read_value("Scan", request)?)?;
        let mut page = serde_json::to_value(page).map_err(Failure::internal)?;
        if let Some(Value::Array(found)) = page.get_mut("Items").map(Value::take) {
            items.extend(found);
        }
        match page.get_mut("LastEvaluatedKey").map(Value::take) {
            Some(key) if key.is_object() => start = Some(key),
            _ => return Ok(items),
        }
    }
}

/// One backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Backup {
    /// `BackupDetails`.
    details: Value,
    snapshot: Snapshot,
}

impl Backup {
    fn said(&self, member: &str) -> &str {
        self.details
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn of_table(&self, member: &str) -> Value {
        let table = &self.snapshot.table;
        table.get(member).cloned().unwrap_or_default()
    }
}

fn not_found(arn: &str) -> Failure {
    Failure::model(
        "BackupNotFoundException",
        format!("Backup not found: {arn}"),
    )
}

fn required<'a>(request: &'a Value, member: &str, named: &str) -> Result<&'a str, Failure> {
    request.get(member).and_then(Value::as_str).ok_or_else(|| {
        Failure::validation(format!(
            "1 validation error detected: Value null at '{named}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn backup(records: &Overlay, arn: &str) -> Result<Backup, Failure> {
    let kept = records.document(KIND, arn)?;
    let kept = kept.ok_or_else(|| not_found(arn))?;
    serde_json::from_value(kept).map_err(Failure::internal)
}

/// CreateBackup.
pub(crate) fn create(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = table_name(request)?;
    let backup_name = required(request, "BackupName", "backupName")?;
    let fits = (3..=255).contains(&backup_name.len())
        && backup_name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    if !fits {
        return Err(Failure::validation(format!(
            "1 validation error detected: Value '{backup_name}' at 'backupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+, and have length between 3 and 255"
        )));
    }
    let mut records = region.records();
    finish_deletion(region, &mut records, name)?;
    let status = transition_status(&records, name);
    match status.as_deref() {
        Some("CREATING") => {
            return Err(Failure::model(
                "ContinuousBackupsUnavailableException",
                format!("Backups are being enabled for the table: {name}. Please retry later"),
            ));
        }
        Some("DELETING") => {
            return Err(Failure::model(
                "TableNotFoundException",
                format!("Table not found: {name}"),
            ));
        }
        _ => {}
    }
    if !region.has_table(name) {
        return Err(Failure::model(
            "TableNotFoundException",
            format!("Table not found: {name}"),
        ));
    }
    let snapshot = snapshot(region, &mut records, name)?;
    let arn = format!(
        "{}/backup/{:014}-{:08x}",
        region.table_arn(name),
        jiff::Timestamp::now().as_millisecond(),
        uuid::Uuid::new_v4().as_u128() as u32,
    );
    let size = snapshot.table.get("TableSizeBytes").cloned();
    let details = json!({
        "BackupArn": arn,
        "BackupName": backup_name,
        "BackupSizeBytes": size.unwrap_or_else(|| 0.into()),
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupCreationDateTime": now(),
    });
    let mut answer = details.clone();
    let kept = serde_json::to_value(Backup { details, snapshot }).map_err(Failure::internal)?;
    records.keep(KIND, &arn, &kept)?;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("BackupStatus".to_owned(), "CREATING".into());
    }
    Ok(json!({"BackupDetails": answer}))
}

/// DescribeBackup.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = required(request, "BackupArn", "backupArn")?;
    let backup = backup(&region.records(), arn)?;
    Ok(json!({"BackupDescription": description(&backup)}))
}

fn description(backup: &Backup) -> Value {
    let mut source = Map::new();
    for member in [
        "TableName",
        "TableId",
        "TableArn",
        "TableSizeBytes",
        "KeySchema",
        "ProvisionedThroughput",
        "OnDemandThroughput",
        "ItemCount",
    ] {
        if let Some(value) = backup.snapshot.table.get(member) {
            source.insert(member.to_owned(), value.clone());
        }
    }
    source.insert(
        "TableCreationDateTime".to_owned(),
        backup.of_table("CreationDateTime"),
    );
    let mode = backup
        .snapshot
        .table
        .pointer("/BillingModeSummary/BillingMode")
        .cloned();
    source.insert(
        "BillingMode".to_owned(),
        mode.unwrap_or_else(|| "PROVISIONED".into()),
    );
    let mut features = Map::new();
    for (of, member) in [
        ("LocalSecondaryIndexes", "LocalSecondaryIndexes"),
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexes"),
        ("StreamSpecification", "StreamDescription"),
        ("SSEDescription", "SSEDescription"),
    ] {
        if let Some(value) = backup.snapshot.table.get(of) {
            features.insert(member.to_owned(), value.clone());
        }
    }
    features.insert(
        "TimeToLiveDescription".to_owned(),
        backup.snapshot.ttl.clone(),
    );
    json!({
        "BackupDetails": backup.details,
        "SourceTableDetails": source,
        "SourceTableFeatureDetails": features,
    })
}

/// DeleteBackup.
pub(crate) fn delete(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = required(request, "BackupArn", "backupArn")?;
    let mut records = region.records();
    let mut backup = backup(&records, arn)?;
    records.forget(KIND, arn)?;
    if let Some(details) = backup.details.as_object_mut() {
        details.insert("BackupStatus".to_owned(), "DELETED".into());
    }
    Ok(json!({"BackupDescription": description(&backup)}))
}

/// ListBackups: in the order in which they were made.
pub(crate) fn list(region: &Region, request: &Value) -> Result<Value, Failure> {
    let limit = match request.get("Limit").and_then(Value::as_u64) {
        None => PAGE,
        Some(limit) if (1..=100).contains(&limit) => usize::try_from(limit).unwrap_or(PAGE),
        Some(_) => {
            return Err(Failure::validation(
                "1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value between 1 and 100",
            ));
        }
    };
    let kind = request.get("BackupType").and_then(Value::as_str);
    if kind.is_some_and(|kind| !matches!(kind, "USER" | "SYSTEM" | "AWS_BACKUP" | "ALL")) {
        return Err(Failure::validation(
            "1 validation error detected: Value at 'backupType' failed to satisfy constraint: Member must satisfy enum value set: [USER, SYSTEM, AWS_BACKUP, ALL]",
        ));
    }
    let bound = |member: &str| request.get(member).and_then(Value::as_f64);
    let (lower, upper) = (bound("TimeRangeLowerBound"), bound("TimeRangeUpperBound"));
    if let (Some(lower), Some(upper)) = (lower, upper)
        && lower > upper
    {
        return Err(Failure::validation(
            "TimeRangeLowerBound must be less than or equal to TimeRangeUpperBound",
        ));
    }
    let table = request.get("TableName").and_then(Value::as_str);
    let start = request
        .get("ExclusiveStartBackupArn")
        .and_then(Value::as_str);
    let mut found = Vec::new();
    for kept in region.records().documents(KIND)? {
        let backup: Backup = serde_json::from_value(kept).map_err(Failure::internal)?;
        let made = backup
            .details
            .get("BackupCreationDateTime")
            .and_then(Value::as_f64)
            .unwrap_or_default();
        let in_time =
            lower.is_none_or(|lower| made >= lower) && upper.is_none_or(|upper| made < upper);
        let of_table =
            table.is_none_or(|table| backup.of_table("TableName").as_str() == Some(table));
        let of_kind = kind.is_none_or(|kind| kind == "ALL" || kind == backup.said("BackupType"));
        if in_time && of_table && of_kind {
            found.push(backup);
        }
    }
    // ARNs end in the time in milliseconds.
    let order = |backup: &Backup| {
        let arn = backup.said("BackupArn");
        arn.rsplit('/').next().unwrap_or(arn).to_owned()
    };
    found.sort_by_key(order);
    let from = match start {
        None => 0,
        Some(start) => found
            .iter()
            .position(|backup| backup.said("BackupArn") == start)
            .map_or(0, |at| at + 1),
    };
    let page: Vec<&Backup> = found.iter().skip(from).take(limit).collect();
    let mut answer = Map::new();
    if let Some(last) = page.last()
        && from + page.len() < found.len()
    {
        answer.insert(
            "LastEvaluatedBackupArn".to_owned(),
            last.said("BackupArn").into(),
        );
    }
    answer.insert(
        "BackupSummaries".to_owned(),
        page.into_iter().map(summary).collect(),
    );
    Ok(Value::Object(answer))
}

fn summary(backup: &Backup) -> Value {
    let mut summary = backup.details.clone();
    if let Some(members) = summary.as_object_mut() {
        for member in ["TableName", "TableId", "TableArn"] {
            members.insert(member.to_owned(), backup.of_table(member));
        }
    }
    summary
}

/// RestoreTableFromBackup.
pub(crate) fn restore(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = required(request, "BackupArn", "backupArn")?;
    let mut records = region.records();
    let backup = backup(&records, arn)?;
    let source = json!({
        "SourceBackupArn": arn,
        "SourceTableArn": backup.of_table("TableArn"),
        "RestoreDateTime": backup.details.get("BackupCreationDateTime"),
    });
    restore::restore(region, &mut records, request, &backup.snapshot, source)
}
