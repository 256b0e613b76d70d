//! KMS, Application Auto Scaling and Kinesis, asked as AWS clients ask them.

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};

use crate::bed::{Answer, ask, dynamodb, memory, orders, signed_json};

const KMS: (&str, &str) = ("kms", "TrentService");
const SCALING: (&str, &str) = ("application-autoscaling", "AnyScaleFrontendService");

async fn call(emulator: &Emulator, service: (&str, &str), operation: &str, body: Value) -> Answer {
    let (name, target) = service;
    ask(
        emulator,
        &signed_json("us-east-1", name, &format!("{target}.{operation}"), body),
    )
    .await
}

async fn good(emulator: &Emulator, service: (&str, &str), operation: &str, body: Value) -> Value {
    let answer = call(emulator, service, operation, body.clone()).await;
    assert_eq!(answer.status, 200, "{operation} {body}: {}", answer.text());
    answer.json()
}

async fn refused(
    emulator: &Emulator,
    service: (&str, &str),
    operation: &str,
    body: Value,
    code: &str,
) {
    let answer = call(emulator, service, operation, body.clone()).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, code),
        "{operation} {body}: {}",
        answer.text()
    );
}

async fn key(emulator: &Emulator, body: Value) -> String {
    let made = good(emulator, KMS, "CreateKey", body).await;
    made["KeyMetadata"]["KeyId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn a_key_goes_through_its_states() {
    let emulator = memory(0);
    let id = key(&emulator, json!({"Description": "orders"})).await;
    let of_key = || json!({"KeyId": id});
    let described = good(&emulator, KMS, "DescribeKey", of_key()).await;
    let known = &described["KeyMetadata"];
    assert_eq!(known["KeyState"], "Enabled");
    assert_eq!(known["KeyManager"], "CUSTOMER");
    assert_eq!(
        known["Arn"],
        json!(format!("arn:aws:kms:us-east-1:123456789012:key/{id}"))
    );
    good(&emulator, KMS, "DisableKey", of_key()).await;
    refused(
        &emulator,
        KMS,
        "EnableKeyRotation",
        of_key(),
        "DisabledException",
    )
    .await;
    good(&emulator, KMS, "EnableKey", of_key()).await;
    good(&emulator, KMS, "EnableKeyRotation", of_key()).await;
    let rotation = good(&emulator, KMS, "GetKeyRotationStatus", of_key()).await;
    assert_eq!(rotation["KeyRotationEnabled"], true);
    assert_eq!(rotation["RotationPeriodInDays"], 365);
    refused(
        &emulator,
        KMS,
        "EnableKeyRotation",
        json!({"KeyId": id, "RotationPeriodInDays": 5}),
        "ValidationException",
    )
    .await;
    good(
        &emulator,
        KMS,
        "UpdateKeyDescription",
        json!({"KeyId": id, "Description": "other"}),
    )
    .await;
    good(
        &emulator,
        KMS,
        "TagResource",
        json!({"KeyId": id, "Tags": [{"TagKey": "team", "TagValue": "red"}]}),
    )
    .await;
    refused(
        &emulator,
        KMS,
        "TagResource",
        json!({"KeyId": id, "Tags": [{"TagKey": "aws:x", "TagValue": "y"}]}),
        "TagException",
    )
    .await;
    let tags = good(&emulator, KMS, "ListResourceTags", of_key()).await;
    assert_eq!(tags["Tags"], json!([{"TagKey": "team", "TagValue": "red"}]));
    good(
        &emulator,
        KMS,
        "UntagResource",
        json!({"KeyId": id, "TagKeys": ["team"]}),
    )
    .await;
    refused(
        &emulator,
        KMS,
        "ScheduleKeyDeletion",
        json!({"KeyId": id, "PendingWindowInDays": 5}),
        "ValidationException",
    )
    .await;
    good(
        &emulator,
        KMS,
        "ScheduleKeyDeletion",
        json!({"KeyId": id, "PendingWindowInDays": 7}),
    )
    .await;
    refused(
        &emulator,
        KMS,
        "ScheduleKeyDeletion",
        of_key(),
        "KMSInvalidStateException",
    )
    .await;
    refused(
        &emulator,
        KMS,
        "EnableKey",
        of_key(),
        "KMSInvalidStateException",
    )
    .await;
    let described = good(&emulator, KMS, "DescribeKey", of_key()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "PendingDeletion");
    assert!(described["KeyMetadata"]["DeletionDate"].is_number());
    good(&emulator, KMS, "CancelKeyDeletion", of_key()).await;
    let described = good(&emulator, KMS, "DescribeKey", of_key()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Disabled");
}

#[tokio::test]
async fn keys_are_found_by_id_arn_and_alias_and_by_nothing_else() {
    let emulator = memory(0);
    let id = key(&emulator, json!({})).await;
    good(
        &emulator,
        KMS,
        "CreateAlias",
        json!({"AliasName": "alias/orders", "TargetKeyId": id}),
    )
    .await;
    for name in [
        id.clone(),
        format!("arn:aws:kms:us-east-1:123456789012:key/{id}"),
        "alias/orders".to_owned(),
        "arn:aws:kms:us-east-1:123456789012:alias/orders".to_owned(),
    ] {
        let found = good(&emulator, KMS, "DescribeKey", json!({"KeyId": name})).await;
        assert_eq!(found["KeyMetadata"]["KeyId"], json!(id), "{name}");
    }
    for name in [
        "alias/none",
        "nonsense",
        "00000000-0000-4000-8000-000000000000",
        "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000",
    ] {
        refused(
            &emulator,
            KMS,
            "DescribeKey",
            json!({"KeyId": name}),
            "NotFoundException",
        )
        .await;
    }
    // A policy is asked for by id or ARN only.
    refused(
        &emulator,
        KMS,
        "GetKeyPolicy",
        json!({"KeyId": "alias/orders"}),
        "NotFoundException",
    )
    .await;
}

#[tokio::test]
async fn default_keys_are_there_and_belong_to_aws() {
    let emulator = memory(0);
    let default = good(
        &emulator,
        KMS,
        "DescribeKey",
        json!({"KeyId": "alias/aws/dynamodb"}),
    )
    .await;
    let known = default["KeyMetadata"].clone();
    assert_eq!(known["KeyManager"], "AWS");
    refused(
        &emulator,
        KMS,
        "DisableKey",
        json!({"KeyId": known["KeyId"]}),
        "AccessDeniedException",
    )
    .await;
    let aliases = good(&emulator, KMS, "ListAliases", json!({})).await;
    let aliases = aliases["Aliases"].as_array().expect("a list").clone();
    assert!(
        aliases
            .iter()
            .any(|alias| alias["AliasName"] == "alias/aws/dynamodb"
                && alias["TargetKeyId"] == known["KeyId"])
    );
    // The same key encrypts a table for which none is named.
    let mut table = orders();
    table["SSESpecification"] = json!({"Enabled": true});
    let made = ask(&emulator, &dynamodb("CreateTable", table)).await.json();
    let encryption = &made["TableDescription"]["SSEDescription"];
    assert_eq!(encryption["KMSMasterKeyArn"], known["Arn"]);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let emulator = memory(0);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(key(&emulator, json!({})).await);
    }
    ids.sort();
    let mut found = Vec::new();
    let mut body = json!({"Limit": 2});
    loop {
        let page = good(&emulator, KMS, "ListKeys", body.clone()).await;
        for key in page["Keys"].as_array().expect("a list") {
            found.push(key["KeyId"].as_str().expect("an id").to_owned());
        }
        if page["Truncated"] == false {
            break;
        }
        body["Marker"] = page["NextMarker"].clone();
    }
    assert_eq!(found, ids);
}

#[tokio::test]
async fn aliases_move_between_keys_of_one_kind() {
    let emulator = memory(0);
    let first = key(&emulator, json!({})).await;
    let second = key(&emulator, json!({})).await;
    let other = key(
        &emulator,
        json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
    )
    .await;
    let alias = |key: &str| json!({"AliasName": "alias/orders", "TargetKeyId": key});
    refused(
        &emulator,
        KMS,
        "UpdateAlias",
        alias(&first),
        "NotFoundException",
    )
    .await;
    good(&emulator, KMS, "CreateAlias", alias(&first)).await;
    refused(
        &emulator,
        KMS,
        "CreateAlias",
        alias(&second),
        "AlreadyExistsException",
    )
    .await;
    good(&emulator, KMS, "UpdateAlias", alias(&second)).await;
    refused(
        &emulator,
        KMS,
        "UpdateAlias",
        alias(&other),
        "ValidationException",
    )
    .await;
    for (name, code) in [
        ("orders", "ValidationException"),
        ("alias/a b", "ValidationException"),
        ("alias/aws/orders", "NotAuthorizedException"),
    ] {
        let body = json!({"AliasName": name, "TargetKeyId": first});
        refused(&emulator, KMS, "CreateAlias", body, code).await;
    }
    let listed = good(&emulator, KMS, "ListAliases", json!({"KeyId": second})).await;
    assert_eq!(listed["Aliases"][0]["AliasName"], "alias/orders");
    good(
        &emulator,
        KMS,
        "DeleteAlias",
        json!({"AliasName": "alias/orders"}),
    )
    .await;
    refused(
        &emulator,
        KMS,
        "DeleteAlias",
        json!({"AliasName": "alias/orders"}),
        "NotFoundException",
    )
    .await;
}

#[tokio::test]
async fn a_policy_must_leave_somebody_in() {
    let emulator = memory(0);
    let id = key(&emulator, json!({})).await;
    let policy = |principal: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]}).to_string()
    };
    let put = |text: String| json!({"KeyId": id, "PolicyName": "default", "Policy": text});
    good(&emulator, KMS, "PutKeyPolicy", put(policy("123456789012"))).await;
    for text in [policy("arn:aws:iam::123456789012:role/x"), "{".to_owned()] {
        refused(
            &emulator,
            KMS,
            "PutKeyPolicy",
            put(text),
            "MalformedPolicyDocumentException",
        )
        .await;
    }
    let mut shut = put(policy("arn:aws:iam::123456789012:role/x"));
    shut["BypassPolicyLockoutSafetyCheck"] = json!(true);
    good(&emulator, KMS, "PutKeyPolicy", shut).await;
    let got = good(
        &emulator,
        KMS,
        "GetKeyPolicy",
        json!({"KeyId": id, "PolicyName": "default"}),
    )
    .await;
    assert!(
        got["Policy"]
            .as_str()
            .is_some_and(|text| text.contains("role/x"))
    );
}

