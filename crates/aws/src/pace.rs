//! Turns: calls of which AWS takes only so many a second wait for theirs instead of being refused.
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Turns that come at an even pace, after some that may be taken at once.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Between two turns; zero where nobody has to wait.
    interval: Duration,
    /// How many may be taken at once after a rest.
    at_once: u32,
    /// When all turns given so far will be used up.
    used_up: Mutex<Option<Instant>>,
}

impl Turns {
    /// So many a second.
    pub(crate) fn a_second(count: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / count.max(1),
            at_once: count.max(1),
            used_up: Mutex::default(),
        }
    }

    /// Turns without end: nobody waits.
    pub(crate) fn free() -> Self {
        Self {
            interval: Duration::ZERO,
            at_once: 1,
            used_up: Mutex::default(),
        }
    }

    /// Waits for the next turn.
    pub(crate) async fn take(&self) {
        if !self.interval.is_zero() {
            sleep_until(self.next(Instant::now())).await;
        }
    }

    /// When a caller that comes at `now` has its turn, which is given to it.
    fn next(&self, now: Instant) -> Instant {
        let mut used_up = self.used_up.lock().unwrap_or_else(PoisonError::into_inner);
        let end = used_up.map_or(now, |end| end.max(now)) + self.interval;
        *used_up = Some(end);
        end.checked_sub(self.interval * self.at_once)
            .map_or(now, |turn| turn.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_go_at_once_and_the_others_one_by_one() {
        let turns = Turns::a_second(5);
        let begin = Instant::now();
        let waits = |now: Instant| turns.next(now).duration_since(now).as_millis();
        let first: Vec<u128> = (0..8).map(|_| waits(begin)).collect();
        assert_eq!(first, [0, 0, 0, 0, 0, 200, 400, 600]);
        // A second's rest later the next is due 800 ms after the beginning, which is past.
        let later = begin + Duration::from_secs(1);
        assert_eq!(waits(later), 0);
        // After a long rest all are free again.
        let rested = begin + Duration::from_secs(60);
        let again: Vec<u128> = (0..6).map(|_| waits(rested)).collect();
        assert_eq!(again, [0, 0, 0, 0, 0, 200]);
    }

    #[tokio::test]
    async fn free_turns_are_taken_at_once() {
        let turns = Turns::free();
        for _ in 0..1000 {
            turns.take().await;
        }
    }
}
