//! Tables of several regions: made, kept alike, changed and taken apart.

use serde_json::{Value, json};
use trueup_emulator::Emulator;

use crate::bed::{Answer, ask, dynamodb_in, memory, orders};

pub const HOME: &str = "us-east-1";
pub const AWAY: &str = "eu-west-1";

pub async fn call(emulator: &Emulator, region: &str, operation: &str, body: Value) -> Answer {
    ask(emulator, &dynamodb_in(region, operation, body)).await
}

pub async fn ok(emulator: &Emulator, region: &str, operation: &str, body: Value) -> Value {
    let answer = call(emulator, region, operation, body).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
    answer.json()
}

pub async fn describe(emulator: &Emulator, region: &str) -> Value {
    let named = json!({"TableName": "orders"});
    ok(emulator, region, "DescribeTable", named).await["Table"].clone()
}

/// Changes the replicas of the table in a region.
async fn replicas(emulator: &Emulator, region: &str, updates: Value) -> Answer {
    let body = json!({"TableName": "orders", "ReplicaUpdates": updates});
    call(emulator, region, "UpdateTable", body).await
}

fn create(region: &str) -> Value {
    json!([{"Create": {"RegionName": region}}])
}

pub async fn item(emulator: &Emulator, region: &str, id: &str) -> Value {
    let body = json!({"TableName": "orders", "Key": {"id": {"S": id}}, "ConsistentRead": true});
    ok(emulator, region, "GetItem", body).await["Item"].clone()
}

pub fn put(id: &str, status: &str) -> Value {
    json!({"TableName": "orders", "Item": {"id": {"S": id}, "status": {"S": status}}})
}

