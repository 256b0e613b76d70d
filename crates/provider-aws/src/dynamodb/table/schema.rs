//! The attributes of `aws_dynamodb_table`, as in releases 5.x and 6.x of the published provider.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::rules::{
    Body, Holding, Mode, Nested, boolean, number, text, text_list, text_map, text_set,
};

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_dynamodb_table";

/// The version of the attributes' form in state.
pub(crate) const VERSION: u64 = 1;

/// The phases that a `timeouts` block may limit.
pub(crate) const TIMEOUTS: &[&str] = &["create", "delete", "update"];

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            text("billing_mode", O).default("PROVISIONED"),
            boolean("deletion_protection_enabled", O),
            text("hash_key", OC).replaces(),
            text("id", OC),
            text("name", R).replaces(),
            text("range_key", O).replaces(),
            number("read_capacity", OC),
            // What a table was made from is past once it is there: whether a change of it means
            // another table is for the plan to say.
            text("restore_backup_arn", O),
            text("restore_date_time", O),
            text("restore_source_name", O),
            text("restore_source_table_arn", O),
            boolean("restore_to_latest_time", O),
            text("stream_arn", C),
            boolean("stream_enabled", O),
            text("stream_label", C),
            text("stream_view_type", OC).stored_as(str::to_uppercase),
            // States of old releases hold nothing where the standard class is meant.
            text("table_class", O)
                .default("STANDARD")
                .suppress(|old, new| is_empty(old) && new.as_str() == Some("STANDARD")),
            text_map("tags", O),
            text_map("tags_all", OC),
            number("write_capacity", OC),
        ])
        .with_blocks(vec![
            Nested::new(
                "attribute",
                Holding::Set(Some("name")),
                OC,
                Body::new(vec![text("name", R), text("type", R)]),
            ),
            Nested::new(
                "global_secondary_index",
                Holding::Set(None),
                O,
                global_index(),
            ),
            Nested::new(
                "global_table_witness",
                Holding::List,
                OC,
                Body::new(vec![text("region_name", OC)]),
            )
            .at_most(1),
            Nested::new("import_table", Holding::List, O, import_table()).at_most(1),
            Nested::new("on_demand_throughput", Holding::List, O, on_demand()).at_most(1),
            Nested::new(
                "local_secondary_index",
                Holding::Set(Some("name")),
                O,
                Body::new(vec![
                    text("name", R).replaces(),
                    text_list("non_key_attributes", O).replaces(),
                    text("projection_type", R).replaces(),
                    text("range_key", R).replaces(),
                ]),
            )
            .replaces(),
            Nested::new(
                "point_in_time_recovery",
                Holding::List,
                OC,
                Body::new(vec![
                    boolean("enabled", R),
                    number("recovery_period_in_days", O),
                ]),
            )
            .at_most(1),
            Nested::new("replica", Holding::Set(None), O, replica()),
            Nested::new(
                "server_side_encryption",
                Holding::List,
                OC,
                Body::new(vec![boolean("enabled", R), text("kms_key_arn", OC)]),
            )
            .at_most(1),
            Nested::new(
                "ttl",
                Holding::List,
                OC,
                Body::new(vec![
                    // Later releases made it optional: it is needed where the time to live is on, and
                    // that is checked.
                    text("attribute_name", O),
                    boolean("enabled", O).default(false),
                ]),
            )
            .at_most(1),
            Nested::new("warm_throughput", Holding::List, O, warm()).at_most(1),
        ])
        .with_timeouts(TIMEOUTS)
    })
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn global_index() -> Body {
    Body::new(vec![
        // Either this or key_schema blocks.
        text("hash_key", O),
        text("name", R),
        text_set("non_key_attributes", O),
        text("projection_type", R),
        text("range_key", O),
        number("read_capacity", O),
        number("write_capacity", O),
    ])
    .with_blocks(vec![
        Nested::new(
            "key_schema",
            Holding::List,
            O,
            Body::new(vec![text("attribute_name", R), text("key_type", R)]),
        ),
        Nested::new("on_demand_throughput", Holding::List, O, on_demand()).at_most(1),
        Nested::new("warm_throughput", Holding::List, O, warm()).at_most(1),
    ])
}

/// Upper limits of a table or index on demand.
fn on_demand() -> Body {
    Body::new(vec![
        number("max_read_request_units", O),
        number("max_write_request_units", O),
    ])
}

/// Throughput that is kept warm.
fn warm() -> Body {
    Body::new(vec![
        number("read_units_per_second", O),
        number("write_units_per_second", O),
    ])
}

fn replica() -> Body {
    Body::new(vec![
        text("arn", C),
        text("kms_key_arn", OC),
        text("consistency_mode", O).default("EVENTUAL"),
        boolean("deletion_protection_enabled", OC),
        boolean("point_in_time_recovery", O).default(false),
        boolean("propagate_tags", O).default(false),
        text("region_name", R),
        text("stream_arn", C),
        text("stream_label", C),
    ])
}

fn import_table() -> Body {
    Body::new(vec![
        text("input_compression_type", O),
        text("input_format", R),
    ])
    .with_blocks(vec![
        Nested::new(
            "input_format_options",
            Holding::List,
            O,
            Body::default().with_blocks(vec![
                Nested::new(
                    "csv",
                    Holding::List,
                    O,
                    Body::new(vec![text("delimiter", O), text_set("header_list", O)]),
                )
                .at_most(1),
            ]),
        )
        .at_most(1),
        Nested::new(
            "s3_bucket_source",
            Holding::List,
            R,
            Body::new(vec![
                text("bucket", R),
                text("bucket_owner", O),
                text("key_prefix", O),
            ]),
        )
        .at_most(1)
        .at_least(1),
    ])
}
