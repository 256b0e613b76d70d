//! Where a command's answers go: to people, or as JSON to programs.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_state::DEFAULT_TERRAFORM_VERSION;

use crate::args::Look;
use crate::output;
use crate::views::json::stream;
use crate::views::{Style, human, json};

/// How a command reports.
#[derive(Clone)]
pub struct Report {
    /// Whether for programs.
    pub json: bool,
    /// Colours.
    pub style: Style,
    compact: bool,
}

impl Report {
    /// Reports as the flags ask.
    pub fn new(look: &Look) -> Self {
        Self {
            json: look.json,
            style: output::style(look.no_color || look.json),
            compact: look.compact_warnings,
        }
    }

    /// For programs: the line that says who speaks, and in which version of the event stream's forms.
    pub fn open_stream(&self) {
        if self.json {
            let ours = env!("CARGO_PKG_VERSION");
            let line = stream::version(ours, DEFAULT_TERRAFORM_VERSION, &now());
            output::line(&line);
        }
    }

    /// Shows diagnostics: errors on standard error, warnings on standard output; for programs all on
    /// standard output.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        if diagnostics.is_empty() {
            return;
        }
        if self.json {
            for diagnostic in diagnostics.iter() {
                output::line(&json::stream::diagnostic(diagnostic, sources, &now()));
            }
            return;
        }
        let (errors, warnings): (Vec<_>, Vec<_>) =
            diagnostics.iter().cloned().partition(Diagnostic::is_error);
        for (part, write) in [
            (warnings, output::text as fn(&str)),
            (errors, output::error),
        ] {
            if !part.is_empty() {
                let part = part.into_iter().collect();
                write(&human::diagnostic::render(
                    &part,
                    sources,
                    self.style,
                    self.compact,
                ));
            }
        }
    }

    /// Shows one diagnostic that points into no text.
    pub fn diagnostic(&self, diagnostic: Diagnostic) {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(diagnostic);
        self.diagnostics(&diagnostics, &Sources::default());
    }

    /// Shows diagnostics and answers whether there were errors.
    pub fn failed(&self, diagnostics: &Diagnostics, sources: &Arc<Sources>) -> bool {
        self.diagnostics(diagnostics, sources);
        diagnostics.has_errors()
    }
}

/// The time as the stream of events writes it.
pub fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string()
}
