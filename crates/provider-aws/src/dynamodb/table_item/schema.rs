//! The attributes of `aws_dynamodb_table_item`, as in releases 5.x of the published provider.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_table_item";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("hash_key", Mode::Required).replaces(),
            text("id", Mode::OptionalComputed),
            text("item", Mode::Required),
            text("range_key", Mode::Optional).replaces(),
            text("table_name", Mode::Required).replaces(),
        ])
    })
}
