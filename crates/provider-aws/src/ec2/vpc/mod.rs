//! `aws_vpc`.

mod create;
mod delete;
mod model;
mod plan;
mod read;
mod recover;
pub(crate) mod schema;
mod update;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::ec2::Ec2;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::members::filled;
use crate::region::Place;
use crate::tags::TagPolicy;
use crate::timeouts::no_limits;

/// The type under one provider configuration, in one region.
pub(crate) struct Vpcs {
    aws: Connection,
    ec2: Arc<dyn Ec2>,
    tags: Arc<TagPolicy>,
}

impl Vpcs {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            ec2: place.aws.session.ec2(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }
}

fn private() -> Arc<[u8]> {
    no_limits(schema::VERSION)
}

impl ResourceType for Vpcs {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request, &self.tags)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut all = self.read_all(cx, vec![request]).await;
            all.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_all(cx, requests))
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
                StepKind::Update => self.update(cx, step).await,
                StepKind::Delete => self.delete(cx, step).await,
            }
        })
    }

    /// The service makes a VPC's id; range and name tell people what was meant.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value)
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        filled(value, "id").map(str::to_owned)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value, &self.tags)
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(cx, id))
    }
}
