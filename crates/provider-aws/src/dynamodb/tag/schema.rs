//! The attributes of `aws_dynamodb_tag`.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_tag";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("id", Mode::OptionalComputed),
            text("key", Mode::Required).replaces(),
            text("resource_arn", Mode::Required).replaces(),
            text("value", Mode::Required),
        ])
    })
}
