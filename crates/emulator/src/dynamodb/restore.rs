//! A new table made from an earlier state of one: from a backup or from a point in time.

use serde_json::{Map, Value, json};

use super::backups::Snapshot;
use super::overlay::{Overlay, TableRecord};
use super::region::Region;
use super::tables::{self, finish_deletion};
use super::wire::{Failure, read_value};
use super::{describe, table_name};

/// How many items the engine takes at once.
const ITEMS_AT_ONCE: usize = 25;

/// Makes the table that `TargetTableName` names, shaped and filled as `snapshot` says, with the overrides of
/// the request. `source` is its `RestoreSummary` without `RestoreInProgress`. Streams, tags, time to live,
/// point-in-time recovery, deletion protection and the table class are not restored, as with AWS.
pub(crate) fn restore(
    region: &Region,
    records: &mut Overlay,
    request: &Value,
    snapshot: &Snapshot,
    source: Value,
) -> Result<Value, Failure> {
    let target = match request.get("TargetTableName").and_then(Value::as_str) {
        Some(target) => target.to_owned(),
        None => {
            return Err(Failure::validation(
                "1 validation error detected: Value null at 'targetTableName' failed to satisfy constraint: Member must not be null",
            ));
        }
    };
    finish_deletion(region, records, &target)?;
    if region.has_table(&target) {
        return Err(Failure::model(
            "TableAlreadyExistsException",
            format!("Table already exists: {target}"),
        ));
    }
    let creation = creation(request, snapshot, &target)?;
    let name = table_name(&creation)?.to_owned();
    let record = TableRecord {
        restored: Some(source),
        ..tables::record_of(region, &name, &creation)
    };
    tables::make(region, records, &name, record, creation)?;
    for some in snapshot.items.chunks(ITEMS_AT_ONCE) {
        let puts: Vec<Value> = some
            .iter()
            .map(|item| json!({"PutRequest": {"Item": item}}))
            .collect();
        let request = json!({"RequestItems": {name.as_str(): puts}});
        region
            .engine()
            .batch_write_item(read_value("BatchWriteItem", request)?)?;
    }
    let mut description = describe::table_description(region, records, &name)?;
    describe::set_status(&mut description, "CREATING");
    describe::set_index_status(&mut description, "CREATING", |_| true);
    Ok(json!({"TableDescription": description}))
}

/// The CreateTable request that the restored table comes of.
fn creation(request: &Value, snapshot: &Snapshot, target: &str) -> Result<Value, Failure> {
    let table = &snapshot.table;
    let mut made = Map::new();
    made.insert("TableName".to_owned(), target.into());
    let mode = request
        .get("BillingModeOverride")
        .or_else(|| table.pointer("/BillingModeSummary/BillingMode"))
        .and_then(Value::as_str)
        .unwrap_or("PROVISIONED")
        .to_owned();
    let provisioned = mode == "PROVISIONED";
    made.insert("BillingMode".to_owned(), mode.into());
    if provisioned {
        let units = request
            .get("ProvisionedThroughputOverride")
            .or_else(|| table.get("ProvisionedThroughput"));
        made.insert("ProvisionedThroughput".to_owned(), units_of(units));
    } else if let Some(limits) = request
        .get("OnDemandThroughputOverride")
        .or_else(|| table.get("OnDemandThroughput"))
    {
        made.insert("OnDemandThroughput".to_owned(), limits.clone());
    }
    made.insert(
        "KeySchema".to_owned(),
        table.get("KeySchema").cloned().unwrap_or_default(),
    );
    for kind in ["LocalSecondaryIndex", "GlobalSecondaryIndex"] {
        let member = format!("{kind}es");
        let indexes = match request.get(format!("{kind}Override")) {
            Some(given) => chosen(given, table.get(&member))?,
            None => table
                .get(&member)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default(),
        };
        let indexes: Vec<Value> = indexes
            .iter()
            .map(|index| index_of(index, provisioned && kind == "GlobalSecondaryIndex"))
            .collect();
        if !indexes.is_empty() {
            made.insert(member, indexes.into());
        }
    }
    let specification = request.get("SSESpecificationOverride").cloned();
    let kept = || {
        let key = table.pointer("/SSEDescription/KMSMasterKeyArn")?;
        Some(json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": key}))
    };
    if let Some(encryption) = specification.or_else(kept) {
        made.insert("SSESpecification".to_owned(), encryption);
    }
    let made_of = Value::Object(made.clone());
    let used = key_attributes(&made_of);
    let attributes: Vec<Value> = table
        .get("AttributeDefinitions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|attribute| {
            let name = attribute.get("AttributeName").and_then(Value::as_str);
            name.is_some_and(|name| used.iter().any(|used| used == name))
        })
        .cloned()
        .collect();
    made.insert("AttributeDefinitions".to_owned(), attributes.into());
    Ok(Value::Object(made))
}

/// The indexes that an override leaves: it may drop some, and add none.
fn chosen(given: &Value, there: Option<&Value>) -> Result<Vec<Value>, Failure> {
    let name = |index: &Value| {
        let name = index.get("IndexName").and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    };
    let known: Vec<String> = there
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(name)
        .collect();
    let given = given.as_array().cloned().unwrap_or_default();
    if let Some(strange) = given.iter().map(name).find(|one| !known.contains(one)) {
        return Err(Failure::validation(format!(
            "Index override is not a subset of the indexes of the source table: {strange}"
        )));
    }
    Ok(given)
}

fn index_of(index: &Value, provisioned: bool) -> Value {
    let mut made = Map::new();
    for member in ["IndexName", "KeySchema", "Projection"] {
        if let Some(value) = index.get(member) {
            made.insert(member.to_owned(), value.clone());
        }
    }
    if provisioned {
        made.insert(
            "ProvisionedThroughput".to_owned(),
            units_of(index.get("ProvisionedThroughput")),
        );
    }
    Value::Object(made)
}

/// Read and write units, at least one each: a table on demand has none to hand down.
fn units_of(throughput: Option<&Value>) -> Value {
    let unit = |member: &str| {
        let given = throughput.and_then(|units| units.get(member));
        given.and_then(Value::as_i64).unwrap_or(0).max(1)
    };
    json!({
        "ReadCapacityUnits": unit("ReadCapacityUnits"),
        "WriteCapacityUnits": unit("WriteCapacityUnits"),
    })
}

fn key_attributes(creation: &Value) -> Vec<String> {
    let indexes = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"]
        .into_iter()
        .filter_map(|member| creation.get(member)?.as_array())
        .flatten();
    std::iter::once(creation)
        .chain(indexes)
        .filter_map(|keyed| keyed.get("KeySchema")?.as_array())
        .flatten()
        .filter_map(|element| element.get("AttributeName")?.as_str())
        .map(str::to_owned)
        .collect()
}
