//! The attributes of `aws_dynamodb_global_secondary_index`.

use std::sync::OnceLock;
use std::time::Duration;

use trueup_value::Type;

use crate::rules::{Attribute, Body, Holding, Mode, Nested, number, text, text_set};
use crate::timeouts::Limits;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_global_secondary_index";

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete", "update"];

/// How long they take at most.
pub(crate) const LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(30 * 60)),
        ("delete", Duration::from_secs(10 * 60)),
        ("update", Duration::from_secs(60 * 60)),
    ],
    version: 0,
};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const OC: Mode = Mode::OptionalComputed;

/// The members of `warm_throughput`.
pub(super) const WARM: [&str; 2] = ["read_units_per_second", "write_units_per_second"];

/// The type of `warm_throughput`.
pub(super) fn warm_type() -> Type {
    Type::object(WARM.map(|name| (name, Type::Number)))
}

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", Mode::Computed),
            text("index_name", R).replaces(),
            text("table_name", R).replaces(),
            Attribute::new("warm_throughput", warm_type(), OC),
        ])
        .with_blocks(vec![
            Nested::new(
                "key_schema",
                Holding::List,
                R,
                Body::new(vec![
                    text("attribute_name", R).replaces(),
                    text("attribute_type", R).replaces(),
                    text("key_type", R).replaces(),
                ]),
            )
            .replaces()
            .at_least(1)
            .at_most(8),
            Nested::new(
                "on_demand_throughput",
                Holding::List,
                O,
                Body::new(vec![
                    number("max_read_request_units", OC),
                    number("max_write_request_units", OC),
                ]),
            )
            .at_most(1),
            Nested::new(
                "projection",
                Holding::List,
                O,
                Body::new(vec![
                    text_set("non_key_attributes", O).replaces(),
                    text("projection_type", R).replaces(),
                ]),
            )
            .replaces()
            .at_most(1),
            Nested::new(
                "provisioned_throughput",
                Holding::List,
                O,
                Body::new(vec![
                    number("read_capacity_units", OC),
                    number("write_capacity_units", OC),
                ]),
            )
            .at_most(1),
        ])
        .with_timeouts(TIMEOUTS)
    })
}

/// The blocks of a name as a value.
pub(super) fn blocks(name: &str, elements: Vec<trueup_value::Value>) -> trueup_value::Value {
    match body().blocks.iter().find(|nested| nested.name == name) {
        Some(nested) => nested.of(elements),
        None => trueup_value::Value::dynamic_null(),
    }
}
