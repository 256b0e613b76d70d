//! Two bodies to one: what the second says takes the place of what the first says.

use trueup_parser::{Attribute, Block, Body, BodyItem};

/// Puts the items of `from` in the place of those of `into`: of override files, and of `TF_ENCRYPTION` over the block.
/// Blocks of the types in `merged` are merged.
pub fn merge_body(into: &mut Body, from: Body, merged: &[&str]) {
    for attribute in from.attributes {
        // `count` wins over `for_each`, wherever each is written.
        match &*attribute.name {
            "for_each" if into.attribute("count").is_some() => continue,
            "count" => retain(into, |written| &*written.name != "for_each", |_| true),
            _ => {}
        }
        let name = attribute.name.clone();
        retain(into, |_| true, |block| target(block) != &*name);
        set(into, attribute);
    }
    let (merged, replacing): (Vec<Block>, Vec<Block>) = from
        .blocks
        .into_iter()
        .partition(|block| merged.contains(&&*block.kind.name));
    for block in &replacing {
        retain(
            into,
            |attribute| &*attribute.name != target(block),
            |written| target(written) != target(block),
        );
    }
    for block in replacing {
        push(into, block);
    }
    for block in merged {
        let base = into
            .blocks
            .iter_mut()
            .find(|base| base.kind.name == block.kind.name);
        match base {
            Some(base) => merge_body(&mut base.body, block.body, &[]),
            None => push(into, block),
        }
    }
}

/// The type of the blocks that a block stands for.
fn target(block: &Block) -> &str {
    match block.label(0) {
        Some(label) if block.is_dynamic() => label,
        _ => &block.kind.name,
    }
}

pub(super) fn set(body: &mut Body, attribute: Attribute) {
    match body
        .attributes
        .iter_mut()
        .find(|known| known.name == attribute.name)
    {
        Some(known) => *known = attribute,
        None => {
            body.items.push(BodyItem::Attribute(body.attributes.len()));
            body.attributes.push(attribute);
        }
    }
}

pub(super) fn push(body: &mut Body, block: Block) {
    body.items.push(BodyItem::Block(body.blocks.len()));
    body.blocks.push(block);
}

/// Keeps what the conditions hold for, in its order.
pub(super) fn retain(
    body: &mut Body,
    attribute: impl Fn(&Attribute) -> bool,
    block: impl Fn(&Block) -> bool,
) {
    let kept = |item: &BodyItem| match item {
        BodyItem::Attribute(at) => attribute(&body.attributes[*at]),
        BodyItem::Block(at) => block(&body.blocks[*at]),
    };
    if body.items.iter().all(kept) {
        return;
    }
    let items = std::mem::take(&mut body.items);
    let mut attributes: Vec<Option<Attribute>> = std::mem::take(&mut body.attributes)
        .into_iter()
        .map(Some)
        .collect();
    let mut blocks: Vec<Option<Block>> = std::mem::take(&mut body.blocks)
        .into_iter()
        .map(Some)
        .collect();
    for item in items {
        match item {
            BodyItem::Attribute(at) => {
                if let Some(kept) = attributes[at].take().filter(&attribute) {
                    body.items.push(BodyItem::Attribute(body.attributes.len()));
                    body.attributes.push(kept);
                }
            }
            BodyItem::Block(at) => {
                if let Some(kept) = blocks[at].take().filter(&block) {
                    push(body, kept);
                }
            }
        }
    }
}
