//! Many steps at once: transactions as large as the table takes, smaller where it does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use trueup_provider::{ApplyOutcome, Context, Problem, Step};

use super::TableItems;
use super::job::Job;
use super::linked::link;
use crate::dynamodb::known_tables::MOST_ACTIONS;

/// The most bytes in one transaction, with room for what surrounds the items.
pub(crate) const MOST_BYTES: usize = 3_600_000;

/// The steps of one table that are not settled yet.
pub(super) struct Queue<'a> {
    pub(super) items: &'a TableItems,
    pub(super) cx: &'a Context,
    pub(super) table: String,
    pub(super) waiting: VecDeque<Job>,
    pub(super) settled: Vec<(usize, ApplyOutcome)>,
    /// At most so many actions from now on, because a request as a whole was refused.
    pub(super) narrowed: usize,
    /// How many requests in a row were throttled or met another transaction.
    pub(super) strained: u32,
    /// The keys that jobs of this batch give up.
    pub(super) own: BTreeSet<String>,
}

impl TableItems {
    /// Makes the changes of some steps, one outcome each, in order.
    pub(crate) async fn apply_batch(&self, cx: &Context, steps: Vec<Step>) -> Vec<ApplyOutcome> {
        let mut outcomes: Vec<Option<ApplyOutcome>> = steps.iter().map(|_| None).collect();
        let mut tables: BTreeMap<String, Vec<Job>> = BTreeMap::new();
        for (position, step) in steps.into_iter().enumerate() {
            match Job::of(position, step) {
                Ok(job) => tables.entry(job.table().to_owned()).or_default().push(job),
                Err(outcome) => outcomes[position] = Some(outcome),
            }
        }
        let queues = tables.into_iter().map(|(table, jobs)| {
            let own: BTreeSet<String> = jobs.iter().filter_map(Job::gives_up).collect();
            self.leaving.begin(&table, &own);
            let waiting = link(jobs);
            let queue = Queue {
                own,
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
                    self.settle(&job, |part| {
                        let stopped = Problem::error(
                            format!("{}: the run was asked to stop", part.doing()),
                            "The item is not changed yet. Run again to go on from here.",
                        );
                        part.not_made(stopped, |_| ApplyOutcome::NotTried)
                    });
                }
                break;
            }
            let jobs = self.next().await;
            let actions: usize = jobs.iter().map(|job| job.actions.len()).sum();
            if actions == 0 {
                // Keys that changed hands between equal items: there is nothing to write.
                jobs.iter().for_each(|job| self.settle_done(job));
                continue;
            }
            match self.items.send(&jobs).await {
                Ok(()) => {
                    self.strained = 0;
                    self.items.known.went_well(&self.table, actions);
                    jobs.iter().for_each(|job| self.settle_done(job));
                }
                Err(error) => self.refused(jobs, actions, error).await,
            }
        }
        self.items.leaving.end(&self.table, &self.own);
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

    pub(super) fn again(&mut self, jobs: Vec<Job>) {
        for mut job in jobs.into_iter().rev() {
            job.tries += 1;
            self.waiting.push_front(job);
        }
    }

    /// Settles each part of a job.
    pub(super) fn settle(&mut self, job: &Job, outcome: impl Fn(&Job) -> ApplyOutcome) {
        let parts = job.parts().iter();
        self.settled
            .extend(parts.map(|part| (part.position, outcome(part))));
    }

    pub(super) fn settle_done(&mut self, job: &Job) {
        self.settle(job, Job::done);
    }
}
