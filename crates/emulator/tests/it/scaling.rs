//! Application Auto Scaling, asked as AWS clients ask it: targets and their policies.

use serde_json::{Value, json};

use crate::bed::{At, SCALING, ask, dynamodb, memory, orders};

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

/// What there is of policies.
async fn policies(scaling: At<'_>) -> Value {
    let body = json!({"ServiceNamespace": "dynamodb"});
    let found = scaling.good("DescribeScalingPolicies", body).await;
    found["ScalingPolicies"].clone()
}

#[tokio::test]
async fn targets_and_policies_are_kept_as_they_were_put() {
    let emulator = memory(0);
    let scaling = SCALING.at(&emulator);
    scaling
        .refused("RegisterScalableTarget", band(1, 5), "ValidationException")
        .await;
    ask(&emulator, &dynamodb("CreateTable", orders())).await;
    scaling
        .refused("RegisterScalableTarget", band(5, 1), "ValidationException")
        .await;
    scaling
        .refused("RegisterScalableTarget", named(), "ValidationException")
        .await;
    scaling
        .refused("PutScalingPolicy", tracking(), "ObjectNotFoundException")
        .await;
    let first = scaling.good("RegisterScalableTarget", band(1, 5)).await;
    let again = scaling.good("RegisterScalableTarget", band(2, 6)).await;
    assert_eq!(first, again);
    let found = scaling
        .good(
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
    let put = scaling.good("PutScalingPolicy", tracking()).await;
    assert_eq!(put["Alarms"].as_array().map(Vec::len), Some(4));
    let mut wrong = tracking();
    wrong["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"] =
        json!("DynamoDBWriteCapacityUtilization");
    scaling
        .refused("PutScalingPolicy", wrong, "ValidationException")
        .await;
    let kept = policies(scaling).await;
    assert_eq!(kept[0]["PolicyARN"], put["PolicyARN"]);
    let arn = first["ScalableTargetARN"].clone();
    scaling
        .good(
            "TagResource",
            json!({"ResourceARN": arn, "Tags": {"team": "red"}}),
        )
        .await;
    let tags = scaling
        .good("ListTagsForResource", json!({"ResourceARN": arn}))
        .await;
    assert_eq!(tags["Tags"], json!({"team": "red"}));
    scaling
        .good(
            "UntagResource",
            json!({"ResourceARN": arn, "TagKeys": ["team"]}),
        )
        .await;
    // Policies go with their target.
    scaling.good("DeregisterScalableTarget", named()).await;
    scaling
        .refused(
            "DeregisterScalableTarget",
            named(),
            "ObjectNotFoundException",
        )
        .await;
    assert_eq!(policies(scaling).await, json!([]));
}

#[tokio::test]
async fn an_index_is_a_target_of_its_own() {
    let emulator = memory(0);
    let scaling = SCALING.at(&emulator);
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
    scaling
        .good(
            "RegisterScalableTarget",
            index("by_status", "dynamodb:index:ReadCapacityUnits"),
        )
        .await;
    scaling
        .refused(
            "RegisterScalableTarget",
            index("by_total", "dynamodb:index:ReadCapacityUnits"),
            "ValidationException",
        )
        .await;
    scaling
        .refused(
            "RegisterScalableTarget",
            index("by_status", "dynamodb:table:ReadCapacityUnits"),
            "ValidationException",
        )
        .await;
}
