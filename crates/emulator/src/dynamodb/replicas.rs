//! Replicas in other regions: a table of the same shape is made there; items are not copied.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::DynamoDb;
use super::overlay::TableRecord;
use super::region::Region;
use super::tables;
use super::wire::Failure;
use crate::caller::is_region;

/// Something to be done in another region once the table's own is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// The table is to exist there as well.
    Table {
        /// The other region.
        region: String,
        /// Name of the table.
        table: String,
    },
    /// The table is to be gone there.
    NoTable {
        /// The other region.
        region: String,
        /// Name of the table.
        table: String,
    },
}

/// Notes the replicas that an UpdateTable asks for in the table's record, and
/// what they need done in other regions.
pub(crate) fn plan(
    region: &Region,
    table: &str,
    record: &mut TableRecord,
    updates: &Value,
) -> Result<(), Failure> {
    for update in updates.as_array().into_iter().flatten() {
        for (action, body) in update.as_object().into_iter().flatten() {
            let other = body
                .get("RegionName")
                .and_then(Value::as_str)
                .filter(|name| is_region(name))
                .ok_or_else(|| Failure::validation("RegionName of a replica is not valid"))?;
            let there = record.replicas.contains_key(other) || other == region.name;
            match action.as_str() {
                "Create" if there => {
                    return Err(Failure::validation(format!(
                        "Failed to create a the new replica of table with name: '{table}' because one or more replicas already existed as tables."
                    )));
                }
                "Create" => {
                    record
                        .replicas
                        .insert(other.to_owned(), replica(other, body));
                    record.elsewhere.push(Wanted::Table {
                        region: other.to_owned(),
                        table: table.to_owned(),
                    });
                }
                "Update" if record.replicas.contains_key(other) => {
                    record
                        .replicas
                        .insert(other.to_owned(), replica(other, body));
                }
                "Update" if other == region.name => {}
                "Delete" if record.replicas.remove(other).is_some() => {
                    record.elsewhere.push(Wanted::NoTable {
                        region: other.to_owned(),
                        table: table.to_owned(),
                    });
                }
                _ => {
                    return Err(Failure::validation(
                        "Replica specified in the Replica Update or Replica Delete action of the request was not found.",
                    ));
                }
            }
        }
    }
    Ok(())
}

fn replica(region: &str, body: &Value) -> Value {
    let mut replica = Map::new();
    replica.insert("RegionName".to_owned(), region.into());
    replica.insert("ReplicaStatus".to_owned(), "ACTIVE".into());
    for member in [
        "KMSMasterKeyId",
        "ProvisionedThroughputOverride",
        "OnDemandThroughputOverride",
    ] {
        if let Some(value) = body.get(member) {
            replica.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(class) = body.get("TableClassOverride") {
        replica.insert(
            "ReplicaTableClassSummary".to_owned(),
            json!({"TableClass": class}),
        );
    }
    Value::Object(replica)
}

/// Makes and drops the replicas that a table's record still wants. Neither
/// region's records may be held: two regions can settle with each other.
pub(crate) fn settle(service: &DynamoDb, home: &Region, name: &str) -> Result<(), Failure> {
    let wanted = home.records().get(name).map(|r| r.elsewhere.clone());
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(());
    };
    let done = wanted.iter().try_for_each(|step| match step {
        Wanted::Table { region, table } => {
            let there = service.region(region)?;
            let request = shape(home, table)?;
            let mut records = there.records();
            tables::finish_deletion(&there, &mut records, table)?;
            if there.has_table(table) {
                return Ok(());
            }
            tables::make(&there, &mut records, table, TableRecord::default(), request)
        }
        Wanted::NoTable { region, table } => {
            let there = service.region(region)?;
            let mut records = there.records();
            if !there.has_table(table) {
                return Ok(());
            }
            tables::unmake(&there, &mut records, table)
        }
    });
    // What failed was answered so; only a process that died leaves something to do.
    let mut records = home.records();
    if records.get(name).is_some() {
        records.change(name, |record| record.elsewhere.clear())?;
    }
    done
}

/// Does what a process that died had still to do in other regions.
pub(crate) fn resume(service: &DynamoDb, home: &Region) {
    let names = home.records().names();
    for name in names {
        if settle(service, home, &name).is_err() {
            tracing::warn!(table = name, "a replica could not be made or dropped");
        }
    }
}

/// The CreateTable request that makes a table of the same shape.
fn shape(home: &Region, table: &str) -> Result<Value, Failure> {
    let mut records = home.records();
    let description = super::describe::table_description(home, &mut records, table)?;
    let mut request = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    });
    let Some(object) = request.as_object_mut() else {
        return Ok(request);
    };
    for member in ["KeySchema", "AttributeDefinitions"] {
        if let Some(value) = description.get(member) {
            object.insert(member.to_owned(), value.clone());
        }
    }
    for member in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let indexes: Vec<Value> = description
            .get(member)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|index| {
                json!({
                    "IndexName": index.get("IndexName"),
                    "KeySchema": index.get("KeySchema"),
                    "Projection": index.get("Projection"),
                })
            })
            .collect();
        if !indexes.is_empty() {
            object.insert(member.to_owned(), Value::Array(indexes));
        }
    }
    Ok(request)
}
