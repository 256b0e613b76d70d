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
use trueup_provider::{Adoption, Context, Intent, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::lifecycle::{Lifecycle, Living, Read as _, judged_by_id};
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
        Arc::new(Living(Self {
            kms: place.aws.session.kms(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

/// How long a creation, and a change that waits for the same things, may take.
fn limit(value: Option<&Value>) -> Duration {
    LIMITS.of(value, "create")
}

impl Lifecycle for Keys {
    const LABEL: &'static str = "KMS Key";
    const NOUN: &'static str = "key";
    const GONE: &'static str = "Its deletion was scheduled meanwhile. Run again to create it anew.";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request, &self.tags)
    }

    /// The service makes a key's id; its description tells the region, and people, what was meant.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        let description = crate::members::text(value, "description").unwrap_or_default();
        BTreeMap::from([("description".to_owned(), description.to_owned())])
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        self.named(value)
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
    }

    async fn judge(&self, cx: &Context, intent: Intent) -> Adoption {
        judged_by_id(self, cx, intent).await
    }
}
