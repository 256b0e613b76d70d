//! Replicas of tables in two and three regions: added, removed, changed each in its own way.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_aws::DynamoDb;
use trueup_provider::{ApplyOutcome, Object};

use crate::bed::{Bed, bed, to_json};
use crate::tables::{attribute, settled};

pub const KIND: &str = "aws_dynamodb_table";

/// A key of the customer's in a region.
pub fn key(region: &str, id: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/{id}")
}

/// DynamoDB of another region, its calls not counted.
pub async fn away(bed: &Bed, region: &str) -> Arc<dyn DynamoDb> {
    bed.session_in(region).await.dynamodb()
}

/// A table in eu-west-1 with these replicas.
pub fn table(replicas: &[Json]) -> Json {
    json!({
        "name": "orders",
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "pk",
        "attribute": [attribute("pk", "S")],
        "stream_enabled": true,
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "replica": replicas,
    })
}

pub fn with(mut config: Json, members: Json) -> Json {
    for (name, value) in members.as_object().expect("an object") {
        config[name] = value.clone();
    }
    config
}

pub fn at(region: &str) -> Json {
    json!({"region_name": region})
}

/// The replica of a region in an object.
pub fn replica(object: &Object, region: &str) -> Json {
    let value = to_json(&object.value);
    let replicas = value["replica"].as_array().expect("a set of blocks");
    let found = replicas
        .iter()
        .find(|replica| replica["region_name"] == region);
    found.cloned().unwrap_or(Json::Null)
}

pub fn regions(object: &Object) -> Vec<String> {
    let value = to_json(&object.value);
    let replicas = value["replica"].as_array().expect("a set of blocks");
    let mut regions: Vec<String> = replicas
        .iter()
        .filter_map(|replica| replica["region_name"].as_str().map(str::to_owned))
        .collect();
    regions.sort();
    regions
}

pub async fn change(bed: &Bed, object: &Object, config: &Json) -> Object {
    let object = bed.apply(KIND, Some(object), config).await;
    settled(bed, &object, config).await;
    object
}

pub async fn start(bed: &Bed, config: &Json) -> Object {
    let object = bed.apply(KIND, None, config).await;
    settled(bed, &object, config).await;
    object
}

