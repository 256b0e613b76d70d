//! What every backend promises, played on each of them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use trueup_backend::{
    Backend, Error, LocalBackend, LocalSettings, LockOptions, MemoryBackend, Operation, Place,
    Session, Surroundings,
};
use trueup_value::Value;

use crate::bed::{Bed, open, open_waiting, state_with};

/// Two backends that look at one place, as two runs do, each time this is called.
struct Pair {
    one: Arc<dyn Backend>,
    two: Arc<dyn Backend>,
    _keep: Box<dyn std::any::Any>,
}

async fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    let memory = MemoryBackend::new();
    pairs.push(Pair {
        one: Arc::new(memory.clone()),
        two: Arc::new(memory),
        _keep: Box::new(()),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place {
        working_dir: folder.path().to_owned(),
        journal_dir: folder.path().join(".trueup/journal"),
        ..Place::default()
    };
    let local = || LocalBackend::new(LocalSettings::of_place(&place));
    pairs.push(Pair {
        one: Arc::new(local()),
        two: Arc::new(local()),
        _keep: Box::new(folder),
    });
    for more in [
        vec![],
        vec![("use_lockfile", Value::bool(true))],
        vec![
            ("use_lockfile", Value::bool(true)),
            ("dynamodb_table", Value::string("")),
        ],
        vec![
            ("encrypt", Value::bool(true)),
            ("acl", Value::string("private")),
        ],
    ] {
        let bed = Bed::new().await;
        pairs.push(Pair {
            one: Arc::new(bed.backend(&more)),
            two: Arc::new(bed.backend(&more)),
            _keep: Box::new(bed),
        });
    }
    pairs
}

fn surroundings() -> (Surroundings, Surroundings) {
    (
        Surroundings::for_tests("one"),
        Surroundings::for_tests("two"),
    )
}

#[tokio::test]
async fn what_one_run_writes_the_next_one_reads() {
    let (one, two) = surroundings();
    for pair in pairs().await {
        let mut session = open(pair.one.clone(), &one).await.expect("a session");
        assert!(!session.exists() && session.state().is_empty());
        assert_eq!(
            session.checkpoint(&state_with("a")).await.expect("written"),
            1
        );
        let lineage = session.state().lineage.clone();
        assert!(!lineage.is_empty());
        // The same content again is no write.
        assert_eq!(
            session
                .checkpoint(&state_with("a"))
                .await
                .expect("nothing to do"),
            1
        );
        assert_eq!(
            session.checkpoint(&state_with("b")).await.expect("written"),
            2
        );
        session.close().await.expect("released");

        let mut session = open(pair.two.clone(), &two).await.expect("a session");
        assert_eq!(
            (session.state().serial, &session.state().lineage),
            (2, &lineage)
        );
        assert!(session.state().same_content(&state_with("b")));
        assert_eq!(
            session
                .checkpoint(&state_with("b"))
                .await
                .expect("nothing to do"),
            2
        );
        assert_eq!(
            session.checkpoint(&state_with("c")).await.expect("written"),
            3
        );
        session.close().await.expect("released");
    }
}

#[tokio::test]
async fn a_held_state_says_by_whom() {
    let (one, two) = surroundings();
    for pair in pairs().await {
        let kind = pair.one.kind();
        let session = open(pair.one.clone(), &one).await.expect("a session");
        let error = match open(pair.two.clone(), &two).await {
            Err(error) => error,
            Ok(_) => panic!("{kind}: locked twice"),
        };
        assert!(error.is_locked(), "{kind}: {error}");
        let text = error.to_string();
        for wanted in [
            "Lock Info:\n  ID:        ",
            "Operation: OperationTypeApply",
            "Who:       one@host",
            "Created:   2026-01-01 00:00:",
        ] {
            assert!(text.contains(wanted), "{kind}: {wanted}\n{text}");
        }
        let holder = pair.two.holder("default").await.expect("an answer");
        assert_eq!(holder.map(|holder| holder.who), Some("one@host".to_owned()));
        session.close().await.expect("released");
        assert_eq!(pair.two.holder("default").await.expect("an answer"), None);
        let session = open(pair.two.clone(), &two).await.expect("free again");
        session.close().await.expect("released");
    }
}

#[tokio::test]
async fn a_waiting_run_goes_on_when_the_holder_is_done() {
    let (one, two) = surroundings();
    for pair in pairs().await {
        let session = open(pair.one.clone(), &one).await.expect("a session");
        let told = Arc::new(Mutex::new(Vec::new()));
        let telling = told.clone();
        let options = LockOptions {
            timeout: Duration::from_secs(20),
            on_wait: Some(Arc::new(move |waiting| {
                if let Ok(mut told) = telling.lock() {
                    told.push(waiting.holder.who.clone());
                }
            })),
            ..LockOptions::default()
        };
        let (second, first) = tokio::join!(
            Session::open(pair.two.clone(), "default", Operation::Plan, options, &two),
            async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                session.close().await
            }
        );
        first.expect("released");
        second.expect("a session").close().await.expect("released");
        assert_eq!(*told.lock().expect("no panic"), ["one@host"]);
    }
}

