//! Table items: conditions, batches, transactions.

use serde_json::{Value, json};
use trueup_emulator::Emulator;

use crate::bed::{call, memory, orders};

async fn table() -> Emulator {
    let emulator = memory(0);
    assert_eq!(call(&emulator, "CreateTable", orders()).await.status, 200);
    emulator
}

fn put(id: &str, total: &str) -> Value {
    json!({"Put": {
        "TableName": "orders",
        "Item": {"id": {"S": id}, "total": {"N": total}},
        "ConditionExpression": "attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }})
}

#[tokio::test]
async fn a_lock_is_taken_once() {
    let emulator = table().await;
    let lock = json!({
        "TableName": "orders",
        "Item": {"id": {"S": "bucket/key"}, "Info": {"S": "{\"ID\":\"1\"}"}},
        "ConditionExpression": "attribute_not_exists(id)",
    });
    assert_eq!(call(&emulator, "PutItem", lock.clone()).await.status, 200);
    let held = call(&emulator, "PutItem", lock).await;
    assert_eq!(held.error(), "ConditionalCheckFailedException");
    assert_eq!(held.json()["message"], "The conditional request failed");
    let read = call(
        &emulator,
        "GetItem",
        json!({"TableName": "orders", "Key": {"id": {"S": "bucket/key"}},
            "ConsistentRead": true, "ProjectionExpression": "id, Info"}),
    )
    .await;
    assert_eq!(read.json()["Item"]["Info"]["S"], "{\"ID\":\"1\"}");
    let release = |info: &str| {
        json!({"TableName": "orders", "Key": {"id": {"S": "bucket/key"}},
            "ConditionExpression": "Info = :info",
            "ExpressionAttributeValues": {":info": {"S": info}}})
    };
    let refused = call(&emulator, "DeleteItem", release("other")).await;
    assert_eq!(refused.error(), "ConditionalCheckFailedException");
    let done = call(&emulator, "DeleteItem", release("{\"ID\":\"1\"}")).await;
    assert_eq!(done.status, 200);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_says_why() {
    let emulator = table().await;
    let first =
        json!({"TransactItems": [put("a", "1"), put("b", "2")], "ClientRequestToken": "t-1"});
    assert_eq!(
        call(&emulator, "TransactWriteItems", first.clone())
            .await
            .status,
        200
    );
    // The same token again does nothing and succeeds.
    assert_eq!(
        call(&emulator, "TransactWriteItems", first).await.status,
        200
    );
    let second = json!({"TransactItems": [put("c", "3"), put("a", "9")]});
    let cancelled = call(&emulator, "TransactWriteItems", second).await;
    assert_eq!(cancelled.error(), "TransactionCanceledException");
    let reasons = cancelled.json()["CancellationReasons"].clone();
    assert_eq!(reasons[0]["Code"], "None");
    assert_eq!(reasons[1]["Code"], "ConditionalCheckFailed");
    assert_eq!(reasons[1]["Item"]["total"]["N"], "1");
    let missing = call(
        &emulator,
        "GetItem",
        json!({"TableName": "orders", "Key": {"id": {"S": "c"}}}),
    )
    .await;
    assert_eq!(missing.json()["Item"], Value::Null);
    let many: Vec<Value> = (0..101).map(|n| put(&format!("n{n}"), "1")).collect();
    let refused = call(
        &emulator,
        "TransactWriteItems",
        json!({"TransactItems": many}),
    )
    .await;
    assert_eq!(refused.error(), "ValidationException");
}

#[tokio::test]
async fn batches_read_a_hundred_keys_and_write_twenty_five() {
    let emulator = table().await;
    let writes: Vec<Value> = (0..25)
        .map(|n| json!({"PutRequest": {"Item": {"id": {"S": format!("{n}")}}}}))
        .collect();
    let written = call(
        &emulator,
        "BatchWriteItem",
        json!({"RequestItems": {"orders": writes}}),
    )
    .await;
    assert_eq!(written.status, 200, "{}", written.text());
    let keys = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| json!({"id": {"S": format!("{n}")}}))
            .collect()
    };
    let read = |count: usize| json!({"RequestItems": {"orders": {"Keys": keys(count), "ConsistentRead": true}}});
    let found = call(&emulator, "BatchGetItem", read(100)).await;
    let rows = found.json()["Responses"]["orders"].as_array().map(Vec::len);
    assert_eq!(rows, Some(25));
    assert_eq!(found.json()["UnprocessedKeys"], json!({}));
    let refused = call(&emulator, "BatchGetItem", read(101)).await;
    assert_eq!(refused.error(), "ValidationException");
}

#[tokio::test]
async fn numbers_are_normalised() {
    let emulator = table().await;
    let item = json!({"TableName": "orders", "Item": {"id": {"S": "a"}, "n": {"N": "1.50"},
        "set": {"NS": ["2", "1"]}, "deep": {"M": {"l": {"L": [{"BOOL": true}, {"NULL": true}]}}}}});
    assert_eq!(call(&emulator, "PutItem", item).await.status, 200);
    let read = call(
        &emulator,
        "GetItem",
        json!({"TableName": "orders", "Key": {"id": {"S": "a"}}}),
    )
    .await
    .json();
    assert_eq!(read["Item"]["n"]["N"], "1.5");
    assert_eq!(read["Item"]["deep"]["M"]["l"]["L"][1]["NULL"], true);
}
