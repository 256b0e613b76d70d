//! What each replica has of its own: recovery, protection, tags; and what becomes of it when a call fails.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use crate::bed::{Bed, bed, bed_with, errors};
use crate::replicas::{KIND, at, away, change, key, regions, replica, start, table, with};

#[tokio::test]
async fn replica_pitr_and_protection_change_in_one_run() {
    let bed = bed().await;
    let settings = |recovery: bool, protection: bool| {
        json!({
            "region_name": "us-east-1",
            "point_in_time_recovery": recovery,
            "deletion_protection_enabled": protection,
        })
    };
    let object = start(&bed, &table(&[settings(true, true), at("us-west-2")])).await;
    assert_eq!(
        replica(&object, "us-east-1")["point_in_time_recovery"],
        true
    );
    assert_eq!(
        replica(&object, "us-east-1")["deletion_protection_enabled"],
        true
    );
    assert_eq!(
        replica(&object, "us-west-2")["point_in_time_recovery"],
        false
    );
    // What is not said stays.
    let silent = json!({"region_name": "us-east-1", "point_in_time_recovery": true});
    let planned = bed.plan(KIND, Some(&object), &table(&[silent, at("us-west-2")]));
    assert!(planned.value.raw_equals(&object.value));
    let object = change(
        &bed,
        &object,
        &table(&[settings(false, false), at("us-west-2")]),
    )
    .await;
    assert_eq!(
        replica(&object, "us-east-1")["point_in_time_recovery"],
        false
    );
    assert_eq!(
        replica(&object, "us-east-1")["deletion_protection_enabled"],
        false
    );
    let updates = bed.sent();
    assert_eq!(updates["UpdateContinuousBackups"], 2);
}

#[tokio::test]
async fn replica_pitr_kms_keeps_the_key() {
    let bed = bed().await;
    let config = |recovery: bool| {
        table(&[json!({
            "region_name": "us-east-1",
            "kms_key_arn": key("us-east-1", "a"),
            "point_in_time_recovery": recovery,
        })])
    };
    let object = start(&bed, &config(false)).await;
    let before = bed.sent()["UpdateTable"];
    let object = change(&bed, &object, &config(true)).await;
    assert_eq!(
        replica(&object, "us-east-1")["point_in_time_recovery"],
        true
    );
    assert_eq!(
        replica(&object, "us-east-1")["kms_key_arn"],
        key("us-east-1", "a")
    );
    assert_eq!(bed.sent()["UpdateTable"], before);
}

async fn tags_in(bed: &Bed, region: &str) -> Json {
    let arn = format!("arn:aws:dynamodb:{region}:123456789012:table/orders");
    let tags = away(bed, region).await.list_tags_of_resource(&arn).await;
    json!(tags.expect("the table is there"))
}

#[tokio::test]
async fn replica_tags_travel_where_they_are_meant_to() {
    let bed = bed_with(json!({
        "region": "eu-west-1",
        "default_tags": [{"tags": {"team": "shop"}}],
        "ignore_tags": [{"keys": ["theirs"]}],
    }))
    .await;
    let marked = |region: &str, on: bool| json!({"region_name": region, "propagate_tags": on});
    let config = |tags: Json, one: bool, two: bool| {
        with(
            table(&[marked("us-east-1", one), marked("us-west-2", two)]),
            json!({"tags": tags}),
        )
    };
    // One of two.
    let object = start(&bed, &config(json!({"env": "prod"}), true, false)).await;
    let all = json!({"env": "prod", "team": "shop"});
    assert_eq!(tags_in(&bed, "us-east-1").await, all);
    assert_eq!(tags_in(&bed, "us-west-2").await, json!({}));
    // Two of two.
    let object = change(&bed, &object, &config(json!({"env": "prod"}), true, true)).await;
    assert_eq!(tags_in(&bed, "us-west-2").await, all);
    // Others: both follow, and what is none of our business stays.
    let theirs = std::collections::BTreeMap::from([("theirs".to_owned(), "1".to_owned())]);
    let arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
    let put = away(&bed, "us-west-2")
        .await
        .tag_resource(arn, theirs)
        .await;
    assert!(put.is_ok());
    let object = change(&bed, &object, &config(json!({"stage": "two"}), true, true)).await;
    assert_eq!(
        tags_in(&bed, "us-east-1").await,
        json!({"stage": "two", "team": "shop"})
    );
    assert_eq!(
        tags_in(&bed, "us-west-2").await,
        json!({"stage": "two", "team": "shop", "theirs": "1"})
    );
    // Turned off, they stay where they are.
    let object = change(
        &bed,
        &object,
        &config(json!({"stage": "three"}), false, true),
    )
    .await;
    assert_eq!(
        tags_in(&bed, "us-east-1").await,
        json!({"stage": "two", "team": "shop"})
    );
    // Taken away by somebody, they are planned again.
    let removed = away(&bed, "us-west-2")
        .await
        .untag_resource(arn, vec!["stage".to_owned()])
        .await;
    assert!(removed.is_ok());
    let read = bed.read(KIND, &object).await.expect("it is there");
    assert_eq!(replica(&read, "us-west-2")["propagate_tags"], false);
    change(&bed, &read, &config(json!({"stage": "three"}), false, true)).await;
    assert_eq!(
        tags_in(&bed, "us-west-2").await,
        json!({"stage": "three", "team": "shop", "theirs": "1"})
    );
}

