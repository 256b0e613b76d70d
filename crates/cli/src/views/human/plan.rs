//! The plan for a reader: what changed outside, what will be done, what becomes of outputs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trueup_addrs::Mode as ResourceMode;
use trueup_plan::json::{ChangeTrees, Json, output_trees};
use trueup_plan::{Action, Mode, Plan, ResourceChange, SchemaSource};
use trueup_schema::Block;

use super::diff::{Change, Diff, Look, Paths, action_symbol, attribute_name, compare, render};
use super::folding::{self, fold};
use super::plan_comment::{Cause, comment};
use super::plan_frame::{counts_line, legend, nothing_to_do};
use super::table_items::spell_out;
use super::wrap::{rule, wrap};
use crate::views::{Paint, Style};

/// What a plan's text is shown for.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanLook {
    /// Colours.
    pub style: Style,
    /// No hints at what to type next.
    pub in_automation: bool,
    /// From how many alike changes on all but the first few are counted only; 0 shows all.
    pub fold: usize,
    /// Sensitive values in the clear.
    pub show_sensitive: bool,
}

/// A change with what it changes.
struct Shown<'a> {
    change: &'a ResourceChange,
    diff: Diff,
}

impl Shown<'_> {
    fn has_something_to_say(&self) -> bool {
        self.change.action != Action::NoOp
            || self.change.is_moved()
            || self.change.importing.is_some()
    }
}

/// The body of a plan: drift, changes, counts and outputs, or that there is nothing to do. Begins with an
/// empty line.
pub fn plan_body(plan: &Plan, schemas: &dyn SchemaSource, look: PlanLook) -> String {
    let style = look.style;
    let drift = shown_drift(plan, schemas, look);
    let changes = shown_changes(plan, schemas, look);
    let outputs = output_changes(plan, look);
    let mut out = String::new();
    let had_drift = drift_text(
        &mut out,
        plan,
        &drift,
        !changes.is_empty() || !outputs.is_empty(),
        style,
    );
    if changes.is_empty() && outputs.is_empty() {
        nothing_to_do(&mut out, plan, had_drift, look);
        return out;
    }
    if had_drift {
        out.push_str(&rule(style));
    }
    let actions: Vec<Action> = changes.iter().map(|one| one.change.action).collect();
    legend(&mut out, &actions, style);
    if !changes.is_empty() {
        // Writing to a String never fails.
        let _ = if plan.errored {
            write!(
                out,
                "\ntrueup planned the following actions, but then encountered a problem:\n"
            )
        } else {
            write!(out, "\ntrueup will perform the following actions:\n")
        };
        let listed: Vec<_> = changes.iter().map(|one| (one.change, &one.diff)).collect();
        for (shown, part) in changes.iter().zip(fold(&listed, look.fold)) {
            if part == folding::Shown::Hidden {
                continue;
            }
            let cause = cause(plan, shown);
            out.push('\n');
            out.push_str(&change_text(shown, cause, style));
            out.push('\n');
            if let folding::Shown::WholeThen(hidden) = part {
                out.push_str(&format!("\n{hidden}"));
            }
        }
        out.push_str(&counts_line(plan, &actions, style));
    }
    if !outputs.is_empty() {
        out.push_str("\nChanges to Outputs:\n");
        out.push_str(&outputs);
        out.push('\n');
        if changes
            .iter()
            .all(|shown| shown.change.action == Action::NoOp)
        {
            out.push_str(&wrap(
                "\nYou can apply this plan to save these new output values to the trueup state, without changing any real infrastructure.",
                style.width(),
            ));
            out.push('\n');
        }
    }
    out
}

/// One object's part of a plan's text.
pub struct Part<'a> {
    /// What is done to it, or what was done to it outside.
    pub change: &'a ResourceChange,
    /// The text, comment lines first.
    pub text: String,
}

/// The parts of a plan's text, for whoever puts them together in another way.
pub struct Parts<'a> {
    /// What changed outside.
    pub drift: Vec<Part<'a>>,
    /// What will be done.
    pub changes: Vec<Part<'a>>,
    /// The lines of changed outputs; empty where none changes.
    pub outputs: String,
}

/// The parts of a plan's text.
pub fn parts<'a>(plan: &'a Plan, schemas: &dyn SchemaSource, look: PlanLook) -> Parts<'a> {
    let part = |shown: Shown<'a>, cause| Part {
        change: shown.change,
        text: change_text(&shown, cause, look.style),
    };
    let drift = shown_drift(plan, schemas, look);
    let drift = drift.into_iter().filter(Shown::has_something_to_say);
    Parts {
        drift: drift.map(|shown| part(shown, Cause::Drift)).collect(),
        changes: shown_changes(plan, schemas, look)
            .into_iter()
            .map(|shown| {
                let cause = cause(plan, &shown);
                part(shown, cause)
            })
            .collect(),
        outputs: output_changes(plan, look),
    }
}

fn cause(plan: &Plan, shown: &Shown) -> Cause {
    match plan.generated.contains_key(&shown.change.addr) {
        true => Cause::Generated,
        false => Cause::Planned,
    }
}

/// The changes that are shown. Data sources leave in silence.
fn shown_changes<'a>(plan: &'a Plan, schemas: &dyn SchemaSource, look: PlanLook) -> Vec<Shown<'a>> {
    let is_data = |shown: &Shown| shown.change.addr.resource.resource.mode == ResourceMode::Data;
    plan.changes
        .iter()
        .filter(|change| change.has_effect())
        .map(|change| show(change, schemas, Paths::always(), look))
        .filter(Shown::has_something_to_say)
        .filter(|shown| !(shown.change.action == Action::Delete && is_data(shown)))
        .collect()
}

