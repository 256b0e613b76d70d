//! Waiting for a remote thing to reach a state: pauses that grow, a time limit, cancel.
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::{Answer, Error};

/// What one look at the thing found.
#[derive(Debug, Clone, PartialEq)]
pub enum Poll<T> {
    /// It is as wanted.
    Done(T),
    /// Not yet; the state is named for the error of a wait that runs out.
    Pending(String),
    /// It is in a state that cannot lead to what is wanted.
    Unexpected(String),
}

/// How to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSettings {
    /// What is waited for, in words for an error: `table orders to become ACTIVE`.
    pub what: String,
    /// Pause before the first look.
    pub delay: Duration,
    /// First pause; it doubles up to `max_pause`.
    pub min_pause: Duration,
    /// Longest pause.
    pub max_pause: Duration,
    /// Time limit for the whole wait.
    pub timeout: Duration,
    /// How often in a row the thing must be found as wanted (1 is at once).
    pub in_a_row: u32,
}

impl PollSettings {
    /// An immediate first look, pauses from 0.1 s doubling to 10 s.
    pub fn new(what: impl Into<String>, timeout: Duration) -> Self {
        Self {
            what: what.into(),
            delay: Duration::ZERO,
            min_pause: Duration::from_millis(100),
            max_pause: Duration::from_secs(10),
            timeout,
            in_a_row: 1,
        }
    }
}

/// Looks again and again until `look` says done.
///
/// # Errors
/// [`Error::TimedOut`], [`Error::UnexpectedState`], [`Error::Cancelled`], or
/// what `look` failed with.
pub async fn poll_until<'a, T: Send + 'a>(
    settings: &PollSettings,
    cancel: &CancellationToken,
    mut look: impl FnMut() -> Answer<'a, Poll<T>> + Send,
) -> Result<T, Error> {
    let deadline = Instant::now() + settings.timeout;
    let mut pause = settings.min_pause;
    let mut seen = 0;
    wait(Instant::now() + settings.delay, settings, cancel).await?;
    loop {
        let last = match look().await? {
            Poll::Done(value) => {
                seen += 1;
                if seen >= settings.in_a_row {
                    return Ok(value);
                }
                "reached, to be confirmed".to_owned()
            }
            Poll::Pending(state) => {
                seen = 0;
                state
            }
            Poll::Unexpected(state) => {
                return Err(Error::UnexpectedState {
                    what: settings.what.clone(),
                    state,
                });
            }
        };
        let next = Instant::now() + pause;
        if next > deadline {
            return Err(Error::TimedOut {
                what: settings.what.clone(),
                last,
                seconds: settings.timeout.as_secs(),
            });
        }
        wait(next, settings, cancel).await?;
        pause = (pause * 2).min(settings.max_pause);
    }
}

async fn wait(
    until: Instant,
    settings: &PollSettings,
    cancel: &CancellationToken,
) -> Result<(), Error> {
    let cancelled = || Error::Cancelled {
        what: settings.what.clone(),
    };
    if cancel.is_cancelled() {
        return Err(cancelled());
    }
    if until <= Instant::now() {
        return Ok(());
    }
    tokio::select! {
        () = sleep_until(until) => Ok(()),
        () = cancel.cancelled() => Err(cancelled()),
    }
}
