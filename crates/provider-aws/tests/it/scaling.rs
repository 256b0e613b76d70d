//! Autoscaling targets and policies on the embedded AWS, and what they mean to the capacity of tables.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Object};

use crate::bed::{Bed, bed, bed_with, errors, to_json};
use crate::looks::{imported, json_of, settled};
use crate::recovery::{intent, judge};
use crate::tables::everything;

const TABLE: &str = "aws_dynamodb_table";
const TARGET: &str = "aws_appautoscaling_target";
const POLICY: &str = "aws_appautoscaling_policy";

const ROLE: &str = "arn:aws:iam::123456789012:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable";

fn target() -> Json {
    json!({
        "min_capacity": 5, "max_capacity": 50,
        "resource_id": "table/orders",
        "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
        "service_namespace": "dynamodb",
    })
}

fn index_target() -> Json {
    json!({
        "min_capacity": 1, "max_capacity": 20,
        "resource_id": "table/orders/index/by_status",
        "scalable_dimension": "dynamodb:index:WriteCapacityUnits",
        "service_namespace": "dynamodb",
    })
}

fn tracking(target_value: Json) -> Json {
    json!({
        "name": "reads",
        "policy_type": "TargetTrackingScaling",
        "resource_id": "table/orders",
        "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
        "service_namespace": "dynamodb",
        "target_tracking_scaling_policy_configuration": [{
            "target_value": target_value,
            "predefined_metric_specification": [{"predefined_metric_type": "DynamoDBReadCapacityUtilization"}],
        }],
    })
}

pub fn calls(bed: &Bed, operation: &str) -> u64 {
    crate::looks::calls(bed, "application-autoscaling", operation)
}

async fn with_table() -> (Bed, Object) {
    let bed = bed().await;
    let table = bed.apply(TABLE, None, &everything()).await;
    (bed, table)
}

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
async fn a_policy_of_tracking_stands_in_state_as_everybody_writes_it() {
    let (bed, _) = with_table().await;
    let target = bed.apply(TARGET, None, &target()).await;
    let config = tracking(json!(70));
    let object = bed.apply(POLICY, None, &config).await;
    let mut state = to_json(&object.value);
    let arn = state["arn"].take();
    assert!(
        arn.as_str()
            .is_some_and(|arn| arn.ends_with(":resource/dynamodb/table/orders:policyName/reads"))
    );
    let alarms = state["alarm_arns"].take();
    assert_eq!(alarms.as_array().map(Vec::len), Some(4));
    assert_eq!(
        state,
        json!({
            "alarm_arns": null,
            "arn": null,
            "id": "reads",
            "name": "reads",
            "policy_type": "TargetTrackingScaling",
            "region": null,
            "resource_id": "table/orders",
            "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
            "service_namespace": "dynamodb",
            "step_scaling_policy_configuration": [],
            "target_tracking_scaling_policy_configuration": [{
                "customized_metric_specification": [],
                "disable_scale_in": false,
                "predefined_metric_specification": [{
                    "predefined_metric_type": "DynamoDBReadCapacityUtilization",
                    "resource_label": "",
                }],
                "scale_in_cooldown": 0,
                "scale_out_cooldown": 0,
                "target_value": 70,
            }],
        })
    );
    settled(&bed, POLICY, &object, &config).await;
    let id = "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/reads";
    let found = imported(&bed, POLICY, id)
        .await
        .map(json_of)
        .expect("imported");
    assert_eq!(found["id"], json!("reads"));
    assert!(imported(&bed, POLICY, "reads").await.map(json_of).is_err());
    // Changed in place, under its name.
    let mut config = tracking(json!(55));
    config["target_tracking_scaling_policy_configuration"][0]["scale_in_cooldown"] = json!(60);
    config["target_tracking_scaling_policy_configuration"][0]["disable_scale_in"] = json!(true);
    let changed = bed.apply(POLICY, Some(&object), &config).await;
    let state = to_json(&changed.value);
    assert_eq!(state["arn"], arn);
    settled(&bed, POLICY, &changed, &config).await;
    // It goes with its target, and is deleted all the same.
    bed.delete(TARGET, &target).await;
    assert!(bed.read(POLICY, &changed).await.is_none());
    bed.delete(POLICY, &changed).await;
}

#[tokio::test]
async fn a_policy_with_a_metric_of_its_own_reads_back_whole() {
    let (bed, _) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    let metric = json!({
        "metric_name": "Lag", "namespace": "orders", "statistic": "Average", "unit": "Count",
        "dimensions": [{"name": "table", "value": "orders"}, {"name": "stage", "value": "test"}],
    });
    let several = json!({"metrics": [
        {"id": "e", "label": "lag per unit", "expression": "m / 2"},
        {"id": "m", "return_data": false, "metric_stat": [{
            "stat": "p99", "unit": "Count",
            "metric": [{"metric_name": "Lag", "namespace": "orders", "dimensions": [{"name": "table", "value": "orders"}]}],
        }]},
    ]});
    for customized in [metric, several] {
        let mut config = tracking(json!(100));
        let block = &mut config["target_tracking_scaling_policy_configuration"][0];
        block
            .as_object_mut()
            .expect("an object")
            .remove("predefined_metric_specification");
        block["customized_metric_specification"] = json!([customized]);
        let object = bed.apply(POLICY, None, &config).await;
        settled(&bed, POLICY, &object, &config).await;
        bed.delete(POLICY, &object).await;
    }
}

