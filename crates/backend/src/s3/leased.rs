//! A lock that is held under a lease, wherever it lies, and what is said of locks whose holder may have ended.

use std::sync::Arc;

use super::S3Timing;
use super::heartbeat::{Heartbeat, Renewed};
use super::lease::Lease;
use crate::{Error, LockInfo, Notice};

/// A lock of ours, kept alive until it is stopped.
pub(super) struct Leased {
    /// Where the lock lies, as messages name it.
    location: String,
    /// The lock's id.
    pub(super) id: String,
    beat: Heartbeat,
    notices: Vec<Notice>,
}

impl Leased {
    /// Keeps `lock` alive from now on; `taken_from` is whose it was, where it was taken over.
    pub(super) fn start(
        location: String,
        info: &LockInfo,
        lock: Arc<dyn Renewed>,
        timing: S3Timing,
        taken_from: Option<&LockInfo>,
    ) -> Self {
        Self {
            location,
            id: info.id.clone(),
            beat: Heartbeat::start(lock, timing),
            notices: taken_from.map(taken_over).into_iter().collect(),
        }
    }

    /// Whether the lock is still ours, as far as its beats tell.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.ours(self.beat.lost())
    }

    /// As [`Leased::check`], having looked where beats were missed.
    pub(super) async fn confirm(&self) -> Result<(), Error> {
        self.ours(self.beat.confirm().await)
    }

    fn ours(&self, lost: Option<String>) -> Result<(), Error> {
        lost.map_or(Ok(()), |cause| Err(self.lost(cause)))
    }

    /// The error of a lock that is ours no longer.
    pub(super) fn lost(&self, cause: String) -> Error {
        Error::LockLost {
            location: self.location.clone(),
            id: self.id.clone(),
            cause,
        }
    }

    /// The error of a lock that may still be there although the run is done with it.
    pub(super) fn not_released(&self, cause: String) -> Error {
        Error::NotReleased {
            location: self.location.clone(),
            id: self.id.clone(),
            cause,
        }
    }

    /// What the reader of the screen should know of how the lock was got.
    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.clone()
    }

    /// Lets the lease run out.
    pub(super) fn stop(&self) {
        self.beat.stop();
    }
}

/// What is said of a lock that was taken over.
fn taken_over(holder: &LockInfo) -> Notice {
    Notice::new(
        "The lock of a run that has ended was taken over",
        format!(
            "The lock {} of {} ({}, since {}) was not renewed any more.",
            holder.id,
            holder.who,
            holder.operation,
            holder.created_text()
        ),
    )
}

/// How a run may come by a lock whose holder has perhaps ended.
pub(super) fn patience_hint(lease: &Lease) -> String {
    format!(
        "A run that ended without releasing its lock is recognised by its heartbeat: \
         -lock-timeout={}s waits long enough to take its lock over.",
        lease.seconds + 30
    )
}

/// What helps against a lock that nobody can read.
pub(super) fn damaged_hint() -> String {
    "If no other run uses this state, \"force-unlock ID\" removes the damaged lock; any ID will do, \
     as it has none."
        .to_owned()
}
