//! Items over the SDK: reads in batches, conditional writes, transactions, pages.
use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types as sdk;

use super::client::{Client, SERVICE};
use super::to_plain::UnknownType;
use super::{
    BatchGet, ConditionCheck, DeleteItem, GetItem, Item, Page, PutItem, Query, Scan, TransactWrite,
    UpdateItem, WriteAction, to_plain, to_sdk,
};
use crate::calls::{send, send_or};
use crate::failure::invalid;
use crate::{CancellationReason, Class, Error, Failure};

/// Most keys of one BatchGetItem.
const BATCH_KEYS: usize = 100;
/// Rounds in a row that bring no item before a batch is given up as throttled.
const FRUITLESS_ROUNDS: u32 = 12;
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

type SdkItem = HashMap<String, sdk::AttributeValue>;

fn plain(operation: &'static str, item: SdkItem) -> Result<Item, Error> {
    to_plain::item(item).map_err(|UnknownType| Error::Invalid {
        service: SERVICE,
        operation,
        detail: "the answer holds an attribute of a type that is not known here".to_owned(),
    })
}

fn plain_all(operation: &'static str, items: Option<Vec<SdkItem>>) -> Result<Vec<Item>, Error> {
    items
        .unwrap_or_default()
        .into_iter()
        .map(|i| plain(operation, i))
        .collect()
}

