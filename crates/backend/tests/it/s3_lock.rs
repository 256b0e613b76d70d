//! The locks of the `s3` backend: their exact form, lost answers, leases and takeovers.

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::AttributeValue;
use trueup_backend::{Backend, Error, LockInfo, ProcessMark, Surroundings};
use trueup_emulator::{Fault, Rule, Service};
use trueup_value::Value;

use crate::bed::{Bed, KEY, LOCK_ID, open, open_waiting, state_with};

const FOREIGN: &str = "{\"ID\":\"11111111-2222-3333-4444-555555555555\",\"Operation\":\"OperationTypeApply\",\"Info\":\"\",\"Who\":\"ci@runner\",\"Version\":\"1.11.4\",\"Created\":\"2026-11-21T07:00:00.5Z\",\"Path\":\"states/app/terraform.tfstate\"}";

fn one() -> Surroundings {
    Surroundings::for_tests("one")
}

fn two() -> Surroundings {
    Surroundings::for_tests("two")
}

#[tokio::test]
async fn the_item_is_terraforms_with_the_lease_beside_info() {
    let bed = Bed::new().await;
    let session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    let item = bed.item(LOCK_ID).await.expect("a lock");
    let names: Vec<&str> = item.keys().map(String::as_str).collect();
    assert_eq!(names, ["Info", "LockID", "TrueupBeat", "TrueupLease"]);
    let text = bed.text_of(LOCK_ID, "Info").await.expect("an info");
    let info = LockInfo::parse(&text).expect("a lock info");
    assert_eq!(info.to_json(), text);
    assert_eq!(info.path, LOCK_ID);
    assert_eq!(info.operation, "OperationTypeApply");
    session.close().await.expect("released");
    assert!(bed.item(LOCK_ID).await.is_none());
}

#[tokio::test]
async fn the_lock_object_holds_the_info_alone() {
    let bed = Bed::new().await;
    let backend = Arc::new(bed.backend(&[("use_lockfile", Value::bool(true))]));
    let session = open(backend.clone(), &one()).await.expect("a session");
    let body = bed
        .object("app/terraform.tfstate.tflock")
        .await
        .expect("a lock");
    let text = String::from_utf8(body.to_vec()).expect("text");
    assert_eq!(
        LockInfo::parse(&text).map(|info| info.to_json()),
        Some(text.clone())
    );
    // Both locks name the same id.
    assert_eq!(bed.text_of(LOCK_ID, "Info").await, Some(text));
    // Where the second lock is not to be had, the first is given back.
    session.close().await.expect("released");
    bed.put_item(&[("LockID", LOCK_ID), ("Info", FOREIGN)])
        .await;
    assert!(
        open(backend, &one())
            .await
            .is_err_and(|error| error.is_locked())
    );
    assert!(bed.object("app/terraform.tfstate.tflock").await.is_none());
}

#[tokio::test]
async fn a_lost_answer_does_not_lock_us_out() {
    let bed = Bed::new().await;
    for more in [
        vec![],
        vec![
            ("use_lockfile", Value::bool(true)),
            ("dynamodb_table", Value::string("")),
        ],
    ] {
        let (service, lock, unlock) = if more.is_empty() {
            (Service::DynamoDb, "PutItem", "DeleteItem")
        } else {
            (Service::S3, "PutObject", "DeleteObject")
        };
        bed.emulator
            .faults()
            .add(Rule::next(service, lock, 1, Fault::DropAnswer));
        bed.emulator
            .faults()
            .add(Rule::next(service, unlock, 1, Fault::DropAnswer));
        let session = open(Arc::new(bed.backend(&more)), &one())
            .await
            .expect("our own lock");
        session.close().await.expect("released");
        assert!(bed.emulator.faults().is_spent());
        assert!(bed.item(LOCK_ID).await.is_none());
        assert!(bed.keys().await.is_empty());
    }
}

