//! The event stream of `-json` runs: one object a line.
//!
//! Names and forms are those that readers of Terraform's stream know, `@module` included; the first line's
//! `trueup` tells who writes.

use std::time::Duration;

use trueup_addrs::{AbsInstance, InstanceKey, Mode as ResourceMode};
use trueup_diagnostics::{Diagnostic, Sources};
use trueup_plan::json::{Fields, Json, known};
use trueup_plan::{Action, Counts, Event, Mode, Plan, ResourceChange, State, Subject};

use super::diagnostic;
use crate::views::human::progress;

/// The version of the stream's forms.
const UI_VERSION: &str = "1.2";

/// One line: the common fields, then the given ones in order of their names.
fn line(level: &str, message: &str, now: &str, mut fields: Vec<(&'static str, Json)>) -> String {
    fields.sort_by_key(|(name, _)| *name);
    let head = Fields::new()
        .text("@level", level)
        .text("@message", message)
        .text("@module", "terraform.ui")
        .text("@timestamp", now);
    fields
        .into_iter()
        .fold(head, |line, (name, value)| line.with(name, value))
        .json()
        .to_line()
}

fn kind(kind: &str) -> (&'static str, Json) {
    ("type", Json::string(kind))
}

/// The first line: the program's version, and the version of Terraform whose forms it keeps.
pub fn version(version: &str, terraform: &str, now: &str) -> String {
    let fields = vec![
        kind("version"),
        ("terraform", Json::string(terraform)),
        ("trueup", Json::string(version)),
        ("ui", Json::string(UI_VERSION)),
    ];
    line("info", &format!("trueup {version}"), now, fields)
}

/// A diagnostic.
pub fn diagnostic(one: &Diagnostic, sources: &Sources, now: &str) -> String {
    let (level, word) = match one.is_error() {
        true => ("error", "Error"),
        false => ("warn", "Warning"),
    };
    let json = diagnostic::diagnostic(one, sources);
    let message = format!("{word}: {}", one.summary);
    line(
        level,
        &message,
        now,
        vec![kind("diagnostic"), ("diagnostic", json)],
    )
}

/// A message that has no form of its own.
pub fn log(message: &str, now: &str) -> String {
    line("info", message, now, vec![kind("log")])
}

/// A message of `init`, with the code that programs know it by.
pub fn init_output(message: &str, code: &str, now: &str) -> String {
    let fields = vec![kind("init_output"), ("message_code", Json::string(code))];
    line("info", message, now, fields)
}

/// An event of a run; `None` for what the stream does not tell.
pub fn event(event: &Event, now: &str) -> Option<String> {
    let subject = match event {
        Event::RefreshStarted(subject)
        | Event::RefreshDone(subject)
        | Event::Started(subject)
        | Event::StillGoing(subject, ..)
        | Event::Done(subject, _)
        | Event::Failed(subject, _) => subject,
        Event::Notice(text) => return Some(log(text, now)),
        Event::Progress { .. } => return None,
    };
    let addr = &subject.addr;
    let is_data = subject.addr.resource.resource.mode == ResourceMode::Data;
    let (name, message, elapsed) = match event {
        Event::RefreshStarted(_) if is_data => return Some(apply_start(subject, now)),
        Event::RefreshDone(_) if is_data => {
            return Some(apply_end(subject, Action::Read, Duration::ZERO, now));
        }
        Event::RefreshDone(_) => {
            let message = format!("{addr}: Refresh complete{}", progress::id(subject));
            ("refresh_complete", message, None)
        }
        Event::Started(_) => return Some(apply_start(subject, now)),
        Event::StillGoing(_, elapsed, awaited) => {
            let verb = verb(subject.action).to_lowercase();
            let so_far = progress::duration(*elapsed);
            let waits = progress::waits(awaited.as_deref());
            let message = format!("{addr}: Still {verb}... [{so_far} elapsed]{waits}");
            ("apply_progress", message, Some(*elapsed))
        }
        Event::Done(_, elapsed) => {
            return Some(apply_end(subject, subject.action, *elapsed, now));
        }
        Event::Failed(_, elapsed) => {
            let noun = noun(subject.action);
            let took = progress::duration(*elapsed);
            let message = format!("{addr}: {noun} errored after {took}");
            ("apply_errored", message, Some(*elapsed))
        }
        _ => {
            let id = progress::id(subject);
            let message = format!("{addr}: Refreshing state...{id}");
            ("refresh_start", message, None)
        }
    };
    // Only what is read again is named by its id here.
    let is_refresh = name.starts_with("refresh");
    let action = (!is_refresh).then_some(subject.action);
    let hook = hook(subject, action, is_refresh, elapsed);
    Some(line(
        "info",
        &message,
        now,
        vec![kind(name), ("hook", hook)],
    ))
}

fn apply_start(subject: &Subject, now: &str) -> String {
    let action = match subject.addr.resource.resource.mode {
        ResourceMode::Data => Action::Read,
        ResourceMode::Managed => subject.action,
    };
    let with_id = !matches!(action, Action::Create | Action::Read);
    let id = if with_id {
        progress::id(subject)
    } else {
        String::new()
    };
    let message = format!("{}: {}...{id}", subject.addr, verb(action));
    let hook = hook(subject, Some(action), with_id, None);
    line(
        "info",
        &message,
        now,
        vec![kind("apply_start"), ("hook", hook)],
    )
}

fn apply_end(subject: &Subject, action: Action, elapsed: Duration, now: &str) -> String {
    let with_id = action != Action::Delete;
    let id = if with_id {
        progress::id(subject)
    } else {
        String::new()
    };
    let (noun, took) = (noun(action), progress::duration(elapsed));
    let message = format!("{}: {noun} complete after {took}{id}", subject.addr);
    let hook = hook(subject, Some(action), with_id, Some(elapsed));
    line(
        "info",
        &message,
        now,
        vec![kind("apply_complete"), ("hook", hook)],
    )
}

fn hook(
    subject: &Subject,
    action: Option<Action>,
    with_id: bool,
    elapsed: Option<Duration>,
) -> Json {
    let identity = subject.identity.as_ref().filter(|_| with_id);
    let seconds = elapsed.map(|elapsed| (elapsed.as_millis() as u64 + 500) / 1000);
    Fields::new()
        .with("resource", resource(&subject.addr))
        .with_some("action", action.map(|action| Json::string(word(action))))
        .with_some(
            "id_key",
            identity.map(|identity| Json::string(identity.key)),
        )
        .with_some(
            "id_value",
            identity.map(|identity| Json::string(&identity.value)),
        )
        .with_some("elapsed_seconds", seconds.map(Json::number))
        .json()
}

/// What is being done.
fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "Creating",
        Action::Delete => "Destroying",
        Action::Read => "Refreshing",
        Action::Forget => "Removing",
        _ => "Modifying",
    }
}

