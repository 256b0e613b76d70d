//! The attributes of `aws_kinesis_stream`.

use std::sync::OnceLock;

use trueup_value::Value;

use crate::rules::{Body, Holding, Mode, Nested, boolean, number, text, text_map, text_set};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_kinesis_stream";

/// The version of the attributes' form in state.
pub(crate) const VERSION: u64 = 1;

/// How large a record may be. Older releases lack it.
pub(super) const RECORD_SIZE: &str = "max_record_size_in_kib";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let mode = Body::new(vec![text("stream_mode", R)]);
        Body::new(vec![
            text("arn", C),
            text("encryption_type", O).default("NONE").suppress(alike),
            boolean("enforce_consumer_deletion", O).default(false),
            text("id", OC),
            text("kms_key_id", O),
            number(RECORD_SIZE, OC),
            text("name", R).replaces(),
            number("retention_period", O).default(24),
            number("shard_count", O),
            text_set("shard_level_metrics", O),
            text_map("tags", O),
            text_map("tags_all", OC),
        ])
        .with_blocks(vec![
            Nested::new("stream_mode_details", Holding::List, OC, mode).at_most(1),
        ])
        .with_timeouts(&["create", "delete", "update"])
    })
}

/// The words of encryption are taken in any case.
fn alike(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    text(old).eq_ignore_ascii_case(&text(new))
}
