//! The attributes of the data source `aws_dynamodb_table`, as in releases 5.x and 6.x.

use std::sync::OnceLock;

use trueup_value::Type;

use crate::rules::{Attribute, Body, Holding, Mode, Nested, boolean, number, text, text_map};

const C: Mode = Mode::Computed;

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            Attribute::new("attribute", Type::set(attribute()), C),
            text("billing_mode", C),
            boolean("deletion_protection_enabled", C),
            Attribute::new("global_secondary_index", Type::set(global_index()), C),
            text("hash_key", C),
            text("id", Mode::OptionalComputed),
            Attribute::new("local_secondary_index", Type::set(local_index()), C),
            text("name", Mode::Required),
            Attribute::new("on_demand_throughput", Type::list(on_demand()), C),
            Attribute::new("point_in_time_recovery", Type::list(recovery()), C),
            text("range_key", C),
            number("read_capacity", C),
            Attribute::new("replica", Type::set(replica()), C),
            text("stream_arn", C),
            boolean("stream_enabled", C),
            text("stream_label", C),
            text("stream_view_type", C),
            text("table_class", C),
            text_map("tags", Mode::OptionalComputed),
            Attribute::new("ttl", Type::set(ttl()), C),
            Attribute::new("warm_throughput", Type::list(warm()), C),
            number("write_capacity", C),
        ])
        .with_blocks(vec![
            // The one that may be written in a block, for no reason that is known.
            Nested::new(
                "server_side_encryption",
                Holding::List,
                // Without one in the block it is said to be empty until it is read.
                Mode::Optional,
                Body::new(vec![boolean("enabled", C), text("kms_key_arn", C)]),
            ),
        ])
    })
}

/// An attribute definition.
pub(crate) fn attribute() -> Type {
    Type::object([("name", Type::String), ("type", Type::String)])
}

/// A global index; its further attributes are a list here, while the resource has a set.
pub(crate) fn global_index() -> Type {
    Type::object([
        ("hash_key", Type::String),
        ("key_schema", Type::list(key_element())),
        ("name", Type::String),
        ("non_key_attributes", Type::list(Type::String)),
        ("on_demand_throughput", Type::list(on_demand())),
        ("projection_type", Type::String),
        ("range_key", Type::String),
        ("read_capacity", Type::Number),
        ("warm_throughput", Type::list(warm())),
        ("write_capacity", Type::Number),
    ])
}

/// An attribute of an index's key, where there are several of a kind.
pub(crate) fn key_element() -> Type {
    Type::object([("attribute_name", Type::String), ("key_type", Type::String)])
}

/// The limits of a table or index on demand.
pub(crate) fn on_demand() -> Type {
    Type::object([
        ("max_read_request_units", Type::Number),
        ("max_write_request_units", Type::Number),
    ])
}

/// What a table or index can serve at once.
pub(crate) fn warm() -> Type {
    Type::object([
        ("read_units_per_second", Type::Number),
        ("write_units_per_second", Type::Number),
    ])
}

/// A local index.
pub(crate) fn local_index() -> Type {
    Type::object([
        ("name", Type::String),
        ("non_key_attributes", Type::list(Type::String)),
        ("projection_type", Type::String),
        ("range_key", Type::String),
    ])
}

/// Point-in-time recovery.
pub(crate) fn recovery() -> Type {
    Type::object([
        ("enabled", Type::Bool),
        ("recovery_period_in_days", Type::Number),
    ])
}

/// A replica.
pub(crate) fn replica() -> Type {
    Type::object([("kms_key_arn", Type::String), ("region_name", Type::String)])
}

/// The time to live.
pub(crate) fn ttl() -> Type {
    Type::object([("attribute_name", Type::String), ("enabled", Type::Bool)])
}
