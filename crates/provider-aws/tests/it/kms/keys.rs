//! Keys: made, changed, replaced, found again.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent};

use super::{KEY, key, policy};
use crate::bed::{bed, bed_with, to_json};
use crate::looks::{calls, imported, json_of, settled};
use crate::recovery::{intent, judge};

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
