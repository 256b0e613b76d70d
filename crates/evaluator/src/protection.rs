//! `prevent_destroy`: whether a plan may take the objects of a block away.

use trueup_addrs::ModuleInstance;
use trueup_config::{PreventDestroy, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_value::{Type, convert};

use crate::{Evaluator, Repeated};

/// Whether the objects of a block are protected; `None` where that is not known. With errors they are
/// not, as nothing is planned then. An expression is OpenTofu's extension; it is the same for all instances.
pub fn prevents_destruction(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    resource: &Resource,
    diagnostics: &mut Diagnostics,
) -> Option<bool> {
    let expr = match &resource.lifecycle.prevent_destroy {
        PreventDestroy::Literal(prevents) => return Some(*prevents),
        PreventDestroy::Expr(expr) => expr,
    };
    let (value, found) = evaluator.evaluate(module, expr, &Repeated::None);
    let failed = found.has_errors();
    diagnostics.extend(found);
    if failed {
        return Some(false);
    }
    let unsuitable = |why: String| {
        Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}")).at(expr.span)
    };
    let (value, _) = value.unmark_deep();
    let value = match convert::convert(&value, &Type::Bool) {
        Ok(value) => value,
        Err(problem) => {
            diagnostics.push(unsuitable(problem.to_string()));
            return Some(false);
        }
    };
    if value.is_null() {
        diagnostics.push(unsuitable("null value is not allowed".to_owned()));
        return Some(false);
    }
    value.as_bool()
}

/// A plan would take an object away, and whether that is allowed is known after it only.
pub fn not_known_yet(addr: &trueup_addrs::AbsInstance, resource: &Resource) -> Diagnostic {
    let at = match &resource.lifecycle.prevent_destroy {
        PreventDestroy::Literal(_) => resource.header,
        PreventDestroy::Expr(expr) => expr.span,
    };
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!("The plan calls for {addr} to be destroyed, but lifecycle.prevent_destroy depends on values that are known after apply only. Apply what it depends on first, with the -target option, or write a value that is known."),
    )
    .at(at)
}
