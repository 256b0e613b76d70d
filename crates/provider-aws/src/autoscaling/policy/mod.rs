//! `aws_appautoscaling_policy`.

mod change;
mod identity;
mod model;
pub(crate) mod schema;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use trueup_aws::autoscaling::{ScalingPolicy, TargetName};
use trueup_aws::{AutoScaling, Error};
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, Object, PlanRequest, Planned,
    Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use super::target_of;
use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::members::is_unknown;
use crate::region::Place;
use crate::rules::{draft, read_beside};
use crate::timeouts::no_private;
use model::{name_of, to_state};

/// The type under one provider configuration, in one region.
pub(crate) struct Policies {
    aws: Connection,
    autoscaling: Arc<dyn AutoScaling>,
}

impl Policies {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            autoscaling: place.aws.session.autoscaling(),
            aws: place.aws.clone(),
        })
    }

    /// The policy of a name on a target, if there is one.
    async fn find(&self, target: &TargetName, name: &str) -> Result<Option<ScalingPolicy>, Error> {
        let all = match self.autoscaling.describe_scaling_policies(target).await {
            Ok(all) => all,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let ours = |policy: &ScalingPolicy| {
            policy.name == name && policy.target.dimension == target.dimension
        };
        Ok(all.into_iter().find(ours))
    }
}

/// The members that name a policy, each in an identity too.
const NAMES: [&str; 4] = [
    "service_namespace",
    "resource_id",
    "scalable_dimension",
    "name",
];

fn read_as(policy: Option<&ScalingPolicy>, prior: Object) -> ReadOutcome {
    let Some(policy) = policy else {
        return ReadOutcome::Absent;
    };
    read_beside(prior, &to_state(policy))
}

impl ResourceType for Policies {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let draft = draft(schema::body(), prior, request.proposed);
        draft.planned(prior, request.proposed)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut all = self.read_many(cx, vec![request]).await;
            all.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    /// One call for all policies of a target.
    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(async move {
            let mut groups: BTreeMap<TargetName, Vec<(usize, Object)>> = BTreeMap::new();
            for (n, request) in requests.into_iter().enumerate() {
                let target = target_of(&request.prior.value);
                groups.entry(target).or_default().push((n, request.prior));
            }
            let read = futures::stream::iter(groups)
                .map(|(target, group)| async move {
                    let found = self.autoscaling.describe_scaling_policies(&target).await;
                    let outcome = |prior: Object| match &found {
                        Ok(all) => {
                            let policy = all.iter().find(|policy| {
                                policy.name == name_of(&prior.value)
                                    && policy.target.dimension == target.dimension
                            });
                            read_as(policy, prior)
                        }
                        Err(error) if error.is_not_found() => ReadOutcome::Absent,
                        Err(error) => {
                            let name = name_of(&prior.value);
                            let doing =
                                format!("reading Application Auto Scaling Scaling Policy ({name})");
                            ReadOutcome::Failed(problem(&doing, error))
                        }
                    };
                    let group = group.into_iter();
                    group
                        .map(|(n, prior)| (n, outcome(prior)))
                        .collect::<Vec<_>>()
                })
                .buffer_unordered(cx.parallelism.max(1));
            let mut all: Vec<(usize, ReadOutcome)> = read
                .collect::<Vec<_>>()
                .await
                .into_iter()
                .flatten()
                .collect();
            all.sort_by_key(|(n, _)| *n);
            all.into_iter().map(|(_, outcome)| outcome).collect()
        })
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                StepKind::Create | StepKind::Update => self.put(cx, step, progress).await,
                StepKind::Delete => self.delete(step).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        if NAMES.iter().any(|name| is_unknown(value, name)) {
            return BTreeMap::new();
        }
        let target = target_of(value);
        let name = name_of(value).to_owned();
        NAMES
            .into_iter()
            .map(str::to_owned)
            .zip([target.namespace, target.resource, target.dimension, name])
            .collect()
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        let policy = model::request(value);
        digest_of_text(&format!(
            "policy {:?} {:?} {}",
            policy.target, policy.name, policy.kind
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
        Box::pin(async move {
            let Some((target, name)) = identity::named(id) else {
                return Err(Problem::error(
                    format!(
                        "unexpected format ({id:?}), expected <service-namespace>/<resource-id>/<scalable-dimension>/<policy-name>"
                    ),
                    "A policy of a table is written as dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/reads, one of an index as dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits/reads.",
                ));
            };
            let doing = format!("reading Application Auto Scaling Scaling Policy ({name})");
            let found = self
                .find(&target, &name)
                .await
                .map_err(|error| problem(&doing, &error))?;
            match found {
                Some(policy) => Ok(vec![Imported {
                    object: Object {
                        value: to_state(&policy),
                        private: Some(no_private()),
                    },
                }]),
                None => Err(Problem::error(
                    "Cannot import non-existent remote object",
                    format!(
                        "There is no scaling policy {name:?} on {} of {} in {}.",
                        target.dimension, target.resource, self.aws.region
                    ),
                )),
            }
        })
    }
}

impl Policies {
    /// Judges one open intent. A policy of the name that was to be put is ours: putting replaces, and
    /// what differs the next plan puts right.
    async fn judged(&self, intent: Intent) -> Adoption {
        let [namespace, resource, dimension, name] =
            NAMES.map(|name| intent.identity.get(name).cloned().unwrap_or_default());
        if name.is_empty() {
            return Adoption::Forget;
        }
        let target = TargetName {
            namespace,
            resource,
            dimension,
        };
        match (intent.kind, self.find(&target, &name).await) {
            (_, Err(error)) => {
                let doing = format!("recovering Application Auto Scaling Scaling Policy ({name})");
                Adoption::Unclear(problem(&doing, &error))
            }
            (StepKind::Delete, Ok(None)) => Adoption::Gone,
            (StepKind::Create, Ok(Some(policy))) if intent.in_state.is_none() => {
                Adoption::Adopt(Object {
                    value: to_state(&policy),
                    private: Some(no_private()),
                })
            }
            _ => Adoption::Forget,
        }
    }
}
