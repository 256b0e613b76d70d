//! Aliases of keys.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome};

use super::{ALIAS, KEY, key};
use crate::bed::{bed, to_json};
use crate::looks::{calls, imported, json_of, settled};
use crate::recovery::{intent, judge};

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
