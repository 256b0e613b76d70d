//! Tables and indexes on their way in, through and out.

use serde_json::{Value, json};
use trueup_emulator::Emulator;

use crate::bed::{ask, call, dynamodb_in, memory, orders};

async fn describe(emulator: &Emulator) -> Value {
    let answer = call(emulator, "DescribeTable", json!({"TableName": "orders"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["Table"].clone()
}

async fn settle(emulator: &Emulator) -> Value {
    for _ in 0..8 {
        let table = describe(emulator).await;
        let busy = table["GlobalSecondaryIndexes"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|index| index["IndexStatus"] != "ACTIVE");
        if table["TableStatus"] == "ACTIVE" && !busy {
            return table;
        }
    }
    panic!("the table never settled");
}

#[tokio::test]
async fn a_table_is_creating_for_two_describes_and_deleting_for_two() {
    let emulator = memory(2);
    let created = call(&emulator, "CreateTable", orders()).await;
    assert_eq!(created.status, 200, "{}", created.text());
    assert_eq!(
        created.json()["TableDescription"]["TableStatus"],
        "CREATING"
    );
    let item = json!({"TableName": "orders", "Item": {"id": {"S": "a"}}});
    assert_eq!(
        call(&emulator, "PutItem", item.clone()).await.error(),
        "ResourceNotFoundException"
    );
    let deleted = call(&emulator, "DeleteTable", json!({"TableName": "orders"})).await;
    assert_eq!(deleted.error(), "ResourceInUseException");
    assert_eq!(describe(&emulator).await["TableStatus"], "CREATING");
    assert_eq!(describe(&emulator).await["TableStatus"], "CREATING");
    let table = describe(&emulator).await;
    assert_eq!(table["TableStatus"], "ACTIVE");
    assert_eq!(
        table["TableArn"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    );
    assert_eq!(table["TableId"], describe(&emulator).await["TableId"]);
    assert_eq!(table["DeletionProtectionEnabled"], false);
    assert_eq!(call(&emulator, "PutItem", item).await.status, 200);
    assert_eq!(
        call(&emulator, "CreateTable", orders()).await.error(),
        "ResourceInUseException"
    );

    let deleted = call(&emulator, "DeleteTable", json!({"TableName": "orders"})).await;
    assert_eq!(
        deleted.json()["TableDescription"]["TableStatus"],
        "DELETING"
    );
    assert_eq!(
        call(&emulator, "CreateTable", orders()).await.error(),
        "ResourceInUseException"
    );
    assert_eq!(describe(&emulator).await["TableStatus"], "DELETING");
    assert_eq!(describe(&emulator).await["TableStatus"], "DELETING");
    let gone = call(&emulator, "DescribeTable", json!({"TableName": "orders"})).await;
    assert_eq!(gone.error(), "ResourceNotFoundException");
    assert_eq!(
        gone.json()["message"],
        "Requested resource not found: Table: orders not found"
    );
    assert_eq!(call(&emulator, "CreateTable", orders()).await.status, 200);
}

#[tokio::test]
async fn without_pending_describes_the_next_look_sees_the_change_done() {
    let emulator = memory(0);
    let created = call(&emulator, "CreateTable", orders()).await;
    assert_eq!(
        created.json()["TableDescription"]["TableStatus"],
        "CREATING"
    );
    assert_eq!(describe(&emulator).await["TableStatus"], "ACTIVE");
    let deleted = call(&emulator, "DeleteTable", json!({"TableName": "orders"})).await;
    assert_eq!(
        deleted.json()["TableDescription"]["TableStatus"],
        "DELETING"
    );
    let gone = call(&emulator, "DescribeTable", json!({"TableName": "orders"})).await;
    assert_eq!(gone.error(), "ResourceNotFoundException");
}

fn index_create(name: &str, attribute: &str) -> Value {
    json!({
        "TableName": "orders",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": attribute, "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": name,
            "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
        }}],
    })
}

#[tokio::test]
async fn an_index_is_filled_and_dropped_in_steps() {
    let emulator = memory(2);
    call(&emulator, "CreateTable", orders()).await;
    settle(&emulator).await;
    let item = json!({"TableName": "orders", "Item": {
        "id": {"S": "a"}, "status": {"S": "open"}, "total": {"N": "1.50"},
    }});
    assert_eq!(call(&emulator, "PutItem", item).await.status, 200);

    let updated = call(
        &emulator,
        "UpdateTable",
        index_create("by_status", "status"),
    )
    .await;
    assert_eq!(updated.status, 200, "{}", updated.text());
    let table = &updated.json()["TableDescription"];
    assert_eq!(table["TableStatus"], "UPDATING");
    assert_eq!(
        table["GlobalSecondaryIndexes"][0]["IndexStatus"],
        "CREATING"
    );
    let query = json!({
        "TableName": "orders", "IndexName": "by_status",
        "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "open"}},
    });
    assert_eq!(
        call(&emulator, "Query", query.clone()).await.error(),
        "ValidationException"
    );
    let second = call(&emulator, "UpdateTable", index_create("by_total", "total")).await;
    assert_eq!(second.error(), "ResourceInUseException");
    let table = describe(&emulator).await;
    assert_eq!(table["GlobalSecondaryIndexes"][0]["Backfilling"], true);
    let table = settle(&emulator).await;
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(
        index["IndexArn"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/by_status"
    );
    assert_eq!(index["ItemCount"], 1);
    assert_eq!(index["ProvisionedThroughput"]["ReadCapacityUnits"], 0);
    let found = call(&emulator, "Query", query).await;
    assert_eq!(found.json()["Items"][0]["total"]["N"], "1.5");

    let delete = json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": [
        {"Delete": {"IndexName": "by_status"}},
    ]});
    let updated = call(&emulator, "UpdateTable", delete).await;
    assert_eq!(updated.status, 200, "{}", updated.text());
    let table = describe(&emulator).await;
    assert_eq!(
        table["GlobalSecondaryIndexes"][0]["IndexStatus"],
        "DELETING"
    );
    describe(&emulator).await;
    let table = describe(&emulator).await;
    assert_eq!(table["GlobalSecondaryIndexes"], Value::Null);
    assert_eq!(
        table["AttributeDefinitions"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn two_index_changes_in_one_call_are_refused() {
    let emulator = memory(0);
    call(&emulator, "CreateTable", orders()).await;
    let mut request = index_create("by_status", "status");
    let other = index_create("by_region", "status")["GlobalSecondaryIndexUpdates"][0].clone();
    request["GlobalSecondaryIndexUpdates"]
        .as_array_mut()
        .expect("a list")
        .push(other);
    let refused = call(&emulator, "UpdateTable", request).await;
    assert_eq!(refused.error(), "LimitExceededException");
    assert!(refused.text().contains("Only 1 online index"));
}

#[tokio::test]
async fn billing_and_index_units_can_be_read_back() {
    let emulator = memory(0);
    call(&emulator, "CreateTable", orders()).await;
    call(
        &emulator,
        "UpdateTable",
        index_create("by_status", "status"),
    )
    .await;
    let units =
        |read: i64, write: i64| json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write});
    let switch = json!({
        "TableName": "orders", "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(5, 6),
    });
    let refused = call(&emulator, "UpdateTable", switch.clone()).await;
    assert_eq!(refused.error(), "ValidationException", "{}", refused.text());
    let mut switch = switch;
    switch["GlobalSecondaryIndexUpdates"] = json!([{"Update": {
        "IndexName": "by_status", "ProvisionedThroughput": units(7, 8),
    }}]);
    let switched = call(&emulator, "UpdateTable", switch).await;
    assert_eq!(switched.status, 200, "{}", switched.text());
    let table = describe(&emulator).await;
    assert_eq!(table["ProvisionedThroughput"]["WriteCapacityUnits"], 6);
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(index["ProvisionedThroughput"]["ReadCapacityUnits"], 7);
    let change = json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": [{"Update": {
        "IndexName": "by_status", "ProvisionedThroughput": units(9, 8),
    }}]});
    let changed = call(&emulator, "UpdateTable", change).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let table = describe(&emulator).await;
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(index["ProvisionedThroughput"]["ReadCapacityUnits"], 9);
}

