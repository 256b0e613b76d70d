//! The attributes of `aws_iam_role_policy_attachment`.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_iam_role_policy_attachment";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("id", Mode::OptionalComputed),
            text("policy_arn", Mode::Required).replaces(),
            text("role", Mode::Required).replaces(),
        ])
    })
}
