//! What a run expects, held against what came of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use trueup_addrs::Reference;
use trueup_config::ModuleNode;
use trueup_config::test_files::{Assertion, TestRun};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_evaluator::references::Schemas;
use trueup_evaluator::testing::{self, TestNames};
use trueup_parser::{Expr, StepKind, Traversal};
use trueup_value::{Marks, Type, Value, convert};

use super::Status;
use super::values::variables_of;

/// References of the assertions that no run can make sense of.
pub(super) fn check_references(run: &TestRun) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for expr in expressions(run) {
        for found in expr.references() {
            if let Err(diagnostic) = readable(found.traversal) {
                diagnostics.push(diagnostic);
            }
        }
    }
    diagnostics
}

fn readable(traversal: &Traversal) -> Result<(), Diagnostic> {
    let of_test = matches!(&*traversal.root.name, "output" | "run" | "check")
        && matches!(
            traversal.steps.first().map(|step| &step.kind),
            Some(StepKind::Attr(_))
        );
    if of_test {
        return Ok(());
    }
    Reference::read(traversal).map(|_| ())
}

/// The variables that the assertions refer to.
pub(super) fn variables(run: &TestRun) -> BTreeSet<Arc<str>> {
    expressions(run)
        .flat_map(|expr| variables_of(expr))
        .collect()
}

fn expressions(run: &TestRun) -> impl Iterator<Item = &Arc<Expr>> {
    run.assertions
        .iter()
        .flat_map(|assertion| [&assertion.condition, &assertion.error_message])
}

/// Judges the assertions of a run.
pub(super) struct Judge<'a> {
    pub(super) node: &'a ModuleNode,
    pub(super) evaluator: &'a Evaluator,
    pub(super) names: &'a TestNames,
    pub(super) schemas: &'a Schemas<'a>,
}

impl Judge<'_> {
    /// Whether all hold; what does not is said.
    pub(super) fn all(&self, run: &TestRun, diagnostics: &mut Diagnostics) -> Status {
        run.assertions
            .iter()
            .map(|assertion| self.one(assertion, diagnostics))
            .fold(Status::Pass, Status::and)
    }

    fn one(&self, assertion: &Assertion, diagnostics: &mut Diagnostics) -> Status {
        let mut found = Diagnostics::default();
        for expr in [&assertion.condition, &assertion.error_message] {
            found.extend(testing::check(self.node, expr, self.names, self.schemas));
        }
        if found.has_errors() {
            diagnostics.extend(found);
            return Status::Error;
        }
        let message = self.message(&assertion.error_message, &mut found);
        let condition = &assertion.condition;
        let (value, problems) = testing::evaluate(self.evaluator, self.names, condition);
        found.extend(problems);
        let failed = found.has_errors();
        diagnostics.extend(found);
        if failed {
            return Status::Error;
        }
        let (value, _) = value.unmark();
        let mut say = |summary: &str, detail: String| {
            let mut diagnostic = Diagnostic::error(summary, detail).at(condition.span);
            diagnostic.values = testing::causes(self.evaluator, self.names, condition, false);
            diagnostics.push(diagnostic);
        };
        if value.is_null() {
            let detail = "Condition expression must return either true or false, not null.";
            say("Invalid condition run", detail.to_owned());
            return Status::Error;
        }
        if !value.is_known() {
            say(
                "Unknown condition value",
                "Condition expression could not be evaluated at this time. This means you have executed a `run` block with `command = plan` and one of the values your condition depended on is not known until after the plan has been applied. Either remove this value from your condition, or execute an `apply` command from this `run` block. Alternatively, if there is an override for this value, you can make it available during the plan phase by setting `override_during = plan` in the `override_` block.".to_owned(),
            );
            return Status::Error;
        }
        match convert::convert(&value, &Type::Bool) {
            Ok(value) if value.as_bool() == Some(true) => Status::Pass,
            Ok(_) => {
                say("Test assertion failed", message);
                Status::Fail
            }
            Err(error) => {
                let detail = format!("Invalid condition run value: {error}.");
                say("Invalid condition run", detail);
                Status::Error
            }
        }
    }

    /// The text of an error message; empty where it can't be shown.
    fn message(&self, expr: &Arc<Expr>, diagnostics: &mut Diagnostics) -> String {
        let (value, found) = testing::evaluate(self.evaluator, self.names, expr);
        let failed = found.has_errors();
        diagnostics.extend(found);
        if failed {
            return String::new();
        }
        let (value, marks) = value.unmark();
        let text = match convert::convert(&value, &Type::String) {
            Ok(text) if !text.is_null() => Ok(text),
            Ok(_) => Err("must not be null".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let text = match text {
            Ok(text) => text,
            Err(why) => {
                let mut diagnostic = Diagnostic::error(
                    "Invalid error message",
                    format!("Unsuitable value for error message: {why}."),
                )
                .at(expr.span);
                diagnostic.values = testing::causes(self.evaluator, self.names, expr, false);
                diagnostics.push(diagnostic);
                return String::new();
            }
        };
        if marks.contains(Marks::SENSITIVE) {
            diagnostics.push(
                Diagnostic::warning(
                    "Error message refers to sensitive values",
                    "The error expression used to explain this condition refers to sensitive values, so Terraform will not display the resulting message.\n\nYou can correct this by removing references to sensitive values, or by carefully using the nonsensitive() function if the expression will not reveal the sensitive data.",
                )
                .at(expr.span)
                .caused_by_sensitive(),
            );
            return String::new();
        }
        if marks.contains(Marks::EPHEMERAL) {
            diagnostics.push(
                Diagnostic::warning(
                    "Error message refers to ephemeral values",
                    "The error expression used to explain this condition refers to ephemeral values, so Terraform will not display the resulting message.\n\nYou can correct this by removing references to ephemeral values, or by using the ephemeralasnull() function on the references to not reveal ephemeral data.",
                )
                .at(expr.span),
            );
            return String::new();
        }
        text.as_str().unwrap_or_default().trim().to_owned()
    }
}

/// The outputs of the module that was run, as assertions and later runs see them.
pub(super) fn outputs(
    node: &ModuleNode,
    evaluator: &Evaluator,
) -> std::collections::BTreeMap<Arc<str>, Value> {
    let root = trueup_addrs::ModuleInstance::root();
    let names = node.module.outputs.keys();
    names
        .map(|name| (name.clone(), evaluator.output(&root, name).0))
        .collect()
}
