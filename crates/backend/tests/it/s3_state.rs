//! The state object and its digest: what is written, in which order, and what happens in between.

use std::sync::Arc;

use trueup_aws::AttributeValue;
use trueup_backend::{Backend, Error, Surroundings};
use trueup_emulator::{Fault, Rule, Service};
use trueup_value::Value;

use crate::bed::{Bed, KEY, LOCK_ID, TABLE, open, state_with};

const DIGEST_ID: &str = "states/app/terraform.tfstate-md5";

fn one() -> Surroundings {
    Surroundings::for_tests("one")
}

fn broken(operation: &str, service: Service, times: u32) -> Rule {
    let fault = Fault::FailBefore {
        status: 400,
        code: "ValidationException".into(),
        message: "no".into(),
    };
    Rule::next(service, operation, times, fault)
}

async fn write(bed: &Bed, text: &str) -> u64 {
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    let serial = session
        .checkpoint(&state_with(text))
        .await
        .expect("written");
    session.close().await.expect("released");
    serial
}

async fn digest(bed: &Bed) -> Option<String> {
    bed.text_of(DIGEST_ID, "Digest").await
}

fn md5(bytes: &[u8]) -> String {
    use md5::Digest;
    md5::Md5::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn object_and_digest_agree() {
    let bed = Bed::new().await;
    for (text, serial) in [("a", 1), ("b", 2), ("c", 3)] {
        assert_eq!(write(&bed, text).await, serial);
        let object = bed.object(KEY).await.expect("a state");
        assert!(object.starts_with(b"{\n  \"version\": 4,\n") && object.ends_with(b"\n}\n"));
        assert_eq!(digest(&bed).await, Some(md5(&object)));
    }
    let item = bed.item(DIGEST_ID).await.expect("an item");
    assert_eq!(item.len(), 2);
    assert!(bed.item(LOCK_ID).await.is_none());
    assert_eq!(bed.keys().await, [KEY]);
}

#[tokio::test]
async fn a_run_without_changes_writes_nothing_but_its_lock() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    let before = bed.counts.snapshot();
    write(&bed, "a").await;
    let after = bed.counts.snapshot();
    let sent = |service: &str, operation: &str| {
        let count =
            |counts: &std::collections::BTreeMap<_, std::collections::BTreeMap<String, u64>>| {
                counts
                    .get(service)
                    .and_then(|operations| operations.get(operation))
                    .copied()
                    .unwrap_or(0)
            };
        count(&after) - count(&before)
    };
    assert_eq!(sent("s3", "GetObject"), 1);
    assert_eq!(sent("s3", "PutObject"), 0);
    assert_eq!(sent("s3", "ListObjectsV2"), 0);
    assert_eq!(sent("dynamodb", "GetItem"), 1);
    assert_eq!(sent("dynamodb", "PutItem"), 1);
    assert_eq!(sent("dynamodb", "DeleteItem"), 1);
}

#[tokio::test]
async fn a_lost_answer_to_our_own_write_is_success() {
    let bed = Bed::new().await;
    for text in ["first", "second"] {
        bed.emulator
            .faults()
            .add(Rule::next(Service::S3, "PutObject", 1, Fault::DropAnswer));
        write(&bed, text).await;
        assert!(bed.emulator.faults().is_spent());
    }
    bed.emulator.faults().add(Rule::nth(
        Service::DynamoDb,
        "PutItem",
        2,
        Fault::DropAnswer,
    ));
    assert_eq!(write(&bed, "third").await, 3);
    assert_eq!(
        digest(&bed).await,
        Some(md5(&bed.object(KEY).await.expect("a state")))
    );
}

#[tokio::test]
async fn a_digest_that_is_not_written_is_said_and_then_repaired() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    let old = digest(&bed).await;
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    bed.emulator
        .faults()
        .add(broken("PutItem", Service::DynamoDb, 50));
    let error = session
        .checkpoint(&state_with("b"))
        .await
        .expect_err("no digest");
    bed.emulator.faults().clear();
    let new = md5(&bed.object(KEY).await.expect("a state"));
    let text = error.to_string();
    assert!(matches!(error, Error::DigestNotWritten(_)), "{text}");
    assert!(
        text.contains(&new) && text.contains(DIGEST_ID) && text.contains(TABLE),
        "{text}"
    );
    // The same run can try again.
    assert_eq!(
        session.checkpoint(&state_with("c")).await.expect("written"),
        2
    );
    assert_eq!(
        digest(&bed).await,
        Some(md5(&bed.object(KEY).await.expect("a state")))
    );

    bed.emulator
        .faults()
        .add(broken("PutItem", Service::DynamoDb, 50));
    let before = digest(&bed).await;
    session
        .checkpoint(&state_with("d"))
        .await
        .expect_err("no digest");
    bed.emulator.faults().clear();
    session.close().await.expect("released");
    assert_eq!(digest(&bed).await, before);
    assert_ne!(digest(&bed).await, old);

    // Without the lock the state is read, and nothing is changed.
    let snapshot = bed.backend(&[]).read("default").await.expect("readable");
    assert!(
        snapshot
            .state
            .is_some_and(|state| state.same_content(&state_with("d")))
    );
    assert_eq!(digest(&bed).await, before);
    // The next run under the lock repairs it.
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    assert_eq!(session.take_notices().len(), 1);
    assert_eq!(
        digest(&bed).await,
        Some(md5(&bed.object(KEY).await.expect("a state")))
    );
    assert_eq!(
        session.checkpoint(&state_with("e")).await.expect("written"),
        4
    );
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_foreign_object_without_its_digest_is_refused() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    let mut edited = state_with("edited");
    edited.serial = 9;
    bed.put_object(KEY, edited.write()).await;
    let Err(error) = open(Arc::new(bed.backend(&[])), &one()).await else {
        panic!("opened");
    };
    let text = error.to_string();
    assert!(
        text.starts_with("state data in S3 does not have the expected content."),
        "{text}"
    );
    for wanted in [
        "Bucket: states",
        "Key:    app/terraform.tfstate",
        &format!("Calculated checksum: {}", md5(&edited.write())),
        "serial 9",
        DIGEST_ID,
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    // The lock was given back.
    assert!(bed.item(LOCK_ID).await.is_none());
}

