//! Requests with members missing or of the wrong kind: refused, never a failure inside.

use http::Method;
use serde_json::{Value, json};
use trueup_emulator::Emulator;

use crate::bed::{ask, dynamodb, memory, orders, s3, sts};

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";

fn operations() -> Vec<(&'static str, Value)> {
    let key = json!({"id": {"S": "a"}});
    let mut table = orders();
    table["GlobalSecondaryIndexes"] = json!([{"IndexName": "by_status",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"}, "WarmThroughput": {"ReadUnitsPerSecond": 1}}]);
    table["SSESpecification"] = json!({"Enabled": true, "KMSMasterKeyId": "alias/a"});
    table["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"});
    vec![
        ("CreateTable", table),
        ("DescribeTable", json!({"TableName": "orders"})),
        (
            "ListTables",
            json!({"Limit": 5, "ExclusiveStartTableName": "orders"}),
        ),
        (
            "UpdateTable",
            json!({"TableName": "orders", "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                "SSESpecification": {"Enabled": true}, "WarmThroughput": {"ReadUnitsPerSecond": 9},
                "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}],
                "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by_status",
                    "OnDemandThroughput": {"MaxReadRequestUnits": 4}}}]}),
        ),
        (
            "PutItem",
            json!({"TableName": "orders", "Item": key, "ConditionExpression": "id = :a",
            "ExpressionAttributeValues": {":a": {"N": "1"}}}),
        ),
        (
            "GetItem",
            json!({"TableName": "orders", "Key": key, "ProjectionExpression": "id"}),
        ),
        ("DeleteItem", json!({"TableName": "orders", "Key": key})),
        (
            "UpdateItem",
            json!({"TableName": "orders", "Key": key, "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"NS": ["1"]}}}),
        ),
        (
            "BatchGetItem",
            json!({"RequestItems": {"orders": {"Keys": [key]}}}),
        ),
        (
            "BatchGetItem",
            json!({"RequestItems": {ARN: {"Keys": [key]}}}),
        ),
        (
            "BatchWriteItem",
            json!({"RequestItems": {"orders": [{"DeleteRequest": {"Key": key}}]}}),
        ),
        (
            "TransactWriteItems",
            json!({"TransactItems": [{"Delete": {"TableName": ARN, "Key": key}}],
            "ClientRequestToken": "t"}),
        ),
        (
            "TransactGetItems",
            json!({"TransactItems": [{"Get": {"TableName": "orders", "Key": key}}]}),
        ),
        (
            "Query",
            json!({"TableName": "orders", "KeyConditionExpression": "id = :a",
            "ExpressionAttributeValues": {":a": {"S": "a"}}, "Limit": 1}),
        ),
        (
            "Scan",
            json!({"TableName": "orders", "Segment": 0, "TotalSegments": 2}),
        ),
        (
            "ExecuteStatement",
            json!({"Statement": "SELECT * FROM orders", "Parameters": [{"S": "a"}]}),
        ),
        (
            "UpdateTimeToLive",
            json!({"TableName": "orders", "TimeToLiveSpecification": {
            "AttributeName": "e", "Enabled": true}}),
        ),
        ("DescribeTimeToLive", json!({"TableName": "orders"})),
        (
            "UpdateContinuousBackups",
            json!({"TableName": "orders", "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 3}}),
        ),
        (
            "TagResource",
            json!({"ResourceArn": ARN, "Tags": [{"Key": "a", "Value": "b"}]}),
        ),
        (
            "UntagResource",
            json!({"ResourceArn": ARN, "TagKeys": ["a"]}),
        ),
        ("ListTagsOfResource", json!({"ResourceArn": ARN})),
        (
            "PutResourcePolicy",
            json!({"ResourceArn": ARN, "Policy": "{}"}),
        ),
        (
            "UpdateContributorInsights",
            json!({"TableName": "orders", "ContributorInsightsAction": "ENABLE"}),
        ),
        (
            "EnableKinesisStreamingDestination",
            json!({"TableName": "orders", "StreamArn": "arn:x"}),
        ),
        ("DescribeStream", json!({"StreamArn": "arn:x"})),
        (
            "GetShardIterator",
            json!({"StreamArn": "arn:x", "ShardId": "s", "ShardIteratorType": "LATEST"}),
        ),
        ("GetRecords", json!({"ShardIterator": "x"})),
    ]
}

/// Every value with one place in it removed or replaced.
pub fn variants(value: &Value) -> Vec<Value> {
    let wrong = [
        json!(null),
        json!(-7),
        json!(""),
        json!([]),
        json!({}),
        json!([[]]),
        json!(true),
    ];
    let mut all = wrong.to_vec();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let mut without = members.clone();
                without.shift_remove(name);
                all.push(Value::Object(without));
                for variant in variants(member) {
                    let mut with = members.clone();
                    with.insert(name.clone(), variant);
                    all.push(Value::Object(with));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for variant in variants(item) {
                    let mut with = items.clone();
                    with[at] = variant;
                    all.push(Value::Array(with));
                }
            }
        }
        _ => all.push(json!("\u{0}\u{1F600}..//\\")),
    }
    all
}

async fn bed() -> Emulator {
    let emulator = memory(0);
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    emulator
}

#[tokio::test]
async fn a_wrong_member_is_never_a_failure_inside() {
    let emulator = bed().await;
    for (operation, body) in operations() {
        for variant in variants(&body) {
            let answer = ask(&emulator, &dynamodb(operation, variant.clone())).await;
            assert!(
                answer.status < 500,
                "{operation} {variant}: {} {}",
                answer.status,
                answer.text()
            );
        }
    }
    // The table may have been changed by what was accepted, but it is there.
    let answer = ask(&emulator, &dynamodb("ListTables", json!({}))).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn deep_and_cut_bodies_are_refused() {
    let emulator = bed().await;
    let deep = format!("{}{}", "{\"L\":[".repeat(400), "]}".repeat(400));
    let text =
        format!("{{\"TableName\":\"orders\",\"Item\":{{\"id\":{{\"S\":\"a\"}},\"d\":{deep}}}}}");
    let mut wanted = dynamodb("PutItem", json!({}));
    for length in [0, 1, 20, text.len() - 1, text.len()] {
        wanted.body = text.as_bytes()[..length].to_vec();
        let answer = ask(&emulator, &wanted).await;
        assert_eq!(answer.status, 400, "{length}: {}", answer.text());
    }
    wanted.body = vec![0xff, 0xfe, b'{'];
    assert_eq!(ask(&emulator, &wanted).await.status, 400);
}

#[tokio::test]
async fn odd_s3_and_sts_requests_are_refused() {
    let emulator = bed().await;
    ask(&emulator, &s3(Method::PUT, "/events", &[], b"")).await;
    ask(&emulator, &s3(Method::PUT, "/events/a", &[], b"x")).await;
    let paths = [
        "/",
        "/%",
        "/%ff",
        "/events/%",
        "/events/%ff%fe",
        "/Events",
        "//",
        "/events//",
        "/events?list-type=2&max-keys=-1",
        "/events?list-type=2&max-keys=x",
        "/events?list-type=2&continuation-token=zz",
        "/events?versions&version-id-marker=x",
        "/events?uploads",
        "/events/a?uploadId=x",
        "/events/a?partNumber=0&uploadId=x",
        "/events/a?partNumber=99999",
        "/events/a?versionId=",
        "/events?cors&policy",
        "/events/a?tagging",
        "/events/a?acl",
        "/events/a?retention",
        "/events?delete",
        "/events?nonsense",
        "/?Action=Nothing",
    ];
    let bodies: [&[u8]; 4] = [
        b"",
        b"<",
        b"{}",
        b"<Delete><Object><Key>a</Key></Object></Delete>",
    ];
    for method in [
        Method::GET,
        Method::PUT,
        Method::POST,
        Method::DELETE,
        Method::HEAD,
    ] {
        for path in paths {
            for body in bodies {
                let headers = [
                    ("range", "bytes=5-1"),
                    ("if-match", "\"\""),
                    ("content-md5", "x"),
                ];
                for count in 0..=headers.len() {
                    let answer = ask(
                        &emulator,
                        &s3(method.clone(), path, &headers[..count], body),
                    )
                    .await;
                    // 501 is an answer: what AWS has and this has not.
                    assert!(
                        answer.status < 500 || answer.status == 501,
                        "{method} {path}: {} {}",
                        answer.status,
                        answer.text()
                    );
                }
            }
        }
    }
    let chunked = [("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")];
    let cut = ask(
        &emulator,
        &s3(Method::PUT, "/events/b", &chunked, b"5\r\nhel"),
    )
    .await;
    assert_eq!(cut.element("Code"), "IncompleteBody");
    for form in [
        "",
        "Action=",
        "Action=AssumeRole",
        "Action=%ff&&=",
        "Action=GetSessionToken",
    ] {
        let answer = ask(&emulator, &sts(form)).await;
        assert!(answer.status < 500, "{form}: {}", answer.text());
    }
}
