//! Changes of a table in place, each with the calls that carry it.

use serde_json::{Value as Json, json};
use trueup_provider::ApplyOutcome;

use crate::bed::{bed, difference, to_json};
use crate::tables::{attribute, everything, settled};

const KIND: &str = "aws_dynamodb_table";

/// Each change with the operations that carry it, in order.
fn changes() -> Vec<(&'static str, Json, Vec<&'static str>)> {
    let with = |change: &dyn Fn(&mut Json)| {
        let mut config = everything();
        change(&mut config);
        config
    };
    vec![
        (
            "capacities",
            with(&|c| {
                c["read_capacity"] = json!(9);
                c["global_secondary_index"][0]["write_capacity"] = json!(5);
            }),
            vec!["UpdateTable"],
        ),
        (
            "index keys",
            with(&|c| {
                c["global_secondary_index"][0]["range_key"] = json!("a");
            }),
            vec!["UpdateTable", "UpdateTable"],
        ),
        (
            "an index more",
            with(&|c| {
                let more = json!({
                    "name": "by_amount_too", "hash_key": "a", "projection_type": "ALL",
                    "read_capacity": 1, "write_capacity": 1,
                });
                c["global_secondary_index"]
                    .as_array_mut()
                    .expect("a list")
                    .push(more);
            }),
            vec!["UpdateTable"],
        ),
        (
            "another view",
            with(&|c| c["stream_view_type"] = json!("KEYS_ONLY")),
            vec!["UpdateTable", "UpdateTable"],
        ),
        (
            "no stream",
            with(&|c| c["stream_enabled"] = json!(false)),
            vec!["UpdateTable"],
        ),
        (
            "no time to live",
            with(&|c| c["ttl"] = json!([{"attribute_name": "expires", "enabled": false}])),
            vec!["UpdateTimeToLive"],
        ),
        (
            "another attribute of the time to live",
            with(&|c| c["ttl"] = json!([{"attribute_name": "gone_at", "enabled": true}])),
            vec!["UpdateTimeToLive", "UpdateTimeToLive"],
        ),
        (
            "no recovery",
            with(&|c| c["point_in_time_recovery"] = json!([{"enabled": false}])),
            vec!["UpdateContinuousBackups"],
        ),
        (
            "no encryption of its own",
            with(&|c| c["server_side_encryption"] = json!([{"enabled": false}])),
            vec!["UpdateTable"],
        ),
        (
            "another class",
            with(&|c| c["table_class"] = json!("STANDARD_INFREQUENT_ACCESS")),
            vec!["UpdateTable"],
        ),
        (
            "protection",
            with(&|c| c["deletion_protection_enabled"] = json!(true)),
            vec!["UpdateTable"],
        ),
        (
            "tags",
            with(&|c| c["tags"] = json!({"owner": "ops"})),
            vec!["TagResource", "UntagResource"],
        ),
        (
            "on demand",
            with(&|c| {
                c["billing_mode"] = json!("PAY_PER_REQUEST");
                for name in ["read_capacity", "write_capacity"] {
                    c[name] = Json::Null;
                    c["global_secondary_index"][0][name] = Json::Null;
                }
            }),
            vec!["UpdateTable"],
        ),
    ]
}

#[tokio::test]
async fn every_part_can_be_changed_in_place() {
    for (what, config, operations) in changes() {
        let bed = bed().await;
        let object = bed.apply(KIND, None, &everything()).await;
        let planned = bed.plan(KIND, Some(&object), &config);
        assert!(planned.requires_replace.is_empty(), "{what}");
        let before = bed.sent();
        let changed = bed.apply(KIND, Some(&object), &config).await;
        let mut sent = Vec::new();
        for (operation, count) in bed.sent() {
            let reads = operation.starts_with("Describe") || operation.starts_with("List");
            let earlier = before.get(&operation).copied().unwrap_or(0);
            if !reads {
                sent.extend((earlier..count).map(|_| operation.clone()));
            }
        }
        assert_eq!(sent, operations, "{what}");
        let read = bed.read(KIND, &changed).await.expect("the table is there");
        let again = bed.plan(KIND, Some(&read), &config);
        assert!(
            again.value.raw_equals(&read.value),
            "{what}:\n{}",
            difference(&to_json(&read.value), &to_json(&again.value))
        );
    }
}

#[tokio::test]
async fn a_switch_to_provisioned_takes_its_indexes_along() {
    let bed = bed().await;
    let on_demand = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [attribute("pk", "S"), attribute("status", "S")],
        "global_secondary_index": [{"name": "by_status", "hash_key": "status", "projection_type": "ALL"}],
    });
    let object = bed.apply(KIND, None, &on_demand).await;
    let object = bed.read(KIND, &object).await.expect("the table is there");
    let mut provisioned = on_demand.clone();
    provisioned["billing_mode"] = json!("PROVISIONED");
    for name in ["read_capacity", "write_capacity"] {
        provisioned[name] = json!(4);
        provisioned["global_secondary_index"][0][name] = json!(3);
    }
    let object = bed.apply(KIND, Some(&object), &provisioned).await;
    settled(&bed, &object, &provisioned).await;
}

#[tokio::test]
async fn a_wait_says_which_index_is_filled() {
    let bed = bed().await;
    let before = everything();
    let made = bed.apply(KIND, None, &before).await;
    let mut more = before;
    more["global_secondary_index"]
        .as_array_mut()
        .expect("a list")
        .push(json!({
            "name": "by_amount_too", "hash_key": "a", "projection_type": "ALL",
            "read_capacity": 1, "write_capacity": 1,
        }));
    let (outcome, heard) = bed.try_apply(KIND, Some(&made), Some(&more)).await;
    assert!(matches!(outcome, ApplyOutcome::Done(..)), "{outcome:?}");
    let waited = heard.waited.lock().expect("not poisoned");
    assert!(
        waited
            .iter()
            .any(|on| on.ends_with("index by_amount_too (CREATING, backfilling)")),
        "{waited:?}"
    );
}
