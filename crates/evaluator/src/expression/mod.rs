//! Expressions in full: a syntax tree and a scope in, a value and diagnostics out.
//!
//! [`evaluate`] walks the tree once. Every step knows unknown values and marks; an error makes the step's
//! value unknown, and the walk goes on, so that one run reports what there is to report.

mod access;
mod attempts;
mod calls;
mod conditional;
mod facts;
mod loops;
mod operators;
mod places;
mod rendering;
mod scope;
mod splats;
mod structures;
mod templates;
mod variables_text;
mod walker;

pub use access::{get_attr, index};
pub use facts::statement;
pub(crate) use facts::{causes, ephemeral};
pub use scope::{EmptyScope, Resolved, Scope};

use trueup_diagnostics::Diagnostics;
use trueup_parser::Expr;
use trueup_value::Value;

/// The value of an expression in a scope. After an error it is an unknown, of unknown type where the type is
/// not certain, and the diagnostics say why.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> (Value, Diagnostics) {
    let mut walker = walker::Walker::new(scope, false);
    let value = walker.eval(expr, &walker::Frame::OUTERMOST);
    (value, walker.into_diagnostics())
}
