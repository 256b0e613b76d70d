//! `aws_dynamodb_table`.

mod bounds;
mod checks;
mod converge;
mod create;
pub(crate) mod default_key;
mod delete;
mod elsewhere;
mod features;
mod fixed;
mod identity;
mod indexes;
mod keys;
mod model;
mod parts;
mod plan;
mod private;
mod read;
mod recover;
mod replicas;
pub(crate) mod scaled;
pub(crate) mod schema;
mod settings;
mod sources;
mod throughput;
mod told;
mod update;
pub(crate) mod validate;
mod wait;
mod warmth;

pub(crate) use model::{Besides, keys};
pub(crate) use recover::{ROUNDING, made_since};
pub(crate) use replicas::{Awaited, OnReplicas, Said, tags_in_step};
pub(crate) use throughput::{Limits, Warm};
pub(crate) use wait::{Teller, is_busy};

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Contents, Context, Imported, Intent, Part, PlanRequest,
    Planned, Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use super::{KnownTables, PlannedReplicas};
use crate::connection::Connection;
use crate::members::filled;
use crate::region::Place;
use crate::tags::TagPolicy;

/// The type under one provider configuration, in one region.
pub(crate) struct Tables {
    pub(crate) aws: Connection,
    pub(crate) tags: Arc<TagPolicy>,
    pub(crate) known: Arc<KnownTables>,
    bands: Arc<scaled::Bands>,
    pub(crate) default_key: Arc<default_key::DefaultKey>,
    /// What plans of tables say of replicas.
    pub(crate) planned: Arc<PlannedReplicas>,
}

impl Tables {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self::of(place))
    }

    /// The same for the data source, which reads as the type does.
    pub(crate) fn of(place: &Place) -> Self {
        Self {
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
            known: Arc::clone(&place.known),
            bands: Arc::clone(&place.bands),
            default_key: Arc::clone(&place.default_key),
            planned: Arc::clone(&place.replicas),
        }
    }
}

impl ResourceType for Tables {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let theirs = |value| elsewhere::with_theirs(value, request.prior?);
        let (config, proposed) = (theirs(request.config), theirs(request.proposed));
        let request = PlanRequest {
            config: config.as_ref().unwrap_or(request.config),
            proposed: proposed.as_ref().unwrap_or(request.proposed),
            ..request
        };
        let mut planned = plan::plan(&request, &self.tags);
        let prior = request.prior.map(|prior| &prior.value);
        told::tell(&self.known.keys, prior, &planned.value);
        self.planned
            .table(&self.aws.region, request.config, prior, &planned.value);
        planned.problems.extend(replicas::check(
            &planned.value,
            request.config,
            prior,
            &self.aws.region,
        ));
        planned
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(self.read_again(request.prior))
    }

    fn contents(&self, value: &Value) -> Option<Contents> {
        self.known.contents(filled(value, "name")?)
    }

    fn parts<'a>(
        &'a self,
        cx: &'a Context,
        value: &'a Value,
    ) -> BoxFuture<'a, Result<Vec<Part>, Problem>> {
        Box::pin(parts::items(&self.aws, cx, value))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            let _room = self.known.room().await;
            match step.kind {
                StepKind::Create => self.create(cx, step, progress).await,
                StepKind::Update => {
                    let prior = step.prior.clone();
                    let wanted = step.planned.clone().or_else(|| step.config.clone());
                    let outcome = self.update(cx, step, progress).await;
                    match prior.zip(wanted) {
                        Some((prior, wanted)) => scaled::after_update(&prior, &wanted, outcome),
                        None => outcome,
                    }
                }
                StepKind::Delete => self.delete(cx, step, progress).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity::identity(value, &self.aws.region)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        identity::digest(value)
    }

    fn judge<'a>(&'a self, cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(cx, intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt_by_name(id))
    }
}
