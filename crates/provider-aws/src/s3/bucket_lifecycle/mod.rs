//! `aws_s3_bucket_lifecycle_configuration`: when objects of a bucket move to other storage, and when
//! they go.

pub(crate) mod schema;
mod wire;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_value::{Type, Value};

use super::setting::{Members, Setting};
use crate::members::{elements, filled, member};
use crate::rules::{Body, Draft};
use crate::satellite::with;
use schema::{SIZE, body};

/// The header that carries the size below which nothing moves.
const SIZE_HEADER: &str = "x-amz-transition-default-minimum-object-size";

/// The setting as a type.
pub(crate) struct Lifecycle;

impl Setting for Lifecycle {
    const LABEL: &'static str = "S3 Bucket ({}) Lifecycle Configuration";
    const SETTING: BucketSetting = BucketSetting::Lifecycle;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        let mut said = Said::from(wire::document(elements(value, "rule")));
        if let Some(size) = filled(value, SIZE) {
            said.headers.insert(SIZE_HEADER.to_owned(), size.to_owned());
        }
        Some(said)
    }

    fn seen(said: &Said, like: &Value) -> Option<Members> {
        // A newer member: who never said it does not get it, so that older releases read the state.
        let size = match member(like, SIZE) {
            Some(before) if before.is_known() => said
                .headers
                .get(SIZE_HEADER)
                .map_or_else(|| before.clone(), Value::string),
            _ => Value::null(Type::String),
        };
        Some(vec![(SIZE, size), ("rule", wire::rules(&said.document))])
    }

    fn proposed(prior: Option<&Value>, proposed: &Value) -> Value {
        // A rule without a filter is sent with an empty one, which is no difference.
        let before = prior.map_or(&[][..], |prior| elements(prior, "rule"));
        let after = elements(proposed, "rule");
        if before.is_empty() || after.is_empty() {
            return proposed.clone();
        }
        let rules = after.iter().enumerate().map(|(n, rule)| {
            let filter = before.get(n).and_then(|before| member(before, "filter"));
            match filter {
                Some(filter)
                    if member(rule, "filter").is_none_or(|said| said.length() == Some(0)) =>
                {
                    with(rule, [("filter", filter.clone())])
                }
                _ => rule.clone(),
            }
        });
        let rules = Value::list(body().within("rule").ty(), rules.collect());
        with(proposed, [("rule", rules)])
    }

    fn adjust(
        draft: &mut Draft,
        prior: Option<&Value>,
        _wanted: &Value,
        _problems: &mut trueup_provider::Problems,
    ) {
        if prior.is_none() && !draft.get(SIZE).is_known() {
            draft.members.insert(SIZE.into(), Value::null(Type::String));
        }
    }
}