#[tokio::test]
async fn a_policy_of_steps_reads_back_whole() {
    let bed = bed().await;
    let service = json!({
        "min_capacity": 1, "max_capacity": 10, "resource_id": "service/main/web",
        "scalable_dimension": "ecs:service:DesiredCount", "service_namespace": "ecs",
    });
    bed.apply(TARGET, None, &service).await;
    let config = json!({
        "name": "steps", "resource_id": "service/main/web",
        "scalable_dimension": "ecs:service:DesiredCount", "service_namespace": "ecs",
        "step_scaling_policy_configuration": [{
            "adjustment_type": "PercentChangeInCapacity", "cooldown": 60, "metric_aggregation_type": "Maximum",
            "min_adjustment_magnitude": 1,
            "step_adjustment": [
                {"metric_interval_lower_bound": "0", "metric_interval_upper_bound": "10", "scaling_adjustment": 10},
                {"metric_interval_lower_bound": "10", "scaling_adjustment": 30},
            ],
        }],
    });
    let object = bed.apply(POLICY, None, &config).await;
    assert_eq!(to_json(&object.value)["policy_type"], json!("StepScaling"));
    settled(&bed, POLICY, &object, &config).await;
    bed.delete(POLICY, &object).await;
}

#[tokio::test]
async fn dynamodb_takes_no_steps() {
    let (bed, _) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    let mut config = tracking(json!(70));
    config["policy_type"] = json!("StepScaling");
    config["step_scaling_policy_configuration"] = json!([{"adjustment_type": "ChangeInCapacity", "step_adjustment": [{"scaling_adjustment": 1}]}]);
    config["target_tracking_scaling_policy_configuration"] = json!([]);
    let (outcome, _) = bed.try_apply(POLICY, None, Some(&config)).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        problems[0].summary.contains("ValidationException"),
        "{problems:?}"
    );
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

#[tokio::test]
async fn what_an_earlier_run_left_open_is_judged_by_what_is_there() {
    let (bed, _) = with_table().await;
    let made = bed.step(TARGET, None, Some(&target()));
    let object = bed.apply(TARGET, None, &target()).await;
    let never = bed.step(TARGET, None, Some(&index_target()));
    let policy = bed.step(POLICY, None, Some(&tracking(json!(70))));
    bed.apply(POLICY, None, &tracking(json!(70))).await;
    let judged = judge(
        &bed,
        TARGET,
        vec![
            intent(&bed, TARGET, &made, None),
            intent(&bed, TARGET, &never, None),
            intent(
                &bed,
                TARGET,
                &bed.step(TARGET, Some(&object), None),
                Some(&object),
            ),
        ],
    )
    .await;
    assert!(matches!(judged[0], Adoption::Adopt(_)), "{judged:?}");
    assert!(matches!(judged[1], Adoption::Forget), "{judged:?}");
    assert!(matches!(judged[2], Adoption::Forget), "{judged:?}");
    let judged = judge(&bed, POLICY, vec![intent(&bed, POLICY, &policy, None)]).await;
    assert!(matches!(judged[0], Adoption::Adopt(_)), "{judged:?}");
    bed.delete(TARGET, &object).await;
    let step = bed.step(TARGET, Some(&object), None);
    let judged = judge(
        &bed,
        TARGET,
        vec![intent(&bed, TARGET, &step, Some(&object))],
    )
    .await;
    assert!(matches!(judged[0], Adoption::Gone), "{judged:?}");
}

#[tokio::test]
async fn arguments_of_policies_are_checked() {
    let bed = bed().await;
    let both = {
        let mut config = tracking(json!(70));
        config["target_tracking_scaling_policy_configuration"][0]["customized_metric_specification"] =
            json!([{"metric_name": "Lag", "namespace": "orders", "statistic": "Sum"}]);
        config
    };
    let mut kind = tracking(json!(70));
    kind["policy_type"] = json!("PredictiveScaling");
    let mut name = tracking(json!(70));
    name["name"] = json!("x".repeat(256));
    for (config, said) in [
        (both, "Conflicting configuration arguments"),
        (kind, "expected policy_type to be one of"),
        (name, "expected length of name to be in the range (0 - 255)"),
    ] {
        let value = bed.config(POLICY, &config);
        let found = errors(&trueup_provider::Provider::validate(
            &bed.provider,
            trueup_addrs::Mode::Managed,
            POLICY,
            &value,
        ));
        assert!(
            found.iter().any(|found| found.starts_with(said)),
            "{config}: {found:?}"
        );
    }
}

