//! `aws_s3_bucket_ownership_controls`: whose the objects are that others write into a bucket.

use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::form::{Say, text_in};
use super::setting::{Members, Setting};
use crate::members::block;
use crate::rules::{Body, Holding, Mode, Nested, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_ownership_controls";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let rule = Body::new(vec![text("object_ownership", Mode::Required).words(&[
            "BucketOwnerPreferred",
            "ObjectWriter",
            "BucketOwnerEnforced",
        ])]);
        Body::new(vec![
            text("bucket", Mode::Required).replaces(),
            text("id", Mode::OptionalComputed),
        ])
        .with_blocks(vec![
            Nested::new("rule", Holding::List, Mode::Required, rule)
                .at_least(1)
                .at_most(1),
        ])
    })
}

/// The setting as a type.
pub(crate) struct Ownership;

impl Setting for Ownership {
    const LABEL: &'static str = "S3 Bucket ({}) Ownership Controls";
    const SETTING: BucketSetting = BucketSetting::OwnershipControls;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        let rule = block(value, "rule")?;
        let rule = Element::new("Rule").say_text("ObjectOwnership", rule, "object_ownership");
        Some(Element::new("OwnershipControls").with(rule).into())
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let rules = said
            .document
            .all("Rule")
            .map(|rule| [("object_ownership", text_in(rule, "ObjectOwnership"))]);
        Some(vec![("rule", body().blocks("rule", rules))])
    }
}
