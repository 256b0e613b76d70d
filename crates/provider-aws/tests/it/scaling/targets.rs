//! Targets: made, changed, read, found again.

use serde_json::json;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use super::{POLICY, ROLE, TABLE, TARGET, calls, index_target, target, tracking, with_table};
use crate::bed::{bed, bed_with, to_json};
use crate::looks::{imported, json_of, settled};
use crate::tables::everything;

#[tokio::test]
async fn a_target_stands_in_state_as_everybody_writes_it() {
    let (bed, _) = with_table().await;
    let object = bed.apply(TARGET, None, &target()).await;
    let mut state = to_json(&object.value);
    let arn = state["arn"].take();
    assert!(arn.as_str().is_some_and(|arn| {
        arn.starts_with("arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/")
    }));
    assert_eq!(
        state,
        json!({
            "arn": null,
            "id": "table/orders",
            "max_capacity": 50,
            "min_capacity": 5,
            "region": null,
            "resource_id": "table/orders",
            "role_arn": ROLE,
            "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
            "service_namespace": "dynamodb",
            "suspended_state": [{
                "dynamic_scaling_in_suspended": false,
                "dynamic_scaling_out_suspended": false,
                "scheduled_scaling_suspended": false,
            }],
            "tags": null,
            "tags_all": {},
        })
    );
    settled(&bed, TARGET, &object, &target()).await;
    let id = "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits";
    let found = imported(&bed, TARGET, id)
        .await
        .map(json_of)
        .expect("imported");
    assert_eq!(found["max_capacity"], json!(50));
    assert!(
        imported(&bed, TARGET, "orders")
            .await
            .map(json_of)
            .expect_err("no id")
            .starts_with("unexpected format")
    );
    let other = "dynamodb/table/orders/dynamodb:table:WriteCapacityUnits";
    assert!(imported(&bed, TARGET, other).await.map(json_of).is_err());
}

#[tokio::test]
async fn a_target_changes_in_place() {
    let bed =
        bed_with(json!({"region": "eu-west-1", "default_tags": [{"tags": {"env": "test"}}]})).await;
    bed.apply(TABLE, None, &everything()).await;
    let mut config = index_target();
    config["tags"] = json!({"team": "red"});
    let object = bed.apply(TARGET, None, &config).await;
    assert_eq!(
        to_json(&object.value)["tags_all"],
        json!({"env": "test", "team": "red"})
    );
    config["max_capacity"] = json!(40);
    config["suspended_state"] = json!([{"dynamic_scaling_in_suspended": true}]);
    config["tags"] = json!({"team": "blue"});
    let changed = bed.apply(TARGET, Some(&object), &config).await;
    let state = to_json(&changed.value);
    assert_eq!(state["max_capacity"], json!(40));
    assert_eq!(
        state["suspended_state"][0]["dynamic_scaling_in_suspended"],
        json!(true)
    );
    assert_eq!(state["tags"], json!({"team": "blue"}));
    settled(&bed, TARGET, &changed, &config).await;
    // What is left out again stays as it is, as with every block that the provider may fill.
    config
        .as_object_mut()
        .expect("an object")
        .remove("suspended_state");
    settled(&bed, TARGET, &changed, &config).await;
    // DynamoDB has a role of its own and uses no other: giving one is no difference for ever.
    config["role_arn"] = json!("arn:aws:iam::123456789012:role/mine");
    settled(&bed, TARGET, &changed, &config).await;
    for name in ["resource_id", "scalable_dimension", "service_namespace"] {
        let mut other = config.clone();
        other[name] = json!("other");
        let planned = bed.plan(TARGET, Some(&changed), &other);
        assert_eq!(planned.requires_replace.len(), 1, "{name}");
    }
    let registered = calls(&bed, "RegisterScalableTarget");
    config["tags"] = json!({});
    let changed = bed.apply(TARGET, Some(&changed), &config).await;
    assert_eq!(to_json(&changed.value)["tags_all"], json!({"env": "test"}));
    assert_eq!(calls(&bed, "RegisterScalableTarget"), registered);
    bed.delete(TARGET, &changed).await;
    bed.delete(TARGET, &changed).await;
    assert!(bed.read(TARGET, &changed).await.is_none());
}

#[tokio::test]
async fn a_target_needs_its_table() {
    let bed = bed().await;
    let (outcome, _) = bed.try_apply(TARGET, None, Some(&target())).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        problems[0]
            .summary
            .contains("ValidationException: DynamoDB table does not exist: table/orders"),
        "{problems:?}"
    );
}

#[tokio::test]
async fn a_target_that_is_there_already_is_taken_over_with_its_tags() {
    let (bed, _) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    let mut config = target();
    config["max_capacity"] = json!(70);
    config["tags"] = json!({"team": "red"});
    let object = bed.apply(TARGET, None, &config).await;
    assert_eq!(to_json(&object.value)["tags"], json!({"team": "red"}));
    settled(&bed, TARGET, &object, &config).await;
}

#[tokio::test]
async fn targets_are_read_in_one_call() {
    let (bed, _) = with_table().await;
    let mut requests = Vec::new();
    for config in [target(), index_target()] {
        let prior = bed.apply(TARGET, None, &config).await;
        requests.push(trueup_provider::ReadRequest {
            address: std::sync::Arc::new(crate::bed::address(TARGET, "a")),
            prior,
        });
    }
    let before = calls(&bed, "DescribeScalableTargets");
    let read = bed.kind(TARGET).read_many(&bed.cx, requests).await;
    assert!(
        read.iter()
            .all(|one| matches!(one, trueup_provider::ReadOutcome::Present(_)))
    );
    assert_eq!(calls(&bed, "DescribeScalableTargets"), before + 1);
}

#[tokio::test]
async fn a_target_that_is_not_known_yet_is_waited_for() {
    let (bed, _) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    bed.emulator.faults().add(Rule::next(
        Service::AutoScaling,
        "PutScalingPolicy",
        3,
        Fault::FailBefore {
            status: 400,
            code: "ObjectNotFoundException".into(),
            message: "No scalable target found".into(),
        },
    ));
    let object = bed.apply(POLICY, None, &tracking(json!(70))).await;
    assert_eq!(calls(&bed, "PutScalingPolicy"), 4);
    settled(&bed, POLICY, &object, &tracking(json!(70))).await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let (bed, _) = with_table().await;
    bed.emulator.faults().add(Rule::next(
        Service::AutoScaling,
        "RegisterScalableTarget",
        1,
        Fault::DropAnswer,
    ));
    let object = bed.apply(TARGET, None, &target()).await;
    settled(&bed, TARGET, &object, &target()).await;
}
