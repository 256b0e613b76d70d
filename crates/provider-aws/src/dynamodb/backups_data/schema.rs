//! The attributes of the data source `aws_dynamodb_backups`, as in releases 6.x.

use std::sync::OnceLock;

use trueup_value::Type;

use crate::rules::{Attribute, Body, Mode, text};

/// The name of the data source.
pub(crate) const KIND: &str = "aws_dynamodb_backups";
/// Only backups made at this time or later.
pub(crate) const LOWER: &str = "time_range_lower_bound";
/// Only backups made before this time.
pub(crate) const UPPER: &str = "time_range_upper_bound";

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            Attribute::new("backup_summaries", Type::list(summary()), Mode::Computed),
            text("backup_type", Mode::Optional),
            text("table_name", Mode::Optional),
            text(LOWER, Mode::Optional),
            text(UPPER, Mode::Optional),
        ])
    })
}

/// One backup.
pub(crate) fn summary() -> Type {
    Type::object([
        ("backup_arn", Type::String),
        ("backup_creation_date_time", Type::String),
        ("backup_expiry_date_time", Type::String),
        ("backup_name", Type::String),
        ("backup_size_bytes", Type::Number),
        ("backup_status", Type::String),
        ("backup_type", Type::String),
        ("table_arn", Type::String),
        ("table_id", Type::String),
        ("table_name", Type::String),
    ])
}
