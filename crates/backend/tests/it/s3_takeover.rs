//! What follows on holders that end badly: leases of lock objects, damaged locks, a writer overtaken between its
//! two writes.

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::PutItem;
use trueup_aws::s3::GetObject;
use trueup_backend::{Backend, Error, LockInfo, ProcessMark, Surroundings};
use trueup_emulator::{Fault, Rule, Service};
use trueup_value::Value;

use crate::bed::{BUCKET, Bed, KEY, LOCK_ID, TABLE, open, open_waiting, state_with};

const LOCK_FILE: &str = "app/terraform.tfstate.tflock";

fn by_file() -> Vec<(&'static str, Value)> {
    vec![
        ("use_lockfile", Value::bool(true)),
        ("dynamodb_table", Value::string("")),
    ]
}

fn both() -> Vec<(&'static str, Value)> {
    vec![("use_lockfile", Value::bool(true))]
}

fn one() -> Surroundings {
    Surroundings::for_tests("one")
}

fn two() -> Surroundings {
    Surroundings::for_tests("two")
}

/// The beat in the metadata of the lock object.
async fn beat(bed: &Bed) -> u64 {
    let request = GetObject {
        bucket: BUCKET.into(),
        key: LOCK_FILE.into(),
        ..GetObject::default()
    };
    let object = bed.clients.s3.get_object(request).await.expect("a lock");
    let beat = object.head.metadata.get("trueup-beat").expect("a beat");
    beat.parse().expect("a number")
}

#[tokio::test]
async fn a_lock_object_is_kept_alive_beside_its_bytes() {
    let bed = Bed::new().await;
    let session = open(Arc::new(bed.backend(&by_file())), &one())
        .await
        .expect("a session");
    let bytes = bed.object(LOCK_FILE).await.expect("a lock");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let info = LockInfo::parse(&text).expect("a lock info");
    assert_eq!(info.to_json(), text, "nothing of ours inside");
    let later = two();
    let waiting = open_waiting(
        Arc::new(bed.backend(&by_file())),
        &later,
        Duration::from_secs(3),
    );
    assert!(waiting.await.is_err_and(|error| error.is_locked()));
    assert_eq!(bed.object(LOCK_FILE).await, Some(bytes));
    assert!(beat(&bed).await >= 5);
    session.close().await.expect("released");
    assert!(bed.keys().await.is_empty());
}

#[tokio::test]
async fn lapsed_locks_of_both_kinds_are_taken_over() {
    for more in [by_file(), both()] {
        let bed = Bed::new().await;
        // Dropping a session leaves its locks, and ends their heartbeats.
        drop(
            open(Arc::new(bed.backend(&more)), &one())
                .await
                .expect("a session"),
        );
        let Err(error) = open(Arc::new(bed.backend(&more)), &two()).await else {
            panic!("a lease is not lapsed before it was watched");
        };
        assert!(error.to_string().contains("-lock-timeout="), "{error}");
        let next = Arc::new(bed.backend(&more));
        let mut session = open_waiting(next, &two(), Duration::from_secs(20))
            .await
            .expect("taken over");
        let notices = session.take_notices();
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(notices[0].detail.contains("one@host"), "{notices:?}");
        session.checkpoint(&state_with("a")).await.expect("written");
        session.close().await.expect("released");
        assert_eq!(bed.keys().await, [KEY]);
        assert!(bed.item(LOCK_ID).await.is_none());
    }
}

#[tokio::test]
async fn a_lock_object_of_a_dead_process_of_this_machine_is_followed_at_once() {
    let here = ProcessMark::of_this_process();
    if here.machine.is_empty() {
        return;
    }
    for more in [by_file(), both()] {
        let bed = Bed::new().await;
        let mut dead = one();
        dead.process = ProcessMark {
            started: here.started + 1,
            ..here.clone()
        };
        drop(
            open(Arc::new(bed.backend_of(&more, &dead)), &dead)
                .await
                .expect("a session"),
        );
        let mut living = two();
        living.process = here.clone();
        let session = open(Arc::new(bed.backend_of(&more, &living)), &living).await;
        let session = session.expect("taken over");
        session.close().await.expect("released");
        assert!(bed.keys().await.is_empty());
    }
}

#[tokio::test]
async fn terraforms_lock_object_is_never_taken_over() {
    let bed = Bed::new().await;
    let text = "{\"ID\":\"11111111-2222-3333-4444-555555555555\",\"Operation\":\"OperationTypeApply\",\"Info\":\"\",\"Who\":\"ci@runner\",\"Version\":\"1.11.4\",\"Created\":\"2026-11-21T07:00:00.5Z\",\"Path\":\"states/app/terraform.tfstate\"}";
    bed.put_object(LOCK_FILE, text).await;
    let waiter = one();
    let waiting = open_waiting(
        Arc::new(bed.backend(&by_file())),
        &waiter,
        Duration::from_millis(3500),
    );
    assert!(waiting.await.is_err_and(|error| error.is_locked()));
    assert_eq!(
        bed.object(LOCK_FILE).await.as_deref(),
        Some(text.as_bytes())
    );
}

