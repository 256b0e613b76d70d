//! Data sources on the embedded AWS.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_addrs::{AbsInstance, InstanceKey, Mode, Resource};
use trueup_provider::{DataRequest, Problems, Provider};
use trueup_value::Value;

use crate::bed::{Bed, bed, coerce, to_json};
use crate::items::{item, orders, with_table};

pub async fn read(bed: &Bed, kind: &str, config: Json) -> Result<Value, Problems> {
    let schema = bed
        .provider
        .schema()
        .of(Mode::Data, kind)
        .expect("a data source");
    let request = DataRequest {
        address: Arc::new(AbsInstance::in_root(
            Resource::data(kind, "a"),
            InstanceKey::None,
        )),
        config: coerce(&schema.block, &config),
    };
    let source = bed.configured.data_source(kind).expect("a data source");
    let value = source.read(&bed.cx, request).await?;
    assert_eq!(value.ty(), schema.block.implied_type(), "{kind}");
    Ok(value)
}

#[tokio::test]
async fn the_caller_and_the_region_are_known() {
    let bed = bed().await;
    let who = read(&bed, "aws_caller_identity", json!({}))
        .await
        .expect("an answer");
    let who = to_json(&who);
    assert_eq!(who["account_id"], json!("123456789012"));
    assert_eq!(who["id"], who["account_id"]);
    let region = read(&bed, "aws_region", json!({}))
        .await
        .expect("an answer");
    assert_eq!(
        to_json(&region),
        json!({
            "description": "Europe (Ireland)", "endpoint": "ec2.eu-west-1.amazonaws.com",
            "id": "eu-west-1", "name": "eu-west-1",
        })
    );
    let other = json!({"endpoint": "ec2.us-east-1.amazonaws.com"});
    let region = read(&bed, "aws_region", other).await.expect("an answer");
    assert_eq!(to_json(&region)["name"], json!("us-east-1"));
    let none = json!({"name": "atlantis"});
    let problems = read(&bed, "aws_region", none)
        .await
        .expect_err("no such region");
    assert_eq!(
        problems[0].summary,
        "region not found for name \"atlantis\""
    );
}

#[tokio::test]
async fn a_table_made_elsewhere_is_read_whole() {
    let bed = with_table(json!({
        "name": "orders", "billing_mode": "PROVISIONED", "read_capacity": 3, "write_capacity": 3,
        "hash_key": "id", "range_key": "at",
        "attribute": [
            {"name": "at", "type": "N"}, {"name": "id", "type": "S"}, {"name": "who", "type": "S"},
        ],
        "global_secondary_index": [{
            "name": "by_status", "hash_key": "who", "projection_type": "KEYS_ONLY",
            "read_capacity": 1, "write_capacity": 1,
        }],
        "tags": {"made": "by hand"},
    }))
    .await;
    let table = read(&bed, "aws_dynamodb_table", json!({"name": "orders"})).await;
    assert_eq!(
        to_json(&table.expect("an answer")),
        json!({
            "arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
            "attribute": [
                {"name": "at", "type": "N"}, {"name": "id", "type": "S"}, {"name": "who", "type": "S"},
            ],
            "billing_mode": "PROVISIONED", "deletion_protection_enabled": false,
            "global_secondary_index": [{
                "hash_key": "who", "key_schema": [], "name": "by_status", "non_key_attributes": [],
                "on_demand_throughput": [], "projection_type": "KEYS_ONLY", "range_key": "",
                "read_capacity": 1, "warm_throughput": [], "write_capacity": 1,
            }],
            "hash_key": "id", "id": "orders", "local_secondary_index": [], "name": "orders",
            "on_demand_throughput": [],
            "point_in_time_recovery": [{"enabled": false, "recovery_period_in_days": null}],
            "range_key": "at", "read_capacity": 3, "region": null, "replica": [], "server_side_encryption": [], "stream_arn": "", "stream_enabled": false,
            "stream_label": "", "stream_view_type": "", "table_class": "STANDARD",
            "tags": {"made": "by hand"}, "ttl": [{"attribute_name": "", "enabled": false}],
            "warm_throughput": [], "write_capacity": 3,
        })
    );
    let missing = read(&bed, "aws_dynamodb_table", json!({"name": "events"})).await;
    let problems = missing.expect_err("there is none");
    assert!(problems[0].detail.contains("eu-west-1"));
}

