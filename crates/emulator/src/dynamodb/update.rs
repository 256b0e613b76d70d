//! UpdateTable: the rules of the control plane, the engine's share and ours.

use dynoxide::actions as engine;
use serde_json::{Map, Value, json};

use super::describe::{encryption_of, set_index_status, set_status, table_description};
use super::overlay::{Overlay, TableRecord, Transition, Updating};
use super::region::Region;
use super::tables::{
    finish_deletion, in_use, status_words, stream_of, throughput_of, transition_status,
};
use super::wire::{Failure, read_value};
use super::{now, table_name};

const ONE_ONLINE_INDEX: &str = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table";

/// What an UpdateTable asks for that the engine does not keep.
#[derive(Default)]
struct Ours {
    encryption: Option<Value>,
    warm: Option<Value>,
    indexes: Vec<IndexAction>,
}

enum IndexAction {
    Create(String, Value),
    Update(String, Value),
    Delete(String),
}

/// UpdateTable of one region's table, without a word of replicas.
pub(crate) fn update(region: &Region, request: Value) -> Result<Value, Failure> {
    let name = table_name(&request)?.to_owned();
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    let (ours, rest) = split(request);
    if !region.has_table(&name) {
        // The engine checks the request's form first, as AWS does.
        return Err(engine_update(region, rest.clone())
            .err()
            .unwrap_or_else(|| Failure::no_table(&name)));
    }
    if let Some(status) = transition_status(&records, &name) {
        let what = status_words(&status);
        return Err(in_use(&format!(
            "Attempt to change a resource which is still in use: Table is being {what}: {name}"
        )));
    }
    let before = table_description(region, &mut records, &name)?;
    check(&records, &name, &before, &ours, &rest)?;
    let record = updated(region, &records, &name, &before, &ours, &rest)?;
    if has_changes(&rest) || !ours_has_changes(&ours) {
        update_both(region, &mut records, &name, record, rest)?;
    } else {
        records.put(&name, record)?;
    }
    let created: Vec<String> = ours
        .indexes
        .iter()
        .filter_map(|action| match action {
            IndexAction::Create(name, _) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let mut after = table_description(region, &mut records, &name)?;
    set_status(&mut after, "UPDATING");
    set_index_status(&mut after, "CREATING", |index| {
        created.iter().any(|name| name == index)
    });
    Ok(json!({"TableDescription": after}))
}

/// Changes the engine's table and our record together. The engine commits once:
/// until then the record holds what it was beside what it is to be, and whoever
/// finds both tells by the engine's settings which of them holds.
fn update_both(
    region: &Region,
    records: &mut Overlay,
    name: &str,
    after: TableRecord,
    request: Value,
) -> Result<(), Failure> {
    let updating = Updating {
        before: engine_settings(region, name)?,
        record: Box::new(after.clone()),
    };
    records.change(name, |record| record.updating = Some(updating))?;
    match engine_update(region, request) {
        Ok(()) => records.put(name, after),
        Err(error) => {
            decide(region, records, name)?;
            Err(error)
        }
    }
}

/// Ends an UpdateTable that a record says is under way and that was not
/// answered: it was done where the engine's settings are no longer what they
/// were. One that changes nothing of the engine's counts as not done.
pub(crate) fn decide(region: &Region, records: &mut Overlay, name: &str) -> Result<(), Failure> {
    let Some(updating) = records.get(name).and_then(|r| r.updating.clone()) else {
        return Ok(());
    };
    if engine_settings(region, name)? == updating.before {
        records.change(name, |record| record.updating = None)
    } else {
        records.put(name, *updating.record)
    }
}

/// What the engine keeps of a table and UpdateTable can change.
pub(super) fn engine_settings(region: &Region, name: &str) -> Result<Value, Failure> {
    let Some(table) = region.engine().get_table_metadata(name)? else {
        return Ok(Value::Null);
    };
    Ok(json!({
        "attributes": table.attribute_definitions,
        "indexes": table.gsi_definitions,
        "vectorIndexes": table.vector_index_definitions,
        "billing": table.billing_mode,
        "throughput": table.provisioned_throughput,
        "onDemand": table.on_demand_throughput,
        "class": table.table_class,
        "protected": table.deletion_protection_enabled,
        "stream": [table.stream_enabled, table.stream_view_type, table.stream_label],
    }))
}

fn engine_update(region: &Region, request: Value) -> Result<(), Failure> {
    let typed: engine::update_table::UpdateTableRequest = read_value("UpdateTable", request)?;
    region.engine().update_table(typed)?;
    Ok(())
}

/// Takes out of a request what the engine does not know.
fn split(mut request: Value) -> (Ours, Value) {
    let mut ours = Ours::default();
    let Some(object) = request.as_object_mut() else {
        return (ours, request);
    };
    ours.encryption = object.shift_remove("SSESpecification");
    ours.warm = object.shift_remove("WarmThroughput");
    if let Some(Value::Array(updates)) = object.shift_remove("GlobalSecondaryIndexUpdates") {
        let mut for_engine = Vec::new();
        for update in updates {
            if let Some(create) = update.get("Create") {
                ours.indexes
                    .push(IndexAction::Create(index_name(create), create.clone()));
            }
            if let Some(delete) = update.get("Delete") {
                ours.indexes.push(IndexAction::Delete(index_name(delete)));
            }
            if let Some(change) = update.get("Update") {
                ours.indexes
                    .push(IndexAction::Update(index_name(change), change.clone()));
                // The engine keeps no throughput of an index; it would only check it.
                let names_throughput = change.get("ProvisionedThroughput").is_some();
                if !names_throughput {
                    continue;
                }
            }
            for_engine.push(update);
        }
        if !for_engine.is_empty() {
            object.insert(
                "GlobalSecondaryIndexUpdates".to_owned(),
                Value::Array(for_engine),
            );
        }
    }
    (ours, request)
}

fn index_name(action: &Value) -> String {
    action
        .get("IndexName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn has_changes(rest: &Value) -> bool {
    [
        "BillingMode",
        "ProvisionedThroughput",
        "GlobalSecondaryIndexUpdates",
        "StreamSpecification",
        "DeletionProtectionEnabled",
        "TableClass",
        "OnDemandThroughput",
        "VectorIndexUpdates",
    ]
    .iter()
    .any(|member| rest.get(member).is_some())
}

fn ours_has_changes(ours: &Ours) -> bool {
    ours.encryption.is_some() || ours.warm.is_some() || !ours.indexes.is_empty()
}

/// AWS's rules that the engine does not have.
fn check(
    records: &Overlay,
    name: &str,
    before: &Value,
    ours: &Ours,
    rest: &Value,
) -> Result<(), Failure> {
    let online = ours
        .indexes
        .iter()
        .filter(|action| !matches!(action, IndexAction::Update(..)))
        .count();
    let busy = records.get(name).is_some_and(|record| {
        record
            .indexes
            .values()
            .filter_map(|index| index.transition.as_ref())
            .any(|t| t.status == "CREATING" || t.status == "DELETING")
    });
    if online > 1 || (online == 1 && busy) {
        return Err(Failure::model("LimitExceededException", ONE_ONLINE_INDEX));
    }
    let wants_stream = rest
        .get("StreamSpecification")
        .and_then(|s| s.get("StreamEnabled"))
        .and_then(Value::as_bool);
    let has_stream = before
        .get("StreamSpecification")
        .and_then(|s| s.get("StreamEnabled"))
        .and_then(Value::as_bool)
        .unwrap_or(false);
    match (wants_stream, has_stream) {
        (Some(true), true) => {
            return Err(Failure::validation(format!(
                "Table already has an enabled stream: TableName: {name}"
            )));
        }
        (Some(false), false) => {
            return Err(Failure::validation(format!(
                "Table already has a disabled stream: TableName: {name}"
            )));
        }
        _ => {}
    }
    check_index_units(before, ours, rest)
}

/// Where the table ends up provisioned, every index needs its own units.
fn check_index_units(before: &Value, ours: &Ours, rest: &Value) -> Result<(), Failure> {
    let on_demand_before = before
        .get("BillingModeSummary")
        .and_then(|s| s.get("BillingMode"))
        .and_then(Value::as_str)
        == Some("PAY_PER_REQUEST");
    let wanted = rest.get("BillingMode").and_then(Value::as_str);
    let on_demand = wanted.map_or(on_demand_before, |mode| mode == "PAY_PER_REQUEST");
    if on_demand {
        return Ok(());
    }
    let missing = |index: &str| {
        Failure::validation(format!(
            "One or more parameter values were invalid: ProvisionedThroughput must be specified for index: {index}"
        ))
    };
    for action in &ours.indexes {
        if let IndexAction::Create(index, create) = action
            && throughput_of(create).is_none()
        {
            return Err(missing(index));
        }
    }
    if !on_demand_before {
        return Ok(());
    }
    let indexes = before
        .get("GlobalSecondaryIndexes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for index in indexes.map(index_name) {
        let given = ours.indexes.iter().any(|action| match action {
            IndexAction::Update(name, change) => *name == index && throughput_of(change).is_some(),
            IndexAction::Delete(name) => *name == index,
            IndexAction::Create(..) => false,
        });
        if !given {
            return Err(missing(&index));
        }
    }
    Ok(())
}

/// The table's record with what was asked for in it, and the transitions started.
fn updated(
    region: &Region,
    records: &Overlay,
    name: &str,
    before: &Value,
    ours: &Ours,
    rest: &Value,
) -> Result<TableRecord, Failure> {
    let describes = region.describes;
    let mut record: TableRecord = records.get(name).cloned().unwrap_or_default();
    // A stream that is switched off here is still the table's latest.
    record.stream = stream_of(before).or(record.stream);
    record.transition = Transition::new("UPDATING", describes);
    for action in &ours.indexes {
        keep_index(&mut record, action, before, describes);
    }
    if let Some(specification) = &ours.encryption {
        let had = record.encryption.is_some();
        record.encryption = encryption_of(region, specification);
        let status = match (had, record.encryption.is_some()) {
            (false, true) => "ENABLING",
            (true, false) => "DISABLING",
            _ => "UPDATING",
        };
        record.encryption_transition = if had || record.encryption.is_some() {
            Transition::new(status, describes)
        } else {
            None
        };
    }
    if let Some(warm) = &ours.warm {
        record.warm = Some(merged(record.warm.take(), warm));
    }
    if rest.get("TableClass").is_some() {
        record.class_changed = Some(now());
    }
    Ok(record)
}

fn keep_index(record: &mut TableRecord, action: &IndexAction, before: &Value, describes: u32) {
    match action {
        IndexAction::Create(index, create) => {
            let kept = record.indexes.entry(index.clone()).or_default();
            kept.transition = Transition::new("CREATING", describes);
            kept.dropped = None;
            kept.throughput = throughput_of(create);
            kept.on_demand = create.get("OnDemandThroughput").cloned();
            kept.warm = create.get("WarmThroughput").cloned();
        }
        IndexAction::Update(index, change) => {
            let kept = record.indexes.entry(index.clone()).or_default();
            kept.transition = Transition::new("UPDATING", describes);
            if let Some(units) = throughput_of(change) {
                kept.throughput = Some(units);
            }
            if let Some(limits) = change.get("OnDemandThroughput") {
                kept.on_demand = Some(merged(kept.on_demand.take(), limits));
            }
            if let Some(warm) = change.get("WarmThroughput") {
                kept.warm = Some(merged(kept.warm.take(), warm));
            }
        }
        IndexAction::Delete(index) => {
            record.indexes.remove(index);
            record.insights.remove(index);
            record.insights_transitions.remove(index);
            let description = before
                .get("GlobalSecondaryIndexes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .find(|d| index_name(d) == *index);
            if let (Some(transition), Some(description)) =
                (Transition::new("DELETING", describes), description)
            {
                let kept = record.indexes.entry(index.clone()).or_default();
                kept.transition = Some(transition);
                kept.dropped = Some(description.clone());
            }
        }
    }
}

/// Members of `change` laid over those of `before`; -1 removes a limit.
fn merged(before: Option<Value>, change: &Value) -> Value {
    let mut object: Map<String, Value> = match before {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    for (member, value) in change.as_object().into_iter().flatten() {
        object.insert(member.clone(), value.clone());
    }
    Value::Object(object)
}
