//! `ephemeral` blocks: resources that live only while a run does.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::Block;

use super::{Condition, ProviderRef, check_name};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// An `ephemeral` block.
#[derive(Clone, Debug)]
pub struct Ephemeral {
    /// Its type.
    pub kind: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The `provider` argument.
    pub provider: Option<ProviderRef>,
    /// The label that is the type.
    pub kind_span: Span,
    /// The block's header.
    pub header: Span,
}

/// What of the body is the language's; the rest is the provider's.
const EPHEMERAL: Expected = Expected {
    required: &[],
    optional: &["count", "for_each", "provider", "depends_on"],
    blocks: &[BlockType {
        name: "lifecycle",
        labels: &[],
    }],
};

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let what = "ephemeral resource";
    let named = check_name(block, 0, what, diagnostics) & check_name(block, 1, what, diagnostics);
    let content = content::take_partial(&block.body, EPHEMERAL, diagnostics);
    for nested in &content.blocks {
        read_lifecycle(nested, diagnostics);
    }
    if !named {
        return;
    }
    let ephemeral = Ephemeral {
        kind: block.labels[0].text.clone(),
        name: block.labels[1].text.clone(),
        provider: content
            .get("provider")
            .and_then(|attribute| ProviderRef::read(&attribute.expr, diagnostics)),
        kind_span: block.labels[0].span,
        header: block.header_span(),
    };
    let (kind, name) = (ephemeral.kind.clone(), ephemeral.name.clone());
    let key = (kind.clone(), name.clone());
    if let Some(first) = module.ephemerals.get(&key) {
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate ephemeral {kind:?} configuration"),
                format!("A {kind} ephemeral resource named {name:?} was already declared at {}. Resource names must be unique per type in each module.", sources.place(first.header)),
            )
            .at(ephemeral.header),
        );
        return;
    }
    module.ephemerals.insert(key, ephemeral);
}

fn read_lifecycle(block: &Block, diagnostics: &mut Diagnostics) {
    for attribute in &block.body.attributes {
        diagnostics.push(
            Diagnostic::error(
                "Invalid ephemeral resource lifecycle argument",
                format!("The lifecycle argument {:?} is defined only for managed resources (\"resource\" blocks), and is not valid for ephemeral resources.", attribute.name),
            )
            .at(attribute.name_span),
        );
    }
    for nested in &block.body.blocks {
        if matches!(&*nested.kind.name, "precondition" | "postcondition") {
            let _ = Condition::read(nested, diagnostics);
        }
    }
}