#[tokio::test]
async fn a_lock_object_that_was_taken_stops_its_former_holder() {
    let bed = Bed::new().await;
    let mut session = open(Arc::new(bed.backend(&by_file())), &one())
        .await
        .expect("a session");
    bed.put_object(LOCK_FILE, "{\"ID\":\"2\",\"Who\":\"ci@runner\"}")
        .await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let error = session
        .checkpoint(&state_with("b"))
        .await
        .expect_err("the lock is lost");
    assert!(matches!(error, Error::LockLost { .. }), "{error}");
    let error = session.close().await.expect_err("not ours any more");
    assert!(error.to_string().contains("ci@runner"), "{error}");
    assert_eq!(bed.keys().await, [LOCK_FILE]);
}

#[tokio::test]
async fn force_unlock_removes_damaged_locks() {
    let bed = Bed::new().await;
    let damaged = [
        None,
        Some(AttributeValue::S("nonsense".into())),
        Some(AttributeValue::S("{\"Who\":\"nobody\"}".into())),
        Some(AttributeValue::N("1".into())),
    ];
    for info in damaged {
        let key = ("LockID".to_owned(), AttributeValue::S(LOCK_ID.into()));
        let info = info.map(|info| ("Info".to_owned(), info));
        let request = PutItem {
            table: TABLE.into(),
            item: [key].into_iter().chain(info).collect(),
            ..PutItem::default()
        };
        bed.clients.dynamodb.put_item(request).await.expect("put");
        let Err(error) = open(Arc::new(bed.backend(&[])), &one()).await else {
            panic!("a damaged lock is one too");
        };
        assert!(error.to_string().contains("force-unlock"), "{error}");
        let backend = bed.backend(&[]);
        backend.force_unlock("default", "1").await.expect("removed");
        assert!(bed.item(LOCK_ID).await.is_none());
    }
    for text in ["", "nonsense", "[]"] {
        bed.put_object(LOCK_FILE, text.to_owned()).await;
        let backend = bed.backend(&by_file());
        backend.force_unlock("default", "1").await.expect("removed");
        assert!(bed.keys().await.is_empty(), "{text:?}");
    }
    // What is not a text in it takes nothing from its id.
    let odd = "{\"ID\":\"7\",\"Created\":1,\"Who\":null}";
    bed.put_item(&[("LockID", LOCK_ID), ("Info", odd)]).await;
    let backend = bed.backend(&[]);
    let wrong = backend.force_unlock("default", "8").await;
    assert!(matches!(wrong, Err(Error::OtherLock { .. })));
    backend.force_unlock("default", "7").await.expect("removed");
}

#[tokio::test]
async fn who_is_overtaken_between_its_two_writes_leaves_its_successors_digest() {
    let bed = Bed::new().await;
    let mut session = open(Arc::new(bed.backend(&[])), &one())
        .await
        .expect("a session");
    session.checkpoint(&state_with("a")).await.expect("written");
    let holder = bed.backend(&[]).holder("default").await.expect("an answer");
    let holder = holder.expect("a holder").id;
    // The digest of the next write is held up for longer than all that follows takes. Beats are puts too.
    let late = Fault::Delay(Duration::from_millis(1500));
    bed.emulator
        .faults()
        .add(Rule::next(Service::DynamoDb, "PutItem", 1, late));
    let overtaken = async {
        let error = session.checkpoint(&state_with("b")).await;
        (session, error)
    };
    let successor = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let backend = bed.backend(&[]);
        let unlocked = backend.force_unlock("default", &holder).await;
        unlocked.expect("removed");
        let mut session = open(Arc::new(backend), &two()).await.expect("a session");
        let state = session.state().clone();
        assert!(state.same_content(&state_with("b")), "the object counts");
        let serial = session.checkpoint(&state_with("c")).await;
        assert_eq!(serial.expect("written"), 3);
        session.close().await.expect("released");
        bed.text_of(&format!("{LOCK_ID}-md5"), "Digest").await
    };
    let ((session, error), digest) = tokio::join!(overtaken, successor);
    let error = error.expect_err("somebody else wrote");
    assert!(
        matches!(error, Error::Conflict { .. }) && error.to_string().contains("serial 3"),
        "{error}"
    );
    let _ = session.close().await;
    let now = bed.text_of(&format!("{LOCK_ID}-md5"), "Digest").await;
    assert_eq!(now, digest, "the successor's digest stands");
    let read = bed.backend(&[]).read("default").await.expect("readable");
    assert_eq!(read.state.map(|state| state.serial), Some(3));
}

#[tokio::test]
async fn a_waiter_gets_its_turn_when_the_holder_leaves() {
    for more in [vec![], by_file(), both()] {
        let bed = Bed::new().await;
        let session = open(Arc::new(bed.backend(&more)), &one())
            .await
            .expect("a session");
        let leaving = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            session.close().await.expect("released");
        };
        let waiter = two();
        let waiting = open_waiting(
            Arc::new(bed.backend(&more)),
            &waiter,
            Duration::from_secs(20),
        );
        let ((), next) = tokio::join!(leaving, waiting);
        next.expect("its turn").close().await.expect("released");
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_read_says_of_a_lock_that_stays() {
    let bed = Bed::new().await;
    bed.put_object(KEY, "nonsense").await;
    let denied = Fault::FailBefore {
        status: 400,
        code: "AccessDeniedException".into(),
        message: "no".into(),
    };
    bed.emulator
        .faults()
        .add(Rule::next(Service::DynamoDb, "DeleteItem", 1, denied));
    let Err(error) = open(Arc::new(bed.backend(&[])), &one()).await else {
        panic!("opened");
    };
    let text = error.to_string();
    assert!(text.contains("cannot read the state"), "{text}");
    assert!(text.contains("force-unlock"), "{text}");
}
