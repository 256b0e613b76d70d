//! `removed` blocks: a resource or module that is no longer declared, and what becomes of its objects.

use trueup_addrs::located::{self, Removable};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::Block;

use super::literal_bool;
use super::moved::static_reference;
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What is gone, relative to the module that holds the block.
    pub from: Removable,
    /// Whether its objects are destroyed; otherwise they only leave the state.
    pub destroy: bool,
    /// The block's header.
    pub header: Span,
}

const REMOVED: Expected = Expected {
    required: &["from"],
    optional: &[],
    blocks: &[
        BlockType {
            name: "lifecycle",
            labels: &[],
        },
        BlockType {
            name: "connection",
            labels: &[],
        },
        BlockType {
            name: "provisioner",
            labels: &["type"],
        },
    ],
};

const LIFECYCLE: Expected = Expected {
    required: &[],
    optional: &["destroy"],
    blocks: &[],
};

pub(super) fn read(block: &Block, module: &mut Module, diagnostics: &mut Diagnostics) {
    let content = content::take(&block.body, REMOVED, diagnostics);
    let mut destroy = true;
    for nested in &content.blocks {
        if &*nested.kind.name == "lifecycle" {
            let lifecycle = content::take(&nested.body, LIFECYCLE, diagnostics);
            if let Some(attribute) = lifecycle.get("destroy") {
                destroy = literal_bool(&attribute.expr, diagnostics).unwrap_or(true);
            }
        } else {
            diagnostics.push(
                Diagnostic::error(
                    "Provisioners are not supported",
                    format!("trueup does not run programs for a resource, and it does not pass over a {:?} block in silence either. Move the work out of the resource, or remove the block.", nested.kind.name),
                )
                .at(nested.header_span()),
            );
        }
    }
    let Some(from) = content
        .get("from")
        .and_then(|attribute| static_reference(&attribute.expr, diagnostics))
    else {
        return;
    };
    match located::removable(&from) {
        Ok(from) => module.removed.push(Removed {
            from,
            destroy,
            header: block.header_span(),
        }),
        Err(diagnostic) => diagnostics.push(*diagnostic),
    }
}
