//! KMS keys and aliases on the embedded AWS: created, read, changed, deleted, imported, recovered.

mod aliases;
mod data_sources;
mod keys;

use serde_json::{Value as Json, json};

use crate::bed::{bed, errors, to_json};
use crate::looks::{calls, imported, json_of, settled};

const KEY: &str = "aws_kms_key";
const ALIAS: &str = "aws_kms_alias";

fn key() -> Json {
    json!({"description": "orders table", "deletion_window_in_days": 7})
}

fn policy(sid: &str, principal: Json) -> Json {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}],
    })
}

#[tokio::test]
async fn arguments_of_keys_and_aliases_are_checked() {
    let bed = bed().await;
    for (kind, config, said) in [
        (
            KEY,
            json!({"deletion_window_in_days": 5}),
            "expected deletion_window_in_days to be in the range (7 - 30), got 5",
        ),
        (
            KEY,
            json!({"key_usage": "ENCRYPT"}),
            "expected key_usage to be one of [\"SIGN_VERIFY\" \"ENCRYPT_DECRYPT\" \"GENERATE_VERIFY_MAC\"], got ENCRYPT",
        ),
        (
            KEY,
            json!({"rotation_period_in_days": 10, "enable_key_rotation": true}),
            "expected rotation_period_in_days to be in the range (90 - 2560), got 10",
        ),
        (
            KEY,
            json!({"rotation_period_in_days": 90}),
            "Missing required argument",
        ),
        (
            KEY,
            json!({"policy": "{"}),
            "\"policy\" contains an invalid JSON",
        ),
        (
            KEY,
            json!({"timeouts": {"create": "soon"}}),
            "timeouts.create: time: invalid duration \"soon\"",
        ),
        (
            KEY,
            json!({"xks_key_id": ""}),
            "expected length of xks_key_id to be in the range (1 - 64), got ",
        ),
        (
            ALIAS,
            json!({"name": "ledger", "target_key_id": "1"}),
            "\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]",
        ),
        (
            ALIAS,
            json!({"name": "alias/aws/orders", "target_key_id": "1"}),
            "\"name\" cannot begin with reserved AWS CMK prefix 'alias/aws/'",
        ),
        (
            ALIAS,
            json!({"name": "alias/a", "name_prefix": "alias/b", "target_key_id": "1"}),
            "Conflicting configuration arguments",
        ),
    ] {
        let value = bed.config(kind, &config);
        let found = errors(&trueup_provider::Provider::validate(
            &bed.provider,
            trueup_addrs::Mode::Managed,
            kind,
            &value,
        ));
        assert!(
            found.iter().any(|found| found.starts_with(said)),
            "{config}: {found:?}"
        );
    }
}

#[tokio::test]
async fn the_default_key_of_a_table_never_stands_in_state() {
    const TABLE: &str = "aws_dynamodb_table";
    let bed = bed().await;
    let table = |name: &str, encryption: Json| {
        json!({
            "name": name, "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
            "attribute": [{"name": "pk", "type": "S"}], "server_side_encryption": [encryption],
        })
    };
    let key_of = |object: &Json| object["server_side_encryption"][0]["kms_key_arn"].clone();
    let config = table("orders", json!({"enabled": true}));
    let object = bed.apply(TABLE, None, &config).await;
    assert_eq!(key_of(&to_json(&object.value)), json!(""));
    settled(&bed, TABLE, &object, &config).await;
    // Nobody named a key, so nobody had to ask.
    assert_eq!(calls(&bed, "kms", "DescribeKey"), 0);
    let found = imported(&bed, TABLE, "orders")
        .await
        .map(json_of)
        .expect("imported");
    assert_eq!(key_of(&found), json!(""));
    assert_eq!(calls(&bed, "kms", "DescribeKey"), 1);
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    let own = table(
        "events",
        json!({"enabled": true, "kms_key_arn": key["arn"]}),
    );
    let object = bed.apply(TABLE, None, &own).await;
    assert_eq!(key_of(&to_json(&object.value)), key["arn"]);
    settled(&bed, TABLE, &object, &own).await;
    let found = imported(&bed, TABLE, "events")
        .await
        .map(json_of)
        .expect("imported");
    assert_eq!(key_of(&found), key["arn"]);
}
