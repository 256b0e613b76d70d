//! Locks: who holds a state and why, waiting for it, and holding it.

mod acquire;
mod info;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_aws::BoxFuture;

pub(crate) use acquire::{Attempt, acquire};
pub use info::{LockInfo, Operation};

use crate::{Error, Notice};

/// How long to wait for a lock, and whom to tell.
#[derive(Clone)]
pub struct LockWait {
    /// How long to go on trying; zero for one attempt.
    pub timeout: Duration,
    /// Gives up the wait.
    pub cancel: CancellationToken,
    /// Told after each attempt that failed because of a holder, before the pause that follows.
    pub on_wait: Option<OnWait>,
}

impl LockWait {
    /// One attempt only.
    pub fn none() -> Self {
        Self::until(Duration::ZERO)
    }

    /// Attempts until `timeout` has passed.
    pub fn until(timeout: Duration) -> Self {
        Self {
            timeout,
            cancel: CancellationToken::new(),
            on_wait: None,
        }
    }
}

/// Somebody who wants to know of a wait.
pub type OnWait = Arc<dyn Fn(&Waiting) + Send + Sync>;

/// A wait for a lock, as it stands.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Who holds the state.
    pub holder: LockInfo,
    /// Since when we have been waiting.
    pub elapsed: Duration,
}

/// A lock that is held. Dropping it without [`Held::release`] leaves the lock in place where the
/// store does not notice by itself that a process has ended.
pub trait Held: Send + Sync {
    /// The lock's id.
    fn id(&self) -> &str;

    /// Whether the lock is still ours, as far as is known without asking.
    ///
    /// # Errors
    /// [`Error::LockLost`] once a heartbeat found the lock gone or taken.
    fn check(&self) -> Result<(), Error>;

    /// As [`Held::check`], but where the lock may have been lost unnoticed (this process stood still for longer
    /// than its heartbeat allows), the store is asked.
    ///
    /// # Errors
    /// As [`Held::check`].
    fn confirm(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(std::future::ready(self.check()))
    }

    /// What a person should know of how the lock was got.
    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }

    /// Releases the lock.
    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>>;
}
