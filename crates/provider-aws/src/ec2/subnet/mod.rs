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
use trueup_provider::{Adoption, Context, Intent, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::ec2::problem_with;
use crate::lifecycle::{Lifecycle, Living, Told, judged_by_id};
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
        Arc::new(Living(Self {
            ec2: place.aws.session.ec2(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

impl Lifecycle for Subnets {
    const LABEL: &'static str = "EC2 Subnet";
    const NOUN: &'static str = "subnet";
    const TOLD: Told = problem_with;

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request, &self.tags)
    }

    /// No two subnets of a VPC share an address.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value)
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
    }

    async fn judge(&self, cx: &Context, intent: Intent) -> Adoption {
        judged_by_id(self, cx, intent).await
    }
}