#[tokio::test]
async fn regions_are_apart_and_arns_name_tables() {
    let emulator = memory(0);
    call(&emulator, "CreateTable", orders()).await;
    let missing = ask(
        &emulator,
        &dynamodb_in("eu-west-1", "DescribeTable", json!({"TableName": "orders"})),
    )
    .await;
    assert_eq!(missing.error(), "ResourceNotFoundException");
    let created = ask(
        &emulator,
        &dynamodb_in("eu-west-1", "CreateTable", orders()),
    )
    .await;
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
    assert_eq!(created.json()["TableDescription"]["TableArn"], arn);
    let by_arn = ask(
        &emulator,
        &dynamodb_in("eu-west-1", "DescribeTable", json!({"TableName": arn})),
    )
    .await;
    assert_eq!(by_arn.json()["Table"]["TableName"], "orders");
    let put = json!({"TableName": arn, "Item": {"id": {"S": "a"}}});
    assert_eq!(
        ask(&emulator, &dynamodb_in("eu-west-1", "PutItem", put))
            .await
            .status,
        200
    );
    let get = json!({"RequestItems": {arn: {"Keys": [{"id": {"S": "a"}}]}}});
    let got = ask(&emulator, &dynamodb_in("eu-west-1", "BatchGetItem", get)).await;
    assert_eq!(got.json()["Responses"][arn][0]["id"]["S"], "a");
}

#[tokio::test]
async fn a_stream_has_an_arn_that_outlives_it() {
    let emulator = memory(0);
    let mut table = orders();
    table["StreamSpecification"] =
        json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"});
    let created = call(&emulator, "CreateTable", table).await;
    assert_eq!(created.status, 200, "{}", created.text());
    let table = describe(&emulator).await;
    let arn = table["LatestStreamArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    assert!(arn.starts_with("arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/"));
    let streams = call(&emulator, "DescribeStream", json!({"StreamArn": arn})).await;
    assert_eq!(streams.status, 200, "{}", streams.text());
    let off = json!({"TableName": "orders", "StreamSpecification": {"StreamEnabled": false}});
    assert_eq!(
        call(&emulator, "UpdateTable", off.clone()).await.status,
        200
    );
    let table = describe(&emulator).await;
    assert_eq!(table["LatestStreamArn"], arn.as_str());
    assert_eq!(
        call(&emulator, "UpdateTable", off).await.error(),
        "ValidationException"
    );
}