pub(super) async fn batch_get(client: &Client, r: BatchGet) -> Result<Vec<Item>, Error> {
    let mut found = Vec::with_capacity(r.keys.len());
    let mut left: Vec<SdkItem> = r.keys.into_iter().map(to_sdk::item).collect();
    let names = to_sdk::names(r.names);
    let (mut fruitless, mut pause) = (0, client.first_pause);
    while !left.is_empty() {
        let rest = left.split_off(left.len().min(BATCH_KEYS));
        let asked = left.len();
        let keys = sdk::KeysAndAttributes::builder()
            .set_keys(Some(left))
            .consistent_read(r.consistent)
            .set_projection_expression(r.projection.clone())
            .set_expression_attribute_names(names.clone())
            .build()
            .map_err(invalid(SERVICE, "BatchGetItem"))?;
        let call = client
            .sdk
            .batch_get_item()
            .request_items(r.table.clone(), keys);
        let output = send(SERVICE, "BatchGetItem", call.send()).await?;
        for items in output.responses.unwrap_or_default().into_values() {
            found.extend(plain_all("BatchGetItem", Some(items))?);
        }
        left = rest;
        let unprocessed: Vec<SdkItem> = output
            .unprocessed_keys
            .unwrap_or_default()
            .into_values()
            .flat_map(|k| k.keys)
            .collect();
        if unprocessed.is_empty() {
            (fruitless, pause) = (0, client.first_pause);
            continue;
        }
        // Fewer than asked for: the answer was full or the table is busy.
        fruitless = if unprocessed.len() < asked {
            0
        } else {
            fruitless + 1
        };
        if fruitless >= FRUITLESS_ROUNDS {
            return Err(gave_up(unprocessed.len()));
        }
        left.extend(unprocessed);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(found)
}

fn gave_up(keys: usize) -> Error {
    Error::Service {
        class: Class::Throttled,
        failure: Box::new(Failure {
            service: SERVICE.to_owned(),
            operation: "BatchGetItem".to_owned(),
            status: 200,
            message: format!("{keys} keys were left unprocessed {FRUITLESS_ROUNDS} times in a row"),
            attempts: FRUITLESS_ROUNDS,
            ..Failure::default()
        }),
    }
}

pub(super) async fn get(client: &Client, r: GetItem) -> Result<Option<Item>, Error> {
    let call = client
        .sdk
        .get_item()
        .table_name(r.table)
        .set_key(Some(to_sdk::item(r.key)))
        .consistent_read(r.consistent)
        .set_projection_expression(r.projection)
        .set_expression_attribute_names(to_sdk::names(r.names));
    let output = send(SERVICE, "GetItem", call.send()).await?;
    output.item.map(|i| plain("GetItem", i)).transpose()
}

fn on_failure(wanted: bool) -> Option<sdk::ReturnValuesOnConditionCheckFailure> {
    wanted.then_some(sdk::ReturnValuesOnConditionCheckFailure::AllOld)
}

/// The typed error of a failed condition as ours.
fn condition_failed(
    operation: &'static str,
    failure: Box<Failure>,
    item: Option<&SdkItem>,
) -> Error {
    match item.map(|i| plain(operation, i.clone())).transpose() {
        Ok(item) => Error::ConditionFailed { failure, item },
        Err(unknown) => unknown,
    }
}

pub(super) async fn put(client: &Client, r: PutItem) -> Result<(), Error> {
    const OP: &str = "PutItem";
    let call = client
        .sdk
        .put_item()
        .table_name(r.table)
        .set_item(Some(to_sdk::item(r.item)))
        .set_condition_expression(r.condition)
        .set_expression_attribute_names(to_sdk::names(r.names))
        .set_expression_attribute_values(to_sdk::values(r.values))
        .set_return_values_on_condition_check_failure(on_failure(r.return_item_on_failure));
    send_or(SERVICE, OP, call.send(), |e, f| match e {
        PutItemError::ConditionalCheckFailedException(c) => Ok(condition_failed(OP, f, c.item())),
        _ => Err(f),
    })
    .await
    .map(drop)
}

pub(super) async fn update(client: &Client, r: UpdateItem) -> Result<(), Error> {
    const OP: &str = "UpdateItem";
    let call = client
        .sdk
        .update_item()
        .table_name(r.table)
        .set_key(Some(to_sdk::item(r.key)))
        .set_update_expression((!r.update.is_empty()).then_some(r.update))
        .set_condition_expression(r.condition)
        .set_expression_attribute_names(to_sdk::names(r.names))
        .set_expression_attribute_values(to_sdk::values(r.values))
        .set_return_values_on_condition_check_failure(on_failure(r.return_item_on_failure));
    send_or(SERVICE, OP, call.send(), |e, f| match e {
        UpdateItemError::ConditionalCheckFailedException(c) => {
            Ok(condition_failed(OP, f, c.item()))
        }
        _ => Err(f),
    })
    .await
    .map(drop)
}

pub(super) async fn delete(client: &Client, r: DeleteItem) -> Result<(), Error> {
    const OP: &str = "DeleteItem";
    let call = client
        .sdk
        .delete_item()
        .table_name(r.table)
        .set_key(Some(to_sdk::item(r.key)))
        .set_condition_expression(r.condition)
        .set_expression_attribute_names(to_sdk::names(r.names))
        .set_expression_attribute_values(to_sdk::values(r.values))
        .set_return_values_on_condition_check_failure(on_failure(r.return_item_on_failure));
    send_or(SERVICE, OP, call.send(), |e, f| match e {
        DeleteItemError::ConditionalCheckFailedException(c) => {
            Ok(condition_failed(OP, f, c.item()))
        }
        _ => Err(f),
    })
    .await
    .map(drop)
}

pub(super) async fn transact(client: &Client, r: TransactWrite) -> Result<(), Error> {
    const OP: &str = "TransactWriteItems";
    let actions = r
        .actions
        .into_iter()
        .map(action)
        .collect::<Result<Vec<_>, _>>()
        .map_err(invalid(SERVICE, OP))?;
    let call = client
        .sdk
        .transact_write_items()
        .set_transact_items(Some(actions))
        .set_client_request_token(r.token);
    send_or(SERVICE, OP, call.send(), |e, mut failure| match e {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled
                .cancellation_reasons()
                .iter()
                .map(|r| {
                    let item = r.item.clone().map(|i| plain(OP, i)).transpose()?;
                    Ok(CancellationReason {
                        // "None" is how the service says that an action was fine.
                        code: r.code.clone().filter(|c| c != "None"),
                        message: r.message.clone(),
                        item,
                    })
                })
                .collect::<Result<Vec<_>, Error>>();
            if failure.message.is_empty() {
                failure.message = e.message().unwrap_or_default().to_owned();
            }
            Ok(match reasons {
                Ok(reasons) => Error::TransactionCancelled { failure, reasons },
                Err(unknown) => unknown,
            })
        }
        _ => Err(failure),
    })
    .await
    .map(drop)
}

