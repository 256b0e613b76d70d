//! Conditions of the author's own: `validation`, `precondition`, `postcondition` and `assert` blocks.

use std::sync::Arc;

use trueup_addrs::{Reference, Subject};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Block, Expr};

use crate::content::{self, Expected};

/// Something that must hold, and what to say where it does not.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Must be true.
    pub condition: Arc<Expr>,
    /// What to say where it is false.
    pub error_message: Arc<Expr>,
    /// The block's header.
    pub header: Span,
}

const CONDITION: Expected = Expected {
    required: &["condition", "error_message"],
    optional: &[],
    blocks: &[],
};

impl Condition {
    /// Reads a block; `None` where it can't be evaluated.
    pub(super) fn read(block: &Block, diagnostics: &mut Diagnostics) -> Option<Self> {
        let content = content::take(&block.body, CONDITION, diagnostics);
        if let Some(attribute) = content.get("condition")
            && attribute.expr.references().is_empty()
        {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid {} expression", block.kind.name),
                    "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.",
                )
                .at(attribute.expr.span),
            );
        }
        Some(Self {
            condition: content.get("condition")?.expr.clone(),
            error_message: content.get("error_message")?.expr.clone(),
            header: block.header_span(),
        })
    }

    /// Reads a `validation` block of a variable, whose condition must be about the variable.
    pub(super) fn read_validation(
        block: &Block,
        variable: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let validation = Self::read(block, diagnostics)?;
        let mut about_it = false;
        validation.condition.visit_references(&mut |found| {
            about_it |= Reference::read(found.traversal).is_ok_and(|reference| {
                matches!(reference.subject, Subject::Variable(name) if *name == *variable)
            });
        });
        if !about_it {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid variable validation condition",
                    format!("The condition for variable {variable:?} must refer to var.{variable} in order to test incoming values."),
                )
                .at(validation.condition.span),
            );
        }
        Some(validation)
    }

    /// Its two expressions.
    pub fn expressions(&self) -> [&Expr; 2] {
        [&self.condition, &self.error_message]
    }
}
