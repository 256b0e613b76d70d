//! `aws_s3_bucket`.

mod change;
mod delete;
pub(in crate::s3) mod inline;
mod model;
pub(in crate::s3) mod names;
mod read;
mod recover;
pub(crate) mod schema;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::{Error, S3};
use trueup_provider::{Intent, PlanRequest, Planned, Problems, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::members::{filled, member};
use crate::region::Place;
use crate::rules::{Body, check, draft};
use crate::s3::versions::Stock;
use crate::satellite::{Beside, Satellite, said, text_of, with};
use crate::tags::{TagPolicy, plan_tags_all};
use model::{Found, to_state};
use schema::{LIMITS, body};

/// The type under one provider configuration, in one region.
pub(crate) struct Buckets {
    aws: Connection,
    s3: Arc<dyn S3>,
    buckets: Arc<dyn trueup_aws::Buckets>,
    stock: Stock,
    tags: Arc<TagPolicy>,
}

impl Buckets {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            aws: place.aws.clone(),
            s3: place.aws.session.s3(),
            buckets: place.aws.session.buckets(),
            stock: Stock::of(place),
            tags: Arc::clone(&place.tags),
        }))
    }
}

impl Satellite for Buckets {
    type Seen = Found;
    const LABEL: &'static str = "S3 Bucket";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["bucket"];

    fn body() -> &'static Body {
        body()
    }

    fn blank() -> Value {
        said(body(), [("force_destroy", Value::bool(false))])
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
    }

    fn warnings(&self, config: &Value) -> Problems {
        let mut found = check(body(), config);
        found.retain(|problem| !problem.is_error());
        found
    }

    fn limit(&self, value: &Value, phase: &'static str) -> Duration {
        LIMITS.of(Some(value), phase)
    }

    fn private(&self, value: &Value) -> Option<Arc<[u8]>> {
        Some(LIMITS.private_bytes(Some(value)))
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        recover::identity(value, &self.aws.region)
    }

    fn with_name(&self, planned: &Value, token: &str) -> Option<Value> {
        let name = || Value::string(names::chosen(planned, token));
        (!is_named(planned)).then(|| with(planned, [("bucket", name())]))
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Result<Value, Error> {
        let name = text_of(identity, "bucket");
        Ok(with(
            &Self::blank(),
            [("bucket", name.clone()), ("id", name)],
        ))
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        match id.is_empty() {
            true => Err("An id is the name of a bucket.".to_owned()),
            false => Ok(said(body(), [("id", Value::string(id))])),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        let name = filled(value, "id").or_else(|| filled(value, "bucket"));
        name.map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Found>, Error> {
        self.find(subject).await
    }

    fn state(&self, seen: &Found, like: &Value) -> Option<Value> {
        Some(to_state(seen, &self.tags, Some(like)))
    }

    fn digest(&self, value: &Value) -> String {
        recover::digest(value)
    }

    async fn made_by(&self, intent: &Intent) -> Result<Option<Value>, Error> {
        self.made_since(intent).await
    }
}

/// Whether a value names its bucket; the name of a new one may be made up by the apply.
fn is_named(value: &Value) -> bool {
    member(value, "bucket").is_some_and(Value::is_known)
}
