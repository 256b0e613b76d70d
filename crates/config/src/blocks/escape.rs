//! The escape block `_ { }`: what stands in it is the provider's (or the called module's), whatever its name.

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_parser::{Block, Body, BodyItem};

/// The body without what the language takes for itself (`meta`: names of arguments, names of blocks), and
/// with what the escape block holds. An argument that stands in both is an error; the outer one counts.
pub(super) fn merge(
    body: &Body,
    escape: &Body,
    meta: (&[&str], &[&str]),
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Body {
    let mut merged = Body {
        attributes: Vec::new(),
        blocks: Vec::new(),
        items: Vec::new(),
        ..body.clone()
    };
    for attribute in &body.attributes {
        if !meta.0.contains(&&*attribute.name) {
            merged
                .items
                .push(BodyItem::Attribute(merged.attributes.len()));
            merged.attributes.push(attribute.clone());
        }
    }
    for attribute in &escape.attributes {
        if let Some(first) = merged.attribute(&attribute.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate argument",
                    format!(
                        "Argument {:?} was already set at {}",
                        &*attribute.name,
                        sources.place(first.name_span)
                    ),
                )
                .at(attribute.name_span),
            );
            continue;
        }
        merged
            .items
            .push(BodyItem::Attribute(merged.attributes.len()));
        merged.attributes.push(attribute.clone());
    }
    let outer = body
        .blocks
        .iter()
        .filter(|block| !meta.1.contains(&&*block.kind.name));
    for block in outer.chain(&escape.blocks) {
        merged.items.push(BodyItem::Block(merged.blocks.len()));
        merged.blocks.push(block.clone());
    }
    merged
}

/// A second escape block in a block of this `kind`.
pub(super) fn duplicate(
    kind: &str,
    second: &Block,
    first: &Block,
    sources: &Sources,
) -> Diagnostic {
    let specific = match kind {
        "module" => "module input variables",
        "provider" => "provider-specific",
        _ => "resource-type-specific",
    };
    Diagnostic::error(
        "Duplicate escaping block",
        format!(
            "The special block type \"_\" can be used to force particular arguments to be interpreted as {specific} rather than as meta-arguments, but each {kind} block can have only one such block. The first escaping block was at {}.",
            sources.place(first.header_span())
        ),
    )
    .at(second.kind.span)
}