#[tokio::test]
async fn an_item_is_read_whole_or_in_parts() {
    let bed = with_table(orders()).await;
    let whole =
        json!({"name": {"S": "n"}, "pk": {"S": "x"}, "nest": {"M": {"a": {"L": [{"S": "v"}]}}}});
    bed.apply("aws_dynamodb_table_item", None, &item(whole))
        .await;
    let key = json!({"pk": {"S": "x"}}).to_string();
    let config = json!({"table_name": "orders", "key": key});
    let found = read(&bed, "aws_dynamodb_table_item", config)
        .await
        .expect("an answer");
    assert_eq!(
        to_json(&found),
        json!({
            "expression_attribute_names": {}, "id": "orders|pk||x|", "key": key,
            "item": "{\"name\":{\"S\":\"n\"},\"nest\":{\"M\":{\"a\":{\"L\":[{\"S\":\"v\"}]}}},\"pk\":{\"S\":\"x\"}}\n",
            "projection_expression": "", "region": null, "table_name": "orders",
        })
    );
    let config = json!({
        "table_name": "orders", "key": key, "projection_expression": "#N",
        "expression_attribute_names": {"#N": "name"},
    });
    let found = read(&bed, "aws_dynamodb_table_item", config)
        .await
        .expect("an answer");
    assert_eq!(to_json(&found)["item"], json!("{\"name\":{\"S\":\"n\"}}\n"));
    let config = json!({"table_name": "orders", "key": json!({"pk": {"S": "y"}}).to_string()});
    let problems = read(&bed, "aws_dynamodb_table_item", config)
        .await
        .expect_err("none");
    assert!(problems[0].detail.contains("pk = \"y\""));
}

#[tokio::test]
async fn tables_are_listed_by_name() {
    let bed = with_table(orders()).await;
    let found = read(&bed, "aws_dynamodb_tables", json!({})).await;
    let found = to_json(&found.expect("an answer"));
    assert_eq!(found["names"], json!(["orders"]));
}

#[tokio::test]
async fn backups_are_listed_by_what_is_asked_for() {
    let bed = with_table(orders()).await;
    let request = http::Request::post("/")
        .header("host", "localhost")
        .header("x-amz-target", "DynamoDB_20120810.CreateBackup")
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00",
        )
        .body(bytes::Bytes::from(
            json!({"TableName": "orders", "BackupName": "nightly"}).to_string(),
        ))
        .expect("a request");
    let answer = bed.emulator.call(request).await;
    assert_eq!(answer.status(), 200);
    let kind = "aws_dynamodb_backups";
    let found = read(&bed, kind, json!({"table_name": "orders"})).await;
    let found = to_json(&found.expect("an answer"));
    let summaries = found["backup_summaries"].as_array().expect("a list");
    assert_eq!(summaries.len(), 1);
    assert_eq!(summaries[0]["backup_name"], json!("nightly"));
    assert_eq!(summaries[0]["backup_type"], json!("USER"));
    assert_eq!(summaries[0]["table_name"], json!("orders"));
    let made = summaries[0]["backup_creation_date_time"].as_str();
    assert!(made.is_some_and(|made| made.ends_with('Z')), "{made:?}");
    for none in [
        json!({"table_name": "events"}),
        json!({"backup_type": "SYSTEM"}),
        json!({"time_range_upper_bound": "2001-01-01T00:00:00Z"}),
    ] {
        let found = read(&bed, kind, none.clone()).await;
        let found = to_json(&found.expect("an answer"));
        assert_eq!(found["backup_summaries"], json!([]), "{none}");
    }
    let wrong = coerce(
        &bed.provider
            .schema()
            .of(Mode::Data, kind)
            .expect("there")
            .block,
        &json!({"backup_type": "MINE", "time_range_lower_bound": "yesterday"}),
    );
    assert_eq!(bed.provider.validate(Mode::Data, kind, &wrong).len(), 2);
}
