//! What a drift check found, as text: which objects, which attributes, since which state.

use trueup_operations::drift::{Drifted, Report};
use trueup_value::{Marks, Path, Value, ValueRef};

use super::diff::quote;
use crate::views::{Paint, Style};

/// The text of a report, ended by a line feed. Without drift it says so.
pub fn render(report: &Report, style: Style) -> String {
    let (checked, serial) = (objects(report.checked), report.serial);
    if report.objects.is_empty() {
        let head = style.paint(Paint::BoldGreen, "No drift.");
        return match report.checked {
            0 => format!("{head} The state (serial {serial}) has no objects to check.\n"),
            1 => format!("{head} The 1 object checked is as the state (serial {serial}) says.\n"),
            _ => format!("{head} All {checked} checked are as the state (serial {serial}) says.\n"),
        };
    }
    let mut out = style.bold("Changed outside since the last run:");
    out.push_str("\n\n");
    for object in &report.objects {
        out.push_str(&one(object, style));
    }
    let deleted = report
        .objects
        .iter()
        .filter(|object| object.deleted)
        .count();
    let changed = report.objects.len() - deleted;
    let head = style.paint(Paint::BoldYellow, "Drift:");
    out.push_str(&format!(
        "\n{head} {changed} changed, {deleted} deleted; {checked} checked against state serial {serial}.\n"
    ));
    out.push_str(
        "To bring the objects back, run `trueup apply`; to keep them as they are now, run\n`trueup apply -refresh-only` and then change the configuration.\n",
    );
    out
}

fn objects(count: usize) -> String {
    match count {
        1 => "1 object".to_owned(),
        count => format!("{count} objects"),
    }
}

fn one(object: &Drifted, style: Style) -> String {
    if object.deleted {
        let sign = style.paint(Paint::Red, "-");
        return format!(
            "  {sign} {} has been deleted\n",
            style.bold(&object.address)
        );
    }
    let sign = style.paint(Paint::Yellow, "~");
    let mut out = format!("  {sign} {}\n", style.bold(&object.address));
    for (path, before, after) in &object.attributes {
        let arrow = style.paint(Paint::Yellow, "->");
        let (before, after) = shown(before, after);
        out.push_str(&format!(
            "      {}: {before} {arrow} {after}\n",
            path_text(path)
        ));
    }
    out
}

/// Both values; where one is sensitive neither is shown.
fn shown(before: &Value, after: &Value) -> (String, String) {
    if before.has_mark(Marks::SENSITIVE) || after.has_mark(Marks::SENSITIVE) {
        let hidden = "(sensitive value)".to_owned();
        return (hidden.clone(), hidden);
    }
    (value_text(before), value_text(after))
}

/// A path without its first dot; the whole object has none.
fn path_text(path: &Path) -> String {
    let text = path.to_string();
    match text.strip_prefix('.') {
        Some(text) => text.to_owned(),
        None if text.is_empty() => "(the whole object)".to_owned(),
        None => text,
    }
}

/// A value on one line.
fn value_text(value: &Value) -> String {
    if value.has_mark(Marks::SENSITIVE) {
        return "(sensitive value)".to_owned();
    }
    let list = |elements: &[Value]| {
        let elements: Vec<String> = elements.iter().map(value_text).collect();
        format!("[{}]", elements.join(", "))
    };
    match value.view() {
        ValueRef::Unknown(..) => "(not known)".to_owned(),
        ValueRef::Null(_) => "null".to_owned(),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Number(number) => number.to_string(),
        ValueRef::String(text) => quote(text),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => list(elements),
        ValueRef::Tuple(elements) => list(elements),
        ValueRef::Map { .. } | ValueRef::Object(_) => {
            let members: Vec<String> = value
                .as_members()
                .into_iter()
                .flatten()
                .map(|(key, member)| match trueup_parser::is_identifier(key) {
                    true => format!("{key} = {}", value_text(member)),
                    false => format!("{} = {}", quote(key), value_text(member)),
                })
                .collect();
            match members.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", members.join(", ")),
            }
        }
    }
}
