//! What DescribeTable says of a table's replicas.

use serde_json::{Map, Value, json};

use super::super::region::Region;
use super::group::{Member, Version};

/// Adds to a description what the table's global table knows: the other replicas, the witness, and the
/// table's own status where it is a replica on its way in or out.
pub(crate) fn complete(region: &Region, name: &str, table: &mut Map<String, Value>) {
    let Some((_, group)) = region.groups.of(&region.name, name) else {
        return;
    };
    if group.version == Version::Legacy {
        table.insert("GlobalTableVersion".to_owned(), "2017.11.29".into());
        return;
    }
    let own = group
        .members
        .get(&region.name)
        .and_then(|member| member.transition.as_ref());
    if let Some(transition) = own {
        table.insert("TableStatus".to_owned(), transition.status.clone().into());
    }
    table.insert("GlobalTableVersion".to_owned(), "2019.11.21".into());
    let replicas: Vec<Value> = group
        .members
        .iter()
        .filter(|(other, _)| **other != region.name)
        .map(|(other, member)| replica(region, name, other, member))
        .collect();
    if !replicas.is_empty() {
        table.insert("Replicas".to_owned(), Value::Array(replicas));
    }
    table.insert(
        "MultiRegionConsistency".to_owned(),
        if group.strong { "STRONG" } else { "EVENTUAL" }.into(),
    );
    if let Some(witness) = &group.witness {
        let status = witness
            .transition
            .as_ref()
            .map_or("ACTIVE", |transition| transition.status.as_str());
        table.insert(
            "GlobalTableWitnesses".to_owned(),
            json!([{"RegionName": witness.region, "WitnessStatus": status}]),
        );
    }
}

fn replica(region: &Region, name: &str, other: &str, member: &Member) -> Value {
    let status = member
        .transition
        .as_ref()
        .map_or("ACTIVE", |transition| transition.status.as_str());
    let mut replica = Map::new();
    replica.insert("RegionName".to_owned(), other.into());
    replica.insert("ReplicaStatus".to_owned(), status.into());
    replica.insert(
        "ReplicaArn".to_owned(),
        region
            .table_arn(name)
            .replacen(&format!(":{}:", region.name), &format!(":{other}:"), 1)
            .into(),
    );
    if let Some(key) = &member.key {
        replica.insert("KMSMasterKeyId".to_owned(), key.clone().into());
    }
    if let Some(class) = &member.class {
        replica.insert(
            "ReplicaTableClassSummary".to_owned(),
            json!({"TableClass": class}),
        );
    }
    for (member, value) in &member.overrides {
        replica.insert(member.clone(), value.clone());
    }
    Value::Object(replica)
}
