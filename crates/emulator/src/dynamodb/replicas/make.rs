//! Carrying out what a global table's record wants: replicas made, dropped, and brought up to date.

use std::sync::PoisonError;

use serde_json::{Map, Value, json};

use super::super::DynamoDb;
use super::super::describe::table_description;
use super::super::region::Region;
use super::super::wire::Failure;
use super::super::{tables, ttl, update};
use super::group::{Group, Member, Spread, Version};
use super::{items, quiet};

/// Brings the world to where a global table's record wants it. No region's records may be held.
/// What is refused is taken back from the record and answered; what broke stays for the next time.
pub(crate) fn settle(service: &DynamoDb, id: i64) -> Result<(), Failure> {
    let groups = service.groups()?;
    let _alone = service
        .settling
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let Some(group) = groups.get(id).filter(Group::is_due) else {
        return Ok(());
    };
    for (name, member) in &group.members {
        if !member.made && !member.leaving {
            match make(service, &group, name, member) {
                Ok(()) => groups.change(id, |group| {
                    if let Some(member) = group.members.get_mut(name) {
                        member.made = true;
                    }
                })?,
                Err(failure) => {
                    if failure.is_refusal() {
                        groups.change(id, |group| {
                            group.members.remove(name);
                        })?;
                        forget_alone(&groups, id)?;
                    }
                    return Err(failure);
                }
            }
        }
        if member.leaving && member.transition.is_none() {
            let there = service.region(name)?;
            {
                let mut records = there.records();
                there.drop_table(&group.table)?;
                records.remove(&group.table)?;
            }
            groups.change(id, |group| {
                group.members.remove(name);
            })?;
        }
    }
    for step in &group.spread {
        if let Err(failure) = take_over(service, &group.table, step) {
            tracing::warn!(
                ?failure,
                region = step.region,
                "a replica did not take a setting over"
            );
        }
    }
    groups.change(id, |group| {
        for step in std::mem::take(&mut group.spread) {
            let encryption = step.request.get("SSESpecification");
            let keyless = encryption.is_some_and(|sse| sse.get("KMSMasterKeyId").is_none());
            if let Some(member) = group.members.get_mut(&step.region)
                && keyless
            {
                member.key = None;
            }
        }
        group
            .witness
            .take_if(|witness| witness.leaving && witness.transition.is_none());
    })?;
    forget_alone(&groups, id)
}

/// A table without replicas is no global table any more.
fn forget_alone(groups: &super::group::Groups, id: i64) -> Result<(), Failure> {
    let alone = groups.get(id).is_some_and(|group| match group.version {
        Version::Current => group.members.len() < 2,
        Version::Legacy => group.members.is_empty() && group.transition.is_none(),
    });
    if alone { groups.remove(id) } else { Ok(()) }
}

/// Does what a process that died had still to do.
pub(crate) fn resume(service: &DynamoDb) -> Result<(), Failure> {
    for id in service.groups()?.ids() {
        if settle(service, id).is_err() {
            tracing::warn!(id, "a replica could not be made or dropped");
        }
    }
    Ok(())
}

fn make(service: &DynamoDb, group: &Group, name: &str, member: &Member) -> Result<(), Failure> {
    let Some((source, _)) = &member.source else {
        return Ok(());
    };
    let (from, there) = (service.region(source)?, service.region(name)?);
    let request = shape(&from, group, member)?;
    {
        let mut records = there.records();
        tables::finish_deletion(&there, &mut records, &group.table)?;
        if !there.has_table(&group.table) {
            let mut record = tables::record_of(&there, &group.table, &request);
            quiet(&mut record);
            tables::make(&there, &mut records, &group.table, record, request)?;
        }
    }
    let (on, attribute) = ttl::current(&from, &group.table)?;
    if let (true, Some(attribute)) = (on, attribute) {
        take_over(
            service,
            &group.table,
            &Spread {
                region: name.to_owned(),
                operation: "UpdateTimeToLive".to_owned(),
                request: json!({
                    "TableName": group.table,
                    "TimeToLiveSpecification": {"Enabled": true, "AttributeName": attribute},
                }),
            },
        )?;
    }
    items::copy(&from, &there, &group.table)
}

