//! The attributes of `aws_dynamodb_contributor_insights`.

use std::sync::OnceLock;
use std::time::Duration;

use crate::rules::{Body, Mode, text};
use crate::timeouts::Limits;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_contributor_insights";

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete"];

const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);

/// How long they take at most.
pub(crate) const LIMITS: Limits = Limits {
    phases: &[("create", FIVE_MINUTES), ("delete", FIVE_MINUTES)],
    version: 0,
};

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("id", Mode::OptionalComputed),
            text("index_name", Mode::Optional).replaces(),
            text("mode", Mode::OptionalComputed),
            text("table_name", Mode::Required).replaces(),
        ])
        .with_timeouts(TIMEOUTS)
    })
}
