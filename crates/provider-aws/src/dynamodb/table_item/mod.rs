//! `aws_dynamodb_table_item`.

mod actions;
mod against;
mod batch;
mod compare;
mod hand_over;
mod import;
mod job;
mod json;
mod key;
mod leaving;
mod linked;
mod number;
mod plan;
mod read;
mod recover;
mod refused;
mod said;
pub(crate) mod schema;
mod single;
mod size;
pub(crate) mod validate;
mod written;

pub(crate) use json::{read as read_item, write as write_item};
pub(crate) use key::{KeyNames, plain as key_text, type_name, words as key_words};

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use trueup_provider::{
    Adoption, ApplyOutcome, Batching, BoxFuture, Context, Imported, Intent, PlanRequest, Planned,
    Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step,
};
use trueup_value::Value;

use self::job::Job;
use super::KnownTables;
use super::follow::follow_table;
use super::known_tables::MOST_ACTIONS;
use crate::connection::Connection;
use crate::region::Place;

/// The type under one provider configuration, in one region.
pub(crate) struct TableItems {
    pub(crate) aws: Connection,
    pub(crate) known: Arc<KnownTables>,
    /// Set where BatchGetItem is not allowed.
    pub(crate) single_reads: AtomicBool,
    /// The keys of tables that items were imported from.
    keyed: Mutex<BTreeMap<String, Arc<import::Keyed>>>,
    /// The keys that changes under way give up.
    leaving: leaving::Leaving,
}

impl TableItems {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            aws: place.aws.clone(),
            known: Arc::clone(&place.known),
            single_reads: AtomicBool::new(false),
            keyed: Mutex::default(),
            leaving: leaving::Leaving::default(),
        })
    }
}

impl ResourceType for TableItems {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let mut planned = plan::plan(&request);
        let keys = &self.known.keys;
        if let Some(prior) = request.prior {
            follow_table(&mut planned, Some(&prior.value), "table_name", keys);
        }
        let found = against::problems(keys, request.address, &planned.value);
        planned.problems.extend(found);
        planned
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let prior = request.prior.clone();
            let mut answers = self.read_items(cx, vec![request]).await;
            answers.pop().unwrap_or(ReadOutcome::Present(prior))
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_items(cx, requests))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        _progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            let mut outcomes = self.apply_batch(cx, vec![step]).await;
            outcomes.pop().unwrap_or(ApplyOutcome::NotTried)
        })
    }

    fn batching(&self) -> Batching {
        Batching::UpTo(MOST_ACTIONS)
    }

    fn ties(&self, step: &Step) -> Vec<String> {
        let Ok(job) = Job::of(0, step.clone()) else {
            return Vec::new();
        };
        let place = format!("{} {}", self.aws.region, job.table());
        [job.gives_up(), job.takes()]
            .into_iter()
            .flatten()
            .map(|key| format!("{place} {key}"))
            .collect()
    }

    fn apply_many<'a>(
        &'a self,
        cx: &'a Context,
        steps: Vec<Step>,
    ) -> BoxFuture<'a, Vec<ApplyOutcome>> {
        Box::pin(self.apply_batch(cx, steps))
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value, &self.aws.region)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
    }

    fn recover<'a>(
        &'a self,
        cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        Box::pin(self.judge(cx, intents))
    }

    fn import<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let found = self.find_by_ids(cx, &[id.to_owned()]).await;
            found.into_iter().next().unwrap_or_else(|| Ok(Vec::new()))
        })
    }

    fn import_many<'a>(
        &'a self,
        cx: &'a Context,
        ids: Vec<String>,
    ) -> BoxFuture<'a, Vec<Result<Vec<Imported>, Problem>>> {
        Box::pin(async move { self.find_by_ids(cx, &ids).await })
    }
}
