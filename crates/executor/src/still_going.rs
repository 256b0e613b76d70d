//! Telling people that a change still goes on.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use trueup_plan::{Event, Observer, Subject};

use crate::apply::STILL_GOING;

/// What a change waits for, as its provider said last.
#[derive(Default)]
pub(crate) struct Awaited(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    on: Option<String>,
    /// When the wait began, and how long it may last.
    within: Option<(Instant, Duration)>,
}

impl Awaited {
    /// Remembers what is waited for.
    pub(crate) fn say(&self, on: &str) {
        self.waiting().on = Some(on.to_owned());
    }

    /// A wait begins.
    pub(crate) fn at_most(&self, limit: Duration) {
        self.waiting().within = Some((Instant::now(), limit));
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is waited for, and how much of the wait is over.
    fn told(&self) -> Option<String> {
        let waiting = self.waiting();
        let on = waiting.on.as_ref()?;
        let over = waiting.within.map(|(began, limit)| {
            let (over, all) = (began.elapsed().as_secs(), limit.as_secs());
            match all / 60 {
                0 => format!(", {over} of {all} seconds"),
                minutes => format!(", {} of {minutes} minutes", over / 60),
            }
        });
        Some(format!("{on}{}", over.unwrap_or_default()))
    }
}

/// Waits for a future, and every ten seconds tells the observer that the subjects still go on.
pub(crate) async fn while_waiting<T>(
    subjects: &[Subject],
    began: Instant,
    awaited: &Awaited,
    observer: &dyn Observer,
    work: impl Future<Output = T>,
) -> T {
    let mut ticks = interval_at(began + STILL_GOING, STILL_GOING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            _ = ticks.tick() => {
                let elapsed = began.elapsed();
                let awaited = awaited.told();
                for subject in subjects {
                    observer.observe(Event::StillGoing(subject.clone(), elapsed, awaited.clone()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_is_told_with_its_limit() {
        let awaited = Awaited::default();
        assert_eq!(awaited.told(), None);
        awaited.say("waiting for index by_status (CREATING, backfilling)");
        let told = awaited.told().unwrap_or_default();
        assert_eq!(told, "waiting for index by_status (CREATING, backfilling)");
        for (limit, end) in [(600, "0 of 10 minutes"), (30, "0 of 30 seconds")] {
            awaited.at_most(Duration::from_secs(limit));
            let told = awaited.told().unwrap_or_default();
            assert!(told.ends_with(end), "{told}");
        }
    }
}
