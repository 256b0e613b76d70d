//! What drift checks found, for people and for the programs that watch over them: text, JSON, SARIF, JUnit,
//! Markdown and the annotations of GitHub's workflows.

mod acceptance;
mod findings;
mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::drift::{Report, Survey, Unmanaged};

use super::Style;
pub use acceptance::{changes, written};

/// The forms in which a check can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// One document with everything.
    Json,
    /// SARIF 2.1.0, pointing at the configuration.
    Sarif,
    /// JUnit's XML: an object a case.
    Junit,
    /// Markdown, for a comment or a job's summary.
    Markdown,
    /// Commands to GitHub's workflows, an annotation a finding.
    Github,
}

impl Format {
    /// The names by which they are chosen.
    pub const NAMES: [&'static str; 6] = ["text", "json", "sarif", "junit", "markdown", "github"];

    /// The form of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            "junit" => Self::Junit,
            "markdown" | "md" => Self::Markdown,
            "github" => Self::Github,
            _ => return None,
        })
    }
}

/// What came of the check of one folder.
#[derive(Clone)]
pub struct Checked {
    /// The folder, as it was named, relative to where the command was started.
    pub folder: String,
    /// What was found; `None` where the check did not come to an end.
    pub report: Option<Report>,
    /// What was wrong, with the texts that it points into.
    pub diagnostics: Vec<(Diagnostic, Arc<Sources>)>,
    /// The texts of the configuration.
    pub sources: Arc<Sources>,
    /// What there is in the world, where that was asked for.
    pub survey: Option<Survey>,
}

impl Checked {
    /// The errors that were told.
    pub fn errors(&self) -> impl Iterator<Item = &(Diagnostic, Arc<Sources>)> {
        self.diagnostics.iter().filter(|(one, _)| one.is_error())
    }

    /// Whether it could not be checked, or not wholly.
    pub fn failed(&self) -> bool {
        self.report.is_none() || self.errors().next().is_some()
    }
}

/// How many objects were looked at in all folders together.
fn looked_at(checks: &[Checked]) -> usize {
    let reports = checks.iter().filter_map(|check| check.report.as_ref());
    reports.map(|report| report.looked_at.len()).sum()
}

/// What no state of these folders knows; `None` where nobody asked.
fn unmanaged(checks: &[Checked]) -> Option<Unmanaged> {
    let surveys: Vec<&Survey> = checks
        .iter()
        .filter_map(|check| check.survey.as_ref())
        .collect();
    (!surveys.is_empty()).then(|| Unmanaged::of(surveys))
}

/// How a check is told.
#[derive(Clone, Debug)]
pub struct Look {
    /// Colours of text.
    pub style: Style,
    /// How many bytes of Markdown may be written.
    pub max_bytes: usize,
    /// When the check was made, RFC 3339.
    pub at: String,
}

/// The text of a form, ended by a line feed.
pub fn render(format: Format, checks: &[Checked], look: &Look) -> String {
    match format {
        Format::Text => text::render(checks, look.style),
        Format::Json => json::render(checks),
        Format::Sarif => sarif::render(checks),
        Format::Junit => junit::render(checks, &look.at),
        Format::Markdown => markdown::render(checks, look.max_bytes),
        Format::Github => github::render(checks),
    }
}
