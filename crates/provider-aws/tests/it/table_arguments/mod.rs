//! Arguments of tables that are more than a setting: limits, warmth, several key attributes, sources.

mod features;
mod restored;

use serde_json::{Value as Json, json};
use trueup_provider::{ApplyOutcome, Object};

use crate::bed::{Bed, bed, errors, to_json};
use crate::tables::{attribute, settled};

const KIND: &str = "aws_dynamodb_table";

fn on_demand() -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [attribute("pk", "S"), attribute("status", "S"), attribute("at", "N")],
        "global_secondary_index": [{
            "name": "by_status", "hash_key": "status", "range_key": "at", "projection_type": "ALL",
        }],
    })
}

/// Applies each configuration after the other and answers the changing calls of each; after each the
/// table is settled.
async fn series(bed: &Bed, configs: &[Json]) -> Vec<Vec<String>> {
    let mut object: Option<Object> = None;
    let mut calls = Vec::new();
    for config in configs {
        let before = bed.sent();
        if let Some(object) = &object {
            let planned = bed.plan(KIND, Some(object), config);
            assert!(planned.requires_replace.is_empty(), "{config}");
        }
        let made = bed.apply(KIND, object.as_ref(), config).await;
        let mut sent = Vec::new();
        for (operation, count) in bed.sent() {
            let reads = operation.starts_with("Describe") || operation.starts_with("List");
            let earlier = before.get(&operation).copied().unwrap_or(0);
            if !reads {
                sent.extend((earlier..count).map(|_| operation.clone()));
            }
        }
        calls.push(sent);
        settled(bed, &made, config).await;
        object = Some(bed.read(KIND, &made).await.expect("the table is there"));
    }
    calls
}

fn with(mut config: Json, change: impl FnOnce(&mut Json)) -> Json {
    change(&mut config);
    config
}

#[tokio::test]
async fn limits_on_demand_are_set_changed_and_lifted() {
    let bed = bed().await;
    let limits = |read: i64, write: i64| json!([{"max_read_request_units": read, "max_write_request_units": write}]);
    let calls = series(
        &bed,
        &[
            with(on_demand(), |c| c["on_demand_throughput"] = limits(10, 5)),
            with(on_demand(), |c| {
                c["on_demand_throughput"] = limits(10, -1);
                c["global_secondary_index"][0]["on_demand_throughput"] = limits(7, 7);
            }),
            with(on_demand(), |c| c["on_demand_throughput"] = limits(0, 0)),
            on_demand(),
        ],
    )
    .await;
    assert_eq!(
        calls[1..],
        [vec!["UpdateTable"], vec!["UpdateTable"], vec![]]
    );
    let table = bed.dynamodb.describe_table("orders").await.expect("there");
    let lifted = table.on_demand.unwrap_or_default();
    assert!(lifted.max_read_request_units.is_none_or(|units| units < 1));
}

#[tokio::test]
async fn warmth_is_raised_in_place_and_never_lowered() {
    let bed = bed().await;
    let warm = |read: i64, write: i64| json!([{"read_units_per_second": read, "write_units_per_second": write}]);
    let warmer = with(on_demand(), |c| {
        c["warm_throughput"] = warm(20_000, 5_000);
        c["global_secondary_index"][0]["warm_throughput"] = warm(15_000, 4_000);
    });
    let calls = series(
        &bed,
        &[
            on_demand(),
            with(on_demand(), |c| c["warm_throughput"] = warm(12_000, 4_000)),
            warmer.clone(),
            on_demand(),
        ],
    )
    .await;
    assert_eq!(
        calls[1..],
        [vec![], vec!["UpdateTable", "UpdateTable"], vec![]]
    );
    let bed = bed_again().await;
    let object = bed.apply(KIND, None, &warmer).await;
    let less = with(warmer.clone(), |c| {
        c["warm_throughput"] = warm(13_000, 5_000)
    });
    let planned = bed.plan(KIND, Some(&object), &less);
    assert_eq!(planned.requires_replace.len(), 1, "{planned:?}");
    let cooler = with(warmer, |c| {
        c["global_secondary_index"][0]["warm_throughput"] = warm(13_000, 4_000);
    });
    let planned = bed.plan(KIND, Some(&object), &cooler);
    assert!(planned.requires_replace.is_empty());
    let rebuilt = bed.apply(KIND, Some(&object), &cooler).await;
    settled(&bed, &rebuilt, &cooler).await;
}

async fn bed_again() -> Bed {
    bed().await
}

