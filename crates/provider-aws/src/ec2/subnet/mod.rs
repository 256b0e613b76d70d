//! `aws_subnet`.

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
use std::time::Duration;

use trueup_aws::ec2::Ec2;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::region::Place;
use crate::tags::TagPolicy;
use crate::timeouts::Limits;

const LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(600)),
        ("delete", Duration::from_secs(1200)),
    ],
    version: schema::VERSION,
};

/// The type under one provider configuration, in one region.
pub(crate) struct Subnets {
    aws: Connection,
    ec2: Arc<dyn Ec2>,
    tags: Arc<TagPolicy>,
}

impl Subnets {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            ec2: place.aws.session.ec2(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }
}

impl ResourceType for Subnets {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request, &self.tags)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut all = self.read_all(vec![request]).await;
            all.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        _cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_all(requests))
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

    /// No two subnets of a VPC share an address.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
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
