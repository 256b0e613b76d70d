//! Batches of a hundred stay within milliseconds: a guard against per-item transactions.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};

use crate::bed::{ask, dynamodb, orders};

const BATCHES: usize = 20;

fn id(batch: usize, n: usize) -> Value {
    json!({"S": format!("item-{batch}-{n}")})
}

#[tokio::test]
async fn a_hundred_items_take_milliseconds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let emulator = Emulator::open(folder.path(), Config::default()).expect("the store opens");
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    let start = Instant::now();
    for batch in 0..BATCHES {
        let actions: Vec<Value> = (0..100)
            .map(|n| {
                json!({"Put": {"TableName": "orders",
                    "Item": {"id": id(batch, n), "name": {"S": "a name of some length"},
                        "total": {"N": "12.5"}, "tags": {"L": [{"S": "one"}, {"S": "two"}]}},
                    "ConditionExpression": "attribute_not_exists(id)"}})
            })
            .collect();
        let body = json!({"TransactItems": actions, "ClientRequestToken": format!("t-{batch}")});
        let answer = ask(&emulator, &dynamodb("TransactWriteItems", body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let written = start.elapsed();
    let start = Instant::now();
    for batch in 0..BATCHES {
        let keys: Vec<Value> = (0..100).map(|n| json!({"id": id(batch, n)})).collect();
        let body = json!({"RequestItems": {"orders": {"Keys": keys, "ConsistentRead": true}}});
        let answer = ask(&emulator, &dynamodb("BatchGetItem", body)).await;
        let rows = answer.json()["Responses"]["orders"]
            .as_array()
            .map(Vec::len);
        assert_eq!(rows, Some(100));
    }
    let read = start.elapsed();
    let each = |time: Duration| time / u32::try_from(BATCHES).expect("a small number");
    // Four and one milliseconds on a quiet machine: the limits leave room for a busy one.
    assert!(
        each(written) < Duration::from_millis(250),
        "{:?}",
        each(written)
    );
    assert!(each(read) < Duration::from_millis(100), "{:?}", each(read));
}
