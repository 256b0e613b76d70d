//! States, locks, digests and records that OpenTofu 1.12.6 wrote (`tests/opentofu/README.md`): read, written again to
//! the byte, carried on; and our lock, as OpenTofu takes it away.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use trueup_aws::dynamodb::DeleteItem;
use trueup_aws::{AttributeValue, Item};
use trueup_backend::{
    Backend, BackendRecord, BlockHash, Error, LocalBackend, LocalSettings, LockInfo, Place,
    Surroundings, schema,
};
use trueup_state::State;
use trueup_value::Value;

use crate::bed::{Bed, KEY, LOCK_ID, TABLE, on_one_line, open, state_with};

const STATE: &str = include_str!("../opentofu/state.tfstate");
const LOCAL: &str = include_str!("../opentofu/local.tfstate");
const HOSTS: &str = include_str!("../opentofu/hosts.tfstate");
const DIGEST: &str = include_str!("../opentofu/digest-item.json");
const LOCK_ITEM: &str = include_str!("../opentofu/lock-item.json");
const LOCK_OBJECT: &str = include_str!("../opentofu/lock-object.json");
const LOCAL_LOCK: &str = include_str!("../opentofu/local-lock.json");

/// The text attribute of a recorded item.
fn attribute(item: &str, name: &str) -> String {
    let item: Json = serde_json::from_str(item).expect("JSON");
    item[name]["S"].as_str().expect("a text").to_owned()
}

#[test]
fn its_states_are_read_and_written_to_the_byte() {
    for (name, recorded) in [
        ("state", STATE),
        ("local", LOCAL),
        ("backup", include_str!("../opentofu/backup.tfstate")),
        ("extras", include_str!("../opentofu/extras.tfstate")),
        ("hosts", HOSTS),
        (
            "a new workspace",
            include_str!("../opentofu/empty-workspace.tfstate"),
        ),
    ] {
        let state = State::read(recorded.as_bytes()).expect(name);
        assert_eq!(state.terraform_version, "1.12.6", "{name}");
        let written = state.write();
        assert_eq!(
            on_one_line(&written),
            on_one_line(recorded.as_bytes()),
            "{name}"
        );
        // A file of the folder is indented by both; OpenTofu adds an empty line.
        if recorded.starts_with("{\n") {
            assert_eq!(
                format!("{}\n", String::from_utf8_lossy(&written)),
                recorded,
                "{name}"
            );
        }
    }
}

/// Where each instance has a provider of its own, the resource names none: it is refused, never dropped.
#[test]
fn a_state_with_a_provider_for_each_instance_is_refused_by_name() {
    let error = State::read(include_bytes!("../opentofu/keyed.tfstate")).expect_err("refused");
    let said = error.to_string();
    assert!(
        said.contains("terraform_data.orders") && said.contains("one for each instance"),
        "{said}"
    );
}

#[tokio::test]
async fn its_state_in_s3_is_carried_on_beside_its_digest() {
    for (recorded, digest) in [
        (STATE.to_owned(), Some(attribute(DIGEST, "Digest"))),
        (HOSTS.to_owned(), None),
    ] {
        let bed = Bed::new().await;
        bed.put_object(KEY, recorded.clone()).await;
        if let Some(digest) = &digest {
            let item = attribute(DIGEST, "LockID");
            assert_eq!(item, format!("{LOCK_ID}-md5"));
            bed.put_item(&[("LockID", &item), ("Digest", digest)]).await;
        }
        let mut session = open(Arc::new(bed.backend(&[])), &Surroundings::for_tests("one"))
            .await
            .expect("a session");
        let before = session.state().clone();
        let mut state = before.clone();
        state.outputs.extend(state_with("changed").outputs);
        assert_eq!(
            session.checkpoint(&state).await.expect("written"),
            before.serial + 1
        );
        session.close().await.expect("released");

        // All but the new output is what it was: `skip_destroy`, identity, deprecation, the registry.
        let written = bed.object(KEY).await.expect("a state");
        let mut again = State::read(&written).expect("a state");
        again.outputs.remove("text");
        again.serial = before.serial;
        again
            .terraform_version
            .clone_from(&before.terraform_version);
        assert_eq!(on_one_line(&again.write()), recorded);
    }
}

#[tokio::test]
async fn a_digest_of_its_that_does_not_fit_is_told() {
    let bed = Bed::new().await;
    bed.put_object(KEY, HOSTS).await;
    let (item, digest) = (attribute(DIGEST, "LockID"), attribute(DIGEST, "Digest"));
    bed.put_item(&[("LockID", &item), ("Digest", &digest)])
        .await;
    let refused = open(Arc::new(bed.backend(&[])), &Surroundings::for_tests("one")).await;
    let said = refused.err().expect("it does not fit").to_string();
    assert!(
        said.contains("does not have the expected content") && said.contains(&digest),
        "{said}"
    );
}

