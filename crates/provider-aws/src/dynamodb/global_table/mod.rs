//! `aws_dynamodb_global_table`: a global table of version 2017.11.29, made of tables that are there.

mod apply;
mod identity;
mod plan;
mod read;
mod recover;
pub(crate) mod schema;
mod state;
pub(crate) mod validate;
mod wait;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::region::Place;

/// The type under one provider configuration, in one region.
pub(crate) struct GlobalTables {
    aws: Connection,
}

impl GlobalTables {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            aws: place.aws.clone(),
        })
    }
}

impl ResourceType for GlobalTables {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(self.read_again(request.prior))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                StepKind::Create => self.create(cx, step, progress).await,
                StepKind::Update => self.update(cx, step, progress).await,
                StepKind::Delete => self.delete(cx, step, progress).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity::identity(value)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        identity::digest(value)
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(id))
    }
}
