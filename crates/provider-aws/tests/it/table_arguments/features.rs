//! Recovery, encryption and time to live: turned on, changed, turned off.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{ApplyOutcome, Object};

use super::{KIND, on_demand, series, with};
use crate::bed::{bed, to_json};
use crate::tables::settled;

#[tokio::test]
async fn a_recovery_period_is_kept_and_falls_back_to_the_usual_one() {
    let bed = bed().await;
    let days = |days: Json| {
        with(on_demand(), |c| {
            c["point_in_time_recovery"] =
                json!([{"enabled": true, "recovery_period_in_days": days}]);
        })
    };
    let calls = series(
        &bed,
        &[
            days(json!(7)),
            days(json!(9)),
            days(Json::Null),
            days(json!(35)),
        ],
    )
    .await;
    assert_eq!(
        calls[1..],
        [
            vec!["UpdateContinuousBackups"],
            vec!["UpdateContinuousBackups"],
            vec![]
        ]
    );
}

#[tokio::test]
async fn a_block_that_is_gone_turns_off_what_it_had_turned_on() {
    let bed = bed().await;
    let features = with(on_demand(), |c| {
        c["ttl"] = json!([{"attribute_name": "expires", "enabled": true}]);
        c["point_in_time_recovery"] = json!([{"enabled": true}]);
        c["server_side_encryption"] = json!([{"enabled": true}]);
    });
    let object = bed.apply(KIND, None, &features).await;
    let planned = bed.plan(KIND, Some(&object), &on_demand());
    let said: Vec<&str> = planned
        .problems
        .iter()
        .map(|p| p.summary.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "Encryption with a KMS key is turned off",
            "Point-in-time recovery is turned off",
            "Time to live is turned off",
        ]
    );
    let bare = bed.apply(KIND, Some(&object), &on_demand()).await;
    settled(&bed, &bare, &on_demand()).await;
    let ttl = bed.dynamodb.describe_time_to_live("orders").await;
    assert_eq!(ttl.expect("told").status, "DISABLED");

    // What nobody here turned on stays, and the plan says so.
    let object = bed.apply(KIND, Some(&bare), &features).await;
    let foreign = Object {
        private: None,
        ..object
    };
    let planned = bed.plan(KIND, Some(&foreign), &on_demand());
    assert!(planned.value.raw_equals(&foreign.value));
    assert_eq!(planned.problems.len(), 3);
}

#[tokio::test]
async fn time_to_live_goes_by_what_is_live() {
    let bed = bed().await;
    let ttl = |name: &str, on: bool| {
        with(on_demand(), |c| {
            c["ttl"] = json!([{"attribute_name": name, "enabled": on}]);
        })
    };
    let object = bed.apply(KIND, None, &ttl("expires", true)).await;
    // Off by another name in the block: the live one is used.
    let off = bed.apply(KIND, Some(&object), &ttl("", false)).await;
    settled(&bed, &off, &ttl("", false)).await;
    // Somebody turned it on meanwhile: nothing is left to do.
    let again = bed.dynamodb.update_time_to_live("orders", "expires", true);
    again.await.expect("turned on");
    let before = bed.sent();
    bed.apply(KIND, Some(&off), &ttl("expires", true)).await;
    assert_eq!(
        bed.sent().get("UpdateTimeToLive"),
        before.get("UpdateTimeToLive")
    );
}

#[tokio::test]
async fn a_time_to_live_that_was_changed_too_lately_is_left_for_later() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &on_demand()).await;
    let wanted = with(on_demand(), |c| {
        c["ttl"] = json!([{"attribute_name": "expires", "enabled": true}]);
        c["point_in_time_recovery"] = json!([{"enabled": true}]);
    });
    bed.emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "UpdateTimeToLive",
        1,
        Fault::FailBefore {
            status: 400,
            code: "ValidationException".into(),
            message: "Time to live has been modified multiple times within a fixed interval".into(),
        },
    ));
    let (outcome, _) = bed.try_apply(KIND, Some(&object), Some(&wanted)).await;
    let ApplyOutcome::Failed(Some(there), problems) = outcome else {
        panic!("failed: {outcome:?}");
    };
    assert!(problems[0].detail.contains("an hour"), "{problems:?}");
    let value = to_json(&there.value);
    assert_eq!(value["point_in_time_recovery"][0]["enabled"], true);
    let made = bed.apply(KIND, Some(&there), &wanted).await;
    settled(&bed, &made, &wanted).await;
}
