//! Many steps at once: transactions as large as the table takes, smaller where it does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use trueup_aws::{CancellationReason, Class, Error};
use trueup_provider::{ApplyOutcome, Context, Problem, Step, StepKind};

use super::TableItems;
use super::actions::Job;
use super::key::fingerprint;
use super::single::judge_condition;
use crate::dynamodb::known_tables::MOST_ACTIONS;
use crate::failure::{cause, problem, problem_with_advice};

/// The most bytes in one transaction, with room for what surrounds the items.
const MOST_BYTES: usize = 3_600_000;

/// How often a step is sent again before it is given up.
const MOST_TRIES: u32 = 12;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The steps of one table that are not settled yet.
struct Queue<'a> {
    items: &'a TableItems,
    cx: &'a Context,
    table: String,
    waiting: VecDeque<Job>,
    settled: Vec<(usize, ApplyOutcome)>,
    /// At most so many actions from now on, because a request as a whole was refused.
    narrowed: usize,
    /// How many requests in a row were throttled or met another transaction.
    strained: u32,
}

impl TableItems {
    /// Makes the changes of some steps, one outcome each, in order.
    pub(crate) async fn apply_batch(&self, cx: &Context, steps: Vec<Step>) -> Vec<ApplyOutcome> {
        let mut outcomes: Vec<Option<ApplyOutcome>> = steps.iter().map(|_| None).collect();
        let mut tables: BTreeMap<String, VecDeque<Job>> = BTreeMap::new();
        for (position, step) in steps.into_iter().enumerate() {
            match Job::of(position, step) {
                Ok(job) => tables
                    .entry(job.table().to_owned())
                    .or_default()
                    .push_back(job),
                Err(outcome) => outcomes[position] = Some(outcome),
            }
        }
        let queues = tables.into_iter().map(|(table, waiting)| {
            let queue = Queue {
                items: self,
                cx,
                table,
                waiting,
                settled: Vec::new(),
                narrowed: MOST_ACTIONS,
                strained: 0,
            };
            queue.run()
        });
        for (position, outcome) in futures::future::join_all(queues)
            .await
            .into_iter()
            .flatten()
        {
            outcomes[position] = Some(outcome);
        }
        outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or(ApplyOutcome::NotTried))
            .collect()
    }
}

