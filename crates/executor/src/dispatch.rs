//! Calls on their way: queued by resource type, sent in batches, as many at once as `-parallelism` says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::time::Instant;
use trueup_addrs::ProviderConfigAddr;
use trueup_backend::{BatchId, Journal, Surroundings};
use trueup_plan::{Action, Event, Identity, Observer, Subject};
use trueup_provider::{
    ApplyOutcome, Batching, Context, Object, Problem, Progress, ResourceType, Step, StepKind,
};
use trueup_state::{InstanceState, Object as StateObject, State};
use trueup_value::Value;

use crate::intents;
use crate::jobs::{Call, Job};
use crate::queue::Queue;
use crate::still_going::{Awaited, while_waiting};
use crate::work::Work;

/// A batch that has ended.
pub(crate) struct Finished {
    /// Each job, its node, and what became of it.
    pub(crate) jobs: Vec<(Work, Job, ApplyOutcome)>,
    /// Why the journal could not be written, if so.
    pub(crate) journal: Option<trueup_backend::Error>,
}

type QueueKey = (ProviderConfigAddr, Arc<str>);

/// Intents in one entry of the journal: a store may take only so much in one.
const INTENTS_AT_ONCE: usize = 100;

/// The calls of a run.
pub(crate) struct Dispatch<'a> {
    cx: Context,
    journal: Arc<Journal>,
    state: Arc<Mutex<State>>,
    observer: &'a dyn Observer,
    surroundings: Surroundings,
    waiting: BTreeMap<QueueKey, Queue>,
    running: FuturesUnordered<BoxFuture<'a, Finished>>,
    halted: bool,
}

impl<'a> Dispatch<'a> {
    pub(crate) fn new(
        cx: Context,
        journal: Arc<Journal>,
        state: Arc<Mutex<State>>,
        observer: &'a dyn Observer,
        surroundings: Surroundings,
    ) -> Self {
        Self {
            cx,
            journal,
            state,
            observer,
            surroundings,
            waiting: BTreeMap::new(),
            running: FuturesUnordered::new(),
            halted: false,
        }
    }

    /// Queues the calls of a node.
    pub(crate) fn add(&mut self, work: Work, jobs: Vec<Job>) {
        for job in jobs {
            let queue = (
                job.provider.clone(),
                job.addr.resource.resource.kind.clone(),
            );
            self.waiting
                .entry(queue)
                .or_default()
                .push(work.clone(), job);
        }
    }

    /// Begins nothing more.
    pub(crate) fn halt(&mut self) {
        self.halted = true;
        self.waiting.clear();
    }

    /// Sends what is queued, up to the limit. A batch takes what is there and waits for nothing.
    pub(crate) fn start(&mut self) {
        if self.halted || self.cx.cancel.is_cancelled() {
            self.halt();
            return;
        }
        while self.running.len() < self.cx.parallelism.max(1) {
            let Some((key, mut queue)) = self.waiting.pop_first() else {
                return;
            };
            let batch = queue.take();
            if !queue.is_empty() {
                self.waiting.insert(key, queue);
            }
            self.running.push(run_batch(
                batch,
                self.cx.clone(),
                self.journal.clone(),
                self.state.clone(),
                self.observer,
                self.surroundings.clone(),
            ));
        }
    }

    /// The next batch that ends; `None` when none is under way.
    pub(crate) async fn next(&mut self) -> Option<Finished> {
        self.running.next().await
    }
}