/// Two regions, every change done at once.
async fn pair() -> Emulator {
    let emulator = memory(0);
    ok(&emulator, HOME, "CreateTable", orders()).await;
    ok(&emulator, HOME, "PutItem", put("before", "new")).await;
    let answer = replicas(&emulator, HOME, create(AWAY)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    emulator
}

#[tokio::test]
async fn a_replica_is_creating_for_two_describes_and_nothing_else_may_change_meanwhile() {
    let emulator = memory(2);
    ok(&emulator, HOME, "CreateTable", orders()).await;
    let early = replicas(&emulator, HOME, create(AWAY)).await;
    assert_eq!(early.error(), "ResourceInUseException");
    while describe(&emulator, HOME).await["TableStatus"] != "ACTIVE" {}
    let answer = replicas(&emulator, HOME, create(AWAY)).await;
    let table = &answer.json()["TableDescription"];
    assert_eq!(table["TableStatus"], "UPDATING", "{}", answer.text());
    assert_eq!(table["Replicas"][0]["ReplicaStatus"], "CREATING");
    let again = replicas(&emulator, HOME, create("us-west-2")).await;
    assert_eq!(again.error(), "ResourceInUseException");
    let backups = json!({
        "TableName": "orders",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
    });
    let early = call(&emulator, AWAY, "UpdateContinuousBackups", backups.clone()).await;
    assert_eq!(early.error(), "ContinuousBackupsUnavailableException");
    assert_eq!(describe(&emulator, AWAY).await["TableStatus"], "CREATING");
    let table = describe(&emulator, HOME).await;
    assert_eq!(table["Replicas"][0]["ReplicaStatus"], "CREATING");
    let table = describe(&emulator, HOME).await;
    assert_eq!(table["Replicas"][0]["ReplicaStatus"], "ACTIVE");
    assert_eq!(table["GlobalTableVersion"], "2019.11.21");
    assert_eq!(table["MultiRegionConsistency"], "EVENTUAL");
    assert_eq!(
        table["Replicas"][0]["ReplicaArn"],
        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
    );
    let other = describe(&emulator, AWAY).await;
    assert_eq!(other["TableStatus"], "ACTIVE");
    assert_eq!(other["Replicas"][0]["RegionName"], HOME);
    assert_ne!(other["LatestStreamArn"], Value::Null);
    ok(&emulator, AWAY, "UpdateContinuousBackups", backups).await;
}

#[tokio::test]
async fn what_is_written_in_one_region_is_read_in_the_other() {
    let emulator = pair().await;
    assert_eq!(item(&emulator, AWAY, "before").await["status"]["S"], "new");
    ok(&emulator, AWAY, "PutItem", put("a", "new")).await;
    assert_eq!(item(&emulator, HOME, "a").await["status"]["S"], "new");
    let key = json!({"id": {"S": "a"}});
    let update = json!({
        "TableName": "orders", "Key": key,
        "UpdateExpression": "SET #s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "paid"}},
    });
    ok(&emulator, HOME, "UpdateItem", update).await;
    assert_eq!(item(&emulator, AWAY, "a").await["status"]["S"], "paid");
    let batch = json!({"RequestItems": {"orders": [
        {"DeleteRequest": {"Key": {"id": {"S": "before"}}}},
        {"PutRequest": {"Item": {"id": {"S": "b"}}}},
    ]}});
    ok(&emulator, HOME, "BatchWriteItem", batch).await;
    assert_eq!(item(&emulator, AWAY, "before").await, Value::Null);
    assert_eq!(item(&emulator, AWAY, "b").await["id"]["S"], "b");
    let transaction = json!({"TransactItems": [
        {"Delete": {"TableName": "orders", "Key": {"id": {"S": "b"}}}},
        {"Put": {"TableName": "orders", "Item": {"id": {"S": "c"}}}},
    ]});
    ok(&emulator, AWAY, "TransactWriteItems", transaction).await;
    assert_eq!(item(&emulator, HOME, "b").await, Value::Null);
    assert_eq!(item(&emulator, HOME, "c").await["id"]["S"], "c");
    let statement = json!({"Statement": "DELETE FROM \"orders\" WHERE id = 'c'"});
    ok(&emulator, HOME, "ExecuteStatement", statement).await;
    assert_eq!(item(&emulator, AWAY, "c").await, Value::Null);
    let refused = json!({
        "TableName": "orders", "Item": {"id": {"S": "a"}},
        "ConditionExpression": "attribute_not_exists(id)",
    });
    let answer = call(&emulator, AWAY, "PutItem", refused).await;
    assert_eq!(answer.error(), "ConditionalCheckFailedException");
}

#[tokio::test]
async fn settings_that_all_replicas_share_reach_them_and_others_do_not() {
    let emulator = pair().await;
    let index = json!({
        "TableName": "orders",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "status", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": "by_status",
            "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }}],
    });
    ok(&emulator, HOME, "UpdateTable", index).await;
    let expiry = json!({
        "TableName": "orders",
        "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires"},
    });
    ok(&emulator, AWAY, "UpdateTimeToLive", expiry).await;
    let protection = json!({"TableName": "orders", "DeletionProtectionEnabled": true});
    ok(&emulator, HOME, "UpdateTable", protection).await;
    let tags = json!({
        "ResourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "Tags": [{"Key": "team", "Value": "shop"}],
    });
    ok(&emulator, HOME, "TagResource", tags).await;
    let other = describe(&emulator, AWAY).await;
    assert_eq!(other["GlobalSecondaryIndexes"][0]["IndexName"], "by_status");
    assert_eq!(other["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE");
    assert_eq!(other["DeletionProtectionEnabled"], false);
    let named = json!({"TableName": "orders"});
    let ttl = ok(&emulator, HOME, "DescribeTimeToLive", named).await;
    assert_eq!(ttl["TimeToLiveDescription"]["AttributeName"], "expires");
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
    let tags = ok(
        &emulator,
        AWAY,
        "ListTagsOfResource",
        json!({"ResourceArn": arn}),
    )
    .await;
    assert_eq!(tags["Tags"], json!([]));
    let stream = json!({"TableName": "orders", "StreamSpecification": {"StreamEnabled": false}});
    let answer = call(&emulator, HOME, "UpdateTable", stream).await;
    assert_eq!(answer.error(), "ValidationException");
}

#[tokio::test]
async fn replicas_are_refused_that_cannot_be() {
    let emulator = pair().await;
    let refused = |updates: Value, words: &'static str| {
        let emulator = &emulator;
        async move {
            let answer = replicas(emulator, HOME, updates).await;
            assert_eq!(answer.error(), "ValidationException");
            assert!(answer.text().contains(words), "{}", answer.text());
        }
    };
    refused(create(AWAY), "already existed as tables").await;
    refused(
        create(HOME),
        "Cannot add, delete, or update the local region",
    )
    .await;
    refused(
        json!([{"Delete": {"RegionName": HOME}}]),
        "the local region",
    )
    .await;
    let gone = json!([{"Delete": {"RegionName": "us-west-2"}}]);
    refused(gone, "was not found").await;
    let gone = json!([{"Update": {"RegionName": "us-west-2", "KMSMasterKeyId": "k"}}]);
    refused(gone, "was not found").await;
    ok(&emulator, "us-west-2", "CreateTable", orders()).await;
    refused(create("us-west-2"), "already existed as tables").await;
    refused(create("../x"), "RegionName").await;
    let protect = json!({"TableName": "orders", "DeletionProtectionEnabled": true});
    ok(&emulator, AWAY, "UpdateTable", protect).await;
    let delete = json!([{"Delete": {"RegionName": AWAY}}]);
    refused(delete, "currently protected against deletion").await;
    let named = json!({"TableName": "orders"});
    let answer = call(&emulator, HOME, "DeleteTable", named).await;
    assert!(
        answer.text().contains("acted as a source region"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_replica_leaves_by_the_table_or_by_itself_and_the_rest_stays() {
    for by_itself in [false, true] {
        let emulator = memory(2);
        ok(&emulator, HOME, "CreateTable", orders()).await;
        for other in [AWAY, "us-west-2"] {
            while replicas(&emulator, HOME, create(other)).await.status != 200 {
                describe(&emulator, HOME).await;
            }
        }
        for _ in 0..3 {
            describe(&emulator, HOME).await;
        }
        let answer = if by_itself {
            call(
                &emulator,
                AWAY,
                "DeleteTable",
                json!({"TableName": "orders"}),
            )
            .await
        } else {
            replicas(&emulator, HOME, json!([{"Delete": {"RegionName": AWAY}}])).await
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        let statuses = |table: &Value| -> Vec<String> {
            let replicas = table["Replicas"].as_array().cloned().unwrap_or_default();
            let words = replicas.iter().map(|replica| {
                format!(
                    "{} {}",
                    replica["RegionName"].as_str().unwrap_or_default(),
                    replica["ReplicaStatus"].as_str().unwrap_or_default()
                )
            });
            words.collect()
        };
        for _ in 0..2 {
            let table = describe(&emulator, HOME).await;
            assert_eq!(statuses(&table), ["eu-west-1 DELETING", "us-west-2 ACTIVE"]);
        }
        let table = describe(&emulator, HOME).await;
        assert_eq!(statuses(&table), ["us-west-2 ACTIVE"]);
        let gone = call(
            &emulator,
            AWAY,
            "DescribeTable",
            json!({"TableName": "orders"}),
        )
        .await;
        assert_eq!(gone.error(), "ResourceNotFoundException");
        let last = replicas(
            &emulator,
            HOME,
            json!([{"Delete": {"RegionName": "us-west-2"}}]),
        )
        .await;
        assert_eq!(last.status, 200, "{}", last.text());
        for _ in 0..3 {
            describe(&emulator, HOME).await;
        }
        let table = describe(&emulator, HOME).await;
        assert_eq!(table["GlobalTableVersion"], Value::Null);
        assert_eq!(table["TableStatus"], "ACTIVE");
        ok(
            &emulator,
            HOME,
            "DeleteTable",
            json!({"TableName": "orders"}),
        )
        .await;
    }
}
