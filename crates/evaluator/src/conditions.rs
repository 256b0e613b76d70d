//! Conditions of the author's own, evaluated: `validation`, `precondition`, `postcondition` and `assert`.
//!
//! What comes out is recorded in [`Record`](crate::record::Record), which state and plan remember.

use trueup_addrs::CheckStatus;
use trueup_config::Condition;
use trueup_diagnostics::{Diagnostic, Diagnostics, Severity, Span, ValueNote};
use trueup_parser::Expr;
use trueup_value::{Marks, Type, Value, convert};

use crate::{Evaluator, Site};

/// Which condition of an object it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// A `precondition` of a resource or data source.
    Precondition,
    /// A `postcondition` of a resource or data source.
    Postcondition,
    /// A `precondition` of an output.
    OutputPrecondition,
    /// The data source of a `check` block: that it can be read.
    CheckedData,
    /// An `assert` of a `check` block.
    Assertion,
    /// A `validation` of a variable.
    Validation,
}

impl Rule {
    /// What it is called in summaries.
    fn description(self) -> &'static str {
        match self {
            Self::Precondition => "Resource precondition",
            Self::Postcondition => "Resource postcondition",
            Self::OutputPrecondition => "Module output value precondition",
            Self::CheckedData => "Check block data resource",
            Self::Assertion => "Check block assertion",
            Self::Validation => "Input variable validation",
        }
    }
}

/// How one condition came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Whether it held.
    pub status: CheckStatus,
    /// What its author says where it did not hold; nothing where that can't be shown.
    pub message: Option<String>,
}

impl Outcome {
    /// An outcome that says nothing more.
    pub fn of(status: CheckStatus) -> Self {
        Self {
            status,
            message: None,
        }
    }
}

/// What all conditions of an object are evaluated with.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What is known.
    pub evaluator: &'a Evaluator,
    /// Where the conditions stand, with `self` where they may use it.
    pub site: Site<'a>,
    /// What kind of conditions they are.
    pub rule: Rule,
    /// How a condition that does not hold is told.
    pub severity: Severity,
    /// The address of the object.
    pub object: &'a str,
}

impl Asked<'_> {
    /// Evaluates conditions in order.
    pub fn all(&self, conditions: &[Condition]) -> (Vec<Outcome>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let outcomes = conditions
            .iter()
            .map(|condition| self.one(condition, &mut diagnostics))
            .collect();
        (outcomes, diagnostics)
    }

    fn one(&self, condition: &Condition, diagnostics: &mut Diagnostics) -> Outcome {
        let errors = |diagnostics: &Diagnostics| diagnostics.errors().count();
        let before = errors(diagnostics);
        let message = self.message(&condition.error_message, diagnostics);
        let expr = &condition.condition;
        let (value, found) = self.evaluator.evaluate_at(self.site, expr);
        diagnostics.extend(found);
        if errors(diagnostics) > before {
            return Outcome::of(CheckStatus::Error);
        }
        let problem = |detail: String| {
            let mut problem = Diagnostic::error("Invalid condition result", detail).at(expr.span);
            problem.values = self.notes(expr);
            problem
        };
        if !value.is_known() {
            // Everything else waits in silence for what is known at apply.
            if self.rule == Rule::Assertion {
                diagnostics.push(self.told(
                    Severity::Warning,
                    "known after apply",
                    "The condition could not be evaluated at this time, a result will be known when this plan is applied.",
                    expr,
                ));
            }
            return Outcome::of(CheckStatus::Unknown);
        }
        let held = match truth(&value) {
            Ok(held) => held,
            Err(None) => {
                diagnostics.push(problem(
                    "Condition expression must return either true or false, not null.".to_owned(),
                ));
                return Outcome::of(CheckStatus::Error);
            }
            Err(Some(error)) => {
                diagnostics.push(problem(format!("Invalid condition result value: {error}.")));
                return Outcome::of(CheckStatus::Error);
            }
        };
        if held {
            return Outcome::of(CheckStatus::Pass);
        }
        let shown = message.as_deref().unwrap_or("This check failed, but has an invalid error message as described in the other accompanying messages.");
        diagnostics.push(self.told(self.severity, "failed", shown, expr));
        Outcome {
            status: CheckStatus::Fail,
            message,
        }
    }

    fn told(&self, severity: Severity, what: &str, detail: &str, expr: &Expr) -> Diagnostic {
        let summary = format!("{} {what}", self.rule.description());
        let mut diagnostic = Diagnostic::error(summary, detail)
            .at(expr.span)
            .for_checked(self.object);
        diagnostic.severity = severity;
        diagnostic.values = self.notes(expr);
        diagnostic
    }

    fn notes(&self, expr: &Expr) -> Vec<ValueNote> {
        self.evaluator.causes(self.site, expr, false, false)
    }

    /// The author's words; nothing where they can't be shown, which is said.
    fn message(&self, expr: &Expr, diagnostics: &mut Diagnostics) -> Option<String> {
        let (value, found) = self.evaluator.evaluate_at(self.site, expr);
        let failed = found.has_errors();
        diagnostics.extend(found);
        if failed {
            return None;
        }
        let unsuitable = |what: &str| {
            let mut problem = Diagnostic::error(
                "Invalid error message",
                format!("Unsuitable value for error message: {what}."),
            )
            .at(expr.span);
            problem.values = self.notes(expr);
            problem
        };
        let value = match convert::convert(&value, &Type::String) {
            Ok(value) => value,
            Err(error) => {
                diagnostics.push(unsuitable(&error.to_string()));
                return None;
            }
        };
        if value.is_null() {
            diagnostics.push(unsuitable("must not be null"));
            return None;
        }
        if !value.is_known() {
            return None;
        }
        let hidden = |what: &str, how: &str| {
            Diagnostic::warning(
                format!("Error message refers to {what} values"),
                format!("The error expression used to explain this condition refers to {what} values, so Terraform will not display the resulting message.\n\nYou can correct this by removing references to {what} values, or by {how}."),
            )
            .at(expr.span)
            .for_checked(self.object)
        };
        if value.contains_mark(Marks::SENSITIVE) {
            diagnostics.push(hidden("sensitive", "carefully using the nonsensitive() function if the expression will not reveal the sensitive data"));
            return None;
        }
        if value.contains_mark(Marks::EPHEMERAL) {
            diagnostics.push(hidden(
                "ephemeral",
                "using the ephemeralasnull() function on the references to not reveal ephemeral data",
            ));
            return None;
        }
        said(&value)
    }
}

