//! `check` blocks: assertions that warn, with a data source of their own.

use std::sync::Arc;

use trueup_addrs::Resource as ResourceAddr;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::Block;

use super::{Condition, check_name, resource};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `check` block.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Arc<str>,
    /// The data source that only its assertions may refer to; it stands among the module's resources.
    pub data: Option<ResourceAddr>,
    /// What is to hold.
    pub assertions: Vec<Condition>,
    /// The block's header.
    pub header: Span,
}

const CHECK: Expected = Expected {
    required: &[],
    optional: &[],
    blocks: &[
        BlockType {
            name: "data",
            labels: &["type", "name"],
        },
        BlockType {
            name: "assert",
            labels: &[],
        },
    ],
};

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let name = block.labels[0].text.clone();
    let header = block.header_span();
    let content = content::take(&block.body, CHECK, diagnostics);
    if !check_name(block, 0, "check block", diagnostics) {
        return;
    }
    let mut data: Option<(ResourceAddr, Span)> = None;
    let mut assertions = Vec::new();
    for nested in &content.blocks {
        match (&*nested.kind.name, &data) {
            ("data", Some((_, first))) => diagnostics.push(
                Diagnostic::error(
                    "Multiple data resource blocks",
                    format!(
                        "This check block already has a data resource defined at {}.",
                        sources.place(*first)
                    ),
                )
                .at(nested.header_span()),
            ),
            ("data", None) => {
                let errors = diagnostics.errors().count();
                let addr = resource::read_scoped(nested, &name, sources, module, diagnostics);
                // One that something is wrong with does not count.
                data = addr
                    .filter(|_| diagnostics.errors().count() == errors)
                    .map(|addr| (addr, nested.header_span()));
            }
            _ => {
                let errors = diagnostics.errors().count();
                let assertion = Condition::read(nested, diagnostics);
                if diagnostics.errors().count() == errors {
                    assertions.extend(assertion);
                }
            }
        }
    }
    if assertions.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                "Zero assert blocks",
                "Check blocks must have at least one assert block.",
            )
            .at(header),
        );
    }
    if let Some(first) = module.checks.get(&name) {
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate check {name:?} configuration"),
                format!("A check block named {name:?} was already declared at {}. Check blocks must be unique within each module.", sources.place(first.header)),
            )
            .at(header),
        );
        return;
    }
    module.checks.insert(
        name.clone(),
        Check {
            name,
            data: data.map(|(addr, _)| addr),
            assertions,
            header,
        },
    );
}
