//! `filter` blocks of data sources.

use trueup_aws::ec2::Filter;
use trueup_value::Value;

use crate::members::{elements, filled, texts};
use crate::rules::{Body, Holding, Mode, Nested, text, text_set};

/// The block.
pub(super) fn nested() -> Nested {
    Nested::new(
        "filter",
        Holding::Set(None),
        Mode::Optional,
        Body::new(vec![
            text("name", Mode::Required),
            text_set("values", Mode::Required),
        ]),
    )
}

/// The filters that a configuration says.
pub(super) fn said(config: &Value) -> Vec<Filter> {
    elements(config, "filter")
        .iter()
        .map(|block| {
            Filter::new(
                filled(block, "name").unwrap_or_default(),
                texts(block, "values"),
            )
        })
        .collect()
}
