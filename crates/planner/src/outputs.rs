//! Outputs of the root module: what they are to be, against what the state remembers.

use std::collections::BTreeSet;
use std::sync::Arc;

use trueup_addrs::ModuleInstance;
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::Evaluator;
use trueup_plan::{Action, OutputChange, Plan};
use trueup_value::{Marks, Value};

use crate::run::Request;

/// Adds the outputs to the plan: those that were `reached`, because all that they need was worked on.
pub(crate) fn plan(
    evaluator: &Evaluator,
    request: &Request<'_>,
    reached: &BTreeSet<Arc<str>>,
    plan: &mut Plan,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let root = ModuleInstance::root();
    let module = &request.config.root.module;
    for (name, output) in &module.outputs {
        if !reached.contains(name) {
            continue;
        }
        let (value, found) = evaluator.output(&root, name);
        let failed = found.has_errors();
        diagnostics.extend(found);
        if failed {
            continue;
        }
        let stored = request.state.outputs.get(name);
        let before = stored.map_or_else(Value::dynamic_null, |output| output.value.clone());
        let after = value.without_marks_inside();
        let was_sensitive = stored.is_some_and(|output| output.sensitive);
        let action = match stored {
            None if after.is_null() => Action::NoOp,
            None => Action::Create,
            Some(_) if after.is_null() => Action::Delete,
            Some(_) if after.raw_equals(&before) && was_sensitive == output.sensitive => {
                Action::NoOp
            }
            Some(_) => Action::Update,
        };
        let mark = |value: Value, sensitive: bool| match sensitive {
            true => value.mark(Marks::SENSITIVE),
            false => value,
        };
        plan.outputs.insert(
            name.clone(),
            OutputChange {
                action,
                before: mark(before, was_sensitive),
                after: mark(after, output.sensitive),
                sensitive: output.sensitive,
            },
        );
    }
    // An output whose block is gone leaves the state.
    for (name, stored) in &request.state.outputs {
        if !module.outputs.contains_key(name) && !plan.is_narrowed() {
            plan.outputs.insert(name.clone(), removal(stored));
        }
    }
    diagnostics
}

/// The removal of an output from the state.
pub(crate) fn removal(stored: &trueup_state::Output) -> OutputChange {
    let before = match stored.sensitive {
        true => stored.value.mark(Marks::SENSITIVE),
        false => stored.value.clone(),
    };
    OutputChange {
        action: Action::Delete,
        before,
        after: Value::dynamic_null(),
        sensitive: stored.sensitive,
    }
}
