//! The resource type that is made of a lifecycle.

use std::collections::BTreeMap;

use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step,
};
use trueup_value::Value;

use super::{Lifecycle, Work, reading, stepping};
use crate::members::member;
use crate::satellite::with;

/// A resource type made of a lifecycle.
pub(crate) struct Living<T>(pub(crate) T);

impl<T: Lifecycle> ResourceType for Living<T> {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        self.0.plan(&request)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut all = reading::read_all(&self.0, cx, vec![request]).await;
            all.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(reading::read_all(&self.0, cx, requests))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            let token = step.token.clone();
            let work = Work {
                cx,
                progress,
                token: &token,
            };
            stepping::made(&self.0, &work, step).await
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        self.0.identity(value)
    }

    fn with_name(&self, planned: &Value, token: &str) -> Option<Value> {
        if member(planned, "name")?.is_known() {
            return None;
        }
        let name = self.0.chosen(planned, token)?;
        Some(with(planned, [("name", Value::string(name))]))
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        self.0.made_id(value)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        self.0.digest(value)
    }

    fn judge<'a>(&'a self, cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.0.judge(cx, intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(reading::imported(&self.0, id))
    }
}
