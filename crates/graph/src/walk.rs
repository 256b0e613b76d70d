//! The bounded concurrent walk: dependencies first, several at a time, until done or cancelled.
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::{Cycle, Graph, Scheduler};

/// What a visit returns when its node failed: the visitor keeps the reason, the
/// walk only needs to know that dependents must not be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

/// What became of every node of a walk; each list is in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<K> {
    /// Visited with success.
    pub done: Vec<K>,
    /// Visited and failed.
    pub failed: Vec<K>,
    /// Not visited, because something they need failed.
    pub skipped: Vec<K>,
    /// Not visited, because the walk was cancelled first.
    pub not_started: Vec<K>,
}

impl<K> Outcome<K> {
    /// Whether every node was visited with success.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty() && self.not_started.is_empty()
    }
}

/// Visits every node after all it needs, at most `concurrency` (at least one)
/// at a time; of those that are ready the smallest key starts first.
///
/// Dependents of a failed node are skipped; the rest goes on. After `cancel` no
/// new node starts; visits under way are awaited, so that they can finish or
/// look at the token themselves.
///
/// # Errors
/// The graph's cycles, before anything is visited.
pub async fn walk<'a, K, F>(
    graph: &Graph<K>,
    concurrency: usize,
    cancel: &CancellationToken,
    visit: F,
) -> Result<Outcome<K>, Vec<Cycle<K>>>
where
    K: Ord + Clone + Send + 'a,
    F: Fn(K) -> BoxFuture<'a, Result<(), Failed>>,
{
    let mut scheduler = Scheduler::new(graph)?;
    let mut running = FuturesUnordered::new();
    let (mut done, mut failed, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        while running.len() < concurrency.max(1) && !cancel.is_cancelled() {
            let Some(key) = scheduler.pop_ready() else {
                break;
            };
            let visiting = visit(key.clone());
            running.push(async move { (key, visiting.await) });
        }
        let Some((key, result)) = running.next().await else {
            break;
        };
        match result {
            Ok(()) => {
                scheduler.done(&key);
                done.push(key);
            }
            Err(Failed) => {
                skipped.extend(scheduler.failed(&key));
                failed.push(key);
            }
        }
    }
    done.sort_unstable();
    failed.sort_unstable();
    skipped.sort_unstable();
    Ok(Outcome {
        done,
        failed,
        skipped,
        not_started: scheduler.not_started(),
    })
}