fn run_batch<'a>(
    batch: Vec<(Work, Job)>,
    cx: Context,
    journal: Arc<Journal>,
    state: Arc<Mutex<State>>,
    observer: &'a dyn Observer,
    surroundings: Surroundings,
) -> BoxFuture<'a, Finished> {
    Box::pin(async move {
        let intents: Vec<_> = {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            batch
                .iter()
                .filter_map(|(_, job)| intents::intent(job, &state, (surroundings.now)()))
                .collect()
        };
        let mut entries = Vec::new();
        for part in intents.chunks(INTENTS_AT_ONCE) {
            match journal.begin(part.to_vec()).await {
                Ok(entry) => entries.push((entry, part.len())),
                Err(error) => {
                    let jobs = batch
                        .into_iter()
                        .map(|(work, job)| (work, job, ApplyOutcome::NotTried))
                        .collect();
                    return Finished {
                        jobs,
                        journal: Some(error),
                    };
                }
            }
        }
        set_aside(&batch, &state);
        let subjects: Vec<Subject> = batch.iter().map(|(_, job)| subject(job, None)).collect();
        for subject in &subjects {
            observer.observe(Event::Started(subject.clone()));
        }
        let began = Instant::now();
        let awaited = Awaited::default();
        let learnt = Learnt {
            batch: entries.first().map(|(entry, _)| (&*journal, *entry)),
            made: OnceLock::new(),
        };
        let work = call(&batch, &cx, &state, &awaited, &learnt);
        let outcomes = while_waiting(&subjects, began, &awaited, observer, work).await;
        let elapsed = began.elapsed();
        let records: Vec<_> = batch
            .iter()
            .zip(&outcomes)
            .map(|((_, job), outcome)| {
                let mut record = intents::outcome(job, outcome);
                record.made = record.made.or_else(|| learnt.made.get().cloned());
                record
            })
            .collect();
        let mut ended = records.as_slice();
        for (entry, many) in entries {
            let (part, rest) = ended.split_at(many.min(ended.len()));
            ended = rest;
            if let Err(error) = journal.finish(entry, part.to_vec()).await {
                // The batch stays open in the journal, and the next run looks at the world: nothing is lost.
                tracing::warn!(%error, "outcomes of a batch not written to the journal");
            }
        }
        let jobs: Vec<_> = batch
            .into_iter()
            .zip(outcomes)
            .map(|((work, job), outcome)| {
                tell(&job, &outcome, elapsed, observer);
                (work, job, outcome)
            })
            .collect();
        Finished {
            jobs,
            journal: None,
        }
    })
}

/// Makes room for replacements that are about to be made.
fn set_aside(batch: &[(Work, Job)], state: &Arc<Mutex<State>>) {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    for (_, job) in batch {
        if let Some(key) = &job.sets_aside
            && let Some(instance) = state.instance_mut(&job.addr)
        {
            instance.depose(key.clone());
        }
    }
}

async fn call(
    batch: &[(Work, Job)],
    cx: &Context,
    state: &Arc<Mutex<State>>,
    awaited: &Awaited,
    learnt: &Learnt<'_>,
) -> Vec<ApplyOutcome> {
    let many = batch.len() > 1;
    match batch.first().map(|(_, job)| (job, &job.call)) {
        None => Vec::new(),
        Some((_, Call::Read(source, request))) => {
            vec![match source.read(cx, request.clone()).await {
                Ok(value) => ApplyOutcome::Done(Some(Object::new(value)), Vec::new()),
                Err(problems) => ApplyOutcome::Failed(None, problems),
            }]
        }
        // Stopped since the batch was taken, while its intents were written: nothing of it is begun.
        Some((_, Call::Change(..))) if cx.cancel.is_cancelled() => {
            batch.iter().map(|_| ApplyOutcome::NotTried).collect()
        }
        Some((_, Call::Change(resource_type, _))) if many || batches(resource_type) => {
            let steps: Vec<Step> = batch
                .iter()
                .filter_map(|(_, job)| match &job.call {
                    Call::Change(_, step) => Some(step.clone()),
                    Call::Read(..) => None,
                })
                .collect();
            let wanted = steps.len();
            let mut outcomes = resource_type.apply_many(cx, steps).await;
            // A provider that answers too little has broken its promise: what it left out is not known.
            while outcomes.len() < wanted {
                outcomes.push(ApplyOutcome::Unknown(Problem::error(
                    "No answer for a change",
                    "The provider did not say what became of this change. This is a bug of trueup, please report it.",
                )));
            }
            outcomes
        }
        Some((job, Call::Change(resource_type, step))) => {
            let sink = Sink {
                job,
                state,
                awaited,
                learnt,
            };
            vec![resource_type.apply(cx, step.clone(), &sink).await]
        }
    }
}

