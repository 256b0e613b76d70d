//! Failures that a run expects: those of conditions, named by the object that they stand at.

use std::collections::BTreeMap;

use trueup_addrs::{Reference, Subject};
use trueup_config::test_files::TestRun;
use trueup_diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use trueup_parser::{Literal, StepKind, Traversal};

/// What a run expects to fail.
pub(super) struct Expected {
    /// By the text of the object, where it is named; in the order in which they are named.
    objects: Vec<(String, Span)>,
}

impl Expected {
    /// Reads the references of a run.
    pub(super) fn read(run: &TestRun, diagnostics: &mut Diagnostics) -> Self {
        let mut objects: Vec<(String, Span)> = Vec::new();
        for traversal in &run.expect_failures {
            match object(traversal) {
                Ok((name, at)) => {
                    match objects.iter_mut().find(|(known, _)| *known == name) {
                        // Of what is named twice the last is told of.
                        Some(known) => known.1 = at,
                        None => objects.push((name, at)),
                    }
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        Self { objects }
    }

    /// The expected object that a diagnostic is about.
    fn of(&self, diagnostic: &Diagnostic) -> Option<&str> {
        let checked = diagnostic.checked.as_deref()?;
        let block = without_key(checked);
        let found = self
            .objects
            .iter()
            .find(|(name, _)| name == checked)
            .or_else(|| self.objects.iter().find(|(name, _)| name == block));
        found.map(|(name, _)| name.as_str())
    }

    /// Takes out what was expected, makes errors of the checks that were not, and adds what is missing.
    pub(super) fn settle(&self, found: Diagnostics) -> Diagnostics {
        let mut failed: BTreeMap<&str, bool> = BTreeMap::new();
        let mut left = Diagnostics::default();
        for mut diagnostic in found {
            let is_check = diagnostic.checked.as_deref().is_some_and(of_check);
            if let Some(object) = self.of(&diagnostic)
                && (diagnostic.is_error() || is_check)
            {
                failed.insert(object, true);
                continue;
            }
            if is_check {
                diagnostic.severity = Severity::Error;
            }
            left.push(diagnostic);
        }
        for (object, at) in &self.objects {
            if !failed.contains_key(object.as_str()) {
                left.push(
                    Diagnostic::error(
                        "Missing expected failure",
                        format!("The checkable object, {object}, was expected to report an error but did not."),
                    )
                    .at(*at),
                );
            }
        }
        left
    }

    /// For a plan that an apply was to follow: an expected failure prevents the apply, which is said.
    pub(super) fn explain(&self, found: Diagnostics) -> Diagnostics {
        let mut explained = Diagnostics::default();
        for diagnostic in found {
            if diagnostic.is_error()
                && let Some(object) = self.of(&diagnostic)
            {
                let at = self
                    .objects
                    .iter()
                    .find(|(name, _)| name == object && name.starts_with("output."))
                    .map(|(_, at)| *at);
                let checked = diagnostic.checked.as_deref().unwrap_or(object);
                explained.push(
                    Diagnostic::warning(
                        "Expected failure while planning",
                        format!("A custom condition within {checked} failed during the planning stage and prevented the requested apply operation. While this was an expected failure, the apply operation could not be executed and so the overall test case will be marked as a failure and the original diagnostic included in the test report."),
                    )
                    .at_some(at),
                );
            }
            explained.push(diagnostic);
        }
        explained
    }
}

/// Whether a diagnostic that only warns comes of a check block: an apply says it again, or it is gone.
pub(super) fn is_check_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.checked.as_deref().is_some_and(of_check)
}

/// Whether an object is a check block, of any module.
fn of_check(object: &str) -> bool {
    object.starts_with("check.") || object.contains(".check.")
}

/// The address of a resource without an instance key at its end.
fn without_key(object: &str) -> &str {
    match object.strip_suffix(']') {
        Some(rest) => rest.rfind('[').map_or(object, |at| &rest[..at]),
        None => object,
    }
}

/// The text of an object that can fail, and where it is named.
fn object(traversal: &Traversal) -> Result<(String, Span), Diagnostic> {
    let root = &traversal.root;
    let refuse = |what: String, at: Span| {
        Diagnostic::error(
            "Invalid `expect_failures` reference",
            format!("You cannot expect failures from {what}. You can only expect failures from checkable objects such as input variables, output values, check blocks, managed resources and data sources."),
        )
        .at(at)
    };
    if matches!(&*root.name, "output" | "check" | "run")
        && let Some(step) = traversal.steps.first()
        && let StepKind::Attr(name) = &step.kind
    {
        let at = root.span.to(step.span);
        let text = format!("{}.{name}", root.name);
        return match &*root.name {
            "run" => Err(refuse(text, at)),
            _ => Ok((text, at)),
        };
    }
    let reference = Reference::read(traversal)?;
    match &reference.subject {
        Subject::Variable(_) => Ok((reference.subject.to_string(), reference.span)),
        Subject::Resource(resource) => {
            let key = traversal.steps.get(reference.consumed);
            let text = match key.map(|step| &step.kind) {
                Some(StepKind::Index(Literal::Number(number))) => format!("{resource}[{number}]"),
                Some(StepKind::Index(Literal::String(key))) => {
                    let key = trueup_addrs::InstanceKey::Str(key.clone());
                    format!("{resource}{key}")
                }
                _ => resource.to_string(),
            };
            Ok((text, reference.span))
        }
        other => Err(refuse(other.to_string(), reference.span)),
    }
}