fn band(min: i64, max: i64) -> Value {
    json!({
        "ServiceNamespace": "dynamodb", "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": min, "MaxCapacity": max,
    })
}

fn named() -> Value {
    json!({
        "ServiceNamespace": "dynamodb", "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    })
}

fn tracking() -> Value {
    let mut policy = named();
    policy["PolicyName"] = json!("reads");
    policy["PolicyType"] = json!("TargetTrackingScaling");
    policy["TargetTrackingScalingPolicyConfiguration"] = json!({
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
    });
    policy
}

#[tokio::test]
async fn targets_and_policies_are_kept_as_they_were_put() {
    let emulator = memory(0);
    refused(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        band(1, 5),
        "ValidationException",
    )
    .await;
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    refused(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        band(5, 1),
        "ValidationException",
    )
    .await;
    refused(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        named(),
        "ValidationException",
    )
    .await;
    refused(
        &emulator,
        SCALING,
        "PutScalingPolicy",
        tracking(),
        "ObjectNotFoundException",
    )
    .await;
    let first = good(&emulator, SCALING, "RegisterScalableTarget", band(1, 5)).await;
    let again = good(&emulator, SCALING, "RegisterScalableTarget", band(2, 6)).await;
    assert_eq!(first, again);
    let found = good(
        &emulator,
        SCALING,
        "DescribeScalableTargets",
        json!({"ServiceNamespace": "dynamodb", "ResourceIds": ["table/orders"]}),
    )
    .await;
    let target = &found["ScalableTargets"][0];
    assert_eq!(
        (&target["MinCapacity"], &target["MaxCapacity"]),
        (&json!(2), &json!(6))
    );
    assert!(
        target["RoleARN"]
            .as_str()
            .is_some_and(|role| role.ends_with("_DynamoDBTable"))
    );
    let put = good(&emulator, SCALING, "PutScalingPolicy", tracking()).await;
    assert_eq!(put["Alarms"].as_array().map(Vec::len), Some(4));
    let mut wrong = tracking();
    wrong["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"] =
        json!("DynamoDBWriteCapacityUtilization");
    refused(
        &emulator,
        SCALING,
        "PutScalingPolicy",
        wrong,
        "ValidationException",
    )
    .await;
    let found = good(
        &emulator,
        SCALING,
        "DescribeScalingPolicies",
        json!({"ServiceNamespace": "dynamodb"}),
    )
    .await;
    assert_eq!(found["ScalingPolicies"][0]["PolicyARN"], put["PolicyARN"]);
    let arn = first["ScalableTargetARN"].clone();
    good(
        &emulator,
        SCALING,
        "TagResource",
        json!({"ResourceARN": arn, "Tags": {"team": "red"}}),
    )
    .await;
    let tags = good(
        &emulator,
        SCALING,
        "ListTagsForResource",
        json!({"ResourceARN": arn}),
    )
    .await;
    assert_eq!(tags["Tags"], json!({"team": "red"}));
    good(
        &emulator,
        SCALING,
        "UntagResource",
        json!({"ResourceARN": arn, "TagKeys": ["team"]}),
    )
    .await;
    // Policies go with their target.
    good(&emulator, SCALING, "DeregisterScalableTarget", named()).await;
    refused(
        &emulator,
        SCALING,
        "DeregisterScalableTarget",
        named(),
        "ObjectNotFoundException",
    )
    .await;
    let found = good(
        &emulator,
        SCALING,
        "DescribeScalingPolicies",
        json!({"ServiceNamespace": "dynamodb"}),
    )
    .await;
    assert_eq!(found["ScalingPolicies"], json!([]));
}

#[tokio::test]
async fn an_index_is_a_target_of_its_own() {
    let emulator = memory(0);
    let mut table = orders();
    table["AttributeDefinitions"] = json!([{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "status", "AttributeType": "S"}]);
    table["GlobalSecondaryIndexes"] = json!([{
        "IndexName": "by_status", "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"},
    }]);
    ask(&emulator, &dynamodb("CreateTable", table)).await;
    let index = |name: &str, dimension: &str| {
        json!({
            "ServiceNamespace": "dynamodb", "ResourceId": format!("table/orders/index/{name}"),
            "ScalableDimension": dimension, "MinCapacity": 1, "MaxCapacity": 5,
        })
    };
    good(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        index("by_status", "dynamodb:index:ReadCapacityUnits"),
    )
    .await;
    refused(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        index("by_total", "dynamodb:index:ReadCapacityUnits"),
        "ValidationException",
    )
    .await;
    refused(
        &emulator,
        SCALING,
        "RegisterScalableTarget",
        index("by_status", "dynamodb:table:ReadCapacityUnits"),
        "ValidationException",
    )
    .await;
}

#[tokio::test]
async fn what_was_put_outlives_the_process_and_stays_in_its_region() {
    let folder = tempfile::tempdir().expect("a folder");
    let id = {
        let emulator = Emulator::open(folder.path(), Config::default()).expect("it opens");
        ask(&emulator, &dynamodb("CreateTable", orders())).await;
        good(&emulator, SCALING, "RegisterScalableTarget", band(1, 5)).await;
        key(&emulator, json!({"Description": "kept"})).await
    };
    let emulator = Emulator::open(folder.path(), Config::default()).expect("it opens again");
    let found = good(&emulator, KMS, "DescribeKey", json!({"KeyId": id})).await;
    assert_eq!(found["KeyMetadata"]["Description"], "kept");
    let found = good(
        &emulator,
        SCALING,
        "DescribeScalableTargets",
        json!({"ServiceNamespace": "dynamodb"}),
    )
    .await;
    assert_eq!(found["ScalableTargets"].as_array().map(Vec::len), Some(1));
    let elsewhere = signed_json(
        "eu-west-1",
        "kms",
        "TrentService.DescribeKey",
        json!({"KeyId": id}),
    );
    assert_eq!(
        ask(&emulator, &elsewhere).await.error(),
        "NotFoundException"
    );
}

#[tokio::test]
async fn what_is_not_offered_is_said() {
    let emulator = memory(0);
    for service in [KMS, SCALING] {
        refused(
            &emulator,
            service,
            "MakeCoffee",
            json!({}),
            "UnknownOperationException",
        )
        .await;
    }
    refused(
        &emulator,
        KMS,
        "CreateAlias",
        json!({}),
        "ValidationException",
    )
    .await;
    refused(
        &emulator,
        SCALING,
        "DescribeScalableTargets",
        json!({}),
        "ValidationException",
    )
    .await;
}

const KINESIS: (&str, &str) = ("kinesis", "Kinesis_20131202");

#[tokio::test]
async fn a_stream_goes_through_its_states() {
    let emulator = memory(1);
    let named = || json!({"StreamName": "orders-changes"});
    let create = json!({"StreamName": "orders-changes", "ShardCount": 1});
    good(&emulator, KINESIS, "CreateStream", create.clone()).await;
    let twice = call(&emulator, KINESIS, "CreateStream", create).await;
    assert_eq!(twice.error(), "ResourceInUseException");
    // Nothing can be changed before a describe has shown it once.
    let longer = json!({"StreamName": "orders-changes", "RetentionPeriodHours": 48});
    refused(
        &emulator,
        KINESIS,
        "IncreaseStreamRetentionPeriod",
        longer.clone(),
        "ResourceInUseException",
    )
    .await;
    let told = good(&emulator, KINESIS, "DescribeStreamSummary", named()).await;
    let told = &told["StreamDescriptionSummary"];
    assert_eq!(told["StreamStatus"], "CREATING");
    let arn = "arn:aws:kinesis:us-east-1:123456789012:stream/orders-changes";
    assert_eq!(told["StreamARN"], arn);
    good(&emulator, KINESIS, "IncreaseStreamRetentionPeriod", longer).await;
    good(&emulator, KINESIS, "DescribeStreamSummary", named()).await;
    let shorter = json!({"StreamName": "orders-changes", "RetentionPeriodHours": 24});
    refused(
        &emulator,
        KINESIS,
        "IncreaseStreamRetentionPeriod",
        shorter,
        "InvalidArgumentException",
    )
    .await;
    let many = json!({"StreamARN": arn, "TargetShardCount": 5, "ScalingType": "UNIFORM_SCALING"});
    refused(
        &emulator,
        KINESIS,
        "UpdateShardCount",
        many,
        "InvalidArgumentException",
    )
    .await;
    let tags = json!({"StreamName": "orders-changes", "Tags": {"a": "1", "b": "2"}});
    good(&emulator, KINESIS, "AddTagsToStream", tags).await;
    let first = json!({"StreamName": "orders-changes", "Limit": 1});
    let page = good(&emulator, KINESIS, "ListTagsForStream", first).await;
    assert_eq!(page["HasMoreTags"], true);
    let listed = good(&emulator, KINESIS, "ListStreams", json!({})).await;
    assert_eq!(listed["StreamNames"], json!(["orders-changes"]));
    let described = good(&emulator, KINESIS, "DescribeStream", named()).await;
    let shards = described["StreamDescription"]["Shards"].as_array();
    assert_eq!(shards.map(Vec::len), Some(1));
    good(&emulator, KINESIS, "DeleteStream", named()).await;
    let told = good(&emulator, KINESIS, "DescribeStreamSummary", named()).await;
    assert_eq!(told["StreamDescriptionSummary"]["StreamStatus"], "DELETING");
    refused(
        &emulator,
        KINESIS,
        "DescribeStreamSummary",
        named(),
        "ResourceNotFoundException",
    )
    .await;
}
