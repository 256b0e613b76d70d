//! The attributes of `aws_kms_key`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::iam_policy;
use crate::rules::{Body, Mode, boolean, number, text, text_map};

const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_kms_key";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            boolean("bypass_policy_lockout_safety_check", O).default(false),
            text("custom_key_store_id", O).replaces(),
            text("customer_master_key_spec", O)
                .default("SYMMETRIC_DEFAULT")
                .replaces(),
            number("deletion_window_in_days", O),
            text("description", OC),
            boolean("enable_key_rotation", O).default(false),
            text("id", OC),
            boolean("is_enabled", O).default(true),
            text("key_id", C),
            text("key_usage", O).default("ENCRYPT_DECRYPT").replaces(),
            boolean("multi_region", OC).replaces(),
            text("policy", OC).suppress(alike),
            number("rotation_period_in_days", OC),
            text_map("tags", O),
            text_map("tags_all", OC),
            text("xks_key_id", O).replaces(),
        ])
        .with_timeouts(&["create"])
    })
}

fn alike(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    iam_policy::equivalent(&text(old), &text(new))
}