#[tokio::test]
async fn replica_single_and_multiple_regions_come_and_go() {
    let bed = bed().await;
    let (outcome, heard) = bed
        .try_apply(KIND, None, Some(&table(&[at("us-east-1")])))
        .await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    settled(&bed, &object, &table(&[at("us-east-1")])).await;
    let waited = heard.waited.into_inner().expect("not poisoned");
    assert!(
        waited.contains(&"waiting for replica us-east-1 of table orders (CREATING)".to_owned()),
        "{waited:?}"
    );
    assert_eq!(
        replica(&object, "us-east-1")["arn"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    );
    let three = table(&[at("us-west-2"), at("us-east-1")]);
    let object = change(&bed, &object, &three).await;
    assert_eq!(regions(&object), ["us-east-1", "us-west-2"]);
    assert!(
        away(&bed, "us-west-2")
            .await
            .describe_table("orders")
            .await
            .is_ok()
    );
    let other = table(&[at("ap-south-1"), at("us-west-2")]);
    let object = change(&bed, &object, &other).await;
    assert_eq!(regions(&object), ["ap-south-1", "us-west-2"]);
    assert!(
        away(&bed, "us-east-1")
            .await
            .describe_table("orders")
            .await
            .is_err()
    );
    let object = change(&bed, &object, &table(&[])).await;
    assert!(regions(&object).is_empty());
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn replica_single_stream_specification_tells_the_replicas_stream() {
    let bed = bed().await;
    let config = with(
        table(&[at("us-east-1")]),
        json!({"stream_view_type": "KEYS_ONLY"}),
    );
    let object = start(&bed, &config).await;
    let replica = replica(&object, "us-east-1");
    let there = away(&bed, "us-east-1").await.describe_table("orders").await;
    let there = there.expect("the replica is there");
    assert_eq!(
        replica["stream_arn"].as_str(),
        there.latest_stream_arn.as_deref()
    );
    assert_eq!(
        replica["stream_label"].as_str(),
        there.latest_stream_label.as_deref()
    );
    assert!(
        replica["stream_arn"]
            .as_str()
            .is_some_and(|arn| arn.contains(":us-east-1:"))
    );
}

#[tokio::test]
async fn a_stream_that_aws_turns_on_for_replicas_is_no_difference() {
    let bed = bed().await;
    let mut config = table(&[at("us-east-1")]);
    config["stream_enabled"] = Json::Null;
    config["stream_view_type"] = Json::Null;
    let object = start(&bed, &config).await;
    assert_eq!(to_json(&object.value)["stream_enabled"], true);
}

#[tokio::test]
async fn replica_single_default_key_encrypted_is_no_difference() {
    let bed = bed().await;
    let encrypted = json!({"server_side_encryption": [{"enabled": true}]});
    let config = with(table(&[at("us-east-1")]), encrypted);
    let object = start(&bed, &config).await;
    assert_eq!(replica(&object, "us-east-1")["kms_key_arn"], "");
}

#[tokio::test]
async fn replica_single_cmk_and_double_add_cmk() {
    let bed = bed().await;
    let own = key("eu-west-1", "11111111-1111-1111-1111-111111111111");
    let first = json!({
        "region_name": "us-east-1",
        "kms_key_arn": key("us-east-1", "22222222-2222-2222-2222-222222222222"),
    });
    let second = json!({
        "region_name": "us-west-2",
        "kms_key_arn": key("us-west-2", "33333333-3333-3333-3333-333333333333"),
    });
    let encrypted = json!({"server_side_encryption": [{"enabled": true, "kms_key_arn": own}]});
    let config = with(table(std::slice::from_ref(&first)), encrypted.clone());
    let object = start(&bed, &config).await;
    assert_eq!(
        replica(&object, "us-east-1")["kms_key_arn"],
        first["kms_key_arn"]
    );
    let both = with(table(&[first.clone(), second.clone()]), encrypted);
    let object = change(&bed, &object, &both).await;
    assert_eq!(
        replica(&object, "us-west-2")["kms_key_arn"],
        second["kms_key_arn"]
    );
    // A key that is no longer written down stays.
    let silent = with(
        table(&[at("us-east-1"), second]),
        json!({"server_side_encryption": [{"enabled": true, "kms_key_arn": own}]}),
    );
    let object = bed.read(KIND, &object).await.expect("it is there");
    let planned = bed.plan(KIND, Some(&object), &silent);
    assert!(planned.value.raw_equals(&object.value));
}

#[tokio::test]
async fn another_key_builds_a_replica_anew_and_never_the_table() {
    let bed = bed().await;
    let keyed = |id: &str| json!({"region_name": "us-east-1", "kms_key_arn": key("us-east-1", id)});
    let object = start(&bed, &table(&[keyed("a")])).await;
    let created = |bed: &Bed| bed.sent()["CreateTable"];
    let before = created(&bed);
    let planned = bed.plan(KIND, Some(&object), &table(&[keyed("b")]));
    assert!(planned.requires_replace.is_empty());
    let warned = planned
        .problems
        .first()
        .map(|problem| problem.summary.clone());
    assert_eq!(
        warned.as_deref(),
        Some("The replica in us-east-1 will be built anew, because its key changes")
    );
    let object = change(&bed, &object, &table(&[keyed("b")])).await;
    assert_eq!(
        replica(&object, "us-east-1")["kms_key_arn"],
        key("us-east-1", "b")
    );
    assert_eq!(created(&bed), before);
}

#[tokio::test]
async fn keys_of_all_regions_change_in_one_call() {
    let bed = bed().await;
    let config = |id: &str| {
        let replica = json!({"region_name": "us-east-1", "kms_key_arn": key("us-east-1", id)});
        with(
            table(&[replica]),
            json!({"server_side_encryption": [{"enabled": true, "kms_key_arn": key("eu-west-1", id)}]}),
        )
    };
    let object = start(&bed, &config("a")).await;
    let before = bed.sent()["UpdateTable"];
    let object = change(&bed, &object, &config("b")).await;
    assert_eq!(bed.sent()["UpdateTable"], before + 1);
    assert_eq!(
        replica(&object, "us-east-1")["kms_key_arn"],
        key("us-east-1", "b")
    );
    let own = to_json(&object.value)["server_side_encryption"][0]["kms_key_arn"].clone();
    assert_eq!(own, key("eu-west-1", "b"));
}

#[tokio::test]
async fn replicas_lose_their_keys_with_the_table() {
    let own = json!([{"enabled": true, "kms_key_arn": key("eu-west-1", "a")}]);
    let keyed = json!({"region_name": "us-east-1", "kms_key_arn": key("us-east-1", "a")});
    for after in [
        json!([]),
        json!([{"enabled": true}]),
        json!([{"enabled": false}]),
    ] {
        let bed = bed().await;
        let first = with(
            table(std::slice::from_ref(&keyed)),
            json!({"server_side_encryption": own}),
        );
        let object = start(&bed, &first).await;
        let keyless = with(
            table(&[at("us-east-1")]),
            json!({"server_side_encryption": after}),
        );
        let before = bed.sent()["UpdateTable"];
        let object = change(&bed, &object, &keyless).await;
        assert_eq!(bed.sent()["UpdateTable"], before + 1, "{after}");
        assert_eq!(replica(&object, "us-east-1")["kms_key_arn"], "", "{after}");
        let there = bed.dynamodb.describe_table("orders").await.expect("there");
        assert_eq!(there.replicas[0].kms_key, None, "{after}");
    }
}

#[tokio::test]
async fn a_read_asks_each_region_for_two_things_and_tolerates_what_it_must() {
    let bed = bed().await;
    let object = start(&bed, &table(&[at("us-east-1"), at("us-west-2")])).await;
    let before = bed.sent();
    assert!(bed.read(KIND, &object).await.is_some());
    let after = bed.sent();
    let asked = |name: &str| after[name] - before.get(name).copied().unwrap_or(0);
    assert_eq!(asked("DescribeTable"), 3);
    assert_eq!(asked("DescribeContinuousBackups"), 3);
    assert_eq!(asked("DescribeTimeToLive"), 1);
    assert_eq!(asked("ListTagsOfResource"), 1);
    assert_eq!(
        after.values().sum::<u64>() - before.values().sum::<u64>(),
        8
    );
}

#[tokio::test]
async fn drift_in_a_replica_is_seen_and_mended() {
    let bed = bed().await;
    let config = table(&[
        json!({"region_name": "us-east-1", "point_in_time_recovery": true}),
        at("us-west-2"),
    ]);
    let object = start(&bed, &config).await;
    let off = away(&bed, "us-east-1")
        .await
        .update_continuous_backups("orders", false, None)
        .await;
    assert!(off.is_ok());
    assert!(
        away(&bed, "us-west-2")
            .await
            .delete_table("orders")
            .await
            .is_ok()
    );
    for _ in 0..3 {
        assert!(bed.dynamodb.describe_table("orders").await.is_ok());
    }
    let read = bed.read(KIND, &object).await.expect("it is there");
    assert_eq!(regions(&read), ["us-east-1"]);
    assert_eq!(replica(&read, "us-east-1")["point_in_time_recovery"], false);
    let mended = change(&bed, &read, &config).await;
    assert_eq!(regions(&mended), ["us-east-1", "us-west-2"]);
}
