//! A plan as text: a line for each change, what differs below it, then drift, outputs, steps and calls.

use std::fmt::Write;

use trueup_diagnostics::{Diagnostics, Severity, Sources};
use trueup_plan::{Action, Plan, ResourceChange};
use trueup_value::{Marks, Value, json};

/// The plan as a golden keeps it.
pub(crate) fn text(
    plan: &Plan,
    diagnostics: &Diagnostics,
    sources: &Sources,
    calls: &[String],
) -> String {
    let mut out = String::new();
    section(&mut out, "changes", &plan.changes, change);
    section(&mut out, "drift", &plan.drift, change);
    section(&mut out, "outputs", &plan.outputs, |(name, output)| {
        let (before, after) = (value(&output.before), value(&output.after));
        format!("{} {name}: {before} -> {after}", action(output.action))
    });
    let numbered = plan.steps.iter().enumerate();
    section(&mut out, "steps", numbered, |(at, step)| {
        let (resource, phase) = (&step.resource, step.phase);
        let changes = step.changes.len();
        format!(
            "{at} {phase:?} {resource} ({changes}) needs {:?}",
            step.needs
        )
    });
    section(&mut out, "calls", calls, String::clone);
    section(&mut out, "diagnostics", diagnostics.iter(), |diagnostic| {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = diagnostic
            .subject
            .map_or_else(|| "-".into(), |subject| sources.place(subject));
        let address = diagnostic.address.as_deref().unwrap_or("-");
        let detail = diagnostic.detail.replace('\n', "\\n");
        format!(
            "{severity} {place} {address}: {} | {detail}",
            diagnostic.summary
        )
    });
    let flags = [
        ("applyable", plan.applyable),
        ("complete", plan.complete),
        ("errored", plan.errored),
    ];
    let set: Vec<&str> = flags
        .iter()
        .filter(|flag| flag.1)
        .map(|flag| flag.0)
        .collect();
    let _ = writeln!(out, "plan is {}", set.join(", "));
    out
}

fn section<T>(
    out: &mut String,
    name: &str,
    items: impl IntoIterator<Item = T>,
    line: impl Fn(T) -> String,
) {
    let lines: Vec<String> = items.into_iter().map(line).collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "{name}\n  {}", lines.join("\n  "));
    }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::NoOp => "no-op",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate => "delete-then-create",
        Action::CreateThenDelete => "create-then-delete",
        Action::Delete => "delete",
        Action::Forget => "forget",
    }
}

fn change(change: &ResourceChange) -> String {
    let mut out = format!("{} {}", action(change.action), change.addr);
    if let Some(key) = &change.deposed {
        let _ = write!(out, " (deposed {key})");
    }
    if let Some(reason) = change.reason.plan_json() {
        let _ = write!(out, " {reason}");
    }
    for path in &change.required_replace {
        let _ = write!(out, " forced by {path}");
    }
    if let Some(previous) = &change.previous_addr {
        let _ = write!(out, " moved from {previous}");
    }
    if let Some(alias) = &change.provider.alias {
        let _ = write!(out, " by {alias}");
    }
    let (before, after) = (change.before.as_members(), change.after.as_members());
    let names = before
        .into_iter()
        .chain(after)
        .flat_map(|members| members.keys());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.dedup();
    if change.after.is_null() {
        return out;
    }
    for name in names {
        let of = |value: &Value| value.member(name).map_or("null".into(), self::value);
        let (before, after) = (of(&change.before), of(&change.after));
        if before != after {
            let _ = write!(out, "\n    {name}: {before} -> {after}");
        }
    }
    out
}

fn value(value: &Value) -> String {
    if value.has_mark(Marks::SENSITIVE) {
        return format!("sensitive {}", self::value(&value.unmark().0));
    }
    if !value.is_known() {
        return "unknown".into();
    }
    json::encode(&value.without_marks_inside()).unwrap_or_else(|_| "partly unknown".into())
}
