//! `moved` blocks: an object of the state that is now known by another address.

use trueup_addrs::{Target, located};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Block, Expr, Traversal};

use crate::content::{self, Expected};
use crate::module::Module;

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The address that was, relative to the module that holds the block.
    pub from: Target,
    /// The address that is, likewise; like `from` a module, or like it a resource.
    pub to: Target,
    /// The block's header.
    pub header: Span,
}

const MOVED: Expected = Expected {
    required: &["from", "to"],
    optional: &[],
    blocks: &[],
};

pub(super) fn read(block: &Block, module: &mut Module, diagnostics: &mut Diagnostics) {
    let content = content::take(&block.body, MOVED, diagnostics);
    let mut endpoint = |name: &str| -> Option<Target> {
        let traversal = static_reference(&content.get(name)?.expr, diagnostics)?;
        match located::target(&traversal) {
            Ok(target) => Some(target),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        }
    };
    let (from, to) = (endpoint("from"), endpoint("to"));
    let (Some(from), Some(to)) = (from, to) else {
        return;
    };
    let is_module = |target: &Target| matches!(target, Target::Module(_));
    if is_module(&from) != is_module(&to) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid \"moved\" addresses",
                "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.",
            )
            .at(block.header_span()),
        );
        return;
    }
    module.moved.push(Moved {
        from,
        to,
        header: block.header_span(),
    });
}

/// An argument that holds a reference without computed parts.
pub(super) fn static_reference(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Traversal> {
    let found = expr.as_traversal();
    if found.is_none() {
        diagnostics.push(not_static(expr.span));
    }
    found
}

/// Something else stands where a reference without computed parts must.
pub(super) fn not_static(span: Span) -> Diagnostic {
    Diagnostic::error("Invalid expression", "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.")
        .at(span)
}
