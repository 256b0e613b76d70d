//! The description of a table as AWS gives it: the engine's, completed from our records.

use dynoxide::actions::describe_table::DescribeTableRequest;
use serde_json::{Map, Value, json};

use super::overlay::{IndexRecord, Overlay, TableRecord};
use super::region::Region;
use super::wire::Failure;
use crate::caller::partition;
use crate::kms;

/// What an on-demand table can serve at once without having been told so:
/// reads and writes per second.
const WARM_DEFAULT: (i64, i64) = (12_000, 4_000);

/// The description of an existing table, in the state its transitions give it.
pub(crate) fn table_description(
    region: &Region,
    records: &mut Overlay,
    name: &str,
) -> Result<Value, Failure> {
    let answer = region.engine().describe_table(DescribeTableRequest {
        table_name: name.to_owned(),
    })?;
    let mut value = serde_json::to_value(answer.table).map_err(Failure::internal)?;
    let none = TableRecord::default();
    let record = records.get(name).unwrap_or(&none);
    if let Some(table) = value.as_object_mut() {
        complete(region, name, record, table);
    }
    Ok(value)
}

/// Shows a status whatever the transitions say: the answer of a change shows
/// it even where no describe will.
pub(crate) fn set_status(description: &mut Value, status: &str) {
    if let Some(table) = description.as_object_mut() {
        table.insert("TableStatus".to_owned(), status.into());
    }
}

/// Shows the status of some indexes whatever their transitions say, as [`set_status`].
pub(crate) fn set_index_status(
    description: &mut Value,
    status: &str,
    named: impl Fn(&str) -> bool,
) {
    let indexes = description
        .get_mut("GlobalSecondaryIndexes")
        .and_then(Value::as_array_mut);
    for index in indexes
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let name = index.get("IndexName").and_then(Value::as_str);
        if name.is_some_and(&named) {
            index.insert("IndexStatus".to_owned(), status.into());
        }
    }
}

fn complete(region: &Region, name: &str, record: &TableRecord, table: &mut Map<String, Value>) {
    let status = record
        .transition
        .as_ref()
        .map_or("ACTIVE", |t| t.status.as_str());
    table.insert("TableStatus".to_owned(), status.into());
    table
        .entry("DeletionProtectionEnabled")
        .or_insert(Value::Bool(false));
    let on_demand = table
        .get("BillingModeSummary")
        .and_then(|summary| summary.get("BillingMode"))
        .and_then(Value::as_str)
        == Some("PAY_PER_REQUEST");
    complete_indexes(region, name, record, on_demand, table);
    let throughput = units_of(table.get("ProvisionedThroughput"));
    table.insert(
        "WarmThroughput".to_owned(),
        warm_throughput(record.warm.as_ref(), on_demand, throughput, status),
    );
    table.shift_remove("SSEDescription");
    if let Some(encryption) = &record.encryption {
        let mut encryption = encryption.clone();
        if let Some(object) = encryption.as_object_mut() {
            let status = record
                .encryption_transition
                .as_ref()
                .map_or("ENABLED", |t| t.status.as_str());
            object.insert("Status".to_owned(), status.into());
        }
        table.insert("SSEDescription".to_owned(), encryption);
    } else if let Some(transition) = &record.encryption_transition {
        table.insert(
            "SSEDescription".to_owned(),
            json!({"Status": transition.status}),
        );
    }
    if let Some(Value::Object(restored)) = &record.restored {
        let mut restored = restored.clone();
        restored.insert("RestoreInProgress".to_owned(), creating(record).into());
        table.insert("RestoreSummary".to_owned(), restored.into());
    }
    if let Some((arn, label)) = &record.stream {
        table
            .entry("LatestStreamArn")
            .or_insert_with(|| arn.clone().into());
        table
            .entry("LatestStreamLabel")
            .or_insert_with(|| label.clone().into());
    }
    if let (Some(at), Some(Value::Object(summary))) =
        (record.class_changed, table.get_mut("TableClassSummary"))
    {
        summary.insert("LastUpdateDateTime".to_owned(), at.into());
    }
    super::replicas::complete(region, name, table);
}

