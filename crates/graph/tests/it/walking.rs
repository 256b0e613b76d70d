//! The concurrent walk: bound, failure, cancel, size.
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;
use trueup_graph::{Failed, Graph, walk};

use crate::graph;

#[tokio::test]
async fn never_runs_more_than_the_bound() {
    let mut wide = Graph::new();
    for n in 0..100 {
        wide.add_node(n);
    }
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let outcome = walk(&wide, 7, &CancellationToken::new(), |_| {
        Box::pin(async {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
    })
    .await
    .expect("no cycle");
    assert!(outcome.is_complete());
    assert_eq!((outcome.done.len(), most.load(Ordering::SeqCst)), (100, 7));
}

#[tokio::test]
async fn a_failed_node_skips_its_dependents_only() {
    let outcome = walk(
        &graph("c: a\nd: c\ne: b\na:\nb:"),
        2,
        &CancellationToken::new(),
        |k: String| Box::pin(async move { if k == "a" { Err(Failed) } else { Ok(()) } }),
    )
    .await
    .expect("no cycle");
    assert_eq!(outcome.failed, ["a"]);
    assert_eq!(outcome.skipped, ["c", "d"]);
    assert_eq!(outcome.done, ["b", "e"]);
    assert!(!outcome.is_complete());
}

#[tokio::test]
async fn after_cancel_nothing_new_starts_and_the_rest_is_named() {
    let cancel = CancellationToken::new();
    let visited = Mutex::new(Vec::new());
    let outcome = walk(&graph("c: b\nb: a\na:\nz:"), 1, &cancel, |k: String| {
        let (visited, cancel) = (&visited, &cancel);
        Box::pin(async move {
            cancel.cancel();
            visited.lock().expect("no panic").push(k);
            Ok(())
        })
    })
    .await
    .expect("no cycle");
    assert_eq!(*visited.lock().expect("no panic"), ["a"]);
    assert_eq!(outcome.done, ["a"]);
    assert_eq!(outcome.not_started, ["b", "c", "z"]);
}

#[tokio::test]
async fn walks_a_chain_of_100_000_nodes() {
    let mut chain = Graph::new();
    for n in 0..100_000u32 {
        chain.add_edge(n, n + 1);
    }
    let outcome = walk(&chain, 10, &CancellationToken::new(), |_| {
        Box::pin(async { Ok(()) })
    })
    .await
    .expect("no cycle");
    assert_eq!(outcome.done.len(), 100_001);
}
