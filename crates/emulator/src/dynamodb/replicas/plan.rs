//! What an UpdateTable asks of a table's replicas, checked and written into the global table's record.

use serde_json::{Value, json};

use super::super::overlay::Transition;
use super::super::region::Region;
use super::super::wire::Failure;
use super::super::{DynamoDb, now};
use super::group::{Group, Member, Spread, Version, Witness};
use super::{Asked, rules};
use crate::caller::is_region;

const NOT_FOUND: &str = "Replica specified in the Replica Update or Replica Delete action of the request was not found.";
const LOCAL: &str = "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.";

/// What comes of a request.
pub(super) struct Planned {
    /// The global table's record.
    pub(super) group: Group,
    /// The stream that the table itself gets: replicas follow one another's streams.
    pub(super) stream: Option<Value>,
    /// The encryption that the table itself gets.
    pub(super) encryption: Option<Value>,
}

/// Checks what is asked of a table that is there, and plans it.
pub(super) fn plan(
    service: &DynamoDb,
    region: &Region,
    name: &str,
    had: Option<Group>,
    asked: &Asked,
) -> Result<Planned, Failure> {
    let fresh = had.is_none();
    let mut planned = Planned {
        group: had.unwrap_or_else(|| alone(region, name)),
        stream: None,
        encryption: None,
    };
    if planned.group.version == Version::Legacy {
        return Err(Failure::validation(
            "The table is a replica of a global table of version 2017.11.29. Use UpdateGlobalTable for its replicas.",
        ));
    }
    let strong = match asked.consistency.as_deref() {
        None => planned.group.strong,
        Some("STRONG") => true,
        Some("EVENTUAL") => false,
        Some(other) => {
            return Err(Failure::validation(format!(
                "1 validation error detected: Value '{other}' at 'multiRegionConsistency' failed to satisfy constraint: Member must satisfy enum value set: [EVENTUAL, STRONG]"
            )));
        }
    };
    if asked.witness.is_some() && asked.consistency.as_deref() != Some("STRONG") && !strong {
        return Err(Failure::validation(
            "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present.",
        ));
    }
    if !fresh && strong != planned.group.strong {
        return Err(Failure::validation(
            "MultiRegionConsistency cannot be changed for a table that has replicas.",
        ));
    }
    planned.group.strong = strong;
    for update in asked.replicas.iter().flat_map(entries) {
        let actions = update.as_object().filter(|actions| !actions.is_empty());
        let Some(actions) = actions else {
            return Err(Failure::validation(
                "Invalid ReplicaUpdates: no actions specified",
            ));
        };
        for (action, body) in actions {
            let other = region_of(body)?;
            act(service, region, &mut planned, action, other, body)?;
        }
    }
    for update in asked.witness.iter().flat_map(entries) {
        for (action, body) in update.as_object().into_iter().flatten() {
            witness(region, &mut planned.group, action, region_of(body)?)?;
        }
    }
    let adds = planned.group.members.values().any(|member| !member.made);
    rules::check(region, &planned.group, adds)?;
    if adds && !planned.group.strong {
        let table = region.engine().get_table_metadata(name)?;
        if table.is_some_and(|table| !table.stream_enabled) {
            planned.stream =
                Some(json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}));
        }
    }
    Ok(planned)
}

/// The record of a table that has no replicas yet.
fn alone(region: &Region, name: &str) -> Group {
    let mut group = Group {
        table: name.to_owned(),
        created: now(),
        ..Group::default()
    };
    let own = Member {
        made: true,
        ..Member::default()
    };
    group.members.insert(region.name.clone(), own);
    group
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn region_of(body: &Value) -> Result<&str, Failure> {
    body.get("RegionName")
        .and_then(Value::as_str)
        .filter(|name| is_region(name))
        .ok_or_else(|| Failure::validation("RegionName of a replica is not valid"))
}

fn act(
    service: &DynamoDb,
    region: &Region,
    planned: &mut Planned,
    action: &str,
    other: &str,
    body: &Value,
) -> Result<(), Failure> {
    if other == region.name {
        // A new key of the table itself travels with those of its replicas.
        let key = body.get("KMSMasterKeyId").filter(|_| action == "Update");
        let Some(key) = key else {
            return Err(Failure::validation(LOCAL));
        };
        planned.encryption =
            Some(json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": key}));
        return Ok(());
    }
    let group = &mut planned.group;
    match action {
        "Create" => {
            let there =
                group.members.contains_key(other) || service.region(other)?.has_table(&group.table);
            if there {
                return Err(Failure::validation(format!(
                    "Failed to create a the new replica of table with name: '{}' because one or more replicas already existed as tables.",
                    group.table
                )));
            }
            let mut member = Member {
                transition: Transition::new("CREATING", region.describes),
                source: Some((region.name.clone(), now())),
                ..Member::default()
            };
            settings(&mut member, body);
            group.members.insert(other.to_owned(), member);
        }
        "Update" => {
            let Some(member) = group.members.get_mut(other) else {
                return Err(Failure::validation(NOT_FOUND));
            };
            settings(member, body);
            member.transition = Transition::new("UPDATING", region.describes);
            let mut request = json!({"TableName": group.table});
            if let Some(object) = request.as_object_mut() {
                if let Some(key) = body.get("KMSMasterKeyId") {
                    object.insert(
                        "SSESpecification".to_owned(),
                        json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": key}),
                    );
                }
                if let Some(class) = body.get("TableClassOverride") {
                    object.insert("TableClass".to_owned(), class.clone());
                }
                if object.len() > 1 {
                    group.spread.push(Spread {
                        region: other.to_owned(),
                        operation: "UpdateTable".to_owned(),
                        request,
                    });
                }
            }
        }
        "Delete" => {
            if !group.members.contains_key(other) {
                return Err(Failure::validation(NOT_FOUND));
            }
            let protected = service
                .region(other)?
                .engine()
                .get_table_metadata(&group.table)?
                .is_some_and(|table| table.deletion_protection_enabled);
            if protected {
                return Err(Failure::validation(
                    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
                ));
            }
            if let Some(member) = group.members.get_mut(other) {
                member.leaving = true;
                member.transition = Transition::new("DELETING", region.describes);
            }
        }
        _ => return Err(Failure::validation(NOT_FOUND)),
    }
    Ok(())
}

fn settings(member: &mut Member, body: &Value) {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(key) = text("KMSMasterKeyId") {
        member.key = Some(key);
    }
    if let Some(class) = text("TableClassOverride") {
        member.class = Some(class);
    }
    for name in [
        "ProvisionedThroughputOverride",
        "OnDemandThroughputOverride",
    ] {
        if let Some(value) = body.get(name) {
            member.overrides.insert(name.to_owned(), value.clone());
        }
    }
}

fn witness(region: &Region, group: &mut Group, action: &str, other: &str) -> Result<(), Failure> {
    match (action, &mut group.witness) {
        ("Create", None) if !group.members.contains_key(other) => {
            group.witness = Some(Witness {
                region: other.to_owned(),
                transition: Transition::new("CREATING", region.describes),
                leaving: false,
            });
            Ok(())
        }
        ("Create", None) => Err(Failure::validation(format!(
            "The witness of a global table cannot be in {other}, where the table has a replica."
        ))),
        ("Create", Some(_)) => Err(Failure::validation(
            "The global table has a witness already.",
        )),
        ("Delete", Some(witness)) if witness.region == other => {
            witness.leaving = true;
            witness.transition = Transition::new("DELETING", region.describes);
            Ok(())
        }
        _ => Err(Failure::validation(format!(
            "The global table has no witness in {other}."
        ))),
    }
}
