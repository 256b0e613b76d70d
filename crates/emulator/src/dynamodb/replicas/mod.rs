//! Global tables: tables of one name in several regions that are kept alike.
//!
//! A call in one region leaves what it means for the others in the global table's own record
//! ([`group`]); [`settle`] carries that out with no region's records held, and again after a crash.

pub(crate) mod group;
pub(crate) mod items;
pub(crate) mod legacy;
mod make;
mod plan;
mod rules;
mod show;

use serde_json::{Value, json};

use super::DynamoDb;
use super::describe::{set_status, table_description};
use super::overlay::{TableRecord, Transition};
use super::region::Region;
use super::wire::Failure;
use super::{now, table_name, tables, ttl, update};
use group::{Group, Spread, Version};
use tables::{finish_deletion, in_use, status_words, transition_status};

pub(crate) use make::{resume, settle};
pub(crate) use show::complete;

/// How long a region may not be deleted after others were copied from it, in seconds.
const SOURCE_SECONDS: i64 = 24 * 60 * 60;

/// What of an UpdateTable all replicas take over.
const SHARED: &[&str] = &[
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexUpdates",
    "OnDemandThroughput",
    "WarmThroughput",
    "TableClass",
    "SSESpecification",
];

/// What of an UpdateTable is about replicas.
#[derive(Default)]
struct Asked {
    replicas: Option<Value>,
    witness: Option<Value>,
    consistency: Option<String>,
}

impl Asked {
    fn of(request: &mut Value) -> Asked {
        let Some(object) = request.as_object_mut() else {
            return Asked::default();
        };
        let consistency = object.shift_remove("MultiRegionConsistency");
        Asked {
            replicas: object.shift_remove("ReplicaUpdates"),
            witness: object.shift_remove("GlobalTableWitnessUpdates"),
            consistency: consistency.and_then(|text| text.as_str().map(str::to_owned)),
        }
    }

    fn is_empty(&self) -> bool {
        self.replicas.is_none() && self.witness.is_none() && self.consistency.is_none()
    }
}

/// Does what a table's global table has still to do, if it is part of one.
pub(crate) fn settle_table(service: &DynamoDb, region: &Region, name: &str) -> Result<(), Failure> {
    match region.groups.of(&region.name, name) {
        Some((id, group)) if group.is_due() => settle(service, id),
        _ => Ok(()),
    }
}

/// UpdateTable.
pub(crate) fn update_table(
    service: &DynamoDb,
    region: &Region,
    mut request: Value,
) -> Result<Value, Failure> {
    let name = table_name(&request)?.to_owned();
    settle_table(service, region, &name)?;
    let found = region.groups.of(&region.name, &name);
    let asked = Asked::of(&mut request);
    if asked.is_empty() {
        let Some((id, group)) = found else {
            return update::update(region, request);
        };
        return update_member(service, region, id, &group, request);
    }
    require_idle(region, &name, found.as_ref().map(|(_, group)| group))?;
    let had = found.as_ref().map(|(_, group)| group.clone());
    let mut planned = plan::plan(service, region, &name, had, &asked)?;
    if let Some(object) = request.as_object_mut() {
        if let Some(stream) = planned.stream {
            object.entry("StreamSpecification").or_insert(stream);
        }
        if let Some(encryption) = planned.encryption {
            object.insert("SSESpecification".to_owned(), encryption);
        }
    }
    let more = request.as_object().is_some_and(|object| object.len() > 1);
    if more {
        update::update(region, request.clone())?;
        planned
            .group
            .spread
            .extend(spread_of(region, &planned.group, &request));
    } else {
        let transition = Transition::new("UPDATING", region.describes);
        region
            .records()
            .change(&name, |record| record.transition = transition)?;
    }
    let id = match found {
        Some((id, _)) => {
            region.groups.put(id, planned.group)?;
            id
        }
        None => region.groups.add(planned.group)?,
    };
    let mut description = {
        let mut records = region.records();
        table_description(region, &mut records, &name)?
    };
    settle(service, id)?;
    set_status(&mut description, "UPDATING");
    Ok(json!({"TableDescription": description}))
}

