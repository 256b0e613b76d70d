//! `aws_appautoscaling_target`.

mod change;
mod model;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::AutoScaling;
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
use crate::tags::{TagPolicy, plan_tags_all};
use model::Found;

/// The type under one provider configuration, in one region.
pub(crate) struct Targets {
    aws: Connection,
    autoscaling: Arc<dyn AutoScaling>,
    tags: Arc<TagPolicy>,
}

impl Targets {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            autoscaling: place.aws.session.autoscaling(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

/// The members that name a target, each in an identity too.
const NAMES: [&str; 3] = ["service_namespace", "resource_id", "scalable_dimension"];

impl Lifecycle for Targets {
    const LABEL: &'static str = "Application AutoScaling Target";
    const NOUN: &'static str = "target";
    const GONE: &'static str = "It was deregistered meanwhile. Run again to register it anew.";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
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

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let named = identity.contains_key(NAMES[1]);
        Ok(named.then(|| Value::object_from(NAMES.map(|name| (name, text_of(identity, name))))))
    }

    fn digest(&self, value: &Value) -> String {
        let request = model::registration(value, Default::default());
        digest_of_text(&format!(
            "target {:?} {:?} {:?}",
            request.name, request.min, request.max
        ))
    }

    /// A target that was registered as planned is ours: registering is putting.
    fn claim(&self, object: &Object, _found: &Found, intent: &Intent) -> Claim {
        match intent.planned(&self.digest(&object.value)) {
            true => Claim::Ours,
            false => Claim::Nobodys,
        }
    }
}
