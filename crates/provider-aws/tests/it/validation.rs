//! Blocks that are wrong: said before anything is sent, in words that users know.

use serde_json::{Value as Json, json};
use trueup_addrs::Mode;
use trueup_provider::Provider;

use crate::bed::{Bed, bed};

const TABLE: &str = "aws_dynamodb_table";
const ITEM: &str = "aws_dynamodb_table_item";

/// Errors of validation, and of the plan of a creation where validation has none.
fn said(bed: &Bed, kind: &str, config: &Json) -> Vec<String> {
    let value = bed.config(kind, config);
    let mut problems = bed.provider.validate(Mode::Managed, kind, &value);
    if problems.is_empty() {
        problems = bed.plan(kind, None, config).problems;
    }
    problems
        .into_iter()
        .map(|problem| format!("{}: {}", problem.path, problem.summary))
        .collect()
}

fn table(change: impl Fn(&mut Json)) -> Json {
    let mut config = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}],
    });
    change(&mut config);
    config
}

#[tokio::test]
async fn tables() {
    let bed = bed().await;
    let unknown = || json!({"$unknown": true});
    for (config, expected) in [
        (table(|_| {}), vec![]),
        (
            table(|c| {
                c["attribute"] =
                    json!([{"name": "pk", "type": "S"}, {"name": "spare", "type": "S"}])
            }),
            vec![": all attributes must be indexed. Unused attributes: [\"spare\"]"],
        ),
        (
            table(|c| {
                c["range_key"] = json!("x");
                c["attribute"] =
                    json!([{"name": "pk", "type": "S"}, {"name": "spare", "type": "S"}]);
            }),
            vec![
                ": all attributes must be indexed. Unused attributes: [\"spare\"]\nall indexes must match a defined attribute. Unmatched indexes: [\"x\"]",
            ],
        ),
        (
            table(|c| c["billing_mode"] = json!("pay_per_request")),
            vec![
                ".billing_mode: expected billing_mode to be one of [\"PROVISIONED\" \"PAY_PER_REQUEST\"], got pay_per_request",
            ],
        ),
        (
            table(|c| c["billing_mode"] = Json::Null),
            vec![
                ": read_capacity must be at least 1 when billing_mode is \"PROVISIONED\"\nwrite_capacity must be at least 1 when billing_mode is \"PROVISIONED\"",
            ],
        ),
        (
            table(|c| c["read_capacity"] = json!(5)),
            vec![": read_capacity can not be set when billing_mode is \"PAY_PER_REQUEST\""],
        ),
        (
            table(|c| c["stream_enabled"] = json!(true)),
            vec![": stream_view_type is required when stream_enabled = true"],
        ),
        (
            table(|c| c["stream_view_type"] = json!("IMAGES")),
            vec![
                ".stream_view_type: expected stream_view_type to be one of [\"NEW_IMAGE\" \"OLD_IMAGE\" \"NEW_AND_OLD_IMAGES\" \"KEYS_ONLY\" \"\"], got IMAGES",
            ],
        ),
        (
            table(|c| {
                c["server_side_encryption"] =
                    json!([{"enabled": true, "kms_key_arn": "alias/mine"}])
            }),
            vec![
                ".server_side_encryption[0].kms_key_arn: \"server_side_encryption.0.kms_key_arn\" (alias/mine) is an invalid ARN: arn: invalid prefix",
            ],
        ),
        (
            table(|c| c["name"] = json!("or ders")),
            vec![".name: Invalid table name \"or ders\""],
        ),
        (
            table(|c| c["hash_key"] = Json::Null),
            vec![".hash_key: hash_key is required"],
        ),
        (
            table(|c| c["ttl"] = json!([{"attribute_name": "", "enabled": true}])),
            vec![".ttl[0].attribute_name: ttl.attribute_name is required when ttl is enabled"],
        ),
        (
            table(|c| c["timeouts"] = json!({"create": "soon"})),
            vec![".timeouts.create: timeouts.create: time: invalid duration \"soon\""],
        ),
        (
            table(|c| {
                c["replica"] = json!([
                    {"region_name": "us-east-1"},
                    {"region_name": "us-east-1", "propagate_tags": true},
                ]);
            }),
            vec![".replica: Duplicate replica region \"us-east-1\""],
        ),
        // What is unknown is never complained about, and never a panic.
        (table(|c| c["hash_key"] = unknown()), vec![]),
        (table(|c| c["name"] = unknown()), vec![]),
        (table(|c| c["attribute"] = unknown()), vec![]),
        (
            table(|c| c["attribute"] = json!([{"name": unknown(), "type": unknown()}])),
            vec![],
        ),
        (table(|c| c["billing_mode"] = unknown()), vec![]),
        (table(|c| c["global_secondary_index"] = unknown()), vec![]),
        (table(|c| c["tags"] = unknown()), vec![]),
        (table(|c| c["tags"] = json!({"a": unknown()})), vec![]),
        (table(|c| c["ttl"] = unknown()), vec![]),
        (table(|c| c["stream_enabled"] = unknown()), vec![]),
        (
            table(|c| {
                c["global_secondary_index"] = json!([{"name": unknown(), "hash_key": "pk", "projection_type": "ALL", "read_capacity": unknown()}]);
            }),
            vec![],
        ),
    ] {
        assert_eq!(said(&bed, TABLE, &config), expected, "{config}");
    }
}