#[tokio::test]
async fn a_heartbeat_keeps_the_lock_alive() {
    let bed = Bed::new().await;
    let session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    let info = bed.text_of(LOCK_ID, "Info").await;
    let waiting = open_waiting(Arc::new(bed.backend(&[])), &two(), Duration::from_secs(3)).await;
    assert!(waiting.is_err_and(|error| error.is_locked()));
    assert_eq!(bed.text_of(LOCK_ID, "Info").await, info);
    let beat = match bed
        .item(LOCK_ID)
        .await
        .and_then(|mut item| item.remove("TrueupBeat"))
    {
        Some(AttributeValue::N(beat)) => beat.parse::<u64>().expect("a number"),
        other => panic!("{other:?}"),
    };
    assert!(beat >= 5, "{beat}");
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_lapsed_lease_is_taken_over() {
    let bed = Bed::new().await;
    // Dropping a session leaves its lock, and ends its heartbeat.
    drop(
        open(Arc::new(bed.backend(&[])), &one())
            .await
            .expect("a session"),
    );
    let Err(error) = open(Arc::new(bed.backend(&[])), &two()).await else {
        panic!("a lease is not lapsed before it was watched");
    };
    assert!(error.to_string().contains("-lock-timeout="), "{error}");
    let mut session = open_waiting(Arc::new(bed.backend(&[])), &two(), Duration::from_secs(20))
        .await
        .expect("taken over");
    let notices = session.take_notices();
    assert!(notices[0].detail.contains("one@host"), "{notices:?}");
    let info = bed.text_of(LOCK_ID, "Info").await.expect("a lock");
    assert!(info.contains("two@host"), "{info}");
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_dead_process_of_this_machine_is_followed_at_once() {
    let here = ProcessMark::of_this_process();
    if here.machine.is_empty() {
        return;
    }
    let bed = Bed::new().await;
    let mut dead = one();
    dead.process = ProcessMark {
        started: here.started + 1,
        ..here.clone()
    };
    drop(
        open(Arc::new(bed.backend_of(&[], &dead)), &dead)
            .await
            .expect("a session"),
    );
    let mut living = two();
    living.process = here;
    let session = open(Arc::new(bed.backend_of(&[], &living)), &living).await;
    session
        .expect("taken over")
        .close()
        .await
        .expect("released");
}

#[tokio::test]
async fn terraforms_lock_is_never_taken_over() {
    let bed = Bed::new().await;
    bed.put_item(&[("LockID", LOCK_ID), ("Info", FOREIGN)])
        .await;
    let Err(error) = open_waiting(
        Arc::new(bed.backend(&[])),
        &one(),
        Duration::from_millis(3500),
    )
    .await
    else {
        panic!("taken over");
    };
    let text = error.to_string();
    assert!(text.contains("Who:       ci@runner"), "{text}");
    assert!(
        text.contains("Created:   2026-11-21 07:00:00.5 +0000 UTC"),
        "{text}"
    );
    assert_eq!(bed.text_of(LOCK_ID, "Info").await.as_deref(), Some(FOREIGN));
}

#[tokio::test]
async fn a_run_that_lost_its_lock_writes_nothing_more() {
    let bed = Bed::new().await;
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    session.checkpoint(&state_with("a")).await.expect("written");
    let holder = bed
        .backend(&[])
        .holder("default")
        .await
        .expect("an answer")
        .expect("a holder");
    bed.backend(&[])
        .force_unlock("default", &holder.id)
        .await
        .expect("removed");
    bed.put_item(&[("LockID", LOCK_ID), ("Info", FOREIGN)])
        .await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let error = session
        .checkpoint(&state_with("b"))
        .await
        .expect_err("the lock is lost");
    assert!(matches!(error, Error::LockLost { .. }), "{error}");
    assert!(error.to_string().contains("ci@runner"), "{error}");
    let error = session.close().await.expect_err("not ours any more");
    assert!(matches!(error, Error::LockLost { .. }), "{error}");
    assert_eq!(bed.text_of(LOCK_ID, "Info").await.as_deref(), Some(FOREIGN));
    assert!(bed.object(KEY).await.is_some());
}

#[tokio::test]
async fn force_unlock_wants_the_right_id() {
    let bed = Bed::new().await;
    let backend = bed.backend(&[("use_lockfile", Value::bool(true))]);
    assert!(matches!(
        backend.force_unlock("default", "x").await,
        Err(Error::NotLocked { .. })
    ));
    bed.put_item(&[("LockID", LOCK_ID), ("Info", FOREIGN)])
        .await;
    let error = backend
        .force_unlock("default", "x")
        .await
        .expect_err("another id");
    let text = error.to_string();
    assert!(
        text.starts_with(
            "lock ID \"x\" does not match existing lock (\"11111111-2222-3333-4444-555555555555\")"
        ),
        "{text}"
    );
    let id = "11111111-2222-3333-4444-555555555555";
    let holder = backend.force_unlock("default", id).await.expect("removed");
    assert_eq!(holder.who, "ci@runner");
    assert!(bed.item(LOCK_ID).await.is_none());
}

#[tokio::test]
async fn an_unreadable_lock_item_is_said() {
    let bed = Bed::new().await;
    bed.put_item(&[("LockID", LOCK_ID), ("Info", "nonsense")])
        .await;
    let Err(error) = open_waiting(Arc::new(bed.backend(&[])), &one(), Duration::from_secs(5)).await
    else {
        panic!("opened");
    };
    assert!(
        error.to_string().contains("holds no readable lock info"),
        "{error}"
    );
}
