//! `aws_s3_object`.

mod change;
pub(crate) mod content;
pub(in crate::s3) mod model;
pub(crate) mod schema;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::s3::ObjectName;
use trueup_aws::{Error, Kms, Objects as ObjectCalls};
use trueup_provider::{PlanRequest, Planned, ResourceType, same_but_for_zero};
use trueup_value::{Type, Value};

use super::patient::SPREAD;
use super::versions::Stock;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::failure::if_there;
use crate::members::{filled, member};
use crate::region::Place;
use crate::rules::{Body, draft};
use crate::satellite::{Beside, Satellite, with};
use crate::tags::{TagPolicy, plan_tags_all};
use crate::timeouts::no_private;
use content::{LocalFiles, clean_key};
use model::{Found, members, policy_for};
use schema::{CONTENT, body};

/// The account's own key for S3, where no other is named.
const USUAL_KEY: &str = "alias/aws/s3";

/// Parts of what a look is at are told apart by this.
const BETWEEN: char = '\u{1}';

/// The type under one provider configuration, in one region.
pub(crate) struct Objects {
    aws: Connection,
    objects: Arc<dyn ObjectCalls>,
    kms: Arc<dyn Kms>,
    stock: Stock,
    tags: Arc<TagPolicy>,
    files: Arc<LocalFiles>,
}

impl Objects {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            aws: place.aws.clone(),
            objects: place.aws.session.objects(),
            kms: place.aws.session.kms(),
            stock: Stock::of(place),
            tags: Arc::clone(&place.tags),
            files: Arc::clone(&place.files),
        }))
    }

    fn name(value: &Value) -> ObjectName {
        ObjectName {
            bucket: filled(value, "bucket").unwrap_or_default().to_owned(),
            key: clean_key(filled(value, "key").unwrap_or_default()),
            version_id: None,
        }
    }

    fn to_state(&self, found: &Found, like: &Value) -> Value {
        let partition = self.aws.session.partition();
        let mut state = like.clone();
        for member in members(found, &self.tags, &partition, like) {
            state = with(&state, [member]);
        }
        state
    }

    /// An object as S3 tells of it; nothing where it is gone.
    async fn find(&self, name: &ObjectName, checksums: bool) -> Result<Option<Found>, Error> {
        let head = self.objects.head(name, checksums, None);
        let (head, tags) = futures::future::join(head, self.objects.tags(name)).await;
        let Some(headers) = if_there(head)? else {
            return Ok(None);
        };
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.class() == trueup_aws::Class::Unsupported => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let usual_key = match headers.get(content::KMS_KEY) {
            None => false,
            Some(key) => match self.kms.describe_key(USUAL_KEY).await {
                Ok(usual) => usual.arn == *key,
                Err(error) if error.is_not_found() => false,
                Err(error) => return Err(error),
            },
        };
        Ok(Some(Found {
            headers,
            tags,
            usual_key,
        }))
    }
}

impl Satellite for Objects {
    type Seen = Found;
    const LABEL: &'static str = "S3 Object";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["bucket", "key"];

    fn body() -> &'static Body {
        body()
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(body(), prior, request.proposed);
        let policy = policy_for(&self.tags, request.proposed);
        plan_tags_all(&policy, &mut draft, prior, request.proposed);
        if let Some(before) = prior {
            let differs = |name: &str| {
                let nothing = Value::dynamic_null();
                let before = member(before, name).unwrap_or(&nothing);
                !same_but_for_zero(before, &draft.get(name))
            };
            let written = CONTENT.iter().any(|name| differs(name));
            let hashed = differs("source_hash");
            let unknown = || Value::unknown(Type::String);
            if written {
                draft.set("version_id", unknown(), prior);
            }
            if hashed {
                draft.set("etag", unknown(), prior);
            }
        }
        draft.planned(prior, request.proposed)
    }

    fn limit(&self, _value: &Value, _phase: &'static str) -> Duration {
        SPREAD
    }

    fn private(&self, _value: &Value) -> Option<Arc<[u8]>> {
        Some(no_private())
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        let path = id.strip_prefix("s3://").unwrap_or(id);
        let form = "An id is BUCKET/KEY, or s3://BUCKET/KEY.";
        let parts = path.trim_start_matches('/').split_once('/');
        match parts.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) {
            Some((bucket, key)) => Ok(Self::named([bucket, key])),
            None => Err(form.to_owned()),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        let name = Self::name(value);
        let checksums = filled(value, "checksum_algorithm").is_some();
        (!name.bucket.is_empty() && !name.key.is_empty()).then(|| {
            let flag = if checksums { "sums" } else { "" };
            format!("{}{BETWEEN}{flag}{BETWEEN}{}", name.bucket, name.key)
        })
    }

    async fn look(&self, subject: &str) -> Result<Option<Found>, Error> {
        let mut parts = subject.splitn(3, BETWEEN);
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (bucket, flag, key) = (next(), next(), next());
        let name = ObjectName {
            bucket,
            key,
            version_id: None,
        };
        self.find(&name, !flag.is_empty()).await
    }

    fn state(&self, seen: &Found, like: &Value) -> Option<Value> {
        Some(self.to_state(seen, like))
    }

    fn digest(&self, value: &Value) -> String {
        // Writing it again is no harm: where it is tells enough.
        let name = Self::name(value);
        digest_of_text(&format!("object {:?} {:?}", name.bucket, name.key))
    }
}
