//! Data sources on the embedded AWS.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_addrs::{AbsInstance, InstanceKey, Mode, Resource};
use trueup_provider::{DataRequest, Problems, Provider};
use trueup_value::Value;

use crate::bed::{Bed, bed, coerce, to_json};
use crate::items::{item, orders, with_table};

async fn read(bed: &Bed, kind: &str, config: Json) -> Result<Value, Problems> {
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
                "hash_key": "who", "name": "by_status", "non_key_attributes": [],
                "projection_type": "KEYS_ONLY", "range_key": "", "read_capacity": 1, "write_capacity": 1,
            }],
            "hash_key": "id", "id": "orders", "local_secondary_index": [], "name": "orders",
            "point_in_time_recovery": [{"enabled": false}], "range_key": "at", "read_capacity": 3,
            "replica": [], "server_side_encryption": [], "stream_arn": "", "stream_enabled": false,
            "stream_label": "", "stream_view_type": "", "table_class": "STANDARD",
            "tags": {"made": "by hand"}, "ttl": [{"attribute_name": "", "enabled": false}],
            "write_capacity": 3,
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
            "projection_expression": "", "table_name": "orders",
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
