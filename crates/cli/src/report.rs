//! Where a command's answers go: to people, or as JSON to programs, or to both.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_state::DEFAULT_TERRAFORM_VERSION;

use crate::args::{Display, Look};
use crate::exit::Told;
use crate::output;
use crate::views::human::diagnostic::Gathered;
use crate::views::json::stream;
use crate::views::{Style, human, json};

/// How a command reports.
#[derive(Clone)]
pub struct Report {
    /// Whether for programs.
    pub json: bool,
    /// Colours, and the width of the page, of standard output.
    pub style: Style,
    /// The same of standard error, where people are told diagnostics.
    told_in: Style,
    compact: bool,
    gathered: Gathered,
    /// The file that gets what programs would be told.
    into: Option<Arc<Mutex<File>>>,
    /// Where a document tells it once more: what was told, for that document.
    kept: Option<Kept>,
}

/// Diagnostics with the texts that they point into.
type Kept = Arc<Mutex<Vec<(Diagnostic, Arc<Sources>)>>>;

impl Report {
    /// Reports as the flags ask.
    pub fn new(look: &Look) -> Self {
        Self {
            json: look.json,
            style: output::style(look.no_color || look.json),
            told_in: output::style_of_errors(look.no_color || look.json),
            compact: look.compact_warnings,
            gathered: Gathered::default(),
            into: None,
            kept: None,
        }
    }

    /// Reports in plain words to people, as commands do that have nothing to say to programs.
    pub fn plain(no_color: bool) -> Self {
        Self::new(&Look {
            no_color,
            json: false,
            compact_warnings: false,
        })
    }

    /// Reports also as these flags ask; `dir` is the folder that the command works in.
    pub fn shown(mut self, display: &Display, dir: &Path) -> Result<Self, Told> {
        self.gathered = Gathered {
            warnings: display.consolidate_warnings,
            errors: display.consolidate_errors,
        };
        self.also_into(display.json_into.as_deref(), dir)
    }

    /// Writes to a file, beside the rest, what programs would be told.
    fn also_into(mut self, file: Option<&str>, dir: &Path) -> Result<Self, Told> {
        let Some(file) = file else { return Ok(self) };
        let refuse =
            |text: String| self.refuse(Diagnostic::error("Invalid -json-into option", text));
        if self.json {
            return Err(refuse(
                "-json and -json-into can't be used together: the one writes to standard output what the other writes to a file.".to_owned(),
            ));
        }
        match File::create(dir.join(file)) {
            Ok(created) => self.into = Some(Arc::new(Mutex::new(created))),
            Err(error) => return Err(refuse(format!("{file} can't be written: {error}."))),
        }
        Ok(self)
    }

    /// Whether programs are told what happens, here or in a file.
    pub fn has_stream(&self) -> bool {
        self.json || self.into.is_some()
    }

    /// A line for programs.
    pub fn event(&self, line: &str) {
        if self.json {
            output::line(line);
        }
        if let Some(into) = &self.into {
            let mut file = into.lock().unwrap_or_else(PoisonError::into_inner);
            // A file that can't be written any more (a full disk) must not end a run that changes the world.
            if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
                tracing::warn!(%error, "the file of -json-into can't be written");
            }
        }
    }

    /// Keeps what is told, for a document.
    pub fn keeping(mut self) -> Self {
        self.kept = Some(Arc::default());
        self
    }

    /// What was told so far, of a report that keeps it; each once.
    pub fn take_told(&self) -> Vec<(Diagnostic, Arc<Sources>)> {
        self.kept
            .as_ref()
            .map(|kept| std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner)))
            .unwrap_or_default()
    }

    /// For programs: the line that says who speaks, and in which version of the event stream's forms.
    pub fn open_stream(&self) {
        if self.has_stream() {
            let ours = env!("CARGO_PKG_VERSION");
            let line = stream::version(ours, DEFAULT_TERRAFORM_VERSION, &now());
            self.event(&line);
        }
    }

    /// Shows diagnostics, errors and warnings alike: to people on standard error, so that standard output holds
    /// nothing but what was asked for; to programs as events, on standard output or in the file they named.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        if diagnostics.is_empty() {
            return;
        }
        if self.has_stream() {
            for diagnostic in diagnostics.iter() {
                self.event(&json::stream::diagnostic(diagnostic, sources, &now()));
            }
        }
        if self.json {
            return;
        }
        if let Some(kept) = &self.kept {
            let shared = Arc::new(sources.clone());
            let told = diagnostics.iter().map(|one| (one.clone(), shared.clone()));
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(told);
        }
        output::error(&human::diagnostic::render(
            diagnostics,
            sources,
            self.told_in,
            self.compact,
            self.gathered,
        ));
    }

    /// Shows one diagnostic that points into no text.
    pub fn diagnostic(&self, diagnostic: Diagnostic) {
        self.diagnostics(&diagnostic.into(), &Sources::default());
    }

    /// Shows diagnostics and answers whether there were errors.
    pub fn failed(&self, diagnostics: &Diagnostics, sources: &Sources) -> bool {
        self.diagnostics(diagnostics, sources);
        diagnostics.has_errors()
    }

    /// Shows diagnostics.
    ///
    /// # Errors
    /// There are errors among them.
    pub fn pass(&self, diagnostics: &Diagnostics, sources: &Sources) -> Result<(), Told> {
        match self.failed(diagnostics, sources) {
            true => Err(Told),
            false => Ok(()),
        }
    }

    /// Shows why a command can't go on; it points into no text.
    pub fn refuse(&self, diagnostic: Diagnostic) -> Told {
        self.refuse_all(&diagnostic.into(), &Sources::default())
    }

    /// Shows why a command can't go on.
    pub fn refuse_all(&self, diagnostics: &Diagnostics, sources: &Sources) -> Told {
        self.diagnostics(diagnostics, sources);
        Told
    }
}

/// The time as the stream of events writes it.
pub fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string()
}
