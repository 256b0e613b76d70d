//! The attributes of `aws_dynamodb_table_item`, as in releases 5.x and 6.x of the published provider.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_table_item";

/// The value of the hash key as text, where a later release's form is kept.
pub(crate) const HASH_VALUE: &str = "hash_key_value";
/// The value of the range key likewise.
pub(crate) const RANGE_VALUE: &str = "range_key_value";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("hash_key", Mode::Required).replaces(),
            text(HASH_VALUE, Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("item", Mode::Required),
            text("range_key", Mode::Optional).replaces(),
            text(RANGE_VALUE, Mode::Computed),
            text("table_name", Mode::Required).replaces(),
        ])
    })
}