#[tokio::test]
async fn its_locks_hold_us_and_can_be_taken_away() {
    let bed = Bed::new().await;
    let backend = Arc::new(bed.backend(&[("use_lockfile", Value::bool(true))]));
    let lock_object = format!("{KEY}.tflock");
    let text = attribute(LOCK_ITEM, "Info");
    // One lock, told twice, in the form that is ours too.
    assert_eq!(text, LOCK_OBJECT);
    let info = LockInfo::parse(&text).expect("a lock info");
    assert_eq!(info.to_json(), text);
    assert_eq!(attribute(LOCK_ITEM, "LockID"), LOCK_ID);
    bed.put_object(&lock_object, LOCK_OBJECT).await;
    bed.put_item(&[("LockID", LOCK_ID), ("Info", &text)]).await;
    let one = Surroundings::for_tests("one");
    let refused = open(backend.clone(), &one).await.err().expect("it is held");
    assert!(matches!(refused, Error::Locked { .. }));
    let said = refused.to_string();
    for wanted in [
        format!("ID:        {}", info.id),
        "Version:   1.12.6".to_owned(),
        "Who:       root@runner".to_owned(),
        format!("Created:   {}", info.created_text()),
    ] {
        assert!(said.contains(&wanted), "{said}");
    }
    let removed = backend
        .force_unlock("default", &info.id)
        .await
        .expect("removed");
    assert_eq!(removed.version, "1.12.6");
    assert!(bed.item(LOCK_ID).await.is_none());
    assert!(bed.object(&lock_object).await.is_none());
}

/// The lock of a state file: its text is ours to the byte, and force-unlock takes it from who is gone.
#[tokio::test]
async fn its_lock_of_a_file_is_read_and_taken_away() {
    let info = LockInfo::parse(LOCAL_LOCK).expect("a lock info");
    assert_eq!(info.to_json(), LOCAL_LOCK);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("terraform.tfstate"), LOCAL).expect("written");
    std::fs::write(file(".terraform.tfstate.lock.info"), LOCAL_LOCK).expect("written");
    let backend = LocalBackend::new(LocalSettings::of_place(&Place {
        working_dir: folder.path().to_owned(),
        journal_dir: file(".trueup/journal"),
        ..Place::default()
    }));
    let removed = backend
        .force_unlock("default", &info.id)
        .await
        .expect("removed");
    assert_eq!(removed, info);
    assert!(!file(".terraform.tfstate.lock.info").exists());
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

/// A folder whose record holds this text.
fn recorded_in(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("terraform.tfstate");
    std::fs::write(&path, text).expect("written");
    path
}

/// What a block says: the recorded settings but these.
fn block_of(record: &BackendRecord, left_out: &[&str]) -> Value {
    let mut config = record.config.clone();
    config.retain(|name, _| !left_out.contains(&name.as_str()));
    let text = Json::Object(config).to_string();
    let value = trueup_value::json::decode(&text).expect("JSON");
    let schema = schema("s3").expect("a backend");
    schema.coerce(value).expect("settings")
}

#[test]
fn its_records_are_those_of_their_blocks_and_stay_its() {
    for (name, text, left_out) in [
        (
            "whole",
            include_str!("../opentofu/record.json"),
            [].as_slice(),
        ),
        (
            "partial",
            include_str!("../opentofu/partial-record.json"),
            &["bucket"],
        ),
        ("early", include_str!("../opentofu/early-record.json"), &[]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = recorded_in(folder.path(), text);
        let locks = folder.path().join(".terraform.lock.hcl");
        let record = BackendRecord::read_terraform(&path)
            .expect("readable")
            .expect("a record");
        let block = block_of(&record, left_out);
        let hash = BlockHash::new("s3", &block);
        assert!(hash.is_of(record.hash), "{name}");
        assert_ne!(u32::from(hash), u32::from(record.hash), "{name}");
        // Written again it is OpenTofu's, to the byte; and so it is where the block is read anew.
        record.write_terraform(&path, &locks).expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), text);
        let next = BackendRecord::new("s3", &block_of(&record, &[]), hash);
        assert!(record.same_settings(&next), "{name}");
        next.write_terraform(&path, &locks).expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), text);
        BackendRecord::none()
            .write_terraform(&path, &locks)
            .expect("written");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert_eq!(text, "{\n    \"version\": 3\n}\n");
    }
}
