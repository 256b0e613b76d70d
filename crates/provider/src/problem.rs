//! What a provider says went wrong, before anybody knows which file it comes from.

use trueup_diagnostics::{Diagnostic, Severity};
use trueup_value::Path;

/// An error or warning of a provider: what happened and where in the block's value.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Whether it stops the object.
    pub severity: Severity,
    /// One line, without a full stop.
    pub summary: String,
    /// The rest: the cause, the request id, what to do next.
    pub detail: String,
    /// The attribute it is about, from the root of the block's value; empty for the whole block.
    pub path: Path,
}

impl Problem {
    /// An error about the whole block.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::default(),
        }
    }

    /// A warning about the whole block.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(summary, detail)
        }
    }

    /// The same, about the attribute at `path`.
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The diagnostic of this problem, still without a place.
    pub fn to_diagnostic(&self) -> Diagnostic {
        match self.severity {
            Severity::Error => Diagnostic::error(self.summary.clone(), self.detail.clone()),
            Severity::Warning => Diagnostic::warning(self.summary.clone(), self.detail.clone()),
        }
    }
}

/// Several problems of one call.
pub type Problems = Vec<Problem>;