fn action(
    action: WriteAction,
) -> Result<sdk::TransactWriteItem, aws_smithy_types::error::operation::BuildError> {
    let builder = sdk::TransactWriteItem::builder();
    Ok(match action {
        WriteAction::Put(p) => builder.put(
            sdk::Put::builder()
                .table_name(p.table)
                .set_item(Some(to_sdk::item(p.item)))
                .set_condition_expression(p.condition)
                .set_expression_attribute_names(to_sdk::names(p.names))
                .set_expression_attribute_values(to_sdk::values(p.values))
                .set_return_values_on_condition_check_failure(on_failure(p.return_item_on_failure))
                .build()?,
        ),
        WriteAction::Update(u) => builder.update(
            sdk::Update::builder()
                .table_name(u.table)
                .set_key(Some(to_sdk::item(u.key)))
                .update_expression(u.update)
                .set_condition_expression(u.condition)
                .set_expression_attribute_names(to_sdk::names(u.names))
                .set_expression_attribute_values(to_sdk::values(u.values))
                .set_return_values_on_condition_check_failure(on_failure(u.return_item_on_failure))
                .build()?,
        ),
        WriteAction::Delete(d) => builder.delete(
            sdk::Delete::builder()
                .table_name(d.table)
                .set_key(Some(to_sdk::item(d.key)))
                .set_condition_expression(d.condition)
                .set_expression_attribute_names(to_sdk::names(d.names))
                .set_expression_attribute_values(to_sdk::values(d.values))
                .set_return_values_on_condition_check_failure(on_failure(d.return_item_on_failure))
                .build()?,
        ),
        WriteAction::Check(c) => builder.condition_check(check(c)?),
    }
    .build())
}

fn check(
    c: ConditionCheck,
) -> Result<sdk::ConditionCheck, aws_smithy_types::error::operation::BuildError> {
    sdk::ConditionCheck::builder()
        .table_name(c.table)
        .set_key(Some(to_sdk::item(c.key)))
        .condition_expression(c.condition)
        .set_expression_attribute_names(to_sdk::names(c.names))
        .set_expression_attribute_values(to_sdk::values(c.values))
        .set_return_values_on_condition_check_failure(on_failure(c.return_item_on_failure))
        .build()
}

pub(super) async fn query(client: &Client, r: Query) -> Result<Page, Error> {
    const OP: &str = "Query";
    let call = client
        .sdk
        .query()
        .table_name(r.table)
        .set_index_name(r.index)
        .key_condition_expression(r.key_condition)
        .set_filter_expression(r.filter)
        .set_projection_expression(r.projection)
        .set_expression_attribute_names(to_sdk::names(r.names))
        .set_expression_attribute_values(to_sdk::values(r.values))
        .consistent_read(r.consistent)
        .scan_index_forward(!r.backward)
        .set_limit(r.limit)
        .set_exclusive_start_key(r.start.map(to_sdk::item));
    let output = send(SERVICE, OP, call.send()).await?;
    page(OP, output.items, output.last_evaluated_key)
}

pub(super) async fn scan(client: &Client, r: Scan) -> Result<Page, Error> {
    const OP: &str = "Scan";
    let call = client
        .sdk
        .scan()
        .table_name(r.table)
        .set_index_name(r.index)
        .set_filter_expression(r.filter)
        .set_projection_expression(r.projection)
        .set_expression_attribute_names(to_sdk::names(r.names))
        .set_expression_attribute_values(to_sdk::values(r.values))
        .consistent_read(r.consistent)
        .set_limit(r.limit)
        .set_exclusive_start_key(r.start.map(to_sdk::item));
    let output = send(SERVICE, OP, call.send()).await?;
    page(OP, output.items, output.last_evaluated_key)
}

fn page(
    operation: &'static str,
    items: Option<Vec<SdkItem>>,
    next: Option<SdkItem>,
) -> Result<Page, Error> {
    Ok(Page {
        items: plain_all(operation, items)?,
        next: next
            .filter(|k| !k.is_empty())
            .map(|k| plain(operation, k))
            .transpose()?,
    })
}
