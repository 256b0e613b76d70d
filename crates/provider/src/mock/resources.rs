//! Managed resource types whose objects, or some of them, exist only in the test.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::Value;

use super::fill::{Which, With, fill};
use super::{Stage, StandIn};
use crate::{
    Adoption, ApplyOutcome, Batching, BoxFuture, Context, Imported, Intent, Object, PlanRequest,
    Planned, Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};

/// A resource type with stand-ins before it.
pub(crate) struct MockedType {
    pub(super) stage: Stage,
    /// The real type; `None` where every object is a stand-in.
    pub(super) inner: Option<Arc<dyn ResourceType>>,
}

impl MockedType {
    fn plan_stand_in(&self, request: &PlanRequest<'_>, stand_in: &StandIn) -> Planned {
        if request.prior.is_some() {
            // What was computed once stays.
            return Planned::new(request.proposed.clone());
        }
        let with = match stand_in.during_plan {
            true => With::Value,
            false => With::Unknown,
        };
        let (value, problems) = fill(
            &self.stage,
            stand_in,
            request.address,
            request.proposed,
            Which::Unset,
            with,
        );
        Planned {
            problems,
            ..Planned::new(value)
        }
    }

    fn apply_stand_in(&self, step: &Step, stand_in: &StandIn) -> ApplyOutcome {
        let Some(planned) = step
            .planned
            .as_ref()
            .filter(|_| step.kind != StepKind::Delete)
        else {
            return ApplyOutcome::Done(None, Vec::new());
        };
        let (value, problems) = fill(
            &self.stage,
            stand_in,
            &step.address,
            planned,
            Which::Unknown,
            With::Value,
        );
        if problems.iter().any(Problem::is_error) {
            return ApplyOutcome::Failed(Some(Object::new(value)), problems);
        }
        ApplyOutcome::Done(Some(Object::new(value)), problems)
    }
}

impl ResourceType for MockedType {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        match (self.stage.stand_in(request.address), &self.inner) {
            (Some(stand_in), _) => self.plan_stand_in(&request, stand_in),
            (None, Some(inner)) => inner.plan(request),
            (None, None) => self.plan_stand_in(&request, &StandIn::default()),
        }
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        match (self.stage.stand_in(&request.address), &self.inner) {
            (None, Some(inner)) => inner.read(cx, request),
            _ => Box::pin(async move { ReadOutcome::Present(request.prior) }),
        }
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        match (self.stage.stand_in(&step.address), &self.inner) {
            (None, Some(inner)) => inner.apply(cx, step, progress),
            (stand_in, _) => {
                let none = StandIn::default();
                let outcome = self.apply_stand_in(&step, stand_in.unwrap_or(&none));
                Box::pin(async move { outcome })
            }
        }
    }

    fn batching(&self) -> Batching {
        // Each step may be one of the real type or not: they go one by one.
        Batching::Single
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        match &self.inner {
            Some(inner) => inner.identity(value),
            None => BTreeMap::new(),
        }
    }

    fn digest(&self, value: &Value) -> String {
        match &self.inner {
            Some(inner) => inner.digest(value),
            None => String::new(),
        }
    }

    fn recover<'a>(
        &'a self,
        cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        match &self.inner {
            Some(inner) => inner.recover(cx, intents),
            None => Box::pin(async move { intents.iter().map(|_| Adoption::Forget).collect() }),
        }
    }

    fn import<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        match &self.inner {
            Some(inner) => inner.import(cx, id),
            None => Box::pin(async move {
                Err(Problem::error(
                    "Invalid import request",
                    "Cannot import resources from mock providers. Use an `override_resource` block to targeting the specific resource being imported instead.",
                ))
            }),
        }
    }

    fn import_many<'a>(
        &'a self,
        cx: &'a Context,
        ids: Vec<String>,
    ) -> BoxFuture<'a, Vec<Result<Vec<Imported>, Problem>>> {
        match &self.inner {
            Some(inner) => inner.import_many(cx, ids),
            None => Box::pin(async move {
                let mut refused = Vec::new();
                for id in &ids {
                    refused.push(self.import(cx, id).await);
                }
                refused
            }),
        }
    }

    fn zero_is_unset(&self) -> bool {
        self.inner
            .as_ref()
            .is_some_and(|inner| inner.zero_is_unset())
    }

    fn upgrade(&self, version: u64, object: Object) -> Result<Object, Problem> {
        match &self.inner {
            Some(inner) => inner.upgrade(version, object),
            None => Ok(object),
        }
    }
}
