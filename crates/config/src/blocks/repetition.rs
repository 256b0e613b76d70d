//! `count` and `for_each`: how many instances a block stands for.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::Expr;

use crate::content::Content;

/// How many instances a block stands for.
#[derive(Clone, Debug, Default)]
pub enum Repetition {
    /// One, without a key.
    #[default]
    None,
    /// As many as the number says.
    Count(Arc<Expr>),
    /// One for each element.
    ForEach(Arc<Expr>),
}

impl Repetition {
    /// What the two arguments say; a block that has both has neither.
    pub(super) fn read(content: &Content<'_>, diagnostics: &mut Diagnostics) -> Self {
        match (content.get("count"), content.get("for_each")) {
            (Some(_), Some(for_each)) => {
                diagnostics.push(
                    Diagnostic::error(
                        "Invalid combination of \"count\" and \"for_each\"",
                        "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be explicit about the number of resources to be created.",
                    )
                    .at(for_each.name_span),
                );
                Self::None
            }
            (Some(count), None) => Self::Count(count.expr.clone()),
            (None, Some(for_each)) => Self::ForEach(for_each.expr.clone()),
            (None, None) => Self::None,
        }
    }
}
