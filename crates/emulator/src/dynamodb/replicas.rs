//! Replicas in other regions: a table of the same shape is made there; items are not copied.

use dynoxide::actions as engine;
use serde_json::{Map, Value, json};

use super::DynamoDb;
use super::overlay::TableRecord;
use super::region::Region;
use super::wire::{Failure, read_value};
use crate::caller::is_region;

/// Something to be done in another region once the table's own is left.
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

/// Notes the replicas that an UpdateTable asks for in the table's record.
pub(crate) fn plan(
    region: &Region,
    table: &str,
    record: &mut TableRecord,
    updates: &Value,
) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = Vec::new();
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
                    wanted.push(Wanted::Table {
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
                    wanted.push(Wanted::NoTable {
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
    Ok(wanted)
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

/// Makes and drops the tables of replicas.
pub(crate) fn settle(service: &DynamoDb, home: &Region, wanted: &[Wanted]) -> Result<(), Failure> {
    for step in wanted {
        match step {
            Wanted::Table { region, table } => {
                let there = service.region(region)?;
                if there.has_table(table) {
                    continue;
                }
                let request = shape(home, table)?;
                let typed: engine::create_table::CreateTableRequest =
                    read_value("CreateTable", request)?;
                there.engine().create_table(typed)?;
            }
            Wanted::NoTable { region, table } => {
                let there = service.region(region)?;
                let request = engine::delete_table::DeleteTableRequest {
                    table_name: table.clone(),
                };
                match there.engine().delete_table(request) {
                    Ok(_) | Err(dynoxide::DynoxideError::ResourceNotFoundException(_)) => {}
                    Err(error) => return Err(error.into()),
                }
                there.records().remove(table)?;
            }
        }
    }
    Ok(())
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
