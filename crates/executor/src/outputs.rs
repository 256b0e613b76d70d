//! Outputs after the changes: evaluated with what was made, and written to the state.

use trueup_addrs::ModuleInstance;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_evaluator::record::object_address;
use trueup_plan::{Action, Mode, Plan};
use trueup_state::{CheckKind, Output, State};

/// Brings the outputs of the state up to date. Where the run failed, an output that can't be told keeps
/// what the state had.
pub(crate) fn settle(
    evaluator: &Evaluator,
    plan: &Plan,
    failed: bool,
    state: &mut State,
    diagnostics: &mut Diagnostics,
) {
    let root = ModuleInstance::root();
    for (name, change) in &plan.outputs {
        if change.action == Action::Delete {
            if !failed {
                state.outputs.remove(name);
            }
            continue;
        }
        if plan.mode == Mode::RefreshOnly {
            if change.after.is_wholly_known() {
                keep(
                    state,
                    name,
                    change.after.without_marks_inside(),
                    change.sensitive,
                );
            }
            continue;
        }
        // Its preconditions were evaluated in its turn; where they do not hold it keeps what it was.
        let object = object_address(&root, CheckKind::Output, name);
        if evaluator
            .record()
            .failed(CheckKind::Output, &object, &object)
        {
            continue;
        }
        let (value, found) = evaluator.output(&root, name);
        let broken = found.has_errors();
        if !failed {
            diagnostics.extend(found);
        }
        let value = value.without_marks_inside();
        if broken || !value.is_wholly_known() {
            continue;
        }
        if value.contains_infinity() {
            diagnostics.push(Diagnostic::error(
                "Value can't be stored",
                format!("The output value \"{name}\" is or holds an infinite number, which a state can't keep."),
            ));
            continue;
        }
        keep(state, name, value, change.sensitive);
    }
}

fn keep(
    state: &mut State,
    name: &std::sync::Arc<str>,
    value: trueup_value::Value,
    sensitive: bool,
) {
    if value.is_null() {
        state.outputs.remove(name);
    } else {
        state
            .outputs
            .insert(name.clone(), Output::new(value, sensitive));
    }
}
