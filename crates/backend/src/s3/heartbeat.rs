//! The heartbeat of a lock that we hold.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;
use trueup_aws::{BoxFuture, Class};

use super::S3Timing;
use super::lease::FoundLock;

/// A lock of ours, as its heartbeat sees it.
pub(super) trait Renewed: Send + Sync {
    /// The text of our lock info.
    fn text(&self) -> &str;

    /// Writes the beat after `beat`, provided that the lock is still the one with that beat.
    fn renew(&self, beat: u64) -> BoxFuture<'_, Result<(), trueup_aws::Error>>;

    /// The lock that stands there now.
    fn found(&self) -> BoxFuture<'_, Result<Option<FoundLock>, trueup_aws::Error>>;
}

/// Moves the beat until it is stopped or dropped, or finds the lock gone.
pub(super) struct Heartbeat {
    task: JoinHandle<()>,
    lock: Arc<dyn Renewed>,
    seen: Arc<Mutex<Seen>>,
    /// After how long without a beat the lock is to be looked at before it is relied on.
    doubtful: Duration,
}

/// What the heartbeat knows.
struct Seen {
    /// When the lock was last known to be ours.
    ours: Instant,
    /// Why it is ours no longer.
    lost: Option<String>,
}

impl Heartbeat {
    pub(super) fn start(lock: Arc<dyn Renewed>, timing: S3Timing) -> Self {
        let seen = Arc::new(Mutex::new(Seen {
            ours: Instant::now(),
            lost: None,
        }));
        let task = tokio::spawn(beat(lock.clone(), seen.clone(), timing.beat));
        Self {
            task,
            lock,
            seen,
            doubtful: timing.beat * 2,
        }
    }

    /// Why the lock is ours no longer, once that is known.
    pub(super) fn lost(&self) -> Option<String> {
        locked(&self.seen).lost.clone()
    }

    /// As [`Heartbeat::lost`], but where beats were missed (the process was stopped, the machine slept, the
    /// network was away) the lock is looked at first. A store that does not answer proves nothing.
    pub(super) async fn confirm(&self) -> Option<String> {
        let since = locked(&self.seen).ours;
        if since.elapsed() >= self.doubtful {
            match self.lock.found().await {
                Ok(Some(found)) if found.text == self.lock.text() => {
                    locked(&self.seen).ours = Instant::now();
                }
                Ok(found) => locked(&self.seen).lost = Some(cause(found)),
                Err(error) => tracing::warn!(%error, "the lock is not readable"),
            }
        }
        self.lost()
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

async fn beat(lock: Arc<dyn Renewed>, seen: Arc<Mutex<Seen>>, pause: Duration) {
    let mut beat = 0;
    loop {
        tokio::time::sleep(pause).await;
        match lock.renew(beat).await {
            Ok(()) => {
                beat += 1;
                locked(&seen).ours = Instant::now();
            }
            Err(error) if contradicts(&error) => match lock.found().await {
                // Our own beat, whose answer was lost.
                Ok(Some(now)) if now.text == lock.text() => {
                    beat = now.lease.map_or(beat + 1, |(_, beat)| beat);
                    locked(&seen).ours = Instant::now();
                }
                Ok(now) => {
                    locked(&seen).lost = Some(cause(now));
                    return;
                }
                Err(error) => tracing::warn!(%error, "heartbeat: lock not readable"),
            },
            // Nothing is lost yet: the lock may well outlive a broken network.
            Err(error) => tracing::warn!(%error, "heartbeat not written"),
        }
    }
}

/// Whether a refusal says that the lock is not what we left.
fn contradicts(error: &trueup_aws::Error) -> bool {
    matches!(
        error.class(),
        Class::ConditionFailed | Class::PreconditionFailed | Class::Conflict
    ) || error.is_not_found()
}

fn cause(found: Option<FoundLock>) -> String {
    match found.and_then(|found| found.info) {
        Some(holder) => format!("it is now held by {} ({})", holder.who, holder.id),
        None => "somebody removed it".to_owned(),
    }
}

fn locked(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}
