//! `aws_appautoscaling_policy`.

mod change;
mod identity;
mod model;
mod read;
pub(crate) mod schema;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::AutoScaling;
use trueup_aws::autoscaling::ScalingPolicy;
use trueup_provider::{Intent, Object, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use super::target_of;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::lifecycle::{Claim, Lifecycle, Living, Look};
use crate::members::is_unknown;
use crate::region::Place;
use crate::rules::draft;
use crate::satellite::text_of;
use model::name_of;

/// The type under one provider configuration, in one region.
pub(crate) struct Policies {
    aws: Connection,
    autoscaling: Arc<dyn AutoScaling>,
}

impl Policies {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            autoscaling: place.aws.session.autoscaling(),
            aws: place.aws.clone(),
        }))
    }
}

/// The members that name a policy, each in an identity too.
const NAMES: [&str; 4] = [
    "service_namespace",
    "resource_id",
    "scalable_dimension",
    "name",
];

impl Lifecycle for Policies {
    const LABEL: &'static str = "Application Auto Scaling Scaling Policy";
    const NOUN: &'static str = "policy";
    const GONE: &'static str =
        "It was deleted meanwhile, perhaps with its target. Run again to put it anew.";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let draft = draft(schema::body(), prior, request.proposed);
        draft.planned(prior, request.proposed)
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

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let named = identity.contains_key(NAMES[3]);
        Ok(named.then(|| Value::object_from(NAMES.map(|name| (name, text_of(identity, name))))))
    }

    fn digest(&self, value: &Value) -> String {
        let policy = model::request(value);
        digest_of_text(&format!(
            "policy {:?} {:?} {}",
            policy.target, policy.name, policy.kind
        ))
    }

    /// A policy of the name that was to be put is ours: putting replaces, and what differs the next plan
    /// puts right.
    fn claim(&self, _object: &Object, _found: &ScalingPolicy, _intent: &Intent) -> Claim {
        Claim::Ours
    }
}
