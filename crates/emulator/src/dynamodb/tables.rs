//! CreateTable, DescribeTable, DeleteTable and ListTables.

use dynoxide::actions as engine;
use serde_json::Value;

use super::describe::{encryption_of, table_description};
use super::overlay::{IndexRecord, Overlay, TableRecord, Transition};
use super::region::Region;
use super::wire::{Failure, read_value};
use super::{now, table_name};

/// CreateTable.
pub(crate) fn create(region: &Region, request: Value) -> Result<Value, Failure> {
    let stream = request.get("StreamSpecification");
    let enabled = stream
        .and_then(|s| s.get("StreamEnabled"))
        .and_then(Value::as_bool);
    if enabled == Some(true) && stream.and_then(|s| s.get("StreamViewType")).is_none() {
        return Err(Failure::validation(
            "One or more parameter values were invalid: StreamViewType is required when StreamEnabled is true",
        ));
    }
    let typed: engine::create_table::CreateTableRequest =
        read_value("CreateTable", request.clone())?;
    let name = typed.table_name;
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    if let Some(status) = transition_status(&records, &name) {
        let what = status_words(&status);
        return Err(in_use(&format!("Table is being {what}: {name}")));
    }
    if region.has_table(&name) {
        return Err(in_use(&format!("Table already exists: {name}")));
    }
    let record = record_of(region, &name, &request);
    make(region, &mut records, &name, record, request)?;
    let mut description = table_description(region, &mut records, &name)?;
    super::describe::set_status(&mut description, "CREATING");
    super::describe::set_index_status(&mut description, "CREATING", |_| true);
    Ok(serde_json::json!({"TableDescription": description}))
}

/// Makes a table that is not there. The engine does so in several commits: the
/// record holds the request from before the first until after the last, and
/// whoever finds it there makes the table again. A refused request leaves nothing.
pub(crate) fn make(
    region: &Region,
    records: &mut Overlay,
    name: &str,
    record: TableRecord,
    request: Value,
) -> Result<(), Failure> {
    let typed: engine::create_table::CreateTableRequest =
        read_value("CreateTable", request.clone())?;
    if region.engine().get_table_metadata(name)?.is_some() {
        return Err(in_use(&format!("Table already exists: {name}")));
    }
    let record = TableRecord {
        creating: Some(request),
        ..record
    };
    records.put(name, record)?;
    if let Err(error) = region.engine().create_table(typed) {
        region.drop_table(name)?;
        records.remove(name)?;
        return Err(error.into());
    }
    let stream = stream_of(&table_description(region, records, name)?);
    records.change(name, |record| {
        record.creating = None;
        record.stream = stream;
    })
}

/// Drops a table that is there. The engine does so in several commits: the
/// record is marked before the first, and goes after the last. A refused
/// request leaves the table as it was.
pub(crate) fn unmake(region: &Region, records: &mut Overlay, name: &str) -> Result<(), Failure> {
    let request = engine::delete_table::DeleteTableRequest {
        table_name: name.to_owned(),
    };
    let table = region.engine().get_table_metadata(name)?;
    if table.is_none_or(|table| table.deletion_protection_enabled) {
        // The engine words the refusal, and no mark outlives it.
        region.engine().delete_table(request)?;
        return Ok(());
    }
    records.change(name, |record| record.deleting = true)?;
    if let Err(error) = region.engine().delete_table(request) {
        if error.status_code() < 500 {
            records.change(name, |record| record.deleting = false)?;
        }
        return Err(error.into());
    }
    records.remove(name)
}

/// What CreateTable says that the engine does not keep.
pub(crate) fn record_of(region: &Region, name: &str, request: &Value) -> TableRecord {
    let mut record = TableRecord {
        transition: Transition::new("CREATING", region.describes),
        encryption: request
            .get("SSESpecification")
            .and_then(|specification| encryption_of(region, specification)),
        warm: request.get("WarmThroughput").cloned(),
        ..TableRecord::default()
    };
    if let Some(text) = request.get("ResourcePolicy").and_then(Value::as_str) {
        record
            .policies
            .insert(region.table_arn(name), (text.to_owned(), new_revision()));
    }
    let indexes = request
        .get("GlobalSecondaryIndexes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for index in indexes {
        let Some(index_name) = index.get("IndexName").and_then(Value::as_str) else {
            continue;
        };
        let kept = IndexRecord {
            transition: Transition::new("CREATING", region.describes),
            throughput: throughput_of(index),
            on_demand: index.get("OnDemandThroughput").cloned(),
            warm: index.get("WarmThroughput").cloned(),
            ..IndexRecord::default()
        };
        record.indexes.insert(index_name.to_owned(), kept);
    }
    record
}

/// DescribeTable: one describe of the table's transitions is used up.
pub(crate) fn describe(region: &Region, request: Value) -> Result<Value, Failure> {
    let typed: engine::describe_table::DescribeTableRequest = read_value("DescribeTable", request)?;
    let name = typed.table_name;
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    if !region.has_table(&name) {
        return Err(Failure::no_table(&name));
    }
    let description = table_description(region, &mut records, &name)?;
    if records.get(&name).is_some_and(has_transition) {
        records.change(&name, count_describe)?;
    }
    Ok(serde_json::json!({"Table": description}))
}