#[tokio::test]
async fn every_member_may_be_unknown() {
    let bed = bed().await;
    for kind in [TABLE, ITEM] {
        let block = bed.block(kind);
        let names: Vec<String> = block
            .attributes
            .keys()
            .chain(block.blocks.keys())
            .map(ToString::to_string)
            .collect();
        let base = if kind == TABLE {
            table(|_| {})
        } else {
            json!({"table_name": "orders", "hash_key": "pk", "item": "{\"pk\":{\"S\":\"a\"}}"})
        };
        let object = bed.apply(kind, None, &base).await;
        for name in names {
            let mut config = base.clone();
            config[&name] = json!({"$unknown": true});
            bed.provider
                .validate(Mode::Managed, kind, &bed.config(kind, &config));
            bed.plan(kind, None, &config);
            let planned = bed.plan(kind, Some(&object), &config);
            bed.kind(kind).digest(&planned.value);
            bed.kind(kind).identity(&planned.value);
        }
    }
}

#[tokio::test]
async fn table_items() {
    let bed = bed().await;
    let item = |text: &str| json!({"table_name": "orders", "hash_key": "pk", "item": text});
    for (config, expected) in [
        (item("{\"pk\":{\"S\":\"a\"}}"), vec![]),
        (
            item("{\"pk\":"),
            vec![".item: Invalid format of \"item\": EOF while parsing a value at line 1 column 6"],
        ),
        (
            item("{\"pk\":\"a\"}"),
            vec![
                ".item: Invalid format of \"item\": invalid type: string \"a\", expected an object with a type for attribute \"pk\", such as {\"S\": \"text\"} at line 1 column 9",
            ],
        ),
        (
            item("{\"pk\":{\"T\":\"a\"}}"),
            vec![
                ".item: Invalid format of \"item\": attribute \"pk\": \"T\" is no type of DynamoDB (S, N, B, BOOL, NULL, M, L, SS, NS, BS) at line 1 column 15",
            ],
        ),
        (
            item("{\"id\":{\"S\":\"a\"}}"),
            vec![".item: Invalid key of a table item"],
        ),
        (
            item("{\"pk\":{\"S\":\"\"}}"),
            vec![".item: Invalid key of a table item"],
        ),
        (
            item("{\"pk\":{\"BOOL\":true}}"),
            vec![".item: Invalid key of a table item"],
        ),
        (
            json!({"table_name": "orders", "hash_key": {"$unknown": true}, "item": "{\"id\":{\"S\":\"a\"}}"}),
            vec![],
        ),
        (
            json!({"table_name": {"$unknown": true}, "hash_key": "pk", "item": {"$unknown": true}}),
            vec![],
        ),
    ] {
        assert_eq!(said(&bed, ITEM, &config), expected, "{config}");
    }
    for (value, wrong) in [
        ("{\"N\":\"1x\"}", "is not a decimal number"),
        ("{\"N\":1}", "expected a string"),
        ("{\"S\":\"a\",\"N\":\"1\"}", "exactly one"),
        ("{}", "has no type"),
        ("{\"SS\":[]}", "may not be empty"),
        ("{\"NS\":[\"1\",\"1.0\"]}", "may not hold a member twice"),
        ("{\"B\":\"%\"}", "base64"),
        ("{\"NULL\":false}", "can only be true"),
    ] {
        let config = item(&format!("{{\"pk\":{{\"S\":\"a\"}},\"v\":{value}}}"));
        let said = said(&bed, ITEM, &config);
        assert!(
            said.len() == 1 && said[0].contains(wrong),
            "{value}: {said:?}"
        );
    }
    let deep = format!(
        "{}{{\"S\":\"x\"}}{}",
        "{\"L\":[".repeat(200),
        "]}".repeat(200)
    );
    let config = item(&format!("{{\"pk\":{{\"S\":\"a\"}},\"v\":{deep}}}"));
    assert!(said(&bed, ITEM, &config)[0].contains("nests deeper"));
}

