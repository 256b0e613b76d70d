//! States and locks in the form that OpenTofu 1.12 gives them, written here after its documentation, read and carried
//! on; and our lock, as OpenTofu takes it away.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::DeleteItem;
use trueup_aws::{AttributeValue, Item};
use trueup_backend::{Backend, Error, Surroundings};
use trueup_value::Value;

use crate::bed::{Bed, KEY, LOCK_ID, TABLE, open, state_with};

/// A state on one line, with its one final newline, and keys that Terraform 1.11 does not know.
const STATE: &str = "{\"version\":4,\"terraform_version\":\"1.12.6\",\"serial\":2,\"lineage\":\"9f7ff6a8-5d4c-3bcb-9e6b-b5f70e2f8c52\",\"outputs\":{\"text\":{\"value\":\"a\\u003cb\\u003e\\u0026c\",\"type\":\"string\",\"deprecated\":\"no more\"}},\"resources\":[{\"mode\":\"managed\",\"type\":\"aws_dynamodb_table\",\"name\":\"orders\",\"provider\":\"provider[\\\"registry.opentofu.org/hashicorp/aws\\\"]\",\"instances\":[{\"schema_version\":1,\"attributes\":{\"id\":\"orders\",\"name\":\"orders\"},\"sensitive_attributes\":[],\"skip_destroy\":true,\"identity_schema_version\":0,\"identity\":{\"name\":\"orders\"}}]}],\"check_results\":null}\n";

/// MD5 of that text.
fn digest() -> String {
    use md5::Digest as _;
    md5::Md5::digest(STATE.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

const LOCK: &str = "{\"ID\":\"11111111-2222-3333-4444-555555555555\",\"Operation\":\"OperationTypeApply\",\"Info\":\"\",\"Who\":\"ci@runner\",\"Version\":\"1.12.6\",\"Created\":\"2026-11-21T07:00:00.5Z\",\"Path\":\"states/app/terraform.tfstate\"}";

#[tokio::test]
async fn its_state_is_read_and_carried_on() {
    let bed = Bed::new().await;
    bed.put_object(KEY, STATE).await;
    let item = format!("{LOCK_ID}-md5");
    bed.put_item(&[("LockID", &item), ("Digest", &digest())])
        .await;
    let mut session = open(Arc::new(bed.backend(&[])), &Surroundings::for_tests("one"))
        .await
        .expect("a session");
    let mut state = session.state().clone();
    assert_eq!((state.serial, state.resources.len()), (2, 1));
    state.outputs.extend(state_with("changed").outputs);
    assert_eq!(session.checkpoint(&state).await.expect("written"), 3);
    session.close().await.expect("released");

    let written = bed.object(KEY).await.expect("a state");
    let written: serde_json::Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(written["lineage"], "9f7ff6a8-5d4c-3bcb-9e6b-b5f70e2f8c52");
    let resource = &written["resources"][0];
    assert_eq!(
        resource["provider"],
        "provider[\"registry.opentofu.org/hashicorp/aws\"]"
    );
    let instance = &resource["instances"][0];
    assert_eq!(instance["skip_destroy"], true);
    assert_eq!(instance["identity"]["name"], "orders");
}

#[tokio::test]
async fn its_locks_hold_us_and_can_be_taken_away() {
    let bed = Bed::new().await;
    let backend = Arc::new(bed.backend(&[("use_lockfile", Value::bool(true))]));
    let lock_object = format!("{KEY}.tflock");
    bed.put_object(&lock_object, LOCK).await;
    bed.put_item(&[("LockID", LOCK_ID), ("Info", LOCK)]).await;
    let one = Surroundings::for_tests("one");
    let refused = open(backend.clone(), &one).await.err().expect("it is held");
    assert!(matches!(refused, Error::Locked { .. }));
    let said = refused.to_string();
    for wanted in [
        "ID:        11111111-2222-3333-4444-555555555555",
        "Version:   1.12.6",
        "Created:   2026-11-21 07:00:00.5 +0000 UTC",
    ] {
        assert!(said.contains(wanted), "{said}");
    }
    let id = "11111111-2222-3333-4444-555555555555";
    let removed = backend.force_unlock("default", id).await.expect("removed");
    assert_eq!(removed.version, "1.12.6");
    assert!(bed.item(LOCK_ID).await.is_none());
    assert!(bed.object(&lock_object).await.is_none());
}

/// OpenTofu deletes a lock on condition that its text is what it makes of it itself: the seven fields in their
/// order, in Go's form.
#[tokio::test]
async fn our_lock_can_be_taken_away_by_it() {
    let bed = Bed::new().await;
    let named = Surroundings {
        who: "ada <ops> & co@host".to_owned(),
        ..Surroundings::for_tests("one")
    };
    let session = open(Arc::new(bed.backend(&[])), &named)
        .await
        .expect("a session");
    let stored = bed.text_of(LOCK_ID, "Info").await.expect("an info");
    let read: BTreeMap<String, String> = serde_json::from_str(&stored).expect("texts");
    let again: Vec<String> = [
        "ID",
        "Operation",
        "Info",
        "Who",
        "Version",
        "Created",
        "Path",
    ]
    .into_iter()
    .map(|name| {
        let text = serde_json::to_string(&read[name]).expect("a text");
        let text = text
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026");
        format!("\"{name}\":{text}")
    })
    .collect();
    let request = DeleteItem {
        table: TABLE.into(),
        key: Item::from([("LockID".into(), AttributeValue::S(LOCK_ID.into()))]),
        condition: Some("Info = :info".into()),
        values: BTreeMap::from([(
            ":info".into(),
            AttributeValue::S(format!("{{{}}}", again.join(","))),
        )]),
        ..DeleteItem::default()
    };
    let deleted = bed.clients.dynamodb.delete_item(request).await;
    assert!(deleted.is_ok(), "{deleted:?}; stored: {stored}");
    assert!(matches!(
        session.close().await,
        Err(Error::LockLost { .. } | Error::NotReleased { .. } | Error::NotLocked { .. })
    ));
}
