//! The attributes of `aws_dynamodb_kinesis_streaming_destination`.

use std::sync::OnceLock;

use crate::rules::{Body, Mode, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_kinesis_streaming_destination";

/// How precise the times of changes are. Releases before 6 lack it.
pub(super) const PRECISION: &str = "approximate_creation_date_time_precision";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text(PRECISION, Mode::OptionalComputed).replaces(),
            text("id", Mode::OptionalComputed),
            text("stream_arn", Mode::Required).replaces(),
            text("table_name", Mode::Required).replaces(),
        ])
    })
}
