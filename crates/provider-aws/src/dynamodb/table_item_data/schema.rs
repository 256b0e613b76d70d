//! The attributes of the data source `aws_dynamodb_table_item`.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text, text_map};

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text_map("expression_attribute_names", Mode::Optional),
            text("id", Mode::OptionalComputed),
            text("item", Mode::Computed),
            text("key", Mode::Required),
            text("projection_expression", Mode::Optional),
            text("table_name", Mode::Required),
        ])
    })
}
