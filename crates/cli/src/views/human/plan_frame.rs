//! What stands around the changes of a plan: the legend, the counts, and that there is nothing to do.

use trueup_plan::{Action, Mode, Plan};

use super::diff::action_symbol;
use super::plan::PlanLook;
use super::wrap::wrap;
use crate::views::{Paint, Style};

/// That there is nothing to do, and what that means.
pub(super) fn nothing_to_do(out: &mut String, plan: &Plan, had_drift: bool, look: PlanLook) {
    let style = look.style;
    let mut say = |colour, head: &str, rest: &str| {
        let (head, rest) = (style.paint(colour, head), style.bold(rest));
        out.push_str(&format!("\n{head}{rest}\n\n"));
    };
    if plan.errored {
        say(
            Paint::BoldRed,
            "Planning failed.",
            " trueup encountered an error while generating this plan.",
        );
        return;
    }
    let text = match plan.mode {
        Mode::RefreshOnly if had_drift => return,
        Mode::RefreshOnly => {
            say(
                Paint::BoldGreen,
                "No changes.",
                " Your infrastructure still matches the configuration.",
            );
            "trueup has checked that the real remote objects still match the result of your most recent changes, and found no differences."
        }
        Mode::Destroy => {
            say(
                Paint::BoldGreen,
                "No changes.",
                " No objects need to be destroyed.",
            );
            "Either you have not created any objects yet or the existing objects were already deleted outside of trueup."
        }
        Mode::Normal => {
            say(
                Paint::BoldGreen,
                "No changes.",
                " Your infrastructure matches the configuration.",
            );
            match (had_drift, plan.applyable) {
                (true, true) => {
                    "Your configuration already applies the changes detected above, so applying this plan will only update the state to include the changes detected above and won't change any real infrastructure."
                }
                (true, false) if look.in_automation => {
                    "Your configuration already applies the changes detected above. If you'd like to update the trueup state to match, create and apply a refresh-only plan."
                }
                (true, false) => {
                    "Your configuration already applies the changes detected above. If you'd like to update the trueup state to match, create and apply a refresh-only plan:\n  trueup apply -refresh-only"
                }
                _ => {
                    "trueup has compared your real infrastructure against your configuration and found no differences, so no changes are needed."
                }
            }
        }
    };
    out.push_str(&wrap(text, style.width()));
    out.push('\n');
}

fn count(changes: &[Action], actions: &[Action]) -> usize {
    changes
        .iter()
        .filter(|action| actions.contains(action))
        .count()
}

/// Which signs stand for what, of those that occur.
pub(super) fn legend(out: &mut String, changes: &[Action], style: Style) {
    if changes.iter().all(|action| *action == Action::NoOp) {
        return;
    }
    out.push_str(&wrap(
        "\ntrueup used the selected providers to generate the following execution plan. Resource actions are indicated with the following symbols:",
        style.width(),
    ));
    out.push('\n');
    let lines = [
        (Action::Create, "create"),
        (Action::Update, "update in-place"),
        (Action::Delete, "destroy"),
        (
            Action::DeleteThenCreate,
            "destroy and then create replacement",
        ),
        (
            Action::CreateThenDelete,
            "create replacement and then destroy",
        ),
        (Action::Read, "read (data resources)"),
    ];
    for (action, text) in lines {
        if count(changes, &[action]) > 0 {
            out.push_str(&format!("{} {text}\n", action_symbol(action, style)));
        }
    }
}

/// How many objects the plan adds, changes and destroys.
pub(super) fn counts_line(plan: &Plan, changes: &[Action], style: Style) -> String {
    use Action::{Create, CreateThenDelete, Delete, DeleteThenCreate, Update};
    let add = count(changes, &[Create, DeleteThenCreate, CreateThenDelete]);
    let change = count(changes, &[Update]);
    let destroy = count(changes, &[Delete, DeleteThenCreate, CreateThenDelete]);
    let import = plan.counts().import;
    let head = style.bold("Plan:");
    let imports = if import > 0 {
        format!(" {import} to import,")
    } else {
        String::new()
    };
    format!("\n{head}{imports} {add} to add, {change} to change, {destroy} to destroy.\n")
}
