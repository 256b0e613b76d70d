//! Telling people that a change still goes on.

use std::future::Future;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use trueup_plan::{Event, Observer, Subject};

use crate::apply::STILL_GOING;

/// Waits for a future, and every ten seconds tells the observer that the subjects still go on.
pub(crate) async fn while_waiting<T>(
    subjects: &[Subject],
    began: Instant,
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
                for subject in subjects {
                    observer.observe(Event::StillGoing(subject.clone(), elapsed));
                }
            }
        }
    }
}
