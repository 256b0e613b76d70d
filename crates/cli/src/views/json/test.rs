//! The event stream of `test -json`: one object a line, each with the file and the run that it is about.

use std::time::Duration;

use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::testing::{Left, Status, SuiteReport};
use trueup_plan::json::{Fields, Json};

use super::diagnostic;
use crate::views::Style;
use crate::views::human::test as human;

/// What a line is about.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    /// The test file.
    pub file: Option<&'a str>,
    /// The run.
    pub run: Option<&'a str>,
}

const PLAIN: Style = Style {
    color: false,
    columns: None,
};

fn line(
    level: &str,
    message: &str,
    about: About<'_>,
    now: &str,
    kind: &'static str,
    of: Json,
) -> String {
    Fields::new()
        .text("@level", level)
        .text("@message", message)
        .text("@module", "terraform.ui")
        .with_some("@testfile", about.file.map(Json::string))
        .with_some("@testrun", about.run.map(Json::string))
        .text("@timestamp", now)
        .with(kind, of)
        .text("type", kind)
        .json()
        .to_line()
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Skip => "skip",
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Error => "error",
    }
}

fn plural(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// What is going to be run.
pub fn begin(files: &[(std::sync::Arc<str>, Vec<std::sync::Arc<str>>)], now: &str) -> String {
    let runs: usize = files.iter().map(|(_, runs)| runs.len()).sum();
    let message = format!(
        "Found {} and {}",
        plural(files.len(), "file"),
        plural(runs, "run block")
    );
    let listed = files.iter().map(|(name, runs)| {
        let runs = match runs.is_empty() {
            true => Json::Null,
            false => Json::array(runs.iter().map(Json::string)),
        };
        (name.clone(), runs)
    });
    let about = About::default();
    line(
        "info",
        &message,
        about,
        now,
        "test_abstract",
        Json::object(listed),
    )
}

/// How far a file is: `starting`, `teardown`, or `complete` with its status.
pub fn file(name: &str, progress: &str, ended: Option<Status>, now: &str) -> String {
    let shown = match (progress, ended) {
        ("teardown", _) => "tearing down".to_owned(),
        (_, Some(status)) => human::status(status, PLAIN),
        _ => "in progress".to_owned(),
    };
    let of = Fields::new()
        .text("path", name)
        .text("progress", progress)
        .with_some("status", ended.map(|status| Json::string(word(status))))
        .json();
    let about = About {
        file: Some(name),
        run: None,
    };
    line(
        "info",
        &format!("{name}... {shown}"),
        about,
        now,
        "test_file",
        of,
    )
}

/// How far a run is: `starting`, `running` and `teardown` with the time so far, `complete` with its status.
pub fn run(
    file: &str,
    name: &str,
    progress: &str,
    elapsed: Duration,
    ended: Option<Status>,
    now: &str,
) -> String {
    let shown = match (progress, ended) {
        ("teardown", _) => "tearing down".to_owned(),
        (_, Some(status)) => human::status(status, PLAIN),
        _ => "in progress".to_owned(),
    };
    let elapsed = match ended {
        Some(_) => None,
        None => Some(Json::number(elapsed.as_millis() as u64)),
    };
    let of = Fields::new()
        .text("path", file)
        .text("run", name)
        .text("progress", progress)
        .with_some("elapsed", elapsed)
        .with_some("status", ended.map(|status| Json::string(word(status))))
        .json();
    let about = About {
        file: Some(file),
        run: Some(name),
    };
    line(
        "info",
        &format!("  {name:?}... {shown}"),
        about,
        now,
        "test_run",
        of,
    )
}

/// A diagnostic of a run.
pub fn diagnostic(one: &Diagnostic, sources: &Sources, about: About<'_>, now: &str) -> String {
    let (level, label) = match one.is_error() {
        true => ("error", "Error"),
        false => ("warn", "Warning"),
    };
    let of = diagnostic::diagnostic(one, sources);
    let message = format!("{label}: {}", one.summary);
    line(level, &message, about, now, "diagnostic", of)
}

/// What a run planned, for those who want to see it.
pub fn plan(of: Json, about: About<'_>, now: &str) -> String {
    let message = "-verbose flag enabled, printing plan";
    line("info", message, about, now, "test_plan", of)
}

/// What a run left in its state, for those who want to see it.
pub fn state(of: Json, about: About<'_>, now: &str) -> String {
    let message = "-verbose flag enabled, printing state";
    line("info", message, about, now, "test_state", of)
}

/// What a cleanup left; `None` where nothing is left.
pub fn left(about: About<'_>, left: &Left, now: &str) -> Option<String> {
    if left.objects.is_empty() {
        return None;
    }
    let objects = left.objects.iter().map(|(addr, deposed)| {
        Fields::new()
            .text("instance", addr)
            .with_some("deposed_key", deposed.as_ref().map(Json::string))
            .json()
    });
    let of = Fields::new()
        .with("failed_resources", Json::array(objects))
        .json();
    let message = format!(
        "trueup left some resources in state after executing {}/{}, they need to be cleaned up manually.",
        about.file.unwrap_or_default(),
        about.run.unwrap_or_default()
    );
    Some(line("error", &message, about, now, "test_cleanup", of))
}

/// How it ended.
pub fn summary(report: &SuiteReport, now: &str) -> String {
    let count = |status| Json::number(report.count(status) as u64);
    let of = Fields::new()
        .text("status", word(report.status))
        .with("passed", count(Status::Pass))
        .with("failed", count(Status::Fail))
        .with("errored", count(Status::Error))
        .with("skipped", count(Status::Skip))
        .json();
    let message = human::conclusion(report, PLAIN);
    line("info", &message, About::default(), now, "test_summary", of)
}
