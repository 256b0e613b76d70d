//! Settings of tables: what was put is read back, also after the store was opened again.

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};

use crate::bed::{ask, call, dynamodb, memory, ok, orders, sts};

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";

fn named() -> Value {
    json!({"TableName": "orders"})
}

#[tokio::test]
async fn everything_that_was_put_survives_opening_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || Emulator::open(folder.path(), Config::default()).expect("the store opens");
    let emulator = open();
    ok(&emulator, "CreateTable", orders()).await;
    ok(
        &emulator,
        "UpdateContinuousBackups",
        json!({"TableName": "orders", "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7,
        }}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTimeToLive",
        json!({"TableName": "orders", "TimeToLiveSpecification": {
            "AttributeName": "expires", "Enabled": true,
        }}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTable",
        json!({"TableName": "orders", "SSESpecification": {"Enabled": true, "SSEType": "KMS",
            "KMSMasterKeyId": "alias/orders"}}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTable",
        json!({"TableName": "orders", "WarmThroughput": {
            "ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 4_100}}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTable",
        json!({"TableName": "orders", "TableClass": "STANDARD_INFREQUENT_ACCESS"}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTable",
        json!({"TableName": "orders", "DeletionProtectionEnabled": true}),
    )
    .await;
    ok(
        &emulator,
        "TagResource",
        json!({"ResourceArn": ARN, "Tags": [{"Key": "team", "Value": "shop"}]}),
    )
    .await;
    ok(
        &emulator,
        "PutResourcePolicy",
        json!({"ResourceArn": ARN, "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"}),
    )
    .await;
    ok(
        &emulator,
        "UpdateContributorInsights",
        json!({"TableName": "orders", "ContributorInsightsAction": "ENABLE"}),
    )
    .await;
    let stream = "arn:aws:kinesis:us-east-1:123456789012:stream/events";
    ok(
        &emulator,
        "EnableKinesisStreamingDestination",
        json!({"TableName": "orders", "StreamArn": stream}),
    )
    .await;
    ok(
        &emulator,
        "UpdateTable",
        json!({"TableName": "orders", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}),
    )
    .await;
    ok(
        &emulator,
        "PutItem",
        json!({"TableName": "orders", "Item": {"id": {"S": "a"}}}),
    )
    .await;
    let before = ok(&emulator, "DescribeTable", named()).await;
    drop(emulator);

    let emulator = open();
    let table = ok(&emulator, "DescribeTable", named()).await;
    assert_eq!(table, before);
    let table = &table["Table"];
    assert_eq!(table["SSEDescription"]["Status"], "ENABLED");
    assert_eq!(table["WarmThroughput"]["ReadUnitsPerSecond"], 13_000);
    assert_eq!(
        table["TableClassSummary"]["TableClass"],
        "STANDARD_INFREQUENT_ACCESS"
    );
    assert_eq!(table["Replicas"][0]["RegionName"], "eu-west-1");
    let backups = ok(&emulator, "DescribeContinuousBackups", named()).await;
    let recovery = &backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
    assert_eq!(recovery["PointInTimeRecoveryStatus"], "ENABLED");
    assert_eq!(recovery["RecoveryPeriodInDays"], 7);
    let ttl = ok(&emulator, "DescribeTimeToLive", named()).await;
    assert_eq!(ttl["TimeToLiveDescription"]["TimeToLiveStatus"], "ENABLED");
    assert_eq!(ttl["TimeToLiveDescription"]["AttributeName"], "expires");
    let tags = ok(&emulator, "ListTagsOfResource", json!({"ResourceArn": ARN})).await;
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "shop"}]));
    let policy = ok(&emulator, "GetResourcePolicy", json!({"ResourceArn": ARN})).await;
    assert!(
        policy["Policy"]
            .as_str()
            .is_some_and(|p| p.contains("2012"))
    );
    let insights = ok(&emulator, "DescribeContributorInsights", named()).await;
    assert_eq!(insights["ContributorInsightsStatus"], "ENABLED");
    let kinesis = ok(&emulator, "DescribeKinesisStreamingDestination", named()).await;
    let destination = &kinesis["KinesisDataStreamDestinations"][0];
    assert_eq!(destination["DestinationStatus"], "ACTIVE");
    let refused = call(&emulator, "DeleteTable", named()).await;
    assert_eq!(refused.error(), "ValidationException");
    let item = ok(
        &emulator,
        "GetItem",
        json!({"TableName": "orders", "Key": {"id": {"S": "a"}}}),
    )
    .await;
    assert_eq!(item["Item"]["id"]["S"], "a");
}

#[tokio::test]
async fn time_to_live_takes_its_time_and_refuses_repetition() {
    let emulator = memory(2);
    ok(&emulator, "CreateTable", orders()).await;
    let on = json!({"TableName": "orders", "TimeToLiveSpecification": {
        "AttributeName": "expires", "Enabled": true}});
    assert_eq!(
        call(&emulator, "UpdateTimeToLive", on.clone())
            .await
            .error(),
        "ResourceInUseException"
    );
    for _ in 0..3 {
        ok(&emulator, "DescribeTable", named()).await;
    }
    ok(&emulator, "UpdateTimeToLive", on.clone()).await;
    let status = || async {
        let answer = ok(&emulator, "DescribeTimeToLive", named()).await;
        answer["TimeToLiveDescription"]["TimeToLiveStatus"].clone()
    };
    assert_eq!(status().await, "ENABLING");
    assert_eq!(status().await, "ENABLING");
    assert_eq!(status().await, "ENABLED");
    let again = call(&emulator, "UpdateTimeToLive", on).await;
    assert_eq!(again.json()["message"], "TimeToLive is already enabled");
}

#[tokio::test]
async fn recovery_waits_for_the_table_and_missing_ones_are_named() {
    let emulator = memory(1);
    ok(&emulator, "CreateTable", orders()).await;
    let on = json!({"TableName": "orders", "PointInTimeRecoverySpecification": {
        "PointInTimeRecoveryEnabled": true}});
    assert_eq!(
        call(&emulator, "UpdateContinuousBackups", on).await.error(),
        "ContinuousBackupsUnavailableException"
    );
    let missing = call(
        &emulator,
        "DescribeContinuousBackups",
        json!({"TableName": "events"}),
    )
    .await;
    assert_eq!(missing.error(), "TableNotFoundException");
    let tags = call(
        &emulator,
        "ListTagsOfResource",
        json!({"ResourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/events"}),
    )
    .await;
    assert_eq!(tags.error(), "ResourceNotFoundException");
    let policy = call(&emulator, "GetResourcePolicy", json!({"ResourceArn": ARN})).await;
    assert_eq!(policy.error(), "PolicyNotFoundException");
}

#[tokio::test]
async fn encryption_shows_its_way() {
    let emulator = memory(1);
    ok(&emulator, "CreateTable", orders()).await;
    ok(&emulator, "DescribeTable", named()).await;
    let on = json!({"TableName": "orders", "SSESpecification": {"Enabled": true}});
    ok(&emulator, "UpdateTable", on).await;
    let table = ok(&emulator, "DescribeTable", named()).await;
    assert_eq!(table["Table"]["SSEDescription"]["Status"], "ENABLING");
    let table = ok(&emulator, "DescribeTable", named()).await;
    assert_eq!(table["Table"]["SSEDescription"]["Status"], "ENABLED");
    let key = table["Table"]["SSEDescription"]["KMSMasterKeyArn"].clone();
    let mut describe = dynamodb("DescribeKey", json!({"KeyId": "alias/aws/dynamodb"}));
    describe.headers[1].1 = "TrentService.DescribeKey".to_owned();
    let found = ask(&emulator, &describe).await;
    assert_eq!(found.json()["KeyMetadata"]["Arn"], key);
}

#[tokio::test]
async fn errors_have_the_form_of_the_wire() {
    let emulator = memory(0);
    let unknown = call(&emulator, "MakeCoffee", json!({})).await;
    assert_eq!(unknown.error(), "UnknownOperationException");
    let mut garbage = dynamodb("PutItem", json!({}));
    garbage.body = b"{".to_vec();
    let garbage = ask(&emulator, &garbage).await;
    assert_eq!(garbage.error(), "SerializationException");
    let missing = call(
        &emulator,
        "GetItem",
        json!({"TableName": "orders", "Key": {"id": {"S": "a"}}}),
    )
    .await;
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.json()["__type"],
        "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
    );
    assert_eq!(missing.header("x-amzn-requestid").len(), 52);
    assert!(missing.header("x-amz-crc32").parse::<u32>().is_ok());
    for request in [
        json!({}),
        json!({"TableName": "o"}),
        json!({"TableName": 7}),
        json!([]),
    ] {
        for operation in [
            "CreateTable",
            "DescribeTable",
            "UpdateTable",
            "DeleteTable",
            "PutItem",
            "BatchGetItem",
            "TransactWriteItems",
            "UpdateTimeToLive",
            "DescribeTimeToLive",
            "UpdateContinuousBackups",
            "TagResource",
            "PutResourcePolicy",
            "EnableKinesisStreamingDestination",
            "Query",
        ] {
            let answer = call(&emulator, operation, request.clone()).await;
            assert_eq!(
                answer.status,
                400,
                "{operation} {request}: {}",
                answer.text()
            );
            assert!(!answer.text().contains("VALIDATION"), "{}", answer.text());
        }
    }
    let limits = call(&emulator, "DescribeLimits", json!({})).await;
    assert_eq!(limits.json()["TableMaxReadCapacityUnits"], 40_000);
}

#[tokio::test]
async fn sts_says_who_calls() {
    let emulator = memory(0);
    let who = ask(
        &emulator,
        &sts("Action=GetCallerIdentity&Version=2011-06-15"),
    )
    .await;
    assert_eq!(who.status, 200);
    assert_eq!(who.element("Account"), "123456789012");
    let role = ask(
        &emulator,
        &sts("Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy&RoleSessionName=ci"),
    )
    .await;
    assert_eq!(
        role.element("Arn"),
        "arn:aws:sts::123456789012:assumed-role/deploy/ci"
    );
    assert_eq!(role.element("AccessKeyId"), "test");
}