fn complete_indexes(
    region: &Region,
    name: &str,
    record: &TableRecord,
    on_demand: bool,
    table: &mut Map<String, Value>,
) {
    let none = IndexRecord::default();
    let mut indexes = match table.shift_remove("GlobalSecondaryIndexes") {
        Some(Value::Array(indexes)) => indexes,
        _ => Vec::new(),
    };
    for index in &mut indexes {
        let Some(object) = index.as_object_mut() else {
            continue;
        };
        let index_name = object
            .get("IndexName")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let kept = record.indexes.get(&index_name).unwrap_or(&none);
        let status = kept
            .transition
            .as_ref()
            .map_or("ACTIVE", |t| t.status.as_str())
            .to_owned();
        object.insert("IndexStatus".to_owned(), status.as_str().into());
        // Only an index that is added to a table is filled from it.
        if status == "CREATING" && !creating(record) {
            object.insert("Backfilling".to_owned(), Value::Bool(true));
        }
        let (read, write) = match (on_demand, kept.throughput) {
            (true, _) => (0, 0),
            (false, Some(units)) => units,
            (false, None) => units_of(object.get("ProvisionedThroughput")),
        };
        let throughput = object
            .entry("ProvisionedThroughput")
            .or_insert_with(|| json!({"NumberOfDecreasesToday": 0}));
        if let Some(throughput) = throughput.as_object_mut() {
            throughput.insert("ReadCapacityUnits".to_owned(), read.into());
            throughput.insert("WriteCapacityUnits".to_owned(), write.into());
            throughput
                .entry("NumberOfDecreasesToday")
                .or_insert_with(|| 0.into());
        }
        if let (true, Some(limits)) = (on_demand, &kept.on_demand) {
            object.insert("OnDemandThroughput".to_owned(), limits.clone());
        }
        object.insert(
            "WarmThroughput".to_owned(),
            warm_throughput(kept.warm.as_ref(), on_demand, (read, write), &status),
        );
        object
            .entry("IndexArn")
            .or_insert_with(|| format!("{}/index/{index_name}", region.table_arn(name)).into());
    }
    for kept in record.indexes.values() {
        if let Some(dropped) = &kept.dropped {
            let mut dropped = dropped.clone();
            if let Some(object) = dropped.as_object_mut() {
                object.insert("IndexStatus".to_owned(), "DELETING".into());
            }
            indexes.push(dropped);
        }
    }
    if !indexes.is_empty() {
        table.insert("GlobalSecondaryIndexes".to_owned(), Value::Array(indexes));
    }
}

fn creating(record: &TableRecord) -> bool {
    record
        .transition
        .as_ref()
        .is_some_and(|t| t.status == "CREATING")
}

fn units_of(throughput: Option<&Value>) -> (i64, i64) {
    let unit = |member: &str| {
        throughput
            .and_then(|t| t.get(member))
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    (unit("ReadCapacityUnits"), unit("WriteCapacityUnits"))
}

fn warm_throughput(
    put: Option<&Value>,
    on_demand: bool,
    provisioned: (i64, i64),
    status: &str,
) -> Value {
    let base = if on_demand { WARM_DEFAULT } else { provisioned };
    let unit = |member: &str, base: i64| {
        put.and_then(|p| p.get(member))
            .and_then(Value::as_i64)
            .unwrap_or(base)
            .max(base)
    };
    let status = match status {
        "CREATING" | "UPDATING" | "DELETING" => status,
        _ => "ACTIVE",
    };
    json!({
        "ReadUnitsPerSecond": unit("ReadUnitsPerSecond", base.0),
        "WriteUnitsPerSecond": unit("WriteUnitsPerSecond", base.1),
        "Status": status,
    })
}

/// Whether a table has a global index of that name.
pub(super) fn has_index(region: &Region, table: &str, index: &str) -> Result<bool, Failure> {
    if !region.has_table(table) {
        return Ok(false);
    }
    let answer = region.engine().describe_table(DescribeTableRequest {
        table_name: table.to_owned(),
    })?;
    let answer = serde_json::to_value(&answer).map_err(Failure::internal)?;
    let indexes = answer
        .pointer("/Table/GlobalSecondaryIndexes")
        .and_then(Value::as_array);
    Ok(indexes
        .into_iter()
        .flatten()
        .any(|one| one.get("IndexName").and_then(Value::as_str) == Some(index)))
}

/// The `SSEDescription` that an `SSESpecification` leads to, without status;
/// `None` where AWS's own key is used.
pub(crate) fn encryption_of(region: &Region, specification: &Value) -> Option<Value> {
    if specification.get("Enabled").and_then(Value::as_bool) == Some(false) {
        return None;
    }
    let key = specification.get("KMSMasterKeyId").and_then(Value::as_str);
    let prefix = format!(
        "arn:{}:kms:{}:{}:",
        partition(&region.name),
        region.name,
        region.account
    );
    let arn = match key {
        None => kms::default_key_arn(&region.account, &region.name, "dynamodb"),
        Some(key) if key.starts_with("arn:") => key.to_owned(),
        Some(key) if key.starts_with("alias/") => {
            kms::alias_key_arn(&region.account, &region.name, key)
        }
        Some(key) => format!("{prefix}key/{key}"),
    };
    Some(json!({"SSEType": "KMS", "KMSMasterKeyArn": arn}))
}