/// An UpdateTable of one replica that says nothing of the others.
fn update_member(
    service: &DynamoDb,
    region: &Region,
    id: i64,
    group: &Group,
    request: Value,
) -> Result<Value, Failure> {
    require_idle(region, &group.table, Some(group))?;
    if group.version == Version::Legacy {
        return update::update(region, request);
    }
    let stream = request
        .get("StreamSpecification")
        .and_then(|stream| stream.get("StreamEnabled"))
        .and_then(Value::as_bool);
    if stream == Some(false) && !group.strong {
        return Err(Failure::validation(format!(
            "One or more parameter values were invalid: The stream of table {} cannot be disabled while the table has replicas in other Regions",
            group.table
        )));
    }
    let answer = update::update(region, request.clone())?;
    let spread = spread_of(region, group, &request);
    if !spread.is_empty() {
        region
            .groups
            .change(id, |group| group.spread.extend(spread))?;
        settle(service, id)?;
    }
    Ok(answer)
}

/// What the other replicas have to take over of an UpdateTable.
fn spread_of(region: &Region, group: &Group, request: &Value) -> Vec<Spread> {
    let mut shared = serde_json::Map::new();
    shared.insert("TableName".to_owned(), group.table.clone().into());
    for member in SHARED {
        let Some(value) = request.get(*member) else {
            continue;
        };
        // A key of the customer's is one region's; every replica is given its own.
        if *member == "SSESpecification" && value.get("KMSMasterKeyId").is_some() {
            continue;
        }
        shared.insert((*member).to_owned(), value.clone());
    }
    // Definitions alone change nothing.
    if shared
        .keys()
        .all(|key| key == "TableName" || key == "AttributeDefinitions")
    {
        return Vec::new();
    }
    group
        .peers(&region.name)
        .filter_map(|other| {
            let mut request = shared.clone();
            let overridden = group
                .members
                .get(other)
                .is_some_and(|member| member.class.is_some());
            if overridden {
                request.shift_remove("TableClass");
            }
            (request.len() > 1).then(|| Spread {
                region: other.to_owned(),
                operation: "UpdateTable".to_owned(),
                request: Value::Object(request),
            })
        })
        .collect()
}

/// UpdateTimeToLive: all replicas expire alike.
pub(crate) fn update_time_to_live(
    service: &DynamoDb,
    region: &Region,
    request: Value,
) -> Result<Value, Failure> {
    let name = table_name(&request)?;
    let found = region.groups.of(&region.name, name);
    let turns_on = request
        .get("TimeToLiveSpecification")
        .and_then(|ttl| ttl.get("Enabled"))
        .and_then(Value::as_bool);
    if turns_on == Some(true) && found.is_some_and(|(_, group)| group.strong) {
        return Err(rules::no_time_to_live());
    }
    let answer = ttl::update(region, request.clone())?;
    if let Some((id, group)) = region.groups.of(&region.name, name)
        && group.version == Version::Current
    {
        let spread = group.peers(&region.name).map(|other| Spread {
            region: other.to_owned(),
            operation: "UpdateTimeToLive".to_owned(),
            request: request.clone(),
        });
        let spread: Vec<Spread> = spread.collect();
        region
            .groups
            .change(id, |group| group.spread.extend(spread))?;
        settle(service, id)?;
    }
    Ok(answer)
}

/// DescribeTable: one describe of the transitions of all replicas is used up.
pub(crate) fn describe_table(
    service: &DynamoDb,
    region: &Region,
    request: Value,
) -> Result<Value, Failure> {
    let name = table_name(&request)?.to_owned();
    settle_table(service, region, &name)?;
    let answer = tables::describe(region, request)?;
    if let Some((id, group)) = region.groups.of(&region.name, &name)
        && group.is_busy()
    {
        region.groups.change(id, |group| {
            for member in group.members.values_mut() {
                Transition::seen(&mut member.transition);
            }
            if let Some(witness) = &mut group.witness {
                Transition::seen(&mut witness.transition);
            }
        })?;
    }
    Ok(answer)
}

