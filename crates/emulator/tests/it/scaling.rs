//! Application Auto Scaling, asked as AWS clients ask it: targets and their policies.

use serde_json::{Value, json};

use crate::bed::{SCALING, ask, dynamodb, memory, orders};

/// A target of the table's reads.
pub fn band(min: i64, max: i64) -> Value {
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

/// A policy that keeps the table's reads at a level.
pub fn tracking() -> Value {
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
    SCALING
        .refused(
            &emulator,
            "RegisterScalableTarget",
            band(1, 5),
            "ValidationException",
        )
        .await;
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    SCALING
        .refused(
            &emulator,
            "RegisterScalableTarget",
            band(5, 1),
            "ValidationException",
        )
        .await;
    SCALING
        .refused(
            &emulator,
            "RegisterScalableTarget",
            named(),
            "ValidationException",
        )
        .await;
    SCALING
        .refused(
            &emulator,
            "PutScalingPolicy",
            tracking(),
            "ObjectNotFoundException",
        )
        .await;
    let first = SCALING
        .good(&emulator, "RegisterScalableTarget", band(1, 5))
        .await;
    let again = SCALING
        .good(&emulator, "RegisterScalableTarget", band(2, 6))
        .await;
    assert_eq!(first, again);
    let found = SCALING
        .good(
            &emulator,
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
    let put = SCALING
        .good(&emulator, "PutScalingPolicy", tracking())
        .await;
    assert_eq!(put["Alarms"].as_array().map(Vec::len), Some(4));
    let mut wrong = tracking();
    wrong["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"] =
        json!("DynamoDBWriteCapacityUtilization");
    SCALING
        .refused(&emulator, "PutScalingPolicy", wrong, "ValidationException")
        .await;
    let found = SCALING
        .good(
            &emulator,
            "DescribeScalingPolicies",
            json!({"ServiceNamespace": "dynamodb"}),
        )
        .await;
    assert_eq!(found["ScalingPolicies"][0]["PolicyARN"], put["PolicyARN"]);
    let arn = first["ScalableTargetARN"].clone();
    SCALING
        .good(
            &emulator,
            "TagResource",
            json!({"ResourceARN": arn, "Tags": {"team": "red"}}),
        )
        .await;
    let tags = SCALING
        .good(
            &emulator,
            "ListTagsForResource",
            json!({"ResourceARN": arn}),
        )
        .await;
    assert_eq!(tags["Tags"], json!({"team": "red"}));
    SCALING
        .good(
            &emulator,
            "UntagResource",
            json!({"ResourceARN": arn, "TagKeys": ["team"]}),
        )
        .await;
    // Policies go with their target.
    SCALING
        .good(&emulator, "DeregisterScalableTarget", named())
        .await;
    SCALING
        .refused(
            &emulator,
            "DeregisterScalableTarget",
            named(),
            "ObjectNotFoundException",
        )
        .await;
    let found = SCALING
        .good(
            &emulator,
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
    SCALING
        .good(
            &emulator,
            "RegisterScalableTarget",
            index("by_status", "dynamodb:index:ReadCapacityUnits"),
        )
        .await;
    SCALING
        .refused(
            &emulator,
            "RegisterScalableTarget",
            index("by_total", "dynamodb:index:ReadCapacityUnits"),
            "ValidationException",
        )
        .await;
    SCALING
        .refused(
            &emulator,
            "RegisterScalableTarget",
            index("by_status", "dynamodb:table:ReadCapacityUnits"),
            "ValidationException",
        )
        .await;
}
