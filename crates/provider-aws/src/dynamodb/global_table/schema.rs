//! The attributes of `aws_dynamodb_global_table`.

use std::sync::OnceLock;
use std::time::Duration;

use crate::rules::{Body, Holding, Mode, Nested, text};
use crate::timeouts::Limits;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_global_table";

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete", "update"];

/// How long each phase may take.
pub(super) static LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(60)),
        ("delete", Duration::from_secs(60)),
        ("update", Duration::from_secs(60)),
    ],
    version: 0,
};

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("name", Mode::Required).replaces(),
        ])
        .with_blocks(vec![
            Nested::new(
                "replica",
                Holding::Set(None),
                Mode::Required,
                Body::new(vec![text("region_name", Mode::Required)]),
            )
            .at_least(1),
        ])
        .with_timeouts(TIMEOUTS)
    })
}
