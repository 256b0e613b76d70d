//! Global tables of version 2017.11.29: tables that are there already, tied together.

use serde_json::{Value, json};

use super::super::overlay::Transition;
use super::super::region::Region;
use super::super::wire::Failure;
use super::super::{DynamoDb, now};
use super::group::{Group, Member, Version};
use super::settle;
use crate::caller::{is_region, partition};

/// Whether the operation is answered here.
pub(crate) fn is_known(operation: &str) -> bool {
    matches!(
        operation,
        "CreateGlobalTable" | "DescribeGlobalTable" | "UpdateGlobalTable" | "ListGlobalTables"
    )
}

/// Answers a call on global tables of version 2017.11.29.
pub(crate) fn answer(
    service: &DynamoDb,
    region: &Region,
    operation: &str,
    request: &Value,
) -> Result<Value, Failure> {
    match operation {
        "CreateGlobalTable" => create(service, region, request),
        "DescribeGlobalTable" => describe(service, region, request),
        "UpdateGlobalTable" => update(service, region, request),
        _ => list(region),
    }
}

fn name_of(request: &Value) -> Result<&str, Failure> {
    let name = request
        .get("GlobalTableName")
        .and_then(Value::as_str)
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'globalTableName' failed to satisfy constraint: Member must not be null",
            )
        })?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if !(3..=255).contains(&name.len()) || !name.chars().all(good) {
        return Err(Failure::validation(format!(
            "1 validation error detected: Value '{name}' at 'globalTableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        )));
    }
    Ok(name)
}

fn not_found(name: &str) -> Failure {
    Failure::model(
        "GlobalTableNotFoundException",
        format!("Global table not found: Global table with ID '{name}' does not exist"),
    )
}

fn region_in(body: &Value) -> Result<&str, Failure> {
    body.get("RegionName")
        .and_then(Value::as_str)
        .filter(|name| is_region(name))
        .ok_or_else(|| Failure::validation("RegionName of a replica is not valid"))
}

fn create(service: &DynamoDb, region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = name_of(request)?;
    if region.groups.legacy(name).is_some() {
        return Err(Failure::model(
            "GlobalTableAlreadyExistsException",
            format!("Global table with name: '{name}' already exists"),
        ));
    }
    let mut group = Group {
        table: name.to_owned(),
        version: Version::Legacy,
        created: now(),
        transition: Transition::new("CREATING", region.describes),
        ..Group::default()
    };
    let replicas = request.get("ReplicationGroup").and_then(Value::as_array);
    for replica in replicas.into_iter().flatten() {
        add(service, &mut group, region_in(replica)?)?;
    }
    if group.members.is_empty() {
        return Err(Failure::validation(
            "1 validation error detected: Value '[]' at 'replicationGroup' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ));
    }
    let description = description(region, &group, "CREATING");
    region.groups.add(group)?;
    Ok(json!({"GlobalTableDescription": description}))
}

/// Takes a table of another region in. AWS asks that it be empty, alike, and tell all its changes.
fn add(service: &DynamoDb, group: &mut Group, other: &str) -> Result<(), Failure> {
    let name = group.table.clone();
    if group.members.contains_key(other) {
        return Err(Failure::model(
            "ReplicaAlreadyExistsException",
            format!("Replica with name: '{name}' already exists in region: '{other}'"),
        ));
    }
    let there = service.region(other)?;
    let Some(table) = there.engine().get_table_metadata(&name)? else {
        return Err(Failure::model(
            "TableNotFoundException",
            format!("Table not found: Table '{name}' does not exist in region '{other}'"),
        ));
    };
    if !table.stream_enabled || table.stream_view_type.as_deref() != Some("NEW_AND_OLD_IMAGES") {
        return Err(Failure::validation(format!(
            "Table '{name}' in region '{other}' must have a stream of the view type NEW_AND_OLD_IMAGES"
        )));
    }
    let scan = dynoxide::actions::scan::ScanRequest {
        table_name: name.clone(),
        limit: Some(1),
        ..Default::default()
    };
    if there.engine().scan(scan)?.count > 0 {
        return Err(Failure::validation(format!(
            "Table '{name}' in region '{other}' must be empty to become a replica"
        )));
    }
    for member in group.members.keys() {
        let mate = service.region(member)?.engine().get_table_metadata(&name)?;
        if mate.is_some_and(|mate| mate.key_schema != table.key_schema) {
            return Err(Failure::validation(format!(
                "Table '{name}' in region '{other}' must have the key schema of the other replicas"
            )));
        }
    }
    let member = Member {
        made: true,
        ..Member::default()
    };
    group.members.insert(other.to_owned(), member);
    Ok(())
}

fn describe(service: &DynamoDb, region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = name_of(request)?;
    let mut found = region.groups.legacy(name);
    if let Some((id, group)) = &found
        && group.is_due()
    {
        settle(service, *id)?;
        found = region.groups.legacy(name);
    }
    let Some((id, group)) = found else {
        return Err(not_found(name));
    };
    let status = group
        .transition
        .as_ref()
        .map_or("ACTIVE", |transition| transition.status.as_str());
    let description = description(region, &group, status);
    if group.transition.is_some() {
        region.groups.change(id, |group| {
            Transition::seen(&mut group.transition);
        })?;
    }
    Ok(json!({"GlobalTableDescription": description}))
}

fn update(service: &DynamoDb, region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = name_of(request)?;
    let Some((id, mut group)) = region.groups.legacy(name) else {
        return Err(not_found(name));
    };
    let updates = request.get("ReplicaUpdates").and_then(Value::as_array);
    for update in updates.into_iter().flatten() {
        if let Some(create) = update.get("Create") {
            add(service, &mut group, region_in(create)?)?;
        }
        if let Some(delete) = update.get("Delete") {
            let other = region_in(delete)?;
            if group.members.remove(other).is_none() {
                return Err(Failure::model(
                    "ReplicaNotFoundException",
                    format!("Replica with name: '{name}' does not exist in region: '{other}'"),
                ));
            }
        }
    }
    let status = if group.members.is_empty() {
        "DELETING"
    } else {
        "UPDATING"
    };
    group.transition = Transition::new(status, region.describes);
    let description = description(region, &group, status);
    region.groups.put(id, group)?;
    settle(service, id)?;
    Ok(json!({"GlobalTableDescription": description}))
}

fn list(region: &Region) -> Result<Value, Failure> {
    let tables: Vec<Value> = region
        .groups
        .ids()
        .into_iter()
        .filter_map(|id| region.groups.get(id))
        .filter(|group| group.version == Version::Legacy)
        .map(|group| {
            json!({
                "GlobalTableName": group.table,
                "ReplicationGroup": replicas(&group),
            })
        })
        .collect();
    Ok(json!({"GlobalTables": tables}))
}

fn replicas(group: &Group) -> Vec<Value> {
    group
        .members
        .keys()
        .map(|region| json!({"RegionName": region}))
        .collect()
}

fn description(region: &Region, group: &Group, status: &str) -> Value {
    json!({
        "ReplicationGroup": replicas(group),
        "GlobalTableArn": format!(
            "arn:{}:dynamodb::{}:global-table/{}",
            partition(&region.name), region.account, group.table
        ),
        "CreationDateTime": group.created,
        "GlobalTableStatus": status,
        "GlobalTableName": group.table,
    })
}
