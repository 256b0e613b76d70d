//! Autoscaling targets and policies on the embedded AWS, and what they mean to the capacity of tables.

mod bands;
mod policies;
mod targets;

use serde_json::{Value as Json, json};
use trueup_provider::{Adoption, Object};

use crate::bed::{Bed, bed};
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
