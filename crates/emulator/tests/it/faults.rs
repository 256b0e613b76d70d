//! Faults on request, and access keys that are not known.

use http::Method;
use serde_json::json;
use trueup_emulator::{AccessKeys, Config, Emulator, Fault, Rule, Service, answer_is_lost};

use crate::bed::{ask, dynamodb, memory, orders, request, s3, sts};

#[tokio::test]
async fn faults_hit_the_requests_they_name() {
    let emulator = memory(0);
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    let put = |id: &str| {
        dynamodb(
            "PutItem",
            json!({"TableName": "orders", "Item": {"id": {"S": id}}}),
        )
    };
    let get = |id: &str| {
        dynamodb(
            "GetItem",
            json!({"TableName": "orders", "Key": {"id": {"S": id}}}),
        )
    };
    emulator
        .faults()
        .add(Rule::next(Service::DynamoDb, "PutItem", 1, Fault::Throttle));
    let throttled = ask(&emulator, &put("a")).await;
    assert_eq!(throttled.error(), "ProvisionedThroughputExceededException");
    assert!(emulator.faults().is_spent());
    assert_eq!(ask(&emulator, &put("a")).await.status, 200);

    emulator
        .faults()
        .add(Rule::nth(Service::DynamoDb, "PutItem", 2, Fault::FailAfter));
    assert_eq!(ask(&emulator, &put("b")).await.status, 200);
    assert_eq!(ask(&emulator, &put("c")).await.status, 500);
    assert_eq!(
        ask(&emulator, &get("c")).await.json()["Item"]["id"]["S"],
        "c"
    );

    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "PutItem",
        1,
        Fault::DropAnswer,
    ));
    assert!(answer_is_lost(&emulator.call(request(&put("d"))).await));
    assert_eq!(
        ask(&emulator, &get("d")).await.json()["Item"]["id"]["S"],
        "d"
    );

    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "PutItem",
        1,
        Fault::DropRequest,
    ));
    assert!(answer_is_lost(&emulator.call(request(&put("e"))).await));
    assert_eq!(
        ask(&emulator, &get("e")).await.json()["Item"],
        serde_json::Value::Null
    );

    emulator.faults().add(Rule::next(
        Service::S3,
        "PutObject",
        1,
        Fault::FailBefore {
            status: 409,
            code: "ConditionalRequestConflict".to_owned(),
            message: "Try again".to_owned(),
        },
    ));
    let conflict = ask(&emulator, &s3(Method::PUT, "/events/a", &[], b"")).await;
    assert_eq!(
        (conflict.status, conflict.element("Code").as_str()),
        (409, "ConditionalRequestConflict")
    );
}

#[tokio::test]
async fn an_unknown_access_key_is_told_the_right_one() {
    let keys = AccessKeys {
        id: "AKIALOCAL".to_owned(),
        secret: "local-secret".to_owned(),
    };
    let emulator = Emulator::in_memory(Config {
        access_keys: Some(keys),
        ..Config::default()
    })
    .expect("an emulator in memory opens");
    let list = dynamodb("ListTables", json!({}));
    assert_eq!(ask(&emulator, &list).await.status, 200);
    let with_key = |mut wanted: crate::bed::Ask, key: &str| {
        wanted.headers[0].1 = wanted.headers[0].1.replace("test/", &format!("{key}/"));
        wanted
    };
    assert_eq!(
        ask(&emulator, &with_key(list.clone(), "AKIALOCAL"))
            .await
            .status,
        200
    );
    let refused = ask(&emulator, &with_key(list, "AKIAOTHER")).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (403, "UnrecognizedClientException")
    );
    assert!(refused.text().contains("AKIALOCAL"));
    let refused = ask(
        &emulator,
        &with_key(s3(Method::GET, "/", &[], b""), "AKIAOTHER"),
    )
    .await;
    assert_eq!(
        (refused.status, refused.element("Code").as_str()),
        (403, "InvalidAccessKeyId")
    );
    let refused = ask(
        &emulator,
        &with_key(sts("Action=GetCallerIdentity"), "AKIAOTHER"),
    )
    .await;
    assert_eq!(
        (refused.status, refused.element("Code").as_str()),
        (403, "InvalidClientTokenId")
    );
}

#[tokio::test]
async fn batches_can_be_cut_and_transactions_be_in_conflict() {
    let emulator = memory(0);
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    let item = |id: &str| json!({"PutRequest": {"Item": {"id": {"S": id}}}});
    let write = json!({"RequestItems": {"orders": [item("a"), item("b"), item("c")]}});
    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "BatchWriteItem",
        1,
        Fault::Partial(2),
    ));
    let answer = ask(&emulator, &dynamodb("BatchWriteItem", write)).await;
    assert_eq!(
        answer.json()["UnprocessedItems"]["orders"],
        json!([item("c")]),
        "{}",
        answer.text()
    );
    let keys = json!([{"id": {"S": "a"}}, {"id": {"S": "b"}}, {"id": {"S": "c"}}]);
    let read = json!({"RequestItems": {"orders": {"Keys": keys, "ConsistentRead": true}}});
    for (count, found) in [(1, 1), (0, 0), (9, 2)] {
        let fault = Fault::Partial(count);
        emulator
            .faults()
            .add(Rule::next(Service::DynamoDb, "BatchGetItem", 1, fault));
        let answer = ask(&emulator, &dynamodb("BatchGetItem", read.clone())).await;
        let rows = answer.json()["Responses"]["orders"]
            .as_array()
            .map_or(0, Vec::len);
        let left = answer.json()["UnprocessedKeys"]["orders"]["Keys"]
            .as_array()
            .map_or(0, Vec::len);
        assert_eq!(
            (rows, left),
            (found, 3_usize.saturating_sub(count)),
            "{count}"
        );
    }
    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "TransactWriteItems",
        1,
        Fault::TransactionConflict(1),
    ));
    let put = |id: &str| json!({"Put": {"TableName": "orders", "Item": {"id": {"S": id}}}});
    let write = json!({"TransactItems": [put("x"), put("y")]});
    let answer = ask(&emulator, &dynamodb("TransactWriteItems", write.clone())).await;
    assert_eq!(answer.error(), "TransactionCanceledException");
    assert_eq!(
        answer.json()["CancellationReasons"][1]["Code"],
        "TransactionConflict"
    );
    assert_eq!(
        ask(&emulator, &dynamodb("TransactWriteItems", write))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_lock_table_is_made_once() {
    let emulator = memory(0);
    for _ in 0..2 {
        emulator
            .ensure_lock_table("tflock", "us-east-1")
            .expect("the table is there");
    }
    let item = json!({"TableName": "tflock", "Item": {"LockID": {"S": "a"}}});
    assert_eq!(ask(&emulator, &dynamodb("PutItem", item)).await.status, 200);
    assert!(emulator.ensure_lock_table("no", "us-east-1").is_err());
    assert!(emulator.ensure_lock_table("tflock", "../evil").is_err());
}