#[tokio::test]
async fn a_wait_ends_with_its_time_or_with_the_run() {
    let (one, two) = surroundings();
    let memory = MemoryBackend::new();
    let session = open(Arc::new(memory.clone()), &one)
        .await
        .expect("a session");
    let start = Instant::now();
    let error = open_waiting(Arc::new(memory.clone()), &two, Duration::from_millis(150)).await;
    assert!(error.is_err_and(|error| error.is_locked()));
    assert!(start.elapsed() >= Duration::from_millis(150));

    let options = LockOptions {
        timeout: Duration::from_secs(60),
        ..LockOptions::default()
    };
    let cancel = options.cancel.clone();
    let (result, ()) = tokio::join!(
        Session::open(
            Arc::new(memory.clone()),
            "default",
            Operation::Plan,
            options,
            &two
        ),
        async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            cancel.cancel();
        }
    );
    assert!(matches!(result, Err(Error::Cancelled { .. })));
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_write_over_something_unseen_is_refused() {
    let (one, two) = surroundings();
    for pair in pairs().await {
        let kind = pair.one.kind();
        let unlocked = || LockOptions {
            lock: false,
            ..LockOptions::default()
        };
        for first in [true, false] {
            let mut a = Session::open(
                pair.one.clone(),
                "default",
                Operation::Apply,
                unlocked(),
                &one,
            )
            .await
            .expect("a session");
            let mut b = Session::open(
                pair.two.clone(),
                "default",
                Operation::Apply,
                unlocked(),
                &two,
            )
            .await
            .expect("a session");
            let text = if first { "a" } else { "b" };
            let serial = a.checkpoint(&state_with(text)).await.expect("written");
            let error = b.checkpoint(&state_with("other")).await;
            assert!(
                matches!(error, Err(Error::Conflict { .. })),
                "{kind}: {error:?}"
            );
            let snapshot = pair.two.read("default").await.expect("readable");
            assert_eq!(snapshot.state.map(|state| state.serial), Some(serial));
            a.close().await.expect("nothing to release");
            b.close().await.expect("nothing to release");
        }
    }
}

#[tokio::test]
async fn workspaces_are_apart() {
    let (one, _) = surroundings();
    for pair in pairs().await {
        let options = LockOptions::default;
        for (workspace, text) in [("default", "a"), ("dev", "b"), ("ci-7", "c")] {
            let mut session = Session::open(
                pair.one.clone(),
                workspace,
                Operation::Apply,
                options(),
                &one,
            )
            .await
            .expect("a session");
            session
                .checkpoint(&state_with(text))
                .await
                .expect("written");
            session.close().await.expect("released");
        }
        let names = pair.two.workspaces().await.expect("a list");
        assert_eq!(names, ["default", "ci-7", "dev"]);
        let dev = pair.two.read("dev").await.expect("readable").state;
        assert!(dev.is_some_and(|state| state.same_content(&state_with("b"))));
        pair.two.delete_workspace("dev").await.expect("deleted");
        assert_eq!(
            pair.one.workspaces().await.expect("a list"),
            ["default", "ci-7"]
        );
        assert!(
            pair.one
                .read("dev")
                .await
                .expect("readable")
                .state
                .is_none()
        );
        assert!(matches!(
            pair.one.delete_workspace("default").await,
            Err(Error::DefaultWorkspace)
        ));
    }
}

#[tokio::test]
async fn the_serial_counts_from_what_is_stored() {
    let (one, _) = surroundings();
    for pair in pairs().await {
        let mut session = open(pair.one.clone(), &one).await.expect("a session");
        let mut state = state_with("a");
        state.serial = 77;
        state.lineage = "given".into();
        // A new state keeps a lineage that it is given, and begins with serial 1.
        assert_eq!(session.checkpoint(&state).await.expect("written"), 1);
        assert_eq!(session.state().lineage, "given");
        // A pushed state keeps both, and counts as one more write of other contents.
        let mut state = state_with("b");
        state.serial = 77;
        state.lineage = "pushed".into();
        assert_eq!(session.overwrite(&state).await.expect("written"), 78);
        assert_eq!(session.state().lineage, "pushed");
        session.close().await.expect("released");
    }
}

#[tokio::test]
async fn a_checkpoint_is_due_every_twenty_seconds() {
    let (one, _) = surroundings();
    let mut session = open(Arc::new(MemoryBackend::new()), &one)
        .await
        .expect("a session");
    let start = Instant::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    assert!(!session.due(start));
    assert!(!session.due(after(19)));
    assert!(session.due(after(20)));
    session.checkpoint(&state_with("a")).await.expect("written");
    assert!(!session.due(after(21)));
    assert!(!session.due(after(40)));
    assert!(session.due(after(41)));
    session.close().await.expect("released");
}

#[tokio::test]
async fn a_write_that_fails_can_be_tried_again() {
    let (one, _) = surroundings();
    let memory = MemoryBackend::new();
    let mut session = open(Arc::new(memory.clone()), &one)
        .await
        .expect("a session");
    memory.fail_writes("default", 1);
    let error = session.checkpoint(&state_with("a")).await;
    assert!(error.is_err_and(|error| error.to_string().contains("free some space")));
    assert_eq!(
        session.checkpoint(&state_with("a")).await.expect("written"),
        1
    );
    session.close().await.expect("released");
    assert_eq!(memory.writes("default"), 1);
}