fn has_transition(record: &TableRecord) -> bool {
    record.transition.is_some()
        || record.encryption_transition.is_some()
        || record
            .indexes
            .values()
            .any(|index| index.transition.is_some())
}

fn count_describe(record: &mut TableRecord) {
    Transition::seen(&mut record.transition);
    Transition::seen(&mut record.encryption_transition);
    record.indexes.retain(|_, index| {
        let ended = Transition::seen(&mut index.transition) && index.transition.is_none();
        !(ended && index.dropped.is_some())
    });
}

/// DeleteTable.
pub(crate) fn delete(region: &Region, request: Value) -> Result<Value, Failure> {
    let typed: engine::delete_table::DeleteTableRequest = read_value("DeleteTable", request)?;
    let name = typed.table_name;
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    if !region.has_table(&name) {
        return Err(Failure::no_table(&name));
    }
    if let Some(status) = transition_status(&records, &name) {
        let what = status_words(&status);
        return Err(in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {what}: {name}"
        )));
    }
    let mut description = table_description(region, &mut records, &name)?;
    let protected = description
        .get("DeletionProtectionEnabled")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    if protected || region.describes == 0 {
        unmake(region, &mut records, &name)?;
    } else {
        records.change(&name, |record| {
            record.transition = Transition::new("DELETING", region.describes);
            record.deleting = true;
        })?;
    }
    super::describe::set_status(&mut description, "DELETING");
    // A table on its way out is described by little.
    if let Some(object) = description.as_object_mut() {
        for member in [
            "KeySchema",
            "AttributeDefinitions",
            "CreationDateTime",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
        ] {
            object.shift_remove(member);
        }
    }
    Ok(serde_json::json!({"TableDescription": description}))
}

/// ListTables; a table that is being deleted is still in the list.
pub(crate) fn list(region: &Region, request: Value) -> Result<Value, Failure> {
    let typed: engine::list_tables::ListTablesRequest = read_value("ListTables", request)?;
    let mut records = region.records();
    for name in records.names() {
        finish_deletion(region, &mut records, &name)?;
    }
    let answer = region.engine().list_tables(typed)?;
    serde_json::to_value(answer).map_err(Failure::internal)
}

/// Drops a table whose DELETING has been seen often enough, and what is left
/// of one whose making failed.
pub(crate) fn finish_deletion(
    region: &Region,
    records: &mut Overlay,
    name: &str,
) -> Result<(), Failure> {
    let due = records.get(name).is_some_and(|record| {
        record.creating.is_some() || (record.deleting && record.transition.is_none())
    });
    if due {
        region.drop_table(name)?;
        records.remove(name)?;
    }
    Ok(())
}

/// Refuses a change of a table's settings while the table is not there yet, or
/// not there any more.
pub(crate) fn require_settled(
    region: &Region,
    records: &mut Overlay,
    request: &Value,
) -> Result<String, Failure> {
    let name = table_name(request)?.to_owned();
    finish_deletion(region, records, &name)?;
    if !region.has_table(&name) {
        return Err(Failure::no_table(&name));
    }
    match transition_status(records, &name) {
        Some(status) if status != "UPDATING" => {
            let what = status_words(&status);
            Err(in_use(&format!(
                "Attempt to change a resource which is still in use: Table is being {what}: {name}"
            )))
        }
        _ => Ok(name),
    }
}

/// The status of the table's transition.
pub(crate) fn transition_status(records: &Overlay, name: &str) -> Option<String> {
    let record = records.get(name)?;
    record.transition.as_ref().map(|t| t.status.clone())
}

/// `created`, `updated` or `deleted`.
pub(crate) fn status_words(status: &str) -> &'static str {
    match status {
        "CREATING" => "created",
        "DELETING" => "deleted",
        _ => "updated",
    }
}

/// A `ResourceInUseException`.
pub(crate) fn in_use(message: &str) -> Failure {
    Failure::model("ResourceInUseException", message)
}

/// Read and write units of a table or index in a request.
pub(crate) fn throughput_of(value: &Value) -> Option<(i64, i64)> {
    let throughput = value.get("ProvisionedThroughput")?;
    Some((
        throughput.get("ReadCapacityUnits")?.as_i64()?,
        throughput.get("WriteCapacityUnits")?.as_i64()?,
    ))
}

/// ARN and label of the stream in a description.
pub(crate) fn stream_of(description: &Value) -> Option<(String, String)> {
    Some((
        description.get("LatestStreamArn")?.as_str()?.to_owned(),
        description.get("LatestStreamLabel")?.as_str()?.to_owned(),
    ))
}

/// A revision id of a resource policy: AWS uses the time in milliseconds.
pub(crate) fn new_revision() -> String {
    let fraction = uuid::Uuid::new_v4().as_u128() % 1000;
    format!("{}{fraction:03}", now())
}
