//! Trying for a lock again and again, with growing pauses.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::{LockInfo, LockWait, Waiting};
use crate::Error;

/// How one attempt came out.
pub(crate) enum Attempt<T> {
    /// The lock is ours.
    Got(T),
    /// A known holder has it; waiting may help.
    Held {
        /// The holder.
        holder: LockInfo,
        /// The words of the store or the system.
        cause: String,
        /// What may help; may be empty.
        hint: String,
    },
    /// It was given up between the attempt and the look at its holder: try again now.
    Vanished,
    /// Waiting will not help.
    Failed(Error),
}

impl<T> Attempt<T> {
    /// The same outcome with another kind of lock.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Got(lock) => Attempt::Got(change(lock)),
            Self::Held {
                holder,
                cause,
                hint,
            } => Attempt::Held {
                holder,
                cause,
                hint,
            },
            Self::Vanished => Attempt::Vanished,
            Self::Failed(error) => Attempt::Failed(error),
        }
    }
}

/// Attempts at 0, 1, 3, 7, 15, 31, … seconds until the timeout has passed, which gets a last one.
pub(crate) async fn acquire<T, F, Fut>(
    location: &str,
    wait: &LockWait,
    mut attempt: F,
) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Attempt<T>>,
{
    const LONGEST_PAUSE: Duration = Duration::from_secs(16);
    /// A lock that is given up this often between two calls is not waited for any longer.
    const VANISHINGS: u32 = 20;
    const SHORT_PAUSE: Duration = Duration::from_millis(20);
    let start = Instant::now();
    let mut pause = Duration::from_secs(1);
    let mut vanished = 0;
    loop {
        let (holder, cause, hint) = match attempt().await {
            Attempt::Got(lock) => return Ok(lock),
            Attempt::Failed(error) => return Err(error),
            // While many want it, it may be given up and taken again between two calls, again and again.
            Attempt::Vanished if vanished < VANISHINGS || start.elapsed() < wait.timeout => {
                vanished += 1;
                if vanished > 1 {
                    tokio::time::sleep(SHORT_PAUSE).await;
                }
                continue;
            }
            Attempt::Vanished => {
                return Err(Error::Locked {
                    location: location.to_owned(),
                    cause: "the lock is held, but its holder cannot be read".to_owned(),
                    holder: None,
                    hint: String::new(),
                });
            }
            Attempt::Held {
                holder,
                cause,
                hint,
            } => (holder, cause, hint),
        };
        let elapsed = start.elapsed();
        if elapsed >= wait.timeout {
            return Err(Error::Locked {
                location: location.to_owned(),
                cause,
                holder: Some(Box::new(holder)),
                hint,
            });
        }
        if let Some(tell) = &wait.on_wait {
            tell(&Waiting { holder, elapsed });
        }
        tokio::select! {
            () = wait.cancel.cancelled() => {
                return Err(Error::Cancelled { location: location.to_owned() });
            }
            () = tokio::time::sleep(pause.min(wait.timeout - elapsed)) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
