//! `aws_kms_key`.

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

use trueup_aws::Kms;
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
    phases: &[("create", Duration::from_secs(120))],
    version: 0,
};

/// The type under one provider configuration, in one region.
pub(crate) struct Keys {
    aws: Connection,
    kms: Arc<dyn Kms>,
    tags: Arc<TagPolicy>,
}

impl Keys {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            kms: place.aws.session.kms(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }
}

/// How long a creation, and a change that waits for the same things, may take.
fn limit(value: Option<&Value>) -> Duration {
    LIMITS.of(value, "create")
}

fn private(value: Option<&Value>) -> Arc<[u8]> {
    LIMITS.private_bytes(value)
}

impl ResourceType for Keys {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request, &self.tags)
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
                StepKind::Update => self.update(cx, step).await,
                StepKind::Delete => self.delete(step).await,
            }
        })
    }

    /// The service makes a key's id; its description tells the region, and people, what was meant.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        let description = crate::members::text(value, "description").unwrap_or_default();
        BTreeMap::from([("description".to_owned(), description.to_owned())])
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        crate::members::filled(value, "key_id").map(str::to_owned)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
    }

    fn judge<'a>(&'a self, cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(cx, intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(id))
    }
}
