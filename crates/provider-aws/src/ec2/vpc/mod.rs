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
use trueup_provider::{Adoption, Context, Intent, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::ec2::problem_with;
use crate::lifecycle::{Lifecycle, Living, Read as _, Told, judged_by_id};
use crate::region::Place;
use crate::tags::TagPolicy;

/// The type under one provider configuration, in one region.
pub(crate) struct Vpcs {
    aws: Connection,
    ec2: Arc<dyn Ec2>,
    tags: Arc<TagPolicy>,
}

impl Vpcs {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            ec2: place.aws.session.ec2(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

impl Lifecycle for Vpcs {
    const LABEL: &'static str = "EC2 VPC";
    const NOUN: &'static str = "VPC";
    const TOLD: Told = problem_with;

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request, &self.tags)
    }

    /// The service makes a VPC's id; range and name tell people what was meant.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value)
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        self.named(value)
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value, &self.tags)
    }

    async fn judge(&self, cx: &Context, intent: Intent) -> Adoption {
        judged_by_id(self, cx, intent).await
    }
}