/// What was done.
fn noun(action: Action) -> &'static str {
    match action {
        Action::Create => "Creation",
        Action::Delete => "Destruction",
        Action::Read => "Refresh",
        Action::Forget => "Removal",
        _ => "Modifications",
    }
}

/// The word for an action.
fn word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}

/// An instance in its parts.
fn resource(addr: &AbsInstance) -> Json {
    let resource = &addr.resource.resource;
    let module = &addr.resource.module;
    Fields::new()
        .text("addr", addr.to_string())
        .text("module", module.to_string())
        .text("resource", addr.local_text())
        .text("implied_provider", resource.implied_provider())
        .text("resource_type", &resource.kind)
        .text("resource_name", &resource.name)
        .with(
            "resource_key",
            match &addr.key {
                InstanceKey::None => Json::Null,
                InstanceKey::Int(index) => Json::number(*index),
                InstanceKey::Str(key) => Json::String(key.clone()),
            },
        )
        .json()
}

/// The lines of a plan: drift, changes, their counts, outputs.
pub fn plan(plan: &Plan, now: &str) -> Vec<String> {
    let refresh_only = plan.mode == Mode::RefreshOnly;
    let mut lines = Vec::new();
    for change in &plan.drift {
        if change.action != Action::NoOp || refresh_only {
            let (action, json) = instance_change(change);
            let message = format!("{}: Drift detected ({action})", change.addr);
            let fields = vec![kind("resource_drift"), ("change", json)];
            lines.push(line("info", &message, now, fields));
        }
    }
    for change in plan.changes.iter().filter(|change| change.has_effect()) {
        let is_data = change.addr.resource.resource.mode == ResourceMode::Data;
        if is_data && change.action == Action::Delete {
            continue;
        }
        let (action, json) = instance_change(change);
        let message = format!("{}: Plan to {action}", change.addr);
        let fields = vec![kind("planned_change"), ("change", json)];
        lines.push(line("info", &message, now, fields));
    }
    lines.push(change_summary(plan.counts(), Operation::Plan, now));
    if !plan.outputs.is_empty() {
        let outputs = plan.outputs.iter().map(|(name, output)| {
            let json = Fields::new()
                .with("sensitive", Json::Bool(output.sensitive))
                .text("action", word(output.action))
                .json();
            (name.clone(), json)
        });
        lines.push(outputs_line(Json::object(outputs), plan.outputs.len(), now));
    }
    lines
}