#[tokio::test]
async fn a_missing_object_with_a_digest_is_refused() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    bed.put_object(KEY, "").await;
    let Err(error) = open(Arc::new(bed.backend(&[])), &one()).await else {
        panic!("opened");
    };
    assert!(
        error.to_string().contains("There is no state object"),
        "{error}"
    );
}

#[tokio::test]
async fn a_digest_that_is_none_is_passed_over_and_replaced() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    bed.put_item(&[("LockID", DIGEST_ID), ("Digest", "not a digest")])
        .await;
    assert_eq!(write(&bed, "b").await, 2);
    assert_eq!(
        digest(&bed).await,
        Some(md5(&bed.object(KEY).await.expect("a state")))
    );
}

#[tokio::test]
async fn a_digest_that_cannot_be_read_is_none() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    bed.emulator
        .faults()
        .add(broken("GetItem", Service::DynamoDb, 2));
    assert_eq!(write(&bed, "b").await, 2);
    bed.emulator.faults().clear();
    assert_eq!(
        digest(&bed).await,
        Some(md5(&bed.object(KEY).await.expect("a state")))
    );
}

#[tokio::test]
async fn a_store_without_conditions_is_written_with_a_warning() {
    let bed = Bed::new().await;
    write(&bed, "a").await;
    bed.emulator.faults().add(Rule::next(
        Service::S3,
        "PutObject",
        1,
        Fault::FailBefore {
            status: 501,
            code: "NotImplemented".into(),
            message: "A header you provided implies functionality that is not implemented".into(),
        },
    ));
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    assert_eq!(
        session.checkpoint(&state_with("b")).await.expect("written"),
        2
    );
    let notices = session.take_notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].summary.contains("conditional writes"));
    assert_eq!(
        session.checkpoint(&state_with("c")).await.expect("written"),
        3
    );
    assert!(session.take_notices().is_empty());
    session.close().await.expect("released");
}

#[tokio::test]
async fn states_that_cannot_be_read_are_refused() {
    for (body, wanted) in [
        (
            "{\"version\": 5, \"terraform_version\": \"2.0.0\"}",
            "uses format version 5",
        ),
        ("{\"version\": 4", "damaged at line 1"),
        (
            "{\"serial\":3,\"lineage\":\"l\",\"meta\":{},\"encrypted_data\":\"\",\"encryption_version\":\"v0\"}",
            "the state is encrypted",
        ),
    ] {
        let bed = Bed::new().await;
        bed.put_object(KEY, body).await;
        let Err(error) = open(Arc::new(bed.backend(&[])), &one()).await else {
            panic!("opened {body}");
        };
        let text = error.to_string();
        assert!(
            text.contains("s3://states/app/terraform.tfstate") && text.contains(wanted),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named() {
    let bed = Bed::new().await;
    let backend = bed.backend(&[("bucket", Value::string("elsewhere"))]);
    let error = backend.read("default").await;
    assert!(
        matches!(&error, Err(Error::NoBucket { bucket }) if bucket == "elsewhere"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let bed = Bed::new().await;
    let backend = bed.backend(&[("dynamodb_table", Value::string("elsewhere"))]);
    let Err(error) = open(Arc::new(backend), &one()).await else {
        panic!("opened");
    };
    let text = error.to_string();
    assert!(
        text.contains("\"elsewhere\"") && text.contains("ResourceNotFound"),
        "{text}"
    );
    assert!(text.contains("init -create-backend"), "{text}");
    assert_eq!(error.summary(), "Error acquiring the state lock");
}

#[tokio::test]
async fn workspaces_have_keys_of_their_own() {
    let bed = Bed::new().await;
    let one = one();
    let options = trueup_backend::LockOptions::default();
    let mut session = trueup_backend::Session::open(
        Arc::new(bed.backend(&[])),
        "dev",
        trueup_backend::Operation::Apply,
        options,
        &one,
    )
    .await
    .expect("a session");
    let lock = bed
        .item("states/env:/dev/app/terraform.tfstate")
        .await
        .expect("a lock");
    assert!(
        matches!(lock.get("Info"), Some(AttributeValue::S(text)) if text.ends_with("\"Path\":\"states/env:/dev/app/terraform.tfstate\"}"))
    );
    session.checkpoint(&state_with("a")).await.expect("written");
    session.close().await.expect("released");
    assert_eq!(bed.keys().await, ["env:/dev/app/terraform.tfstate"]);
    assert!(
        bed.item("states/env:/dev/app/terraform.tfstate-md5")
            .await
            .is_some()
    );
    bed.backend(&[])
        .delete_workspace("dev")
        .await
        .expect("deleted");
    assert!(
        bed.item("states/env:/dev/app/terraform.tfstate-md5")
            .await
            .is_none()
    );
}
