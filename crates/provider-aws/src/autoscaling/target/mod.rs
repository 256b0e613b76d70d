//! `aws_appautoscaling_target`.

mod change;
mod model;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::AutoScaling;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use super::target_of;
use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::members::is_unknown;
use crate::region::Place;
use crate::rules::draft;
use crate::tags::{TagPolicy, plan_tags_all};

/// The type under one provider configuration, in one region.
pub(crate) struct Targets {
    aws: Connection,
    autoscaling: Arc<dyn AutoScaling>,
    tags: Arc<TagPolicy>,
    region: String,
    first_pause: Duration,
}

impl Targets {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            autoscaling: place.aws.session.autoscaling(),
            region: place.aws.region.clone(),
            first_pause: place.aws.first_pause,
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }
}

/// The members that name a target and a name of its identity for each.
const NAMES: [&str; 3] = ["service_namespace", "resource_id", "scalable_dimension"];

impl ResourceType for Targets {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
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

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        if NAMES.iter().any(|name| is_unknown(value, name)) {
            return BTreeMap::new();
        }
        let name = target_of(value);
        NAMES
            .into_iter()
            .map(str::to_owned)
            .zip([name.namespace, name.resource, name.dimension])
            .collect()
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        let request = model::registration(value, Default::default());
        digest_of_text(&format!(
            "target {:?} {:?} {:?}",
            request.name, request.min, request.max
        ))
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

impl Targets {
    /// Judges one open intent. A target that was registered as planned is ours: registering is putting.
    async fn judged(&self, intent: Intent) -> Adoption {
        let part = |n: usize| intent.identity.get(NAMES[n]).cloned().unwrap_or_default();
        let name = trueup_aws::autoscaling::TargetName {
            namespace: part(0),
            resource: part(1),
            dimension: part(2),
        };
        if name.resource.is_empty() {
            return Adoption::Forget;
        }
        let unclear = |error| {
            let doing = format!(
                "recovering Application AutoScaling Target ({})",
                name.resource
            );
            Adoption::Unclear(problem(&doing, &error))
        };
        let found = match self.find(&name).await {
            Ok(found) => found,
            Err(error) => return unclear(error),
        };
        match (intent.kind, found) {
            (StepKind::Delete, None) => Adoption::Gone,
            (StepKind::Create, Some(target)) if intent.in_state.is_none() => {
                match self.object(&target, None).await {
                    Ok(object) => {
                        let same = intent.planned_digest.as_deref()
                            == Some(self.digest(&object.value).as_str());
                        if same {
                            Adoption::Adopt(object)
                        } else {
                            // It is somebody else's; registering it is what the next plan does anyway.
                            Adoption::Forget
                        }
                    }
                    Err(error) => unclear(error),
                }
            }
            _ => Adoption::Forget,
        }
    }
}
