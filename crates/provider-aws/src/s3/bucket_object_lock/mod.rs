//! `aws_s3_bucket_object_lock_configuration`: for how long a bucket's objects can't be deleted.

use std::sync::OnceLock;

use trueup_aws::Error;
use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::form::{Say, number_in, text_in};
use super::setting::{Members, OWNER, Removal, Setting};
use crate::members::{block, filled, text as text_member};
use crate::rules::{Body, Bounds, Holding, Mode, Nested, number, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_object_lock_configuration";

/// What a rule may say.
pub(super) fn rule() -> Body {
    let retention = Body::new(vec![
        number("days", Mode::Optional)
            .bounds(Bounds::AtLeast(1))
            .conflicts(&["years"]),
        text("mode", Mode::Required).words(&["GOVERNANCE", "COMPLIANCE"]),
        number("years", Mode::Optional)
            .bounds(Bounds::AtLeast(1))
            .conflicts(&["days"]),
    ]);
    Body::default().with_blocks(vec![
        Nested::new(
            "default_retention",
            Holding::List,
            Mode::Required,
            retention,
        )
        .at_least(1)
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
            text("object_lock_enabled", Mode::Optional)
                .default("Enabled")
                .replaces()
                .words(&["Enabled"]),
            text("token", Mode::Optional).sensitive(),
        ])
        .with_blocks(vec![
            Nested::new("rule", Holding::List, Mode::Optional, rule()).at_most(1),
        ])
    })
}

/// The document for a value with a rule, and whether object lock is on.
pub(super) fn document(value: &Value, with_rule: bool) -> Element {
    let enabled = text_member(value, "object_lock_enabled").unwrap_or("Enabled");
    let rule = block(value, "rule").filter(|_| with_rule);
    let retention = rule.and_then(|rule| block(rule, "default_retention"));
    let rule = retention.map(|retention| {
        let retention = Element::new("DefaultRetention")
            .say_number("Days", retention, "days")
            .say_text("Mode", retention, "mode")
            .say_number("Years", retention, "years");
        Element::new("Rule").with(retention)
    });
    Element::new("ObjectLockConfiguration")
        .leaf("ObjectLockEnabled", enabled)
        .say(rule)
}

/// The rule of a document, in a body that has a block `rule`.
pub(super) fn rule_of(body: &Body, document: &Element) -> Value {
    let retention = document
        .get("Rule")
        .and_then(|rule| rule.get("DefaultRetention"));
    let rule = retention.map(|retention| {
        let retention = [[
            ("days", number_in(retention, "Days")),
            ("mode", text_in(retention, "Mode")),
            ("years", number_in(retention, "Years")),
        ]];
        let inner = body.within("rule");
        [(
            "default_retention",
            inner.blocks("default_retention", retention),
        )]
    });
    body.blocks("rule", rule)
}

/// The setting as a type.
pub(crate) struct ObjectLock;

fn said_with(value: &Value, with_rule: bool) -> Said {
    let mut said = Said::from(document(value, with_rule));
    if let Some(token) = filled(value, "token") {
        let header = "x-amz-bucket-object-lock-token".to_owned();
        said.headers.insert(header, token.to_owned());
    }
    said
}

impl Setting for ObjectLock {
    const LABEL: &'static str = "S3 Bucket ({}) Object Lock Configuration";
    const SETTING: BucketSetting = BucketSetting::ObjectLock;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        Some(said_with(value, true))
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let document = &said.document;
        Some(vec![
            (
                "object_lock_enabled",
                text_in(document, "ObjectLockEnabled"),
            ),
            ("rule", rule_of(body(), document)),
        ])
    }

    fn removal(prior: &Value) -> Removal {
        // Object lock can't be turned off; what can end is the rule.
        Removal::Put(said_with(prior, false))
    }

    fn ended(error: &Error) -> bool {
        error.code() == "ObjectLockConfigurationNotFoundError"
    }
}
