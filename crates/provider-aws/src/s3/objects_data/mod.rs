//! The data source `aws_s3_objects`: the keys of a bucket.

use std::sync::{Arc, OnceLock};

use trueup_aws::Objects;
use trueup_aws::s3::ListRequest;
use trueup_provider::{DataSource, Problems};
use trueup_value::{Path, Type, Value};

use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{filled, flag, member, whole};
use crate::region::Place;
use crate::rules::{Body, Mode, boolean, number, text, text_list};
use crate::satellite::{said, with};

/// The name of the data source.
pub(crate) const KIND: &str = "aws_s3_objects";

/// How many keys are told where no other number is said.
const USUAL: i64 = 1000;

/// How many keys a page has at most.
const PAGE: i64 = 1000;

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("bucket", Mode::Required),
            text_list("common_prefixes", Mode::Computed),
            text("delimiter", Mode::Optional),
            text("encoding_type", Mode::Optional).words(&["url"]),
            boolean("fetch_owner", Mode::Optional),
            text("id", Mode::OptionalComputed),
            text_list("keys", Mode::Computed),
            number("max_keys", Mode::Optional).default(USUAL),
            text_list("owners", Mode::Computed),
            text("prefix", Mode::Optional),
            text("request_charged", Mode::Computed),
            text("request_payer", Mode::Optional).words(&["requester"]),
            text("start_after", Mode::Optional),
        ])
    })
}

/// The data source in one region.
pub(crate) struct ObjectsData {
    objects: Arc<dyn Objects>,
}

impl ObjectsData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self {
            objects: place.aws.session.objects(),
        }))
    }
}

impl Lookup for ObjectsData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let of = |name: &str| filled(config, name).map(str::to_owned);
        let bucket = of("bucket").unwrap_or_default();
        let most = whole(config, "max_keys").unwrap_or(USUAL);
        let mut left = most;
        let (mut keys, mut prefixes, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = None;
        while left > 0 {
            let page = self
                .objects
                .list_page(ListRequest {
                    bucket: bucket.clone(),
                    prefix: of("prefix"),
                    delimiter: of("delimiter"),
                    encoding: of("encoding_type"),
                    start_after: of("start_after"),
                    owners: flag(config, "fetch_owner") == Some(true),
                    most: i32::try_from(left.min(PAGE)).ok(),
                    next: next.take(),
                })
                .await
                .map_err(|error| {
                    let doing = format!("listing S3 Bucket ({bucket}) Objects");
                    vec![problem(&doing, &error).at(Path::new().attr("bucket"))]
                })?;
            let count = page.keys.len() + page.common_prefixes.len();
            left -= i64::try_from(count).unwrap_or(left);
            keys.extend(page.keys);
            prefixes.extend(page.common_prefixes);
            owners.extend(page.owners);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let list = |texts: Vec<String>| {
            Value::list(Type::String, texts.into_iter().map(Value::string).collect())
        };
        let mut value = said(
            body(),
            [
                ("bucket", Value::string(&bucket)),
                ("common_prefixes", list(prefixes)),
                ("id", Value::string(&bucket)),
                ("keys", list(keys)),
                ("max_keys", Value::number(most)),
                ("owners", list(owners)),
                ("request_charged", Value::string("")),
            ],
        );
        for name in [
            "delimiter",
            "encoding_type",
            "fetch_owner",
            "prefix",
            "request_payer",
            "start_after",
        ] {
            if let Some(given) = member(config, name) {
                value = with(&value, [(name, given.clone())]);
            }
        }
        Ok(value)
    }
}
