//! Test runs for a reader: a line for each file and run, and what is said of them.

use trueup_operations::testing::{Left, Status, SuiteReport};

use super::wrap::wrap;
use crate::views::{Paint, Style};

/// How something ended, in one word.
pub fn status(status: Status, style: Style) -> String {
    match status {
        Status::Pass => style.paint(Paint::Green, "pass"),
        Status::Fail | Status::Error => style.paint(Paint::Red, "fail"),
        Status::Skip => style.paint(Paint::Gray, "skip"),
        Status::Pending => style.paint(Paint::Gray, "pending"),
    }
}

/// A file that is under way: `in progress` or `tearing down`.
pub fn file_progress(name: &str, what: &str, style: Style) -> String {
    format!("{name}... {}", style.paint(Paint::Gray, what))
}

/// A file that ended.
pub fn file_ended(name: &str, ended: Status, style: Style) -> String {
    format!("{name}... {}", status(ended, style))
}

/// A run that ended.
pub fn run_ended(name: &str, ended: Status, style: Style) -> String {
    format!("  run {name:?}... {}", status(ended, style))
}

/// That a cleanup went wrong.
pub fn cleanup_failed(file: &str, run: &str) -> String {
    wrap(
        &format!(
            "trueup encountered an error destroying resources created while executing {file}/{run}.\n"
        ),
        Style::default().width(),
    )
}

/// What a cleanup left; nothing where nothing is left.
pub fn left(file: &str, run: &str, left: &Left) -> String {
    if left.objects.is_empty() {
        return String::new();
    }
    let mut text = wrap(
        &format!(
            "\ntrueup left the following resources in state after executing {file}/{run}, and they need to be cleaned up manually:\n"
        ),
        Style::default().width(),
    );
    for (addr, deposed) in &left.objects {
        match deposed {
            Some(key) => text.push_str(&format!("  - {addr} ({key})\n")),
            None => text.push_str(&format!("  - {addr}\n")),
        }
    }
    text
}

/// The last line: how many passed and failed.
pub fn conclusion(report: &SuiteReport, style: Style) -> String {
    let count = |status| report.count(status);
    let skipped = match count(Status::Skip) {
        0 => String::new(),
        skipped => format!(", {skipped} skipped"),
    };
    if report.status <= Status::Skip {
        return format!("Executed 0 tests{skipped}.");
    }
    let verdict = match report.status {
        Status::Pass => style.paint(Paint::Green, "Success!"),
        _ => style.paint(Paint::Red, "Failure!"),
    };
    format!(
        "{verdict} {} passed, {} failed{skipped}.",
        count(Status::Pass),
        count(Status::Fail) + count(Status::Error)
    )
}
