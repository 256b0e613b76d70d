//! The journal of intents: durable, found again, kept in the best place that can be had.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::{
    Backend, Error, IntentKind, IntentRecord, Journal, LocalBackend, LocalSettings, MemoryBackend,
    Outcome, OutcomeRecord, Place, Surroundings,
};
use trueup_emulator::{Fault, Rule, Service};

use crate::bed::{Bed, TABLE};

fn intent(name: &str) -> IntentRecord {
    IntentRecord {
        address: format!("aws_dynamodb_table_item.{name}"),
        provider: "provider[\"registry.terraform.io/hashicorp/aws\"]".into(),
        kind: IntentKind::Create,
        identity: BTreeMap::from([("table".to_owned(), "orders".to_owned())]),
        token: None,
        at_ms: 1_767_225_600_000,
        planned_digest: Some("d1".into()),
        prior_digest: None,
        deposed: None,
        sets_aside: None,
        goes: None,
    }
}

fn done(digest: &str) -> OutcomeRecord {
    OutcomeRecord {
        outcome: Outcome::Done,
        digest: Some(digest.into()),
        made: None,
    }
}

fn journal(backend: &dyn Backend, run: &str) -> Journal {
    Journal::new(
        backend.journal_stores("default"),
        run.to_owned(),
        &Surroundings::for_tests("one"),
    )
}

fn denied(service: Service, operation: &str) -> Rule {
    let fault = Fault::FailBefore {
        status: 403,
        code: if service == Service::S3 {
            "AccessDenied".into()
        } else {
            "AccessDeniedException".into()
        },
        message: "not you".into(),
    };
    Rule::next(service, operation, u32::MAX, fault)
}

/// One run leaves batches, the next one finds them and clears them away.
async fn play(backend: &dyn Backend) {
    let first = journal(backend, "run-1");
    assert!(first.open_intents().await.expect("readable").is_empty());
    let a = first
        .begin(vec![intent("a"), intent("b")])
        .await
        .expect("durable");
    let b = first.begin(vec![intent("c")]).await.expect("durable");
    assert_ne!(a, b);
    let outcomes = vec![
        done("d1"),
        OutcomeRecord {
            outcome: Outcome::Unknown,
            digest: None,
            made: Some("vpc-0a1b2c3d".into()),
        },
    ];
    first.finish(a, outcomes.clone()).await.expect("durable");
    // Its own batches are no leftovers.
    assert!(first.open_intents().await.expect("readable").is_empty());

    let second = journal(backend, "run-2");
    let open = second.open_intents().await.expect("readable");
    assert_eq!(open.len(), 2);
    assert_eq!(
        (&*open[0].run, open[0].number, &*open[0].who),
        ("run-1", 0, "one@host")
    );
    assert_eq!(open[0].intents, [intent("a"), intent("b")]);
    assert_eq!(open[0].outcomes, Some(outcomes));
    assert_eq!((open[1].number, &open[1].outcomes), (1, &None));
    second.begin(vec![intent("d")]).await.expect("durable");
    second.clear("run-1").await.expect("cleared");
    second.clear_run().await.expect("cleared");
    assert!(
        journal(backend, "run-3")
            .open_intents()
            .await
            .expect("readable")
            .is_empty()
    );
}

#[tokio::test]
async fn batches_are_found_by_the_next_run() {
    play(&MemoryBackend::new()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place {
        working_dir: folder.path().to_owned(),
        journal_dir: folder.path().join(".trueup/journal"),
        ..Place::default()
    };
    play(&LocalBackend::new(LocalSettings::of_place(&place))).await;
    let bed = Bed::new().await;
    play(&bed.backend(&[])).await;
    assert!(bed.keys().await.is_empty());
}

#[tokio::test]
async fn in_s3_it_stands_beside_the_state() {
    let bed = Bed::new().await;
    let backend = bed.backend(&[]);
    let journal = journal(&backend, "run-1");
    let batch = journal.begin(vec![intent("a")]).await.expect("durable");
    journal
        .finish(batch, vec![done("x")])
        .await
        .expect("durable");
    assert_eq!(
        bed.keys().await,
        [
            "app/terraform.tfstate.trueup/journal/run-1/0",
            "app/terraform.tfstate.trueup/journal/run-1/0.done"
        ]
    );
    assert!(journal.take_notices().is_empty());
}

#[tokio::test]
async fn a_policy_that_denies_the_prefix_sends_it_to_the_table() {
    for operation in ["PutObject", "ListObjectsV2"] {
        let bed = Bed::new().await;
        bed.emulator.faults().add(denied(Service::S3, operation));
        let backend = bed.backend(&[]);
        play(&backend).await;
        let journal = journal(&backend, "run-9");
        let open = journal.open_intents().await.expect("readable");
        assert!(open.is_empty());
        journal.begin(vec![intent("a")]).await.expect("durable");
        // As good a place as the bucket: nothing to tell anybody.
        assert!(journal.take_notices().is_empty());
        let index = "states/app/terraform.tfstate.trueup/journal";
        assert_eq!(
            bed.text_of(index, "Runs").await.as_deref(),
            Some("{\"run-9\":64}")
        );
        journal.clear_run().await.expect("cleared");
        let scan = trueup_aws::dynamodb::Scan {
            table: TABLE.into(),
            ..Default::default()
        };
        let page = bed.clients.dynamodb.scan(scan).await.expect("a page");
        assert!(page.items.is_empty(), "{:?}", page.items);
    }
}

#[tokio::test]
async fn many_concurrent_batches_keep_their_numbers() {
    let bed = Bed::new().await;
    bed.emulator.faults().add(denied(Service::S3, "PutObject"));
    let backend = bed.backend(&[]);
    let first = journal(&backend, "run-1");
    let all: Vec<_> = (0..70)
        .map(|n| first.begin(vec![intent(&format!("i{n}"))]))
        .collect();
    for batch in futures::future::join_all(all).await {
        batch.expect("durable");
    }
    let open = journal(&backend, "run-2")
        .open_intents()
        .await
        .expect("readable");
    assert_eq!(open.len(), 70);
}

#[tokio::test]
async fn where_nothing_else_is_allowed_it_stays_on_this_machine() {
    let bed = Bed::new().await;
    bed.emulator.faults().add(denied(Service::S3, "PutObject"));
    bed.emulator
        .faults()
        .add(denied(Service::DynamoDb, "PutItem"));
    let backend = bed.backend(&[]);
    let first = journal(&backend, "run-1");
    first.begin(vec![intent("a")]).await.expect("durable");
    let notices = first.take_notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0]
            .detail
            .contains("the same folder on this machine"),
        "{notices:?}"
    );
    let open = journal(&backend, "run-2")
        .open_intents()
        .await
        .expect("readable");
    assert_eq!(open.len(), 1);
}