impl Queue<'_> {
    async fn run(mut self) -> Vec<(usize, ApplyOutcome)> {
        while !self.waiting.is_empty() {
            if self.cx.cancel.is_cancelled() {
                for job in std::mem::take(&mut self.waiting) {
                    self.settled.push((job.position, ApplyOutcome::NotTried));
                }
                break;
            }
            let jobs = self.next().await;
            let actions: usize = jobs.iter().map(|job| job.actions.len()).sum();
            match self.items.send(&jobs).await {
                Ok(()) => {
                    self.strained = 0;
                    self.items.known.went_well(&self.table, actions);
                    for job in &jobs {
                        self.settled.push((job.position, job.done()));
                    }
                }
                Err(error) => self.refused(jobs, actions, error).await,
            }
        }
        self.settled
    }

    /// The jobs of the next request: as many as fit, on different items.
    async fn next(&mut self) -> Vec<Job> {
        let most = if self.waiting.len() == 1 {
            1
        } else {
            let dynamodb = self.items.aws.dynamodb.as_ref();
            let pace = self.items.known.pace(&self.table, dynamodb).await;
            pace.actions.min(self.narrowed).max(1)
        };
        let mut taken = Vec::new();
        let mut touched: BTreeSet<String> = BTreeSet::new();
        let (mut actions, mut bytes) = (0, 0);
        let mut left = VecDeque::with_capacity(self.waiting.len());
        while let Some(job) = self.waiting.pop_front() {
            let keys = job.keys();
            // A job that has to wait keeps its place before later ones on the same item.
            let meets = keys.iter().any(|key| touched.contains(key));
            let full = actions + job.actions.len() > most || bytes + job.size() > MOST_BYTES;
            touched.extend(keys);
            if meets || (full && !taken.is_empty()) {
                left.push_back(job);
                continue;
            }
            actions += job.actions.len();
            bytes += job.size();
            taken.push(job);
        }
        self.waiting = left;
        taken
    }

    fn again(&mut self, jobs: Vec<Job>) {
        for mut job in jobs.into_iter().rev() {
            job.tries += 1;
            self.waiting.push_front(job);
        }
    }

    fn settle(&mut self, job: &Job, outcome: ApplyOutcome) {
        self.settled.push((job.position, outcome));
    }

    async fn refused(&mut self, jobs: Vec<Job>, actions: usize, error: Error) {
        match &error {
            Error::TransactionCancelled { reasons, .. } => {
                let reasons = reasons.clone();
                return self.cancelled(jobs, actions, &reasons, &error).await;
            }
            Error::ConditionFailed { item: None, .. } if error.lost_answer() => {
                return self.look_again(jobs, &error).await;
            }
            Error::ConditionFailed { item, .. } => {
                let lost = error.lost_answer();
                for job in &jobs {
                    let known = item.is_some();
                    let outcome = judge_condition(job, item.as_ref(), known, lost);
                    self.settle(job, outcome);
                }
                return;
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
                for job in &jobs {
                    let outcome = self.without_table(job, &error);
                    self.settle(job, outcome);
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
                    self.settle(job, job.failed(problem(&job.doing(), &error)));
                }
            }
        }
    }

    /// An item of a table that does not exist is gone; none can be put there.
    fn without_table(&self, job: &Job, error: &Error) -> ApplyOutcome {
        if job.kind == StepKind::Delete {
            return job.done();
        }
        let advice = format!(
            "There is no table {:?} in {}. Let table_name refer to the table's resource, so that the table is created first.",
            self.table, self.items.aws.region
        );
        job.failed(problem_with_advice(&job.doing(), error, &advice))
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
        let (mut settled, mut throttled) = (0, false);
        for job in jobs {
            let own = at..at + job.actions.len();
            at = own.end;
            let of_job = reasons.get(own).unwrap_or(&[]);
            let reason = of_job
                .iter()
                .find(|reason| reason.code.as_deref().is_some_and(|code| code != "None"))
                .unwrap_or(&none);
            if reason.is_condition() {
                let known = reason.item.is_some();
                let outcome =
                    judge_condition(&job, reason.item.as_ref(), known, error.lost_answer());
                self.settle(&job, outcome);
                settled += 1;
            } else if reason.is_transient() {
                throttled |= reason.code.as_deref() != Some("TransactionConflict");
                strained.push(job);
            } else if let Some(code) = &reason.code {
                let message = reason.message.clone().unwrap_or_default();
                let summary = format!("{}: {code}: {message}", job.doing());
                let advice = "DynamoDB refused this item; the other items of its batch were written without it.";
                self.settle(&job, job.failed(Problem::error(summary, advice)));
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
                self.settle(job, job.failed(problem(&job.doing(), error)));
            }
            return;
        }
        if strained.is_empty() {
            self.again(fine);
            return;
        }
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
            let summary = format!("{}: {}", job.doing(), cause(error));
            let advice = "The table went on refusing for lack of capacity, or other transactions kept meeting this one. Run again to go on from here; raise the table's capacity if it stays so.";
            self.settle(job, job.failed(Problem::error(summary, advice)));
        }
        self.again(fresh);
        if !self.waiting.is_empty() {
            self.pause().await;
        }
    }

    async fn pause(&self) {
        let first = self.items.aws.first_pause;
        let pause = first
            .saturating_mul(1 << self.strained.min(10))
            .min(LONGEST_PAUSE);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.cx.cancel.cancelled() => {}
        }
    }

    /// The answer was lost: the items themselves say what became of the jobs.
    async fn look_again(&mut self, jobs: Vec<Job>, error: &Error) {
        let mut keys = BTreeMap::new();
        for said in jobs
            .iter()
            .flat_map(|job| [job.prior.as_ref(), job.wanted.as_ref()])
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
                    let unknown = problem_with_advice(&job.doing(), error, advice);
                    self.settle(job, ApplyOutcome::Unknown(unknown));
                }
                return;
            }
        };
        let mut again = Vec::new();
        for job in jobs {
            let under = |said: Option<&super::said::Said>| {
                said.and_then(|said| found.get(&fingerprint(&said.key)))
            };
            let (wanted, prior) = (under(job.wanted.as_ref()), under(job.prior.as_ref()));
            if job.has_happened(wanted, prior) {
                self.settle(&job, job.done());
            } else if job.has_not_happened(wanted, prior) && job.tries < MOST_TRIES {
                again.push(job);
            } else if matches!(error, Error::ConditionFailed { .. }) {
                self.settle(&job, judge_condition(&job, wanted, true, false));
            } else {
                self.settle(&job, job.failed(problem(&job.doing(), error)));
            }
        }
        if !again.is_empty() {
            self.strained += 1;
            self.again(again);
            self.pause().await;
        }
    }
}
