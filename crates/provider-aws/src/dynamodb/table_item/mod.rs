//! `aws_dynamodb_table_item`.

mod actions;
mod batch;
mod compare;
mod json;
mod key;
mod number;
mod plan;
mod read;
mod recover;
mod said;
pub(crate) mod schema;
mod single;
mod size;
pub(crate) mod validate;

pub(crate) use compare::digest_of_text;
pub(crate) use json::{read as read_item, write as write_item};
pub(crate) use key::{KeyNames, type_name, words as key_words};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use trueup_provider::{
    Adoption, ApplyOutcome, Batching, BoxFuture, Context, Intent, PlanRequest, Planned, Progress,
    ReadOutcome, ReadRequest, ResourceType, Step,
};
use trueup_value::Value;

use super::KnownTables;
use super::known_tables::MOST_ACTIONS;
use crate::connection::Connection;
use crate::region::Place;

/// The type under one provider configuration, in one region.
pub(crate) struct TableItems {
    pub(crate) aws: Connection,
    pub(crate) known: Arc<KnownTables>,
    /// Set where BatchGetItem is not allowed.
    pub(crate) single_reads: AtomicBool,
}

impl TableItems {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            aws: place.aws.clone(),
            known: Arc::clone(&place.known),
            single_reads: AtomicBool::new(false),
        })
    }
}

impl ResourceType for TableItems {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request)
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
}
