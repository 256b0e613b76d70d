//! What a drift check found, as text: which objects, which attributes, since which state.

use trueup_operations::drift::{Drifted, Report, Unmanaged, path_text};
use trueup_value::{Marks, Value, ValueRef};

use super::findings::{Finding, of_object};
use super::{Checked, unmanaged};
use crate::views::human::diff::quote;
use crate::views::{Paint, Style};

/// The text of all reports, ended by a line feed. Without drift it says so.
pub fn render(checks: &[Checked], style: Style) -> String {
    let mut out = String::new();
    for check in checks {
        let Some(report) = &check.report else {
            continue;
        };
        if checks.len() > 1 {
            let head = style.bold(format!("{}:", check.folder));
            out.push_str(&format!("{head}\n\n"));
        }
        out.push_str(&folder(check, report, style));
        if checks.len() > 1 {
            out.push('\n');
        }
    }
    if checks.len() > 1 {
        out.push_str(&total(checks, style));
    }
    if let Some(unmanaged) = unmanaged(checks) {
        out.push_str(&strays(&unmanaged, style));
    }
    out
}

fn strays(unmanaged: &Unmanaged, style: Style) -> String {
    let (total, coverage) = (unmanaged.total, unmanaged.coverage());
    let managed = total - unmanaged.strays.len();
    let mut out = String::new();
    if !unmanaged.strays.is_empty() {
        out.push_str(&format!("\n{}\n\n", style.bold("In no state here:")));
    }
    for (_, stray) in &unmanaged.strays {
        let sign = style.paint(Paint::Cyan, "?");
        out.push_str(&format!(
            "  {sign} {} {} ({})\n",
            stray.kind,
            quote(&stray.id),
            stray.place
        ));
    }
    let head = style.bold("Coverage:");
    out.push_str(&format!(
        "\n{head} {coverage} %, {managed} of {total} tables are in a state.\n"
    ));
    out
}

fn total(checks: &[Checked], style: Style) -> String {
    let failed = checks.iter().filter(|check| check.failed()).count();
    let drifted = checks
        .iter()
        .filter_map(|check| check.report.as_ref())
        .filter(|report| !report.objects.is_empty())
        .count();
    let head = style.bold("In all:");
    let mut out = format!("{head} {} directories, {drifted} with drift", checks.len());
    if failed > 0 {
        out.push_str(&format!(", {failed} could not be checked"));
    }
    out.push_str(".\n");
    out
}

fn folder(check: &Checked, report: &Report, style: Style) -> String {
    let serial = report.serial;
    let ignored = match report.ignored.len() {
        0 => String::new(),
        1 => " 1 difference is ignored.".to_owned(),
        count => format!(" {count} differences are ignored."),
    };
    let checked = report.looked_at.len();
    if report.objects.is_empty() {
        let head = style.paint(Paint::BoldGreen, "No drift.");
        let rest = match checked {
            0 => format!("The state (serial {serial}) has no objects to check."),
            1 => format!("The 1 object checked is as the state (serial {serial}) says."),
            _ => format!("All {checked} objects checked are as the state (serial {serial}) says."),
        };
        return format!("{head} {rest}{ignored}\n");
    }
    let mut out = style.bold("Changed outside since the last run:");
    out.push_str("\n\n");
    for object in &report.objects {
        out.push_str(&one(object, &of_object(check, object), style));
    }
    let (changed, deleted) = report.counts();
    let head = style.paint(Paint::BoldYellow, "Drift:");
    out.push_str(&format!(
        "\n{head} {changed} changed, {deleted} deleted; {} checked against state serial {serial}.{ignored}\n",
        objects(checked)
    ));
    out.push_str(
        "To bring the objects back, run `trueup apply` or `trueup drift revert`; to write what is there now\ninto the configuration, `trueup drift accept`; to let it be, `trueup drift ignore`.\n",
    );
    out
}

fn objects(count: usize) -> String {
    match count {
        1 => "1 object".to_owned(),
        count => format!("{count} objects"),
    }
}

fn one(object: &Drifted, findings: &[Finding<'_>], style: Style) -> String {
    let place = |finding: &Finding<'_>| match finding.location() {
        Some(place) => style.paint(
            Paint::Gray,
            format!("  ({}:{})", place.file, place.start.line),
        ),
        None => String::new(),
    };
    let address = style.bold(object.addr.to_string());
    if object.deleted {
        let sign = style.paint(Paint::Red, "-");
        let place = findings.first().map(place).unwrap_or_default();
        return format!("  {sign} {address} has been deleted{place}\n");
    }
    let sign = style.paint(Paint::Yellow, "~");
    let mut out = format!("  {sign} {address}\n");
    for finding in findings {
        let Some(attribute) = finding.attribute else {
            continue;
        };
        let arrow = style.paint(Paint::Yellow, "->");
        let hidden = || {
            (
                "(sensitive value)".to_owned(),
                "(sensitive value)".to_owned(),
            )
        };
        let (before, after) = finding.values().unwrap_or_else(hidden);
        let path = match path_text(&attribute.difference.path) {
            path if path.is_empty() => "(the whole object)".to_owned(),
            path => path,
        };
        out.push_str(&format!(
            "      {path}: {before} {arrow} {after}{}\n",
            place(finding)
        ));
    }
    out
}

/// A value on one line.
pub fn value_text(value: &Value) -> String {
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