#[tokio::test]
async fn entries_that_may_not_be_removed_are_told_of_and_cleared_later() {
    for (refused, permission) in [
        (vec![denied(Service::S3, "DeleteObject")], "s3:DeleteObject"),
        (
            vec![
                denied(Service::S3, "PutObject"),
                denied(Service::DynamoDb, "DeleteItem"),
            ],
            "dynamodb:DeleteItem",
        ),
    ] {
        let bed = Bed::new().await;
        for rule in refused {
            bed.emulator.faults().add(rule);
        }
        let backend = bed.backend(&[]);
        let first = journal(&backend, "run-1");
        let batch = first.begin(vec![intent("a")]).await.expect("durable");
        first.finish(batch, vec![done("x")]).await.expect("durable");
        first.clear_run().await.expect("no failure");
        let left = first.take_notices();
        assert_eq!(left.len(), 1, "{left:?}");
        for words in ["run-1", permission, "not you"] {
            assert!(left[0].detail.contains(words), "{left:?}");
        }
        // The next one is told too, and clears them once it may.
        let next = journal(&backend, "run-2");
        assert_eq!(next.open_intents().await.expect("readable").len(), 1);
        next.clear("run-1").await.expect("no failure");
        assert_eq!(next.take_notices().len(), 1);
        bed.emulator.faults().clear();
        next.clear("run-1").await.expect("cleared");
        assert!(next.take_notices().is_empty());
        let last = journal(&backend, "run-3");
        assert!(last.open_intents().await.expect("readable").is_empty());
    }
}

#[tokio::test]
async fn a_journal_that_fails_stops_the_run() {
    let bed = Bed::new().await;
    bed.emulator.faults().add(Rule::next(
        Service::S3,
        "PutObject",
        u32::MAX,
        Fault::FailBefore {
            status: 500,
            code: "InternalError".into(),
            message: "broken".into(),
        },
    ));
    let backend: Arc<dyn Backend> = Arc::new(bed.backend(&[]));
    let error = journal(&*backend, "run-1").begin(vec![intent("a")]).await;
    assert!(matches!(error, Err(Error::Journal { .. })), "{error:?}");
}

#[tokio::test]
async fn a_torn_batch_was_never_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place {
        working_dir: folder.path().to_owned(),
        journal_dir: folder.path().join("journal"),
        ..Place::default()
    };
    let backend = LocalBackend::new(LocalSettings::of_place(&place));
    let first = journal(&backend, "run-1");
    first.begin(vec![intent("a")]).await.expect("durable");
    let scope = std::fs::read_dir(folder.path().join("journal"))
        .expect("the journal")
        .next()
        .expect("one state")
        .expect("an entry")
        .path();
    std::fs::write(scope.join("run-1/000001.json"), "{\"intents\":[{").expect("written");
    std::fs::write(scope.join("run-1/000002.done.json"), "").expect("written");
    let open = journal(&backend, "run-2")
        .open_intents()
        .await
        .expect("readable");
    // The leftover outcome stands for a run to be cleared, with nothing in it to judge.
    let intents: Vec<usize> = open.iter().map(|batch| batch.intents.len()).collect();
    assert_eq!(intents, [0, 1]);
}

#[tokio::test]
async fn what_a_clearing_left_is_cleared_by_the_next_run() {
    let bed = Bed::new().await;
    let backend = bed.backend(&[]);
    let first = journal(&backend, "run-1");
    let batch = first.begin(vec![intent("a")]).await.expect("durable");
    first.finish(batch, vec![done("x")]).await.expect("durable");
    let batch = "app/terraform.tfstate.trueup/journal/run-1/0";
    let request = trueup_aws::s3::DeleteObject {
        bucket: crate::bed::BUCKET.into(),
        key: batch.into(),
        ..Default::default()
    };
    bed.clients.s3.delete_object(request).await.expect("gone");
    let next = journal(&backend, "run-2");
    let open = next.open_intents().await.expect("readable");
    assert!(
        open.iter().all(|batch| batch.intents.is_empty()),
        "{open:?}"
    );
    for batch in open {
        next.clear(&batch.run).await.expect("cleared");
    }
    assert!(bed.keys().await.is_empty());
}
