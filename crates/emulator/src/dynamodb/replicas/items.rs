//! Items of global tables: what is written in one region is copied to the others before it is answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::PoisonError;

use dynoxide::ImportOptions;
use dynoxide::actions as engine;
use dynoxide::types::{AttributeValue, Item};
use serde_json::Value;

use super::super::DynamoDb;
use super::super::items;
use super::super::region::Region;
use super::super::wire::{Failure, read_value};
use super::group::Group;

type Key = HashMap<String, AttributeValue>;

/// Answers a call on items; `None` if the operation is not one.
pub(crate) fn answer(
    service: &DynamoDb,
    region: &Region,
    operation: &str,
    body: &[u8],
) -> Option<Result<Vec<u8>, Failure>> {
    if region.groups.is_empty() || !(writes(operation) || reads(operation)) {
        return items::answer(region, operation, body);
    }
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return items::answer(region, operation, body);
    };
    let touched = touched(region, operation, &request);
    let mut grouped: Vec<(Group, Vec<Value>)> = Vec::new();
    for (table, keys) in touched {
        if let Some((_, group)) = region.groups.of(&region.name, &table) {
            let creating = group
                .members
                .get(&region.name)
                .and_then(|member| member.transition.as_ref())
                .is_some_and(|transition| transition.status == "CREATING");
            if creating {
                return Some(Err(Failure::no_resource()));
            }
            grouped.push((group, keys));
        }
    }
    if grouped.is_empty() || !writes(operation) {
        return items::answer(region, operation, body);
    }
    // Two regions that write one item at once would otherwise end up with one another's.
    let _alone = service
        .copying
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let answer = items::answer(region, operation, body)?;
    if answer.is_err() && !operation.starts_with("Batch") {
        return Some(answer);
    }
    for (group, keys) in grouped {
        if let Err(failure) = follow(service, region, &group, &keys) {
            return Some(Err(failure));
        }
    }
    Some(answer)
}

fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "BatchWriteItem"
            | "TransactWriteItems"
            | "ExecuteStatement"
            | "ExecuteTransaction"
            | "BatchExecuteStatement"
    )
}

fn reads(operation: &str) -> bool {
    matches!(
        operation,
        "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems"
    )
}

/// The tables that a call is about, with the items or keys it writes; no keys where they can't be told.
fn touched(region: &Region, operation: &str, request: &Value) -> BTreeMap<String, Vec<Value>> {
    let mut touched: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut add = |table: Option<&str>, key: Option<&Value>| {
        if let Some(table) = table {
            let keys = touched.entry(region.table_of(table)).or_default();
            keys.extend(key.cloned());
        }
    };
    let table_of = |body: &'_ Value| {
        body.get("TableName")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let key_of = |body: &Value| body.get("Key").or_else(|| body.get("Item")).cloned();
    match operation {
        "BatchWriteItem" | "BatchGetItem" => {
            let tables = request.get("RequestItems").and_then(Value::as_object);
            for (table, rows) in tables.into_iter().flatten() {
                add(Some(table), None);
                for row in rows.as_array().into_iter().flatten() {
                    for action in row.as_object().into_iter().flat_map(|row| row.values()) {
                        add(Some(table), key_of(action).as_ref());
                    }
                }
            }
        }
        "TransactWriteItems" | "TransactGetItems" => {
            let actions = request.get("TransactItems").and_then(Value::as_array);
            for action in actions.into_iter().flatten() {
                for body in action
                    .as_object()
                    .into_iter()
                    .flat_map(|action| action.values())
                {
                    add(table_of(body).as_deref(), key_of(body).as_ref());
                }
            }
        }
        "ExecuteStatement" => add(statement_table(request).as_deref(), None),
        "ExecuteTransaction" | "BatchExecuteStatement" => {
            for name in ["TransactStatements", "Statements"] {
                let statements = request.get(name).and_then(Value::as_array);
                for statement in statements.into_iter().flatten() {
                    add(statement_table(statement).as_deref(), None);
                }
            }
        }
        _ => add(table_of(request).as_deref(), key_of(request).as_ref()),
    }
    touched
}

