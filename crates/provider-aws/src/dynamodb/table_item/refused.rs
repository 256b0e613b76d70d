//! Requests that were refused: what each of their changes makes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use trueup_aws::{CancellationReason, Class, Error, Item};
use trueup_provider::{ApplyOutcome, Problem, StepKind};

use super::TableItems;
use super::actions::needs_room;
use super::batch::Queue;
use super::job::Job;
use super::key::fingerprint;
use super::said::Said;
use super::single::{drawn_in, judge_condition};
use crate::failure::{cause, problem, problem_with_advice};

/// How often a step is sent again before it is given up.
const MOST_TRIES: u32 = 12;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// An item of a table that does not exist is gone; none can be put there.
fn without_table(items: &TableItems, job: &Job, error: &Error) -> ApplyOutcome {
    if job.kind == StepKind::Delete {
        return job.done();
    }
    let advice = format!(
        "There is no table {:?} in {}. Let table_name refer to the table's resource, so that the table is created first.",
        job.table(),
        items.aws.region
    );
    job.failed(problem_with_advice(&job.doing(), error, &advice))
}

impl Queue<'_> {
    /// Settles a job of which an action's condition did not hold; answers it where it is to be sent again.
    fn settle_refused(
        &mut self,
        mut job: Job,
        action: usize,
        there: Option<&Item>,
        known: bool,
        lost: bool,
    ) -> Option<Job> {
        let room = job.actions.get(action).is_some_and(needs_room);
        let culprit = job.owner(action);
        if let (true, Some(key)) = (room, culprit.takes()) {
            let own = usize::from(self.own.contains(&key));
            let again = match self.items.leaving.count(&self.table, &key) {
                // Another batch gives up this key: it is on its way, or just went.
                Some(others) if others > own => job.tries < MOST_TRIES,
                Some(0) => !std::mem::replace(&mut job.last_chance, true),
                _ => false,
            };
            if again {
                return Some(job);
            }
        }
        let culprit = job.owner(action);
        self.settle(&job, |part| match part.position == culprit.position {
            true => judge_condition(part, room, there, known, lost),
            false => drawn_in(part, culprit),
        });
        None
    }

    pub(super) async fn refused(&mut self, jobs: Vec<Job>, actions: usize, error: Error) {
        match &error {
            Error::TransactionCancelled { reasons, .. } => {
                let reasons = reasons.clone();
                return self.cancelled(jobs, actions, &reasons, &error).await;
            }
            Error::ConditionFailed { item: None, .. } if error.lost_answer() => {
                return self.look_again(jobs, &error).await;
            }
            Error::ConditionFailed { item, .. } => {
                let (known, lost) = (item.is_some(), error.lost_answer());
                let mut later = Vec::new();
                for job in jobs {
                    later.extend(self.settle_refused(job, 0, item.as_ref(), known, lost));
                }
                return self.send_later(later).await;
            }
            _ => {}
        }
        if error.lost_answer() {
            return self.look_again(jobs, &error).await;
        }
        match error.class() {
            Class::Throttled => {
                self.items.known.throttled(&self.table, actions);
                self.strain(jobs, &error).await;
            }
            Class::NotFound => {
                let items = self.items;
                for job in &jobs {
                    self.settle(job, |part| without_table(items, part, &error));
                }
            }
            // One bad action spoils a request as a whole: smaller ones find it.
            Class::Invalid | Class::Unsupported | Class::LimitExceeded | Class::Other
                if jobs.len() > 1 =>
            {
                self.narrowed = (actions / 2).max(1);
                for job in jobs.into_iter().rev() {
                    self.waiting.push_front(job);
                }
            }
            _ => {
                for job in &jobs {
                    self.settle(job, |part| part.failed(problem(&part.doing(), &error)));
                }
            }
        }
    }

    /// A transaction was cancelled: those that its reasons name are settled, the others sent again.
    async fn cancelled(
        &mut self,
        jobs: Vec<Job>,
        actions: usize,
        reasons: &[CancellationReason],
        error: &Error,
    ) {
        let none = CancellationReason::default();
        let mut at = 0;
        let (mut fine, mut strained) = (Vec::new(), Vec::new());
        let (mut unclear, mut later) = (Vec::new(), Vec::new());
        let (mut settled, mut throttled) = (0, false);
        for job in jobs {
            let own = at..at + job.actions.len();
            at = own.end;
            let of_job = reasons.get(own).unwrap_or(&[]);
            let (action, reason) = of_job
                .iter()
                .enumerate()
                .find(|(_, reason)| reason.code.as_deref().is_some_and(|code| code != "None"))
                .unwrap_or((0, &none));
            if reason.is_condition() && error.lost_answer() && job.actions.len() > 1 {
                unclear.push(job);
                settled += 1;
            } else if reason.is_condition() {
                let (known, lost) = (reason.item.is_some(), error.lost_answer());
                later.extend(self.settle_refused(job, action, reason.item.as_ref(), known, lost));
                settled += 1;
            } else if reason.is_transient() {
                throttled |= reason.code.as_deref() != Some("TransactionConflict");
                strained.push(job);
            } else if let Some(code) = &reason.code {
                let message = reason.message.clone().unwrap_or_default();
                let advice = "DynamoDB refused this item; the other items of its batch were written without it.";
                let culprit = job.owner(action);
                self.settle(&job, |part| match part.position == culprit.position {
                    true => {
                        let summary = format!("{}: {code}: {message}", part.doing());
                        part.failed(Problem::error(summary, advice))
                    }
                    false => drawn_in(part, culprit),
                });
                settled += 1;
            } else {
                fine.push(job);
            }
        }
        if settled == 0 && strained.is_empty() {
            // Nobody is named: smaller transactions find out who it is.
            if fine.len() > 1 {
                self.narrowed = (actions / 2).max(1);
                self.again(fine);
                return;
            }
            for job in &fine {
                self.settle(job, |part| part.failed(problem(&part.doing(), error)));
            }
            return;
        }
        if !unclear.is_empty() {
            self.look_again(unclear, error).await;
        }
        if strained.is_empty() {
            self.again(fine);
            return self.send_later(later).await;
        }
        self.again(later);
        if throttled {
            self.items.known.throttled(&self.table, actions);
        }
        let mut jobs = strained;
        jobs.extend(fine);
        jobs.sort_by_key(|job| job.position);
        self.strain(jobs, error).await;
    }

    /// Sends jobs again after a pause, unless that was in vain too often.
    async fn strain(&mut self, jobs: Vec<Job>, error: &Error) {
        self.strained += 1;
        let (worn, fresh): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(|job| job.tries >= MOST_TRIES);
        for job in &worn {
            let advice = "The table went on refusing for lack of capacity, or other transactions kept meeting this one. Run again to go on from here; raise the table's capacity if it stays so.";
            self.settle(job, |part| {
                let summary = format!("{}: {}", part.doing(), cause(error));
                part.failed(Problem::error(summary, advice))
            });
        }
        self.again(fresh);
        if !self.waiting.is_empty() {
            self.pause(self.strained).await;
        }
    }

    /// Sends jobs again after a pause: others give up keys that they need.
    async fn send_later(&mut self, jobs: Vec<Job>) {
        let Some(tries) = jobs.iter().map(|job| job.tries).max() else {
            return;
        };
        self.again(jobs);
        self.pause(tries).await;
    }

    async fn pause(&self, times: u32) {
        let first = self.items.aws.first_pause;
        let pause = first.saturating_mul(1 << times.min(10)).min(LONGEST_PAUSE);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.cx.cancel.cancelled() => {}
        }
    }

    /// The answer was lost: the items themselves say what became of the jobs.
    async fn look_again(&mut self, jobs: Vec<Job>, error: &Error) {
        let mut keys = BTreeMap::new();
        let parts = jobs.iter().flat_map(Job::parts);
        for said in parts
            .flat_map(|part| [part.prior.as_ref(), part.wanted.as_ref()])
            .flatten()
        {
            keys.insert(fingerprint(&said.key), said.key.clone());
        }
        let keys = keys.into_values().collect();
        let found = match self.items.find(self.cx, &self.table, keys).await {
            Ok(found) => found,
            Err(unread) if unread.is_not_found() => Default::default(),
            Err(_) => {
                for job in &jobs {
                    let advice = "The answer was lost, so the item may or may not have been written. Run again: the next run finds out and goes on from there.";
                    self.settle(job, |part| {
                        let unknown = problem_with_advice(&part.doing(), error, advice);
                        part.not_made(unknown, ApplyOutcome::Unknown)
                    });
                }
                return;
            }
        };
        let under = |said: Option<&Said>| said.and_then(|said| found.get(&fingerprint(&said.key)));
        let mut again = Vec::new();
        for job in jobs {
            // A key that another part takes has an item under it, whoever's that was before.
            let alone = job.parts().len() == 1;
            let mut parts = job.parts().iter().map(|part| {
                let (wanted, prior) = (under(part.wanted.as_ref()), under(part.prior.as_ref()));
                (
                    part,
                    wanted,
                    prior.filter(|_| alone || part.wanted.is_none()),
                )
            });
            if parts
                .clone()
                .all(|(part, wanted, prior)| part.has_happened(wanted, prior))
            {
                self.settle_done(&job);
            } else if parts.all(|(part, _, _)| {
                part.has_not_happened(under(part.wanted.as_ref()), under(part.prior.as_ref()))
            }) && job.tries < MOST_TRIES
            {
                again.push(job);
            } else if matches!(
                error,
                Error::ConditionFailed { .. } | Error::TransactionCancelled { .. }
            ) {
                self.settle(&job, |part| {
                    let (wanted, prior) = (under(part.wanted.as_ref()), under(part.prior.as_ref()));
                    // With the old item as it was, it is the new key that was taken.
                    let room = part.takes().is_some()
                        && (part.prior.is_none() || part.has_not_happened(None, prior));
                    let there = if room { wanted } else { prior };
                    judge_condition(part, room, there, true, false)
                });
            } else {
                self.settle(&job, |part| part.failed(problem(&part.doing(), error)));
            }
        }
        if !again.is_empty() {
            self.strained += 1;
            self.again(again);
            self.pause(self.strained).await;
        }
    }
}
