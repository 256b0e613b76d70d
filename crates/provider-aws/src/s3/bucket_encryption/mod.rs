//! `aws_s3_bucket_server_side_encryption_configuration`: how a bucket's objects are encrypted unless
//! who writes them says otherwise.

use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::form::{Say, flag_in, text_in};
use super::setting::{Members, OWNER, Setting};
use crate::members::{block, elements};
use crate::rules::{Body, Bounds, Holding, Mode, Nested, boolean, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_server_side_encryption_configuration";

const DEFAULT: &str = "apply_server_side_encryption_by_default";

/// What a rule may say; `default` is whether it has to name an algorithm.
pub(super) fn rule(default: Mode) -> Body {
    let by_default = Body::new(vec![
        text("kms_master_key_id", Mode::Optional),
        text("sse_algorithm", Mode::Required).words(&["AES256", "aws:kms", "aws:kms:dsse"]),
    ]);
    let least = usize::from(default == Mode::Required);
    Body::new(vec![boolean("bucket_key_enabled", Mode::Optional)]).with_blocks(vec![
        Nested::new(DEFAULT, Holding::List, default, by_default)
            .at_least(least)
            .at_most(1),
    ])
}

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("bucket", Mode::Required)
                .replaces()
                .bounds(Bounds::Length(1, 63)),
            text(OWNER, Mode::Optional).replaces(),
            text("id", Mode::OptionalComputed),
        ])
        .with_blocks(vec![
            Nested::new(
                "rule",
                Holding::Set(None),
                Mode::Required,
                rule(Mode::Optional),
            )
            .at_least(1),
        ])
    })
}

/// The document for rules.
pub(super) fn document(rules: &[Value]) -> Element {
    let mut document = Element::new("ServerSideEncryptionConfiguration");
    for rule in rules {
        let default = block(rule, DEFAULT).map(|default| {
            Element::new("ApplyServerSideEncryptionByDefault")
                .say_text("KMSMasterKeyID", default, "kms_master_key_id")
                .say_text("SSEAlgorithm", default, "sse_algorithm")
        });
        let rule = Element::new("Rule").say(default).say_flag(
            "BucketKeyEnabled",
            rule,
            "bucket_key_enabled",
        );
        document = document.with(rule);
    }
    document
}

/// The rules of a document, in a body that has blocks `rule`.
pub(super) fn rules(body: &Body, document: &Element) -> Value {
    let inner = body.within("rule");
    body.blocks(
        "rule",
        document.all("Rule").map(|rule| {
            let default = rule.get("ApplyServerSideEncryptionByDefault");
            let default = default.map(|default| {
                [
                    ("kms_master_key_id", text_in(default, "KMSMasterKeyID")),
                    ("sse_algorithm", text_in(default, "SSEAlgorithm")),
                ]
            });
            [
                ("bucket_key_enabled", flag_in(rule, "BucketKeyEnabled")),
                (DEFAULT, inner.blocks(DEFAULT, default)),
            ]
        }),
    )
}

/// The setting as a type.
pub(crate) struct BucketEncryption;

impl Setting for BucketEncryption {
    const LABEL: &'static str = "S3 Bucket ({}) Server-side Encryption Configuration";
    const SETTING: BucketSetting = BucketSetting::Encryption;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        Some(document(elements(value, "rule")).into())
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        Some(vec![("rule", rules(body(), &said.document))])
    }
}
