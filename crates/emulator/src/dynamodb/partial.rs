//! Batches that are handled in part, for tests of what a caller does with the rest.

use serde_json::{Map, Value};

use super::wire::Failure;

/// Cuts a batch request after `count` keys or items of each table. Returns the
/// request that is handled, and what is handed back unprocessed.
pub(crate) fn cut(body: &[u8], count: usize) -> Option<(Vec<u8>, Map<String, Value>)> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    let tables = request.get_mut("RequestItems")?.as_object_mut()?;
    let mut rest = Map::new();
    for (name, wanted) in tables.iter_mut() {
        let mut left = wanted.clone();
        let list = match wanted {
            Value::Array(items) => items,
            keys => keys.get_mut("Keys")?.as_array_mut()?,
        };
        let unprocessed = list.split_off(count.min(list.len()));
        if unprocessed.is_empty() {
            continue;
        }
        match &mut left {
            Value::Array(items) => *items = unprocessed,
            keys => *keys.get_mut("Keys")? = Value::Array(unprocessed),
        }
        rest.insert(name.clone(), left);
    }
    // A table of which nothing is handled may not be asked for.
    tables.retain(|_, wanted| {
        let list = match &*wanted {
            Value::Array(items) => Some(items),
            keys => keys.get("Keys").and_then(Value::as_array),
        };
        list.is_some_and(|list| !list.is_empty())
    });
    Some((request.to_string().into_bytes(), rest))
}

/// Adds what was not processed to an answer.
pub(crate) fn add(operation: &str, answer: &[u8], rest: Map<String, Value>) -> Option<Vec<u8>> {
    let member = match operation {
        "BatchGetItem" => "UnprocessedKeys",
        _ => "UnprocessedItems",
    };
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    answer
        .as_object_mut()?
        .insert(member.to_owned(), Value::Object(rest));
    Some(answer.to_string().into_bytes())
}

/// The cancellation of a transaction whose action at `place` is in conflict.
pub(crate) fn conflict(body: &[u8], place: usize) -> Option<Failure> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let count = request.get("TransactItems")?.as_array()?.len();
    let reasons: Vec<&str> = (0..count)
        .map(|at| {
            if at == place {
                "TransactionConflict"
            } else {
                "None"
            }
        })
        .collect();
    Some(Failure::cancelled(&reasons))
}
