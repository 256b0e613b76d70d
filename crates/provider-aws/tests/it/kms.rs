//! KMS keys and aliases on the embedded AWS: created, read, changed, deleted, imported, recovered.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent};

use crate::bed::{Bed, bed, bed_with, errors, to_json};
use crate::looks::{calls, imported, json_of, settled};
use crate::recovery::{intent, judge};

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

async fn data(bed: &Bed, kind: &str, config: Json) -> Result<Json, Vec<String>> {
    match crate::data_sources::read(bed, kind, config).await {
        Ok(value) => Ok(to_json(&value)),
        Err(problems) => Err(errors(&problems)),
    }
}

#[tokio::test]
async fn a_key_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let object = bed.apply(KEY, None, &key()).await;
    let mut state = to_json(&object.value);
    let id = state["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        state["policy"].take(),
        json!(
            r#"{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}"#
        )
    );
    assert_eq!(
        state,
        json!({
            "arn": format!("arn:aws:kms:eu-west-1:123456789012:key/{id}"),
            "bypass_policy_lockout_safety_check": false,
            "custom_key_store_id": "",
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "deletion_window_in_days": 7,
            "description": "orders table",
            "enable_key_rotation": false,
            "id": id,
            "is_enabled": true,
            "key_id": id,
            "key_usage": "ENCRYPT_DECRYPT",
            "multi_region": false,
            "policy": null,
            "region": null,
            "rotation_period_in_days": null,
            "tags": null,
            "tags_all": {},
            "timeouts": null,
            "xks_key_id": "",
        })
    );
    assert_eq!(
        object.private.as_deref(),
        Some(&br#"{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":120000000000}}"#[..])
    );
    settled(&bed, KEY, &object, &key()).await;
    for operation in ["CreateKey", "DescribeKey", "GetKeyPolicy"] {
        assert!(calls(&bed, "kms", operation) >= 1, "{operation}");
    }
    assert_eq!(calls(&bed, "kms", "CreateKey"), 1);
    let found = imported(&bed, KEY, &id).await.expect("imported");
    // A block that says as much as AWS tells finds no difference.
    settled(&bed, KEY, &found, &json!({"description": "orders table"})).await;
    assert_eq!(json_of(found)["deletion_window_in_days"], Json::Null);
}

#[tokio::test]
async fn every_setting_of_a_key_changes_in_place() {
    let bed =
        bed_with(json!({"region": "eu-west-1", "default_tags": [{"tags": {"env": "test"}}]})).await;
    let one = json!({
        "description": "one", "enable_key_rotation": true, "rotation_period_in_days": 180,
        "policy": policy("one", json!("123456789012")).to_string(), "tags": {"team": "red"},
    });
    let object = bed.apply(KEY, None, &one).await;
    let state = to_json(&object.value);
    assert_eq!(state["rotation_period_in_days"], json!(180));
    assert_eq!(state["tags"], json!({"team": "red"}));
    assert_eq!(state["tags_all"], json!({"env": "test", "team": "red"}));
    settled(&bed, KEY, &object, &one).await;
    let two = json!({
        "description": "two", "is_enabled": false,
        "policy": policy("two", json!(["arn:aws:iam::123456789012:root"])).to_string(), "tags": {"team": "blue"},
    });
    let changed = bed.apply(KEY, Some(&object), &two).await;
    let state = to_json(&changed.value);
    assert_eq!(state["is_enabled"], json!(false));
    assert_eq!(state["enable_key_rotation"], json!(false));
    assert_eq!(state["description"], json!("two"));
    settled(&bed, KEY, &changed, &two).await;
    // Enabled again before anything that a disabled key refuses.
    let three = json!({
        "description": "two", "enable_key_rotation": true,
        "policy": policy("two", json!("123456789012")).to_string(),
    });
    let before = calls(&bed, "kms", "PutKeyPolicy");
    let again = bed.apply(KEY, Some(&changed), &three).await;
    let state = to_json(&again.value);
    assert_eq!(state["rotation_period_in_days"], json!(365));
    assert_eq!(state["tags"], json!({}));
    // An account is as good as the ARN of its root.
    assert_eq!(calls(&bed, "kms", "PutKeyPolicy"), before);
    settled(&bed, KEY, &again, &three).await;
}

