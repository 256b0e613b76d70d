//! The attributes of `aws_dynamodb_table_export`.

use std::sync::OnceLock;
use std::time::Duration;

use crate::rules::{Body, Holding, Mode, Nested, number, text};
use crate::timeouts::Limits;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_table_export";

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete"];

const ONE_HOUR: Duration = Duration::from_secs(60 * 60);

/// How long they take at most.
pub(crate) const LIMITS: Limits = Limits {
    phases: &[("create", ONE_HOUR), ("delete", ONE_HOUR)],
    version: 0,
};

/// The block of an incremental export.
pub(super) const INCREMENTAL: &str = "incremental_export_specification";

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            number("billed_size_in_bytes", C),
            text("end_time", C),
            text("export_format", O).default("DYNAMODB_JSON").replaces(),
            text("export_status", C),
            text("export_time", OC).replaces(),
            text("export_type", OC).replaces(),
            text("id", OC),
            number("item_count", C),
            text("manifest_files_s3_key", C),
            text("s3_bucket", R).replaces(),
            text("s3_bucket_owner", OC).replaces(),
            text("s3_prefix", OC).replaces(),
            text("s3_sse_algorithm", OC).replaces(),
            text("s3_sse_kms_key_id", O).replaces(),
            text("start_time", C),
            text("table_arn", R).replaces(),
        ])
        .with_blocks(vec![
            Nested::new(
                INCREMENTAL,
                Holding::List,
                O,
                Body::new(vec![
                    text("export_from_time", O).replaces(),
                    text("export_to_time", O).replaces(),
                    text("export_view_type", O).replaces(),
                ]),
            )
            .replaces()
            .at_most(1),
        ])
        .with_timeouts(TIMEOUTS)
    })
}