#[tokio::test]
async fn a_replica_that_fails_half_way_is_finished_by_the_next_apply() {
    let wanted = table(&[
        at("us-east-1"),
        json!({"region_name": "us-west-2", "point_in_time_recovery": true, "propagate_tags": true}),
    ]);
    let wanted = with(wanted, json!({"tags": {"env": "prod"}}));
    for (operation, n) in [
        ("UpdateTable", 1),
        ("UpdateTable", 2),
        ("UpdateContinuousBackups", 1),
        ("TagResource", 1),
    ] {
        let bed = bed().await;
        bed.emulator.faults().add(Rule::nth(
            Service::DynamoDb,
            operation,
            n,
            Fault::FailBefore {
                status: 400,
                code: "AccessDeniedException".to_owned(),
                message: "not today".to_owned(),
            },
        ));
        let (outcome, heard) = bed.try_apply(KIND, None, Some(&wanted)).await;
        let ApplyOutcome::Failed(Some(object), problems) = outcome else {
            panic!("{operation} {n}: {outcome:?}");
        };
        assert!(errors(&problems)[0].contains("replica us-"), "{problems:?}");
        assert_eq!(heard.created.into_inner().expect("not poisoned").len(), 1);
        let read = bed.read(KIND, &object).await.expect("the table is there");
        let planned = bed.plan(KIND, Some(&read), &wanted);
        assert!(planned.requires_replace.is_empty());
        assert!(!planned.value.raw_equals(&read.value), "{operation} {n}");
        let object = change(&bed, &read, &wanted).await;
        assert_eq!(regions(&object), ["us-east-1", "us-west-2"]);
        assert_eq!(tags_in(&bed, "us-west-2").await, json!({"env": "prod"}));
    }
}

#[tokio::test]
async fn a_table_goes_after_its_replicas_and_protection_stops_it_before_anything_is_touched() {
    let bed = bed().await;
    let protected = json!({"region_name": "us-west-2", "deletion_protection_enabled": true});
    let config = table(&[at("us-east-1"), protected]);
    let object = start(&bed, &config).await;
    let before = bed.sent();
    let (outcome, _) = bed.try_apply(KIND, Some(&object), None).await;
    let ApplyOutcome::Failed(Some(_), problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        problems[0]
            .detail
            .contains("nothing of the table was touched")
    );
    assert_eq!(bed.sent(), before);
    // A protected replica that is taken out of the configuration is an error of the plan.
    let planned = bed.plan(KIND, Some(&object), &table(&[at("us-east-1")]));
    assert_eq!(
        errors(&planned.problems),
        ["The replica in us-west-2 is protected from deletion"]
    );
    let open = table(&[
        at("us-east-1"),
        json!({"region_name": "us-west-2", "deletion_protection_enabled": false}),
    ]);
    let object = change(&bed, &object, &open).await;
    bed.delete(KIND, &object).await;
    for region in ["us-east-1", "us-west-2"] {
        assert!(
            away(&bed, region)
                .await
                .describe_table("orders")
                .await
                .is_err()
        );
    }
    assert!(bed.dynamodb.describe_table("orders").await.is_err());
}