#[tokio::test]
async fn a_key_is_replaced_for_what_cannot_change() {
    let bed = bed().await;
    let object = bed.apply(KEY, None, &key()).await;
    for (name, value) in [
        ("key_usage", json!("SIGN_VERIFY")),
        ("customer_master_key_spec", json!("RSA_2048")),
        ("multi_region", json!(true)),
    ] {
        let mut config = key();
        config[name] = value;
        let planned = bed.plan(KEY, Some(&object), &config);
        let paths: Vec<String> = planned
            .requires_replace
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(paths.len(), 1, "{name}: {paths:?}");
        assert!(paths[0].contains(name), "{paths:?}");
    }
    let signing = json!({"key_usage": "SIGN_VERIFY", "customer_master_key_spec": "ECC_NIST_P256", "multi_region": true});
    let signing = bed.apply(KEY, None, &signing).await;
    let state = to_json(&signing.value);
    assert!(
        state["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("mrk-"))
    );
}

#[tokio::test]
async fn a_key_that_waits_for_its_deletion_is_gone() {
    let bed = bed().await;
    let object = bed.apply(KEY, None, &key()).await;
    bed.delete(KEY, &object).await;
    assert!(bed.read(KEY, &object).await.is_none());
    // Again, as when an answer was lost.
    bed.delete(KEY, &object).await;
    let id = to_json(&object.value)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert!(imported(&bed, KEY, &id).await.map(json_of).is_err());
}

#[tokio::test]
async fn a_key_whose_creation_failed_half_way_is_finished_by_the_next_run() {
    let bed = bed().await;
    let config = json!({"description": "half", "enable_key_rotation": true});
    bed.emulator.faults().add(Rule::next(
        Service::Kms,
        "EnableKeyRotation",
        1,
        Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".into(),
            message: "no".into(),
        },
    ));
    let (outcome, heard) = bed.try_apply(KEY, None, Some(&config)).await;
    let ApplyOutcome::Failed(Some(object), problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    assert!(
        problems[0].summary.contains("AccessDeniedException"),
        "{problems:?}"
    );
    let done = bed.apply(KEY, Some(&object), &config).await;
    settled(&bed, KEY, &done, &config).await;
    assert_eq!(calls(&bed, "kms", "CreateKey"), 1);
}

#[tokio::test]
async fn a_key_whose_answer_was_lost_is_found_by_its_time_and_words() {
    let bed = bed().await;
    let step = bed.step(KEY, None, Some(&key()));
    bed.emulator
        .faults()
        .add(Rule::next(Service::Kms, "CreateKey", 1, Fault::DropAnswer));
    let heard = crate::bed::Heard::default();
    let outcome = bed.kind(KEY).apply(&bed.cx, step.clone(), &heard).await;
    assert!(matches!(outcome, ApplyOutcome::Unknown(_)), "{outcome:?}");
    // Not sent twice: that would have been a second key.
    assert_eq!(calls(&bed, "kms", "CreateKey"), 1);
    let open = intent(&bed, KEY, &step, None);
    let judged = judge(&bed, KEY, vec![open.clone()]).await;
    let Adoption::Adopt(object) = &judged[0] else {
        panic!("{judged:?}");
    };
    // What the remote does not tell is planned as an update.
    let planned = bed.plan(KEY, Some(object), &key());
    assert!(planned.requires_replace.is_empty());
    // Another key with the same words: a person has to decide, unless the id is known.
    let other = bed.apply(KEY, None, &key()).await;
    let known = Intent {
        made: bed.kind(KEY).made_id(&other.value),
        ..open.clone()
    };
    let judged = judge(&bed, KEY, vec![open, known]).await;
    assert!(matches!(judged[0], Adoption::Unclear(_)), "{judged:?}");
    let Adoption::Adopt(object) = &judged[1] else {
        panic!("{judged:?}");
    };
    assert_eq!(
        to_json(&object.value)["key_id"],
        to_json(&other.value)["key_id"]
    );
    let never = bed.step(KEY, None, Some(&json!({"description": "never"})));
    let judged = judge(&bed, KEY, vec![intent(&bed, KEY, &never, None)]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
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
async fn an_alias_follows_its_key() {
    let bed = bed().await;
    let first = to_json(&bed.apply(KEY, None, &key()).await.value);
    let second = to_json(&bed.apply(KEY, None, &key()).await.value);
    let alias = |key: &Json| json!({"name": "alias/orders", "target_key_id": key});
    let object = bed.apply(ALIAS, None, &alias(&first["id"])).await;
    assert_eq!(
        to_json(&object.value),
        json!({
            "arn": "arn:aws:kms:eu-west-1:123456789012:alias/orders",
            "id": "alias/orders",
            "name": "alias/orders",
            "name_prefix": "",
            "region": null,
            "target_key_arn": first["arn"],
            "target_key_id": first["id"],
        })
    );
    assert_eq!(object.private.as_deref(), Some(&b"null"[..]));
    settled(&bed, ALIAS, &object, &alias(&first["id"])).await;
    // The ARN of the key is as good as its id.
    settled(&bed, ALIAS, &object, &alias(&first["arn"])).await;
    let planned = bed.plan(ALIAS, Some(&object), &alias(&second["arn"]));
    assert!(planned.requires_replace.is_empty());
    assert_eq!(
        to_json(&planned.value)["target_key_arn"],
        json!({"$unknown": true})
    );
    let moved = bed
        .apply(ALIAS, Some(&object), &alias(&second["arn"]))
        .await;
    assert_eq!(to_json(&moved.value)["target_key_arn"], second["arn"]);
    settled(&bed, ALIAS, &moved, &alias(&second["arn"])).await;
    let found = imported(&bed, ALIAS, "alias/orders")
        .await
        .map(json_of)
        .expect("imported");
    assert_eq!(found["target_key_id"], second["id"]);
    assert!(
        imported(&bed, ALIAS, "alias/none")
            .await
            .map(json_of)
            .is_err()
    );
    // Taken already, by somebody else.
    let (outcome, _) = bed.try_apply(ALIAS, None, Some(&alias(&first["id"]))).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(problems[0].summary.contains("AlreadyExistsException"));
    assert!(problems[0].detail.contains("import"));
    bed.delete(ALIAS, &moved).await;
    bed.delete(ALIAS, &moved).await;
    assert!(bed.read(ALIAS, &moved).await.is_none());
}

#[tokio::test]
async fn an_alias_whose_name_is_made_up_keeps_it() {
    let bed = bed().await;
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    for (config, prefix) in [
        (
            json!({"name_prefix": "alias/orders-", "target_key_id": key["id"]}),
            "alias/orders-",
        ),
        (json!({"target_key_id": key["id"]}), "alias/"),
    ] {
        let object = bed.apply(ALIAS, None, &config).await;
        let state = to_json(&object.value);
        let name = state["name"].as_str().expect("a name");
        assert_eq!(name.len(), prefix.len() + 26);
        assert_eq!(state["name_prefix"], json!(prefix));
        settled(&bed, ALIAS, &object, &config).await;
    }
}

#[tokio::test]
async fn one_list_of_aliases_serves_all_of_them() {
    let bed = bed().await;
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    let mut requests = Vec::new();
    for n in 0..5 {
        let config = json!({"name": format!("alias/orders-{n}"), "target_key_id": key["id"]});
        let prior = bed.apply(ALIAS, None, &config).await;
        requests.push(trueup_provider::ReadRequest {
            address: std::sync::Arc::new(crate::bed::address(ALIAS, "a")),
            prior,
        });
    }
    let before = calls(&bed, "kms", "ListAliases");
    let read = bed.kind(ALIAS).read_many(&bed.cx, requests).await;
    assert_eq!(read.len(), 5);
    assert!(
        read.iter()
            .all(|one| matches!(one, trueup_provider::ReadOutcome::Present(_)))
    );
    assert_eq!(calls(&bed, "kms", "ListAliases"), before + 1);
}

#[tokio::test]
async fn an_alias_whose_answer_was_lost_is_adopted() {
    let bed = bed().await;
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    let config = json!({"name": "alias/orders", "target_key_id": key["id"]});
    bed.emulator.faults().add(Rule::next(
        Service::Kms,
        "CreateAlias",
        1,
        Fault::DropAnswer,
    ));
    // The repeated call finds its own alias.
    let object = bed.apply(ALIAS, None, &config).await;
    settled(&bed, ALIAS, &object, &config).await;
    let step = bed.step(ALIAS, None, Some(&config));
    let judged = judge(&bed, ALIAS, vec![intent(&bed, ALIAS, &step, None)]).await;
    assert!(matches!(judged[0], Adoption::Adopt(_)), "{judged:?}");
}

#[tokio::test]
async fn keys_live_in_the_region_they_name() {
    let bed = bed().await;
    let config = json!({"region": "us-east-1", "description": "there"});
    let object = bed.apply(KEY, None, &config).await;
    let state = to_json(&object.value);
    let arn = state["arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:kms:us-east-1:"), "{arn}");
    settled(&bed, KEY, &object, &config).await;
    bed.delete(KEY, &object).await;
}

#[tokio::test]
async fn data_sources_tell_of_keys_and_aliases() {
    let bed = bed().await;
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    let alias = json!({"name": "alias/orders", "target_key_id": key["id"]});
    bed.apply(ALIAS, None, &alias).await;
    let found = data(&bed, ALIAS, json!({"name": "alias/orders"}))
        .await
        .expect("read");
    assert_eq!(found["target_key_arn"], key["arn"]);
    assert_eq!(
        found["id"],
        json!("arn:aws:kms:eu-west-1:123456789012:alias/orders")
    );
    for name in ["alias/orders", key["arn"].as_str().expect("an ARN")] {
        let found = data(&bed, KEY, json!({"key_id": name}))
            .await
            .expect("read");
        assert_eq!(found["id"], key["id"]);
        assert_eq!(found["key_id"], json!(name));
        assert_eq!(found["description"], json!("orders table"));
        assert_eq!(found["key_manager"], json!("CUSTOMER"));
        assert_eq!(found["deletion_date"], Json::Null);
    }
    let default = data(&bed, KEY, json!({"key_id": "alias/aws/dynamodb"}))
        .await
        .expect("read");
    assert_eq!(default["key_manager"], json!("AWS"));
    assert_eq!(default["creation_date"], json!("2020-01-01T00:00:00Z"));
    let missing = data(&bed, ALIAS, json!({"name": "alias/none"})).await;
    assert!(missing.is_err());
    let missing = data(&bed, KEY, json!({"key_id": "alias/none"})).await;
    assert!(missing.expect_err("missing")[0].contains("NotFoundException"));
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
