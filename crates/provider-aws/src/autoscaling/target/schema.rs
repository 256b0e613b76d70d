//! The attributes of `aws_appautoscaling_target`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::rules::{Body, Holding, Mode, Nested, boolean, number, text, text_map};

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_appautoscaling_target";

/// The members of `suspended_state`.
pub(super) const SUSPENDED: [&str; 3] = [
    "dynamic_scaling_in_suspended",
    "dynamic_scaling_out_suspended",
    "scheduled_scaling_suspended",
];

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            text("id", OC),
            number("max_capacity", R),
            number("min_capacity", R),
            text("resource_id", R).replaces(),
            text("role_arn", OC).suppress(of_the_service),
            text("scalable_dimension", R).replaces(),
            text("service_namespace", R).replaces(),
            text_map("tags", O),
            text_map("tags_all", OC),
        ])
        .with_blocks(vec![
            Nested::new(
                "suspended_state",
                Holding::List,
                OC,
                Body::new(
                    SUSPENDED
                        .iter()
                        .map(|name| boolean(name, O).default(false))
                        .collect(),
                ),
            )
            .at_most(1),
        ])
    })
}

/// A service with a role of its own uses no other, whatever role is given: the API says so, and goes on
/// telling its own.
fn of_the_service(old: &Value, _new: &Value) -> bool {
    old.as_str()
        .is_some_and(|role| role.contains(":role/aws-service-role/"))
}