fn show<'a>(
    change: &'a ResourceChange,
    schemas: &dyn SchemaSource,
    relevant: Paths,
    look: PlanLook,
) -> Shown<'a> {
    let resource = &change.addr.resource.resource;
    let schema = schemas.schema(&change.provider.provider, resource.mode, &resource.kind);
    let block = schema.as_ref().map(|schema| &schema.block);
    let mut trees = ChangeTrees::of(change, block);
    if change.action == Action::Forget {
        // The object stays as it is.
        trees.after = Some(trees.before.clone());
        trees.after_sensitive = trees.before_sensitive.clone();
    }
    if look.show_sensitive {
        trees = in_the_clear(trees);
    }
    let mut diff = difference(&trees, block, relevant);
    spell_out(&mut diff, resource);
    Shown { change, diff }
}

/// The same with nothing sensitive.
fn in_the_clear(trees: ChangeTrees) -> ChangeTrees {
    ChangeTrees {
        before_sensitive: Json::Bool(false),
        after_sensitive: Json::Bool(false),
        ..trees
    }
}

/// The difference that a change makes, by the block's schema, or by the values' own shape without one.
pub fn difference(trees: &ChangeTrees, block: Option<&Block>, relevant: Paths) -> Diff {
    let change = Change {
        before_explicit: false,
        after_explicit: false,
        before: trees.before.clone(),
        after: trees.after.clone().unwrap_or_default(),
        unknown: trees.after_unknown.clone(),
        before_sensitive: trees.before_sensitive.clone(),
        after_sensitive: trees.after_sensitive.clone(),
        replace: Paths::new(trees.replace_paths.clone(), false),
        relevant,
    };
    match block {
        Some(block) => compare::compare_resource(&change, block),
        None => compare::compare_output(&change),
    }
}

/// The drift that is shown: all of it in refresh-only mode, else what the plan depended on.
fn shown_drift<'a>(plan: &'a Plan, schemas: &dyn SchemaSource, look: PlanLook) -> Vec<Shown<'a>> {
    let mut relevant: BTreeMap<String, Vec<Vec<Json>>> = BTreeMap::new();
    for attribute in &plan.relevant_attributes {
        relevant
            .entry(attribute.resource.to_string())
            .or_default()
            .push(trueup_plan::json::path_steps(&attribute.path));
    }
    plan.drift
        .iter()
        .filter_map(|change| {
            if plan.mode == Mode::RefreshOnly {
                return Some(show(change, schemas, Paths::always(), look));
            }
            let paths = relevant.get(&change.addr.to_string())?.clone();
            Some(show(change, schemas, Paths::new(paths, true), look))
        })
        .filter(|shown| plan.mode == Mode::RefreshOnly || shown.diff.action != Action::NoOp)
        .collect()
}

/// Writes what changed outside; answers whether anything was written.
fn drift_text(
    out: &mut String,
    plan: &Plan,
    drift: &[Shown],
    has_changes: bool,
    style: Style,
) -> bool {
    let refresh_only = plan.mode == Mode::RefreshOnly;
    if drift.is_empty() || (!has_changes && !refresh_only) {
        return false;
    }
    out.push('\n');
    let note = style.paint(Paint::BoldCyan, "Note:");
    let head = style.bold(" Objects have changed outside of trueup");
    out.push_str(&format!("{note}{head}\n\n"));
    out.push_str(&wrap(
        "trueup detected the following changes made outside of trueup since the last \"trueup apply\" which may have affected this plan:\n",
        style.width(),
    ));
    for shown in drift {
        if !shown.has_something_to_say() {
            continue;
        }
        out.push('\n');
        out.push_str(&change_text(shown, Cause::Drift, style));
        out.push('\n');
    }
    let end = if refresh_only {
        "\n\nThis is a refresh-only plan, so trueup will not take any actions to undo these. If you were expecting these changes then you can apply this plan to record the updated values in the trueup state without changing any remote objects."
    } else {
        "\n\nUnless you have made equivalent changes to your configuration, or ignored the relevant attributes using ignore_changes, the following plan may include actions to undo or respond to these changes."
    };
    out.push_str(&wrap(end, style.width()));
    out.push('\n');
    true
}

fn change_text(shown: &Shown, cause: Cause, style: Style) -> String {
    let change = shown.change;
    let look = Look {
        style,
        // Whoever imports wants to see what is there.
        show_unchanged: change.importing.is_some(),
        ..Look::default()
    };
    let resource = &change.addr.resource.resource;
    let head = match resource.mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data",
    };
    let (kind, name) = (&resource.kind, &resource.name);
    let symbol = action_symbol(change.action, style);
    let body = render(&shown.diff, 0, look);
    let comment = comment(change, cause, style);
    format!("{comment}{symbol} {head} \"{kind}\" \"{name}\" {body}")
}

/// The lines of changed outputs, joined; empty where none changes.
fn output_changes(plan: &Plan, look: PlanLook) -> String {
    let diffs: Vec<(String, Diff)> = plan
        .outputs
        .iter()
        .map(|(name, output)| {
            let mut trees = output_trees(output);
            if look.show_sensitive {
                trees = in_the_clear(trees);
            }
            let diff = difference(&trees, None, Paths::always());
            (attribute_name(name), diff)
        })
        .collect();
    output_lines(&diffs, look.style)
}

fn output_lines(diffs: &[(String, Diff)], style: Style) -> String {
    let width = diffs
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let look = Look {
        style,
        ..Look::default()
    };
    diffs
        .iter()
        .filter(|(_, diff)| diff.action != Action::NoOp)
        .map(|(name, diff)| {
            let symbol = action_symbol(diff.action, style);
            format!("{symbol} {name:<width$} = {}", render(diff, 0, look))
        })
        .collect::<Vec<_>>()
        .join("\n")
}
