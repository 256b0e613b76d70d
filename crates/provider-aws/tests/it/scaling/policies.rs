//! Policies of targets.

use serde_json::json;
use trueup_provider::ApplyOutcome;

use super::{POLICY, TARGET, target, tracking, with_table};
use crate::bed::{bed, errors, to_json};
use crate::looks::{imported, json_of, settled};

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
