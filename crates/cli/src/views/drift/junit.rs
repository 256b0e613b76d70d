//! JUnit's XML: a folder is a suite, an object that was looked at is a case, drift is its failure. What no state
//! knows is one suite more, where it was asked for.
//!
//! It has what both published schemas ask for, that of Ant and that of Jenkins.

use std::collections::BTreeMap;

use trueup_addrs::AbsInstance;
use trueup_operations::drift::{Drifted, Report, Unmanaged};

use super::findings::{Finding, of_object};
use super::{Checked, unmanaged};
use crate::views::junit::escaped;

/// The document. `at` is when the check was made.
pub fn render(checks: &[Checked], at: &str) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (n, check) in checks.iter().enumerate() {
        out.push_str(&suite(check, n, at));
    }
    if let Some(unmanaged) = unmanaged(checks) {
        out.push_str(&strays(&unmanaged, checks.len(), at));
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(check: &Checked, n: usize, at: &str) -> String {
    let name = escaped(&check.folder);
    let none = Report::default();
    let report = check.report.as_ref().unwrap_or(&none);
    let drifted: BTreeMap<&AbsInstance, &Drifted> = report
        .objects
        .iter()
        .map(|object| (&object.addr, object))
        .collect();
    let failed = check.failed();
    // A folder that could not be checked is one case more, which says why.
    let tests = report.looked_at.len() + usize::from(failed);
    let mut out = head(
        &name,
        (n, at),
        (tests, report.objects.len(), usize::from(failed)),
        &[
            ("workspace", report.workspace.clone()),
            ("serial", report.serial.to_string()),
            ("ignored", report.ignored.len().to_string()),
        ],
    );
    for addr in &report.looked_at {
        let own = match drifted.get(addr) {
            Some(object) => of_object(check, object),
            None => Vec::new(),
        };
        let case = format!(
            "    <testcase name=\"{}\" classname=\"{}\" time=\"0\"",
            escaped(&addr.to_string()),
            escaped(&addr.resource.resource.kind)
        );
        let Some(first) = own.first() else {
            out.push_str(&format!("{case}/>\n"));
            continue;
        };
        let (message, kind) = match (first.attribute, own.len()) {
            (None, _) => ("deleted outside".to_owned(), "drift/deleted"),
            (_, 1) => (
                "1 attribute was changed outside".to_owned(),
                "drift/changed",
            ),
            (_, n) => (
                format!("{n} attributes were changed outside"),
                "drift/changed",
            ),
        };
        let lines: Vec<String> = own.iter().map(line).collect();
        out.push_str(&format!(
            "{case}>\n      <failure message=\"{}\" type=\"{kind}\">{}</failure>\n    </testcase>\n",
            escaped(&message),
            escaped_text(&lines.join("\n"))
        ));
    }
    if failed {
        let told: Vec<String> = check
            .errors()
            .map(|(one, _)| format!("{}: {}", one.summary, one.detail))
            .collect();
        let first = check.errors().next();
        let message = first.map_or("the check did not come to an end", |(one, _)| &*one.summary);
        out.push_str(&format!(
            "    <testcase name=\"check\" classname=\"trueup.drift\" time=\"0\">\n      <error message=\"{}\" type=\"error\">{}</error>\n    </testcase>\n",
            escaped(message),
            escaped_text(&told.join("\n"))
        ));
    }
    out.push_str(END);
    out
}

/// What no state knows, of all folders together: a suite of its own, each object a case that was passed over, as
/// nothing can say what it should be. It is no failure, as it is none in the exit code.
fn strays(unmanaged: &Unmanaged, n: usize, at: &str) -> String {
    let count = unmanaged.strays.len();
    let mut out = head(
        "unmanaged",
        (n, at),
        (count, 0, 0),
        &[
            ("total", unmanaged.total.to_string()),
            ("coverage_percent", unmanaged.coverage().to_string()),
        ],
    );
    for (_, stray) in &unmanaged.strays {
        out.push_str(&format!(
            "    <testcase name=\"{}\" classname=\"{}\" time=\"0\">\n      <skipped message=\"in no state here ({})\"/>\n    </testcase>\n",
            escaped(&stray.id),
            escaped(&stray.kind),
            escaped(&stray.place)
        ));
    }
    out.push_str(END);
    out
}

/// What ends a suite: both schemas want these elements.
const END: &str = "    <system-out/>\n    <system-err/>\n  </testsuite>\n";

/// The head of a suite: its name, its place among the suites and the time, its counts of cases, failures and errors,
/// and what else there is to know.
fn head(
    name: &str,
    (n, at): (usize, &str),
    (tests, failures, errors): (usize, usize, usize),
    properties: &[(&str, String)],
) -> String {
    // Without the fraction and the zone: the schema knows neither.
    let at: String = at.chars().take(19).collect();
    let mut out = format!(
        "  <testsuite name=\"{name}\" package=\"trueup.drift\" id=\"{n}\" hostname=\"localhost\" timestamp=\"{at}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"0\">\n    <properties>\n"
    );
    for (key, value) in properties {
        let value = escaped(value);
        out.push_str(&format!(
            "      <property name=\"{key}\" value=\"{value}\"/>\n"
        ));
    }
    out.push_str("    </properties>\n");
    out
}

fn line(finding: &Finding<'_>) -> String {
    match finding.location() {
        Some(place) => format!(
            "{}:{}: {}",
            place.file,
            place.start.line,
            finding.sentence()
        ),
        None => finding.sentence(),
    }
}

/// Text between tags. What XML can't hold at all is shown as a replacement.
fn escaped_text(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| match letter {
            '\n' | '\t' => letter,
            letter if (letter as u32) < 0x20 || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                '\u{fffd}'
            }
            letter => letter,
        })
        .collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
