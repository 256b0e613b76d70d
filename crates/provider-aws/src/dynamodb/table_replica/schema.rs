//! The attributes of `aws_dynamodb_table_replica`.

use std::sync::OnceLock;
use std::time::Duration;

use crate::rules::{Body, Mode, boolean, text, text_map};
use crate::timeouts::Limits;

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_table_replica";

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete", "update"];

/// How long each phase may take.
pub(super) static LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(30 * 60)),
        ("delete", Duration::from_secs(30 * 60)),
        ("update", Duration::from_secs(20 * 60)),
    ],
    version: 0,
};

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            boolean("deletion_protection_enabled", OC),
            text("global_table_arn", R).replaces(),
            text("id", OC),
            text("kms_key_arn", OC).replaces(),
            boolean("point_in_time_recovery", O).default(false),
            text("table_class_override", O).replaces(),
            text_map("tags", O),
            text_map("tags_all", OC),
        ])
        .with_timeouts(TIMEOUTS)
    })
}