/// The table that a PartiQL statement changes.
fn statement_table(body: &Value) -> Option<String> {
    let text = body.get("Statement").and_then(Value::as_str)?;
    let mut words = text.split_whitespace();
    let table = match words.next()?.to_ascii_uppercase().as_str() {
        "INSERT" | "DELETE" => words.nth(1)?,
        "UPDATE" => words.next()?,
        _ => return None,
    };
    Some(table.trim_matches('"').to_owned())
}

/// Has the other regions follow what was written in one. Without keys, whole tables are compared.
fn follow(
    service: &DynamoDb,
    region: &Region,
    group: &Group,
    keys: &[Value],
) -> Result<(), Failure> {
    for other in group.peers(&region.name) {
        let there = service.region(other)?;
        if keys.is_empty() {
            copy(region, &there, &group.table)?;
            prune(region, &there, &group.table)?;
            continue;
        }
        for key in keys {
            let key = key_in(region, &group.table, key)?;
            match get(region, &group.table, key.clone())? {
                Some(item) => import(&there, &group.table, vec![item])?,
                None => delete(&there, &group.table, key)?,
            }
        }
    }
    Ok(())
}

/// The key attributes of an item or key.
fn key_in(region: &Region, table: &str, item: &Value) -> Result<Key, Failure> {
    let names = key_names(region, table)?;
    let mut key = item.clone();
    if let Some(members) = key.as_object_mut() {
        members.retain(|name, _| names.contains(name));
    }
    read_value("GetItem", key)
}

fn key_names(region: &Region, table: &str) -> Result<Vec<String>, Failure> {
    let Some(metadata) = region.engine().get_table_metadata(table)? else {
        return Err(Failure::no_resource());
    };
    let schema: Value = serde_json::from_str(&metadata.key_schema).map_err(Failure::internal)?;
    let elements = schema.as_array().into_iter().flatten();
    Ok(elements
        .filter_map(|element| element.get("AttributeName")?.as_str().map(str::to_owned))
        .collect())
}

fn get(region: &Region, table: &str, key: Key) -> Result<Option<Item>, Failure> {
    let request = engine::get_item::GetItemRequest {
        table_name: table.to_owned(),
        key,
        consistent_read: Some(true),
        ..Default::default()
    };
    Ok(region.engine().get_item(request)?.item)
}

fn delete(region: &Region, table: &str, key: Key) -> Result<(), Failure> {
    let request = engine::delete_item::DeleteItemRequest {
        table_name: table.to_owned(),
        key,
        ..Default::default()
    };
    region.engine().delete_item(request)?;
    Ok(())
}

fn import(region: &Region, table: &str, items: Vec<Item>) -> Result<(), Failure> {
    let options = ImportOptions {
        record_streams: true,
        ..ImportOptions::default()
    };
    region.engine().import_items(table, items, options)?;
    Ok(())
}

/// All items of a table, page by page.
fn pages(
    region: &Region,
    table: &str,
    mut each: impl FnMut(Vec<Item>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut start = None;
    loop {
        let request = engine::scan::ScanRequest {
            table_name: table.to_owned(),
            exclusive_start_key: start,
            consistent_read: Some(true),
            ..Default::default()
        };
        let page = region.engine().scan(request)?;
        each(page.items.unwrap_or_default())?;
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(());
        }
    }
}

/// Puts every item of a table into the same table of another region.
pub(super) fn copy(from: &Region, to: &Region, table: &str) -> Result<(), Failure> {
    pages(from, table, |items| {
        if items.is_empty() {
            return Ok(());
        }
        import(to, table, items)
    })
}

/// Takes out of a table what the table of another region does not have.
fn prune(from: &Region, to: &Region, table: &str) -> Result<(), Failure> {
    let names = key_names(from, table)?;
    let mut gone: Vec<Key> = Vec::new();
    pages(to, table, |items| {
        for mut item in items {
            item.retain(|name, _| names.contains(name));
            if get(from, table, item.clone())?.is_none() {
                gone.push(item);
            }
        }
        Ok(())
    })?;
    gone.into_iter().try_for_each(|key| delete(to, table, key))
}