/// Evaluates the validations of a variable whose value is known at `site`. `given_at` is where its value
/// was given.
pub fn validate_variable(
    evaluator: &Evaluator,
    site: Site<'_>,
    variable: &trueup_config::Variable,
    object: &str,
    given_at: Span,
    sources: &trueup_diagnostics::Sources,
) -> (Vec<Outcome>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let outcomes = variable
        .validations
        .iter()
        .map(|validation| {
            let errors = |diagnostics: &Diagnostics| diagnostics.errors().count();
            let before = errors(&diagnostics);
            let expr = &validation.condition;
            let (value, found) = evaluator.evaluate_at(site, expr);
            diagnostics.extend(found);
            let (message, found) = evaluator.evaluate_at(site, &validation.error_message);
            diagnostics.extend(found);
            if errors(&diagnostics) > before {
                return Outcome::of(CheckStatus::Error);
            }
            if !value.is_known() {
                return Outcome::of(CheckStatus::Unknown);
            }
            let notes = evaluator.causes(site, expr, false, false);
            let problem = match truth(&value) {
                Ok(true) => return Outcome::of(CheckStatus::Pass),
                Ok(false) => None,
                Err(None) => Some(
                    "Validation condition expression must return either true or false, not null."
                        .to_owned(),
                ),
                Err(Some(error)) => Some(format!(
                    "Invalid validation condition result value: {error}."
                )),
            };
            if let Some(detail) = problem {
                let mut problem =
                    Diagnostic::error("Invalid variable validation result", detail).at(expr.span);
                problem.values = notes;
                diagnostics.push(problem);
                return Outcome::of(CheckStatus::Error);
            }
            let message = validation_message(&message, validation, &mut diagnostics);
            let mut failed = Diagnostic::error(
                "Invalid value for variable",
                format!(
                    "{message}\n\nThis was checked by the validation rule at {}.",
                    sources.place(validation.header)
                ),
            )
            .at(given_at)
            .for_checked(object);
            failed.values = notes;
            diagnostics.push(failed);
            Outcome {
                status: CheckStatus::Fail,
                message: Some(message),
            }
        })
        .collect();
    (outcomes, diagnostics)
}

/// What is said of a value that is refused.
fn validation_message(
    message: &Value,
    validation: &Condition,
    diagnostics: &mut Diagnostics,
) -> String {
    const HIDDEN: &str =
        "The error message included a sensitive value, so it will not be displayed.";
    let text = convert::convert(message, &Type::String).ok();
    if message.contains_mark(Marks::SENSITIVE) {
        return HIDDEN.to_owned();
    }
    if message.contains_mark(Marks::EPHEMERAL) {
        diagnostics.push(
            Diagnostic::error(
                "Error message refers to ephemeral values",
                "The error expression used to explain this condition refers to ephemeral values. Terraform will not display the resulting message.\n\nYou can correct this by removing references to ephemeral values, or by carefully using the ephemeralasnull() function if the expression will not reveal the ephemeral data.",
            )
            .at(validation.error_message.span),
        );
        return HIDDEN.to_owned();
    }
    text.as_ref()
        .and_then(said)
        .unwrap_or_else(|| "Failed to evaluate condition error message.".to_owned())
}

/// A text without white space around it; nothing where it is empty, null or not known.
fn said(value: &Value) -> Option<String> {
    let (value, _) = value.unmark();
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The truth of a known value.
///
/// # Errors
/// Nothing for null; what is wrong for what is no bool.
fn truth(value: &Value) -> Result<bool, Option<String>> {
    let (value, _) = value.unmark();
    if value.is_null() {
        return Err(None);
    }
    let value = convert::convert(&value, &Type::Bool).map_err(|error| Some(error.to_string()))?;
    value.as_bool().ok_or(None)
}
