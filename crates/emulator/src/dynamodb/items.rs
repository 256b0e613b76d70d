//! Calls on table items: straight into the engine, after a look at the table's state.

use dynoxide::Database;
use dynoxide::actions as engine;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::region::Region;
use super::wire::{Failure, read, read_value, write};

/// Answers a call on items; `None` if the operation is not one.
pub(crate) fn answer(
    region: &Region,
    operation: &str,
    body: &[u8],
) -> Option<Result<Vec<u8>, Failure>> {
    let call = Call {
        region,
        operation,
        body,
    };
    Some(match operation {
        "GetItem" => call.run(|db, request: engine::get_item::GetItemRequest| {
            region.require_items([request.table_name.as_str()], None)?;
            write(&db.get_item(request)?)
        }),
        "PutItem" => call.run(|db, request: engine::put_item::PutItemRequest| {
            region.require_items([request.table_name.as_str()], None)?;
            write(&db.put_item(request)?)
        }),
        "UpdateItem" => call.run(|db, request: engine::update_item::UpdateItemRequest| {
            region.require_items([request.table_name.as_str()], None)?;
            write(&db.update_item(request)?)
        }),
        "DeleteItem" => call.run(|db, request: engine::delete_item::DeleteItemRequest| {
            region.require_items([request.table_name.as_str()], None)?;
            write(&db.delete_item(request)?)
        }),
        "Query" => call.run(|db, request: engine::query::QueryRequest| {
            region.require_items([request.table_name.as_str()], request.index_name.as_deref())?;
            write(&db.query(request)?)
        }),
        "Scan" => call.run(|db, request: engine::scan::ScanRequest| {
            region.require_items([request.table_name.as_str()], request.index_name.as_deref())?;
            write(&db.scan(request)?)
        }),
        "BatchGetItem" => call.run(|db, request: engine::batch_get_item::BatchGetItemRequest| {
            region.require_items(request.request_items.keys().map(String::as_str), None)?;
            write(&db.batch_get_item(request)?)
        }),
        "BatchWriteItem" => call.run(
            |db, request: engine::batch_write_item::BatchWriteItemRequest| {
                region.require_items(request.request_items.keys().map(String::as_str), None)?;
                write(&db.batch_write_item(request)?)
            },
        ),
        "TransactWriteItems" => call.run(
            |db, request: engine::transact_write_items::TransactWriteItemsRequest| {
                region.require_items(
                    request.transact_items.iter().filter_map(|action| {
                        let put = action.put.as_ref().map(|a| &a.table_name);
                        let update = action.update.as_ref().map(|a| &a.table_name);
                        let delete = action.delete.as_ref().map(|a| &a.table_name);
                        let check = action.condition_check.as_ref().map(|a| &a.table_name);
                        put.or(update).or(delete).or(check).map(String::as_str)
                    }),
                    None,
                )?;
                write(&db.transact_write_items(request)?)
            },
        ),
        "TransactGetItems" => call.run(
            |db, request: engine::transact_get_items::TransactGetItemsRequest| {
                region.require_items(
                    request
                        .transact_items
                        .iter()
                        .map(|item| item.get.table_name.as_str()),
                    None,
                )?;
                write(&db.transact_get_items(request)?)
            },
        ),
        "ExecuteStatement" => call.said(
            |db, request: engine::execute_statement::ExecuteStatementRequest| {
                write(&db.execute_statement(request)?)
            },
        ),
        "ExecuteTransaction" => call.said(
            |db, request: engine::execute_transaction::ExecuteTransactionRequest| {
                write(&db.execute_transaction(request)?)
            },
        ),
        "BatchExecuteStatement" => call.said(
            |db, request: engine::batch_execute_statement::BatchExecuteStatementRequest| {
                write(&db.batch_execute_statement(request)?)
            },
        ),
        _ => return None,
    })
}

/// A call on items as it came.
struct Call<'a> {
    region: &'a Region,
    operation: &'a str,
    body: &'a [u8],
}

impl Call<'_> {
    /// Makes a call that may name its tables by ARN. That is rare, so the body is only taken apart for it
    /// when one can be there at all.
    fn run<T: DeserializeOwned>(
        &self,
        call: impl FnOnce(&Database, T) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        if !contains(self.body, b"\"arn:") {
            return self.said(call);
        }
        let mut value: Value =
            serde_json::from_slice(self.body).map_err(|_| Failure::not_json())?;
        let renamed = names_for_arns(self.region, &mut value);
        let answer = call(self.region.engine(), read_value(self.operation, value)?)?;
        if renamed.is_empty() {
            return Ok(answer);
        }
        // Batches answer under the names they were asked with.
        let mut answer: Value = serde_json::from_slice(&answer).map_err(Failure::internal)?;
        for member in ["Responses", "UnprocessedKeys", "UnprocessedItems"] {
            let Some(tables) = answer.get_mut(member).and_then(Value::as_object_mut) else {
                continue;
            };
            for (arn, name) in &renamed {
                if let Some(rows) = tables.remove(name) {
                    tables.insert(arn.clone(), rows);
                }
            }
        }
        write(&answer)
    }

    /// Makes a call as it is said.
    fn said<T: DeserializeOwned>(
        &self,
        call: impl FnOnce(&Database, T) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        call(self.region.engine(), read(self.operation, self.body)?)
    }
}

/// Puts table names in the place of table ARNs. Returns the ARNs that were keys
/// of `RequestItems`, with their names.
fn names_for_arns(region: &Region, value: &mut Value) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    let Some(request) = value.as_object_mut() else {
        return renamed;
    };
    if let Some(Value::String(name)) = request.get_mut("TableName") {
        *name = region.table_of(name);
    }
    if let Some(Value::Object(tables)) = request.get_mut("RequestItems") {
        let arns: Vec<String> = tables
            .keys()
            .filter(|name| name.starts_with("arn:"))
            .cloned()
            .collect();
        for arn in arns {
            if let Some(rows) = tables.remove(&arn) {
                let name = region.table_of(&arn);
                tables.insert(name.clone(), rows);
                renamed.push((arn, name));
            }
        }
    }
    if let Some(Value::Array(actions)) = request.get_mut("TransactItems") {
        let members = actions
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .flat_map(|action| action.values_mut());
        for member in members {
            if let Some(Value::String(name)) = member.get_mut("TableName") {
                *name = region.table_of(name);
            }
        }
    }
    renamed
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
