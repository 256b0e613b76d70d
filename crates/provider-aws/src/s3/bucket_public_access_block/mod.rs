//! `aws_s3_bucket_public_access_block`: what keeps a bucket from being made public.

use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::form::{Say, flag_in};
use super::setting::{Members, Setting};
use crate::rules::{Body, Mode, boolean, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_public_access_block";

/// The flags, with S3's names for them.
const FLAGS: [(&str, &str); 4] = [
    ("block_public_acls", "BlockPublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
];

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let mut attributes = vec![
            text("bucket", Mode::Required).replaces(),
            text("id", Mode::OptionalComputed),
        ];
        let flags = FLAGS.map(|(name, _)| boolean(name, Mode::Optional).default(false));
        attributes.extend(flags);
        Body::new(attributes)
    })
}

/// The setting as a type.
pub(crate) struct PublicAccessBlock;

impl Setting for PublicAccessBlock {
    const LABEL: &'static str = "S3 Bucket ({}) Public Access Block";
    const SETTING: BucketSetting = BucketSetting::PublicAccessBlock;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        let document = Element::new("PublicAccessBlockConfiguration");
        let document = FLAGS.iter().fold(document, |document, (member, name)| {
            document.say_flag(name, value, member)
        });
        Some(document.into())
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let flags = FLAGS.map(|(member, name)| (member, flag_in(&said.document, name)));
        Some(flags.to_vec())
    }
}
