//! The report of a test suite in the form that JUnit's readers know.

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::testing::{FileReport, RunReport, Status, SuiteReport};

use super::Style;
use super::human::diagnostic;
pub use super::markup::attribute as escaped;

/// The whole report. `began` tells of each run, in order, when it began.
pub fn report(suite: &SuiteReport, began: &[String]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><testsuites>\n");
    let mut began = began.iter();
    for file in &suite.files {
        let count = |status| file.runs.iter().filter(|run| run.status == status).count();
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" skipped=\"{}\" failures=\"{}\" errors=\"{}\">\n",
            escaped(&file.name),
            file.runs.len(),
            count(Status::Skip),
            count(Status::Fail),
            count(Status::Error)
        ));
        for (n, run) in file.runs.iter().enumerate() {
            let began = began.next().map(String::as_str).unwrap_or_default();
            out.push_str(&case(file, n, run, began));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>");
    out
}

fn case(file: &FileReport, at: usize, run: &RunReport, began: &str) -> String {
    let (name, class) = (escaped(&run.name), escaped(&file.name));
    let mut out = format!("    <testcase name=\"{name}\" classname=\"{class}\"");
    if run.status != Status::Skip {
        let took = run.took.as_secs_f64();
        out.push_str(&format!(" time=\"{took}\" timestamp=\"{began}\""));
    }
    out.push('>');
    let body = inside(file, at, run);
    if !body.is_empty() {
        out.push('\n');
        out.push_str(&body);
        out.push_str("    ");
    }
    out.push_str("</testcase>\n");
    out
}

fn inside(file: &FileReport, at: usize, run: &RunReport) -> String {
    let (errors, warnings): (Vec<_>, Vec<_>) = run
        .diagnostics
        .iter()
        .cloned()
        .partition(Diagnostic::is_error);
    let (errors, warnings): (Diagnostics, Diagnostics) =
        (errors.into_iter().collect(), warnings.into_iter().collect());
    let mut out = match run.status {
        Status::Skip => {
            let failed = file.runs[..at]
                .iter()
                .rev()
                .find(|before| before.status == Status::Error);
            match failed {
                Some(failed) => element(
                    "skipped",
                    Some("Testcase skipped due to a previous testcase error"),
                    &format!(
                        "Previous testcase {:?} ended in error, which caused the remaining tests in the file to be skipped",
                        failed.name
                    ),
                ),
                None => element(
                    "skipped",
                    Some("Testcase skipped due to an interrupt"),
                    "trueup received an interrupt and stopped gracefully. This caused all remaining testcases to be skipped",
                ),
            }
        }
        Status::Fail => element(
            "failure",
            Some(&failure(run, &errors)),
            &rendered(&errors, &run.sources),
        ),
        Status::Error => element(
            "error",
            Some("Encountered an error"),
            &rendered(&errors, &run.sources),
        ),
        Status::Pass | Status::Pending => String::new(),
    };
    if !warnings.is_empty() {
        let text = rendered(&warnings, &run.sources);
        out.push_str(&element("system-err", None, &text));
    }
    out
}

/// The message of a failure: how many assertions failed, and what the first of them says.
fn failure(run: &RunReport, errors: &Diagnostics) -> String {
    let first = errors.iter().next().map(|one| one.detail.as_str());
    format!(
        "{} of {} assertions failed{}",
        errors.len(),
        run.assertions,
        first.filter(|_| errors.len() > 1).map_or_else(
            || first.map(|text| format!(": {text}")).unwrap_or_default(),
            |text| format!(", including: {text}")
        )
    )
}

fn rendered(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let plain = Style::default();
    diagnostic::render(diagnostics, sources, plain, false, Default::default())
}

fn element(name: &str, message: Option<&str>, text: &str) -> String {
    let message = message
        .map(|message| format!(" message=\"{}\"", escaped(message)))
        .unwrap_or_default();
    let text = text.replace("]]>", "]]]]><![CDATA[>");
    format!("      <{name}{message}><![CDATA[{text}]]></{name}>\n")
}
