//! The attributes of `aws_dynamodb_resource_policy`.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, boolean, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_resource_policy";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            boolean(
                "confirm_remove_self_resource_access",
                Mode::OptionalComputed,
            ),
            text("id", Mode::Computed),
            text("policy", Mode::Required),
            text("resource_arn", Mode::Required).replaces(),
            text("revision_id", Mode::Computed),
        ])
    })
}