/// DeleteTable. A replica leaves its global table and the others stay; one that others were copied
/// from has to wait a day.
pub(crate) fn delete_table(
    service: &DynamoDb,
    region: &Region,
    request: Value,
) -> Result<Value, Failure> {
    let name = table_name(&request)?.to_owned();
    settle_table(service, region, &name)?;
    let Some((id, group)) = region.groups.of(&region.name, &name) else {
        return tables::delete(region, request);
    };
    require_idle(region, &name, Some(&group))?;
    let protected = region
        .engine()
        .get_table_metadata(&name)?
        .is_some_and(|table| table.deletion_protection_enabled);
    if protected {
        return tables::delete(region, request);
    }
    if group.version == Version::Legacy {
        let answer = tables::delete(region, request)?;
        region.groups.change(id, |group| {
            group.members.remove(&region.name);
        })?;
        settle(service, id)?;
        return Ok(answer);
    }
    if group.strong {
        return Err(Failure::validation(
            "A replica of a global table with multi-Region strong consistency cannot be deleted by DeleteTable. Remove the other replicas and the witness first.",
        ));
    }
    let day = now() - SOURCE_SECONDS;
    let source = group
        .members
        .values()
        .filter_map(|member| member.source.as_ref())
        .any(|(source, at)| *source == region.name && *at > day);
    if source {
        return Err(Failure::validation(
            "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.",
        ));
    }
    let mut description = {
        let mut records = region.records();
        table_description(region, &mut records, &name)?
    };
    region.groups.change(id, |group| {
        if let Some(member) = group.members.get_mut(&region.name) {
            member.leaving = true;
            member.transition = Transition::new("DELETING", region.describes);
        }
    })?;
    settle(service, id)?;
    set_status(&mut description, "DELETING");
    Ok(json!({"TableDescription": description}))
}

/// Refuses a change of a table while it, or a replica of it, is on its way somewhere.
fn require_idle(region: &Region, name: &str, group: Option<&Group>) -> Result<(), Failure> {
    let mut records = region.records();
    finish_deletion(region, &mut records, name)?;
    if !region.has_table(name) {
        return Err(Failure::no_table(name));
    }
    let status = transition_status(&records, name).or_else(|| {
        let group = group?;
        let own = group
            .members
            .get(&region.name)
            .and_then(|member| member.transition.as_ref())
            .map(|transition| transition.status.clone());
        own.or_else(|| group.is_busy().then(|| "UPDATING".to_owned()))
    });
    match status {
        Some(status) => Err(in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {}: {name}",
            status_words(&status)
        ))),
        None => Ok(()),
    }
}

/// Refuses calls on a replica that is not there yet or not there any more. Descriptions, and the calls
/// that look for themselves, pass.
pub(crate) fn require_ready(
    region: &Region,
    operation: &str,
    request: &Value,
) -> Result<(), Failure> {
    if region.groups.is_empty()
        || operation.starts_with("Describe")
        || operation.starts_with("List")
        || operation.starts_with("Get")
        || matches!(operation, "UpdateTable" | "DeleteTable")
    {
        return Ok(());
    }
    let named = ["TableName", "ResourceArn"]
        .iter()
        .find_map(|member| request.get(*member).and_then(Value::as_str));
    let Some(name) = named.map(|named| region.table_of(named)) else {
        return Ok(());
    };
    let Some((_, group)) = region.groups.of(&region.name, &name) else {
        return Ok(());
    };
    let status = group
        .members
        .get(&region.name)
        .and_then(|member| member.transition.as_ref())
        .map(|transition| transition.status.as_str());
    match status {
        Some("CREATING") if operation == "UpdateContinuousBackups" => Err(Failure::model(
            "ContinuousBackupsUnavailableException",
            format!("Backups are being enabled for the table: {name}. Please retry later"),
        )),
        Some(status @ ("CREATING" | "DELETING")) => Err(in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {}: {name}",
            status_words(status)
        ))),
        _ => Ok(()),
    }
}

/// Ends the transitions of a change that nobody in the region asked for.
fn quiet(record: &mut TableRecord) {
    record.transition = None;
    record.encryption_transition = None;
    record.ttl_transition = None;
    record.indexes.retain(|_, index| index.dropped.is_none());
    for index in record.indexes.values_mut() {
        index.transition = None;
    }
}