fn batches(resource_type: &Arc<dyn ResourceType>) -> bool {
    resource_type.batching() != Batching::Single
}

/// What a call tells before it ends: the id of the object that it made.
struct Learnt<'a> {
    /// Where it is kept at once: in the journal, under the batch of this one call.
    batch: Option<(&'a Journal, BatchId)>,
    made: OnceLock<String>,
}

impl Learnt<'_> {
    /// Writes down an id. That it can't be written stops nothing: the next run then looks for what was planned.
    async fn keep(&self, made: String) {
        if self.made.set(made.clone()).is_err() {
            return;
        }
        if let Some((journal, batch)) = self.batch
            && let Err(error) = journal.finish(batch, vec![intents::under_way(made)]).await
        {
            tracing::warn!(%error, "the id of a new object not written to the journal");
        }
    }
}

/// Takes an object into the state as soon as it exists. The batch's intent is open in the journal
/// meanwhile, so that a crash finds the object again; an id that the service made goes there at once.
struct Sink<'a> {
    job: &'a Job,
    state: &'a Arc<Mutex<State>>,
    awaited: &'a Awaited,
    learnt: &'a Learnt<'a>,
}

impl Progress for Sink<'_> {
    fn created(&self, partial: Object) -> BoxFuture<'_, ()> {
        let object = stored(self.job, &partial, Arc::new([]), false);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut instance = state.instance(&self.job.addr).cloned().unwrap_or_default();
        instance.current = Some(object);
        put(&mut state, self.job, instance);
        drop(state);
        match intents::made_id(self.job, &partial.value) {
            Some(made) => Box::pin(self.learnt.keep(made)),
            None => Box::pin(std::future::ready(())),
        }
    }

    fn waiting(&self, on: &str) {
        self.awaited.say(on);
        tracing::info!(address = %self.job.addr, on, "waiting");
    }

    fn at_most(&self, limit: Duration) {
        self.awaited.at_most(limit);
    }
}

/// An object as the state keeps it. Parts that are still unknown (of an object half made) are null.
pub(crate) fn stored(
    job: &Job,
    object: &Object,
    dependencies: Arc<[trueup_addrs::ConfigResource]>,
    create_before_destroy: bool,
) -> StateObject {
    let known = match object.value.is_wholly_known() {
        true => object.value.clone(),
        false => object.value.rebuilt(&mut |part| match part.is_known() {
            true => part.clone(),
            false => Value::null(part.ty()),
        }),
    };
    let known = job.schema.block.without_write_only(&known);
    let mut stored = StateObject::encode(&job.marked(&known), &job.ty, job.schema.version);
    stored.private.clone_from(&object.private);
    stored.dependencies = dependencies;
    stored.create_before_destroy = create_before_destroy;
    stored
}

/// Puts an instance into the state.
pub(crate) fn put(state: &mut State, job: &Job, instance: InstanceState) {
    state.set_instance(&job.addr, &job.stored_under, instance);
}

fn tell(job: &Job, outcome: &ApplyOutcome, elapsed: Duration, observer: &dyn Observer) {
    match outcome {
        ApplyOutcome::Done(object, _) => {
            let value = object.as_ref().map(|object| &object.value);
            observer.observe(Event::Done(subject(job, value), elapsed));
        }
        ApplyOutcome::Failed(..) | ApplyOutcome::Unknown(_) => {
            observer.observe(Event::Failed(subject(job, None), elapsed));
        }
        ApplyOutcome::NotTried => {}
    }
}

fn subject(job: &Job, now: Option<&Value>) -> Subject {
    let (action, prior) = match &job.call {
        Call::Read(..) => (Action::Read, None),
        Call::Change(_, step) => {
            let action = match step.kind {
                StepKind::Create => Action::Create,
                StepKind::Update => Action::Update,
                StepKind::Delete => Action::Delete,
            };
            (action, step.prior.as_ref().map(|prior| &prior.value))
        }
    };
    Subject {
        addr: (*job.addr).clone(),
        deposed: job.deposed.clone(),
        action,
        identity: now.or(prior).and_then(Identity::of),
    }
}