/// Moves capacity as the service does, behind everybody's back.
async fn moved_to(bed: &Bed, read: i64, index_read: i64) {
    let request = trueup_aws::dynamodb::UpdateTable {
        table: "orders".into(),
        throughput: Some(trueup_aws::dynamodb::Throughput { read, write: 6 }),
        index_updates: vec![trueup_aws::dynamodb::IndexUpdate::Update(
            trueup_aws::dynamodb::UpdateIndex {
                name: "by_status".into(),
                throughput: Some(trueup_aws::dynamodb::Throughput {
                    read: index_read,
                    write: 2,
                }),
                ..Default::default()
            },
        )],
        ..Default::default()
    };
    bed.dynamodb.update_table(request).await.expect("moved");
    for _ in 0..4 {
        bed.dynamodb.describe_table("orders").await.expect("there");
    }
}

/// A table with bands on its read units and those of its index.
async fn banded() -> (Bed, Object) {
    let (bed, table) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    let mut index = index_target();
    index["scalable_dimension"] = json!("dynamodb:index:ReadCapacityUnits");
    bed.apply(TARGET, None, &index).await;
    (bed, table)
}

#[tokio::test]
async fn capacity_that_moves_within_its_band_is_no_drift() {
    let (bed, table) = banded().await;
    let asked = calls(&bed, "DescribeScalableTargets");
    settled(&bed, TABLE, &table, &everything()).await;
    // Nothing moved, nothing was asked.
    assert_eq!(calls(&bed, "DescribeScalableTargets"), asked);
    moved_to(&bed, 17, 9).await;
    settled(&bed, TABLE, &table, &everything()).await;
    assert_eq!(calls(&bed, "DescribeScalableTargets"), asked + 1);
    // Another change leaves the capacities where they are.
    let mut tagged = everything();
    tagged["tags"] = json!({"team": "blue"});
    tagged["deletion_protection_enabled"] = json!(true);
    let changed = bed.apply(TABLE, Some(&table), &tagged).await;
    let there = bed.dynamodb.describe_table("orders").await.expect("there");
    assert_eq!(there.throughput.map(|units| units.read), Some(17));
    assert_eq!(
        there.global_indexes[0].throughput.map(|units| units.read),
        Some(9)
    );
    assert_eq!(to_json(&changed.value)["read_capacity"], json!(7));
    settled(&bed, TABLE, &changed, &tagged).await;
}

#[tokio::test]
async fn capacity_outside_its_band_is_drift() {
    let (bed, table) = banded().await;
    // The write units have no band.
    for (read, drifts) in [(50, false), (51, true), (4, true)] {
        moved_to(&bed, read, 9).await;
        let bed = fresh(&bed).await;
        let found = bed.read(TABLE, &table).await.expect("there");
        let capacity = to_json(&found.value)["read_capacity"].clone();
        assert_eq!(capacity, json!(if drifts { read } else { 7 }), "{read}");
        let planned = bed.plan(TABLE, Some(&found), &everything());
        assert_eq!(!planned.value.raw_equals(&found.value), drifts, "{read}");
    }
}

/// The same world in another run.
async fn fresh(bed: &Bed) -> Bed {
    crate::bed::over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await
}

#[tokio::test]
async fn an_imported_table_keeps_the_capacity_that_autoscaling_gave_it() {
    let (bed, _) = banded().await;
    moved_to(&bed, 17, 9).await;
    let bed = fresh(&bed).await;
    let found = bed
        .kind(TABLE)
        .import(&bed.cx, "orders")
        .await
        .expect("imported");
    let object = found[0].object.clone();
    assert_eq!(to_json(&object.value)["read_capacity"], json!(17));
    let planned = bed.plan(TABLE, Some(&object), &everything());
    let state = to_json(&planned.value);
    assert_eq!(state["read_capacity"], json!(17));
    assert_eq!(
        state["global_secondary_index"][0]["read_capacity"],
        json!(9)
    );
    // It goes on moving, and nobody minds.
    moved_to(&bed, 23, 11).await;
    let bed = fresh(&bed).await;
    let read = bed.read(TABLE, &object).await.expect("there");
    assert_eq!(to_json(&read.value)["read_capacity"], json!(17));
    // Without its bands it is a capacity like any other.
    for id in [
        "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits",
        "dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits",
    ] {
        let target = bed
            .kind(TARGET)
            .import(&bed.cx, id)
            .await
            .expect("a target");
        bed.delete(TARGET, &target[0].object).await;
    }
    let bed = fresh(&bed).await;
    let read = bed.read(TABLE, &read).await.expect("there");
    assert_eq!(to_json(&read.value)["read_capacity"], json!(23));
    let planned = bed.plan(TABLE, Some(&read), &everything());
    assert_eq!(to_json(&planned.value)["read_capacity"], json!(7));
}

#[tokio::test]
async fn who_may_not_ask_sees_the_capacity_as_it_is() {
    let (bed, table) = banded().await;
    moved_to(&bed, 17, 9).await;
    bed.emulator.faults().add(Rule::next(
        Service::AutoScaling,
        "DescribeScalableTargets",
        1,
        Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".into(),
            message: "no".into(),
        },
    ));
    let found = bed.read(TABLE, &table).await.expect("there");
    assert_eq!(to_json(&found.value)["read_capacity"], json!(17));
}
