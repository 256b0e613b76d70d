//! The attributes of `aws_iam_policy`, and checks of its block that need neither state nor AWS.

use std::sync::OnceLock;

use trueup_provider::Problems;
use trueup_value::Value;

use crate::iam::{alike, apart, bad_json, bad_name, in_normal_form};
use crate::rules::{Body, Mode, number, text, text_map};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_iam_policy";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            number("attachment_count", C),
            text("description", O).replaces(),
            text("id", OC),
            text("name", OC).replaces(),
            text("name_prefix", OC).replaces(),
            text("path", O).default("/").replaces(),
            text("policy", R).suppress(alike).stored_as(in_normal_form),
            text("policy_id", C),
            text_map("tags", O),
            text_map("tags_all", OC),
        ])
    })
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = apart(config);
    found.extend(bad_json(config, "policy"));
    for (name, most) in [("name", 128), ("name_prefix", 102)] {
        found.extend(bad_name(config, name, most));
    }
    found
}
