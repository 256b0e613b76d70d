//! `assert` blocks of runs.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::{Block, Expr};

use crate::content::{self, Expected};

/// What must hold once a run is done.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Must be true.
    pub condition: Arc<Expr>,
    /// What to say where it is false.
    pub error_message: Arc<Expr>,
}

const ASSERT: Expected = Expected {
    required: &["condition", "error_message"],
    optional: &[],
    blocks: &[],
};

impl Assertion {
    pub(super) fn read(block: &Block, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut found = Diagnostics::default();
        let content = content::take(&block.body, ASSERT, &mut found);
        if let Some(attribute) = content.get("condition")
            && attribute.expr.references().is_empty()
        {
            found.push(
                Diagnostic::error(
                    format!("Invalid {} expression", block.kind.name),
                    "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.",
                )
                .at(attribute.expr.span),
            );
        }
        let failed = found.has_errors();
        diagnostics.extend(found);
        let (condition, error_message) = (content.get("condition")?, content.get("error_message")?);
        (!failed).then(|| Self {
            condition: condition.expr.clone(),
            error_message: error_message.expr.clone(),
        })
    }
}