#[tokio::test]
async fn later_arguments_of_tables() {
    let bed = bed().await;
    let by_status = |keys: Json| {
        table(|c| {
            c["attribute"] = json!([
                {"name": "pk", "type": "S"}, {"name": "status", "type": "S"}, {"name": "at", "type": "N"},
            ]);
            let mut index = json!({"name": "by_status", "projection_type": "ALL"});
            for (name, value) in keys.as_object().into_iter().flatten() {
                index[name] = value.clone();
            }
            c["global_secondary_index"] = json!([index]);
        })
    };
    let key = |name: &str, kind: &str| json!({"attribute_name": name, "key_type": kind});
    for (config, expected) in [
        (
            by_status(json!({})),
            ".global_secondary_index: Missing required argument",
        ),
        (
            by_status(json!({"hash_key": "status", "key_schema": [key("at", "HASH")]})),
            ".global_secondary_index: Invalid combination of arguments",
        ),
        (
            by_status(json!({"range_key": "at", "key_schema": [key("status", "HASH")]})),
            ".global_secondary_index: Invalid combination of arguments",
        ),
        (
            by_status(json!({"key_schema": [key("at", "RANGE"), key("status", "HASH")]})),
            ".global_secondary_index: Invalid key_schema",
        ),
        (
            by_status(json!({"key_schema": [key("at", "RANGE")]})),
            ".global_secondary_index: Invalid key_schema",
        ),
        (
            table(|c| c["warm_throughput"] = json!([{"read_units_per_second": 5}])),
            ".warm_throughput: expected warm_throughput.0.read_units_per_second to be at least (12000), got 5",
        ),
        (
            table(|c| {
                c["point_in_time_recovery"] =
                    json!([{"enabled": true, "recovery_period_in_days": 40}]);
            }),
            ".point_in_time_recovery: expected point_in_time_recovery.0.recovery_period_in_days to be in the range (1 - 35), got 40",
        ),
        (
            table(|c| {
                c["restore_source_name"] = json!("events");
                c["restore_to_latest_time"] = json!(true);
                c["restore_backup_arn"] =
                    json!("arn:aws:dynamodb:eu-west-1:123456789012:table/events/backup/1");
            }),
            ".restore_source_name: Conflicting configuration arguments",
        ),
        (
            table(|c| {
                c["restore_source_name"] = json!("events");
                c["restore_date_time"] = json!("yesterday");
            }),
            ".restore_date_time: \"restore_date_time\" must be in RFC3339 time format \"2006-01-02T15:04:05Z\"",
        ),
        (
            table(|c| {
                c["billing_mode"] = json!("PROVISIONED");
                c["read_capacity"] = json!(1);
                c["write_capacity"] = json!(1);
                c["on_demand_throughput"] = json!([{"max_read_request_units": 5}]);
            }),
            ".on_demand_throughput: on_demand_throughput can not be set when billing_mode is \"PROVISIONED\"",
        ),
    ] {
        let found = said(&bed, TABLE, &config);
        assert_eq!(found, [expected], "{config}");
    }
}