fn instance_change(change: &ResourceChange) -> (&'static str, Json) {
    let moved = change
        .previous_addr
        .as_ref()
        .filter(|previous| **previous != change.addr);
    let action = match change.action {
        Action::NoOp if moved.is_some() => "move",
        Action::NoOp if change.importing.is_some() => "import",
        action => word(action),
    };
    let importing = change.importing.as_ref();
    let json = Fields::new()
        .with("resource", resource(&change.addr))
        .with_some("previous_resource", moved.map(resource))
        .text("action", action)
        .with_some("reason", change.reason.stream().map(Json::string))
        .with_some(
            "importing",
            importing.map(|id| Fields::new().text("id", id).json()),
        )
        .json();
    (action, json)
}

/// What a summary sums up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// A plan.
    Plan,
    /// An apply.
    Apply,
    /// A destroy.
    Destroy,
}

/// The counts of a plan, or of what was done.
pub fn change_summary(counts: Counts, operation: Operation, now: &str) -> String {
    let Counts {
        add,
        change,
        destroy,
        import,
        ..
    } = counts;
    let (word, message) = match operation {
        Operation::Plan => {
            let import = match import {
                0 => String::new(),
                import => format!("{import} to import, "),
            };
            let text = format!("{add} to add, {change} to change, {destroy} to destroy.");
            ("plan", format!("Plan: {import}{text}"))
        }
        Operation::Apply => {
            let import = match import {
                0 => String::new(),
                import => format!("{import} imported, "),
            };
            let text = format!("{add} added, {change} changed, {destroy} destroyed.");
            (
                "apply",
                format!("Apply complete! Resources: {import}{text}"),
            )
        }
        Operation::Destroy => (
            "destroy",
            format!("Destroy complete! Resources: {destroy} destroyed."),
        ),
    };
    let number = |count: usize| Json::number(count as u64);
    let changes = Fields::new()
        .with("add", number(add))
        .with("change", number(change))
        .with("import", number(import))
        .with("remove", number(destroy))
        .text("operation", word)
        .json();
    line(
        "info",
        &message,
        now,
        vec![kind("change_summary"), ("changes", changes)],
    )
}

/// The outputs after an apply. Those that are sensitive come without their value.
pub fn outputs(state: &State, now: &str) -> String {
    let outputs = state.outputs.iter().map(|(name, output)| {
        let ty = Json::parse(&output.value.ty().to_json()).unwrap_or_default();
        let value = (!output.sensitive).then(|| known(&output.value).unwrap_or_default());
        let json = Fields::new()
            .with("sensitive", Json::Bool(output.sensitive))
            .with("type", ty)
            .with_some("value", value)
            .json();
        (name.clone(), json)
    });
    outputs_line(Json::object(outputs), state.outputs.len(), now)
}

fn outputs_line(outputs: Json, count: usize, now: &str) -> String {
    let message = format!("Outputs: {count}");
    line(
        "info",
        &message,
        now,
        vec![kind("outputs"), ("outputs", outputs)],
    )
}
