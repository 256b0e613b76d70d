//! `aws_kinesis_stream`: a stream that a table's changes, among others, go to.

mod change;
mod model;
mod plan;
pub(crate) mod schema;
pub(crate) mod validate;

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::{Error, Kinesis};
use trueup_provider::{PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::arn::Arn;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::members::{filled, whole};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Satellite, said};
use crate::tags::TagPolicy;
use crate::timeouts::Limits;
use model::{Found, is_provisioned, said_mode, to_state};
use schema::body;

/// How long the phases may take.
const LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(5 * 60)),
        ("delete", Duration::from_secs(120 * 60)),
        ("update", Duration::from_secs(120 * 60)),
    ],
    version: schema::VERSION,
};

/// The type under one provider configuration, in one region.
pub(crate) struct Streams {
    aws: Connection,
    kinesis: Arc<dyn Kinesis>,
    tags: Arc<TagPolicy>,
}

impl Streams {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            kinesis: place.aws.session.kinesis(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

impl Satellite for Streams {
    type Seen = Found;
    const LABEL: &'static str = "Kinesis Stream";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["name"];

    fn body() -> &'static Body {
        body()
    }

    fn blank() -> Value {
        said(body(), [("enforce_consumer_deletion", Value::bool(false))])
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request, &self.tags)
    }

    fn limit(&self, value: &Value, phase: &'static str) -> Duration {
        LIMITS.of(Some(value), phase)
    }

    fn private(&self, value: &Value) -> Option<Arc<[u8]>> {
        Some(LIMITS.private_bytes(Some(value)))
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        let name = match Arn::parse(id) {
            Ok(arn) if arn.service == "kinesis" => arn.resource.strip_prefix("stream/"),
            Ok(_) => None,
            Err(_) => Some(id),
        };
        match name.filter(|name| !name.is_empty() && !name.contains('/')) {
            Some(name) => Ok(Self::named([name])),
            None => Err("An id is the stream's name.".to_owned()),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        filled(value, "name").map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Self::Seen>, Error> {
        let gone = |error: Error| match error.is_not_found() {
            true => Ok(None),
            false => Err(error),
        };
        let summary = match self.kinesis.describe_stream_summary(subject).await {
            Ok(summary) if summary.status == "DELETING" => return Ok(None),
            Ok(summary) => summary,
            Err(error) => return gone(error),
        };
        match self.kinesis.list_stream_tags(subject).await {
            Ok(tags) => Ok(Some(Found { summary, tags })),
            Err(error) => gone(error),
        }
    }

    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value> {
        Some(to_state(seen, &self.tags, like))
    }

    /// What the call that creates a stream says: the rest follows by calls of their own.
    fn digest(&self, value: &Value) -> String {
        let name = filled(value, "name").unwrap_or_default();
        let mode = said_mode(value).unwrap_or(model::PROVISIONED);
        let shards = whole(value, "shard_count").filter(|_| is_provisioned(value));
        digest_of_text(&format!("stream {name:?} {mode} {shards:?}"))
    }
}
