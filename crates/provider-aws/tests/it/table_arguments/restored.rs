//! Tables that are made from a backup of another one.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use super::{KIND, on_demand, with};
use crate::bed::{Bed, bed, errors, to_json};
use crate::tables::settled;

/// A table and a copy of it.
fn copy() -> Json {
    with(on_demand(), |c| {
        c["name"] = json!("events");
        c["restore_source_name"] = json!("orders");
        c["restore_to_latest_time"] = json!(true);
        c["stream_enabled"] = json!(true);
        c["stream_view_type"] = json!("KEYS_ONLY");
        c["table_class"] = json!("STANDARD_INFREQUENT_ACCESS");
        c["deletion_protection_enabled"] = json!(true);
        c["ttl"] = json!([{"attribute_name": "expires", "enabled": true}]);
        c["point_in_time_recovery"] = json!([{"enabled": true}]);
        c["tags"] = json!({"team": "red"});
    })
}

async fn source(bed: &Bed) {
    let source = with(on_demand(), |c| {
        c["point_in_time_recovery"] = json!([{"enabled": true}]);
    });
    bed.apply(KIND, None, &source).await;
}

#[tokio::test]
async fn a_restored_table_gets_everything_in_the_same_apply() {
    let bed = bed().await;
    source(&bed).await;
    let object = bed.apply(KIND, None, &copy()).await;
    settled(&bed, &object, &copy()).await;
    let value = to_json(&object.value);
    assert_eq!(value["tags"]["team"], "red");
    assert_ne!(value["stream_arn"], "");
    // The source may go from the configuration: the table stays.
    let without = with(copy(), |c| {
        c["restore_source_name"] = Json::Null;
        c["restore_to_latest_time"] = Json::Null;
    });
    let planned = bed.plan(KIND, Some(&object), &without);
    assert!(planned.requires_replace.is_empty());
    let object = bed.apply(KIND, Some(&object), &without).await;
    settled(&bed, &object, &without).await;
    let other = with(copy(), |c| c["restore_source_name"] = json!("others"));
    let object = bed.apply(KIND, Some(&object), &copy()).await;
    let planned = bed.plan(KIND, Some(&object), &other);
    assert!(!planned.requires_replace.is_empty() || !errors(&planned.problems).is_empty());
}

#[tokio::test]
async fn a_restore_takes_keys_and_indexes_along_where_none_are_written() {
    let bed = bed().await;
    source(&bed).await;
    let short = json!({
        "name": "events", "billing_mode": "PAY_PER_REQUEST",
        "restore_source_name": "orders", "restore_to_latest_time": true,
    });
    let object = bed.apply(KIND, None, &short).await;
    settled(&bed, &object, &short).await;
    assert_eq!(
        to_json(&object.value)["global_secondary_index"][0]["name"],
        "by_status"
    );
}

#[tokio::test]
async fn every_later_call_of_a_creation_may_fail() {
    let everything = with(copy(), |c| {
        c["deletion_protection_enabled"] = json!(false);
    });
    for operation in [
        "TagResource",
        "UpdateTable",
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "DescribeTimeToLive",
    ] {
        let bed = bed().await;
        source(&bed).await;
        bed.emulator.faults().add(Rule::next(
            Service::DynamoDb,
            operation,
            1,
            Fault::FailBefore {
                status: 400,
                code: "AccessDeniedException".into(),
                message: "no".into(),
            },
        ));
        let (outcome, heard) = bed.try_apply(KIND, None, Some(&everything)).await;
        let ApplyOutcome::Failed(Some(there), _) = outcome else {
            panic!("{operation}: {outcome:?}");
        };
        assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
        let there = bed.read(KIND, &there).await.expect("the table is there");
        let made = bed.apply(KIND, Some(&there), &everything).await;
        settled(&bed, &made, &everything).await;
    }
}
