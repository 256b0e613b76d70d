//! The schema that a description stands for.

use trueup_schema::{Attribute, Block, NestedBlock, Nesting};
use trueup_value::Type;

use super::{Body, Holding, Mode};

/// The schema of a block.
pub(crate) fn schema_of(body: &Body) -> Block {
    let mut block = Block::new();
    for described in &body.attributes {
        let ty = described.ty.clone();
        let mut attribute = match described.mode {
            Mode::Required => Attribute::required(ty),
            Mode::Optional => Attribute::optional(ty),
            Mode::Computed => Attribute::computed(ty),
            Mode::OptionalComputed => Attribute::optional_computed(ty),
        };
        attribute.force_new = described.replaces;
        attribute.sensitive = described.sensitive;
        attribute.deprecated = described.deprecated.map(Into::into);
        block = block.attribute(described.name, attribute);
    }
    for described in &body.blocks {
        let mut inner = schema_of(&described.body);
        inner.deprecated = described.deprecated.map(Into::into);
        let nesting = match described.holding {
            Holding::List => Nesting::List,
            Holding::Set(_) => Nesting::Set,
        };
        let mut nested = NestedBlock::new(nesting, inner);
        nested.min_items = u32::try_from(described.min).unwrap_or(u32::MAX);
        nested.max_items = u32::try_from(described.max).unwrap_or(u32::MAX);
        nested.computed = described.mode.is_computed();
        block = block.block(described.name, nested);
    }
    if !body.timeouts.is_empty() {
        let mut inner = Block::new();
        for name in body.timeouts {
            inner = inner.attribute(*name, Attribute::optional(Type::String));
        }
        block = block.block("timeouts", NestedBlock::single(inner));
    }
    block
}
