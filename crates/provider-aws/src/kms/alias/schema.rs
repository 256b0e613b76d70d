//! The attributes of `aws_kms_alias`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::kms::same_key;
use crate::rules::{Body, Mode, text};

const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_kms_alias";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            text("id", OC),
            text("name", OC).replaces(),
            text("name_prefix", OC).replaces(),
            text("target_key_arn", C),
            text("target_key_id", Mode::Required).suppress(same),
        ])
    })
}

fn same(old: &Value, new: &Value) -> bool {
    match (old.as_str(), new.as_str()) {
        (Some(old), Some(new)) => same_key(old, new),
        _ => false,
    }
}