#[tokio::test]
async fn indexes_may_have_several_keys_and_change_their_style() {
    let bed = bed().await;
    let key = |name: &str, kind: &str| json!({"attribute_name": name, "key_type": kind});
    let by_blocks = with(on_demand(), |c| {
        c["global_secondary_index"] = json!([{
            "name": "by_status", "projection_type": "ALL",
            "key_schema": [key("status", "HASH"), key("at", "RANGE")],
        }]);
    });
    let several = with(on_demand(), |c| {
        c["attribute"] = json!([
            attribute("pk", "S"),
            attribute("status", "S"),
            attribute("at", "N"),
            attribute("b", "S"),
        ]);
        c["global_secondary_index"] = json!([{
            "name": "by_status", "projection_type": "ALL",
            "key_schema": [key("status", "HASH"), key("b", "HASH"), key("at", "RANGE")],
        }]);
    });
    let calls = series(
        &bed,
        &[
            on_demand(),
            by_blocks.clone(),
            on_demand(),
            several.clone(),
            by_blocks,
        ],
    )
    .await;
    assert_eq!(calls[1], Vec::<String>::new(), "only the style");
    assert_eq!(calls[2], Vec::<String>::new(), "and back");
    assert_eq!(calls[3], ["UpdateTable", "UpdateTable"], "built anew");
    let bed = bed_again().await;
    let object = bed.apply(KIND, None, &several).await;
    settled(&bed, &object, &several).await;
    let found = bed.dynamodb.describe_table("orders").await.expect("there");
    assert_eq!(found.global_indexes[0].key_schema.len(), 3);
}

#[tokio::test]
async fn a_protected_table_is_replaced_where_the_change_lifts_the_protection() {
    let bed = bed().await;
    let protected = with(on_demand(), |c| {
        c["deletion_protection_enabled"] = json!(true);
    });
    let object = bed.apply(KIND, None, &protected).await;
    let other = with(protected, |c| {
        c["hash_key"] = json!("status");
        c["attribute"] = json!([attribute("status", "S"), attribute("at", "N")]);
    });
    let planned = bed.plan(KIND, Some(&object), &other);
    assert_eq!(
        errors(&planned.problems).first().map(String::as_str),
        Some("Replacement of a protected table"),
    );
    let lifted = with(other, |c| {
        c["deletion_protection_enabled"] = json!(false);
    });
    let planned = bed.plan(KIND, Some(&object), &lifted);
    assert_eq!(errors(&planned.problems), Vec::<String>::new());
    let step = trueup_provider::Step {
        successor: Some(planned.value),
        ..bed.step(KIND, Some(&object), None)
    };
    let heard = crate::bed::Heard::default();
    let outcome = bed.kind(KIND).apply(&bed.cx, step, &heard).await;
    assert!(
        matches!(outcome, ApplyOutcome::Done(None, _)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn changes_behind_a_name_are_seen() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &on_demand()).await;
    let retyped = with(on_demand(), |c| c["attribute"][2]["type"] = json!("S"));
    let planned = bed.plan(KIND, Some(&object), &retyped);
    assert!(planned.requires_replace.is_empty());
    assert_eq!(
        planned.problems[0].summary,
        "The index \"by_status\" is built anew"
    );
    let made = bed.apply(KIND, Some(&object), &retyped).await;
    settled(&bed, &made, &retyped).await;
    let key = with(on_demand(), |c| c["attribute"][0]["type"] = json!("N"));
    let planned = bed.plan(KIND, Some(&object), &key);
    assert!(!planned.requires_replace.is_empty());
}

#[tokio::test]
async fn only_the_index_that_changes_is_planned() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &on_demand()).await;
    let object = bed.read(KIND, &object).await.expect("the table is there");
    let more = with(on_demand(), |c| {
        let index = json!({"name": "by_at", "hash_key": "at", "projection_type": "KEYS_ONLY"});
        c["global_secondary_index"]
            .as_array_mut()
            .expect("a list")
            .push(index);
    });
    let planned = bed.plan(KIND, Some(&object), &more);
    let before = to_json(&object.value)["global_secondary_index"][0].clone();
    let after = to_json(&planned.value)["global_secondary_index"].clone();
    assert!(
        after.as_array().expect("a list").contains(&before),
        "{after}"
    );
}

#[tokio::test]
async fn capacities_that_a_store_keeps_on_demand_are_nobodys_words() {
    let bed = bed().await;
    let config = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [attribute("pk", "S")],
    });
    let object = bed.apply(KIND, None, &config).await;
    let mut members = object.value.as_members().cloned().unwrap_or_default();
    members.insert("read_capacity".into(), trueup_value::Value::number(5));
    let kept = trueup_provider::Object {
        value: trueup_value::Value::object(members),
        ..object
    };
    let planned = bed.plan(KIND, Some(&kept), &config);
    assert_eq!(errors(&planned.problems), Vec::<String>::new());
    assert!(planned.value.raw_equals(&kept.value));
    let mut said = config.clone();
    said["read_capacity"] = json!(5);
    let planned = bed.plan(KIND, Some(&kept), &said);
    assert_eq!(
        errors(&planned.problems),
        ["read_capacity can not be set when billing_mode is \"PAY_PER_REQUEST\""]
    );
}