/// Changes a setting of a replica as another region changed it. Nobody there is told of it.
fn take_over(service: &DynamoDb, table: &str, step: &Spread) -> Result<(), Failure> {
    let there = service.region(&step.region)?;
    there.records().change(table, quiet)?;
    let done = match step.operation.as_str() {
        "UpdateTimeToLive" => ttl::update(&there, step.request.clone()),
        _ => update::update(&there, step.request.clone()),
    };
    there.records().change(table, quiet)?;
    done.map(drop)
}

/// The CreateTable request that makes a replica of a table.
fn shape(from: &Region, group: &Group, member: &Member) -> Result<Value, Failure> {
    let mut records = from.records();
    let table = table_description(from, &mut records, &group.table)?;
    let record = records.get(&group.table).cloned().unwrap_or_default();
    drop(records);
    let on_demand = table
        .get("BillingModeSummary")
        .and_then(|summary| summary.get("BillingMode"))
        .and_then(Value::as_str)
        == Some("PAY_PER_REQUEST");
    let mut request = Map::new();
    request.insert("TableName".to_owned(), group.table.clone().into());
    for name in ["KeySchema", "AttributeDefinitions"] {
        if let Some(value) = table.get(name) {
            request.insert(name.to_owned(), value.clone());
        }
    }
    if on_demand {
        request.insert("BillingMode".to_owned(), "PAY_PER_REQUEST".into());
        let limits = member
            .overrides
            .get("OnDemandThroughputOverride")
            .or_else(|| table.get("OnDemandThroughput"));
        if let Some(limits) = limits {
            request.insert("OnDemandThroughput".to_owned(), limits.clone());
        }
    } else {
        request.insert("BillingMode".to_owned(), "PROVISIONED".into());
        let mut units = units(&table);
        let read = member
            .overrides
            .get("ProvisionedThroughputOverride")
            .and_then(|units| units.get("ReadCapacityUnits"));
        if let (Some(read), Some(object)) = (read, units.as_object_mut()) {
            object.insert("ReadCapacityUnits".to_owned(), read.clone());
        }
        request.insert("ProvisionedThroughput".to_owned(), units);
    }
    if !group.strong {
        let view = table
            .get("StreamSpecification")
            .and_then(|stream| stream.get("StreamViewType"))
            .cloned()
            .unwrap_or_else(|| "NEW_AND_OLD_IMAGES".into());
        request.insert(
            "StreamSpecification".to_owned(),
            json!({"StreamEnabled": true, "StreamViewType": view}),
        );
    }
    let class = member.class.clone().map(Value::from).or_else(|| {
        let summary = table.get("TableClassSummary")?;
        summary.get("TableClass").cloned()
    });
    if let Some(class) = class {
        request.insert("TableClass".to_owned(), class);
    }
    match &member.key {
        Some(key) => {
            request.insert(
                "SSESpecification".to_owned(),
                json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": key}),
            );
        }
        None if record.encryption.is_some() => {
            request.insert("SSESpecification".to_owned(), json!({"Enabled": true}));
        }
        None => {}
    }
    for name in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let indexes: Vec<Value> = table
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|index| {
                let mut made = json!({
                    "IndexName": index.get("IndexName"),
                    "KeySchema": index.get("KeySchema"),
                    "Projection": index.get("Projection"),
                });
                if let (false, true, Some(object)) = (
                    on_demand,
                    name == "GlobalSecondaryIndexes",
                    made.as_object_mut(),
                ) {
                    object.insert("ProvisionedThroughput".to_owned(), units(index));
                }
                made
            })
            .collect();
        if !indexes.is_empty() {
            request.insert(name.to_owned(), Value::Array(indexes));
        }
    }
    Ok(Value::Object(request))
}

fn units(described: &Value) -> Value {
    let unit = |name: &str| {
        described
            .get("ProvisionedThroughput")
            .and_then(|units| units.get(name))
            .and_then(Value::as_i64)
            .unwrap_or(1)
            .max(1)
    };
    json!({
        "ReadCapacityUnits": unit("ReadCapacityUnits"),
        "WriteCapacityUnits": unit("WriteCapacityUnits"),
    })
}
