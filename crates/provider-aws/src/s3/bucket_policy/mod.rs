//! `aws_s3_bucket_policy`: who may do what with a bucket, said at the bucket itself.

use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::bucket::schema::same_policy;
use super::setting::{Members, Setting};
use crate::iam_policy;
use crate::members::{filled, text as text_member};
use crate::rules::{Body, Bounds, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_policy";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("bucket", Mode::Required).replaces(),
            text("id", Mode::OptionalComputed),
            text("policy", Mode::Required)
                .suppress(same_policy)
                .bounds(Bounds::Json)
                .stored_as(normal),
        ])
    })
}

fn normal(policy: &str) -> String {
    iam_policy::normalized(policy).unwrap_or_else(|| policy.to_owned())
}

/// The setting as a type.
pub(crate) struct BucketPolicy;

impl Setting for BucketPolicy {
    const LABEL: &'static str = "S3 Bucket ({}) Policy";
    const SETTING: BucketSetting = BucketSetting::Policy;
    const PUTS: bool = true;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        let policy = filled(value, "policy")?;
        let document = Element {
            text: normal(policy),
            ..Element::new("Policy")
        };
        Some(document.into())
    }

    fn seen(said: &Said, like: &Value) -> Option<Members> {
        let policy = said.document.text.as_str();
        // S3 may give it back in other words: those that stand in state stay.
        let before = text_member(like, "policy");
        let same = before.filter(|before| iam_policy::equivalent(before, policy));
        Some(vec![(
            "policy",
            Value::string(normal(same.unwrap_or(policy))),
        )])
    }
}
