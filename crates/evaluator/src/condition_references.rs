//! References in conditions: they see more than other expressions do, and their mistakes are told in more
//! than one way.

use trueup_addrs::{Reference, Resource as ResourceAddr, Subject};
use trueup_config::{Condition, Resource};
use trueup_diagnostics::{Diagnostic, Span};
use trueup_functions::Context;
use trueup_parser::{Expr, StepKind, Traversal};

use crate::expression::{Resolved, Scope, evaluate};
use crate::place::Place;
use crate::references::Checker;

/// Whose mistakes keep the names of which expressions from being known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Each {
    /// Condition and message are looked at one by one.
    Alone,
    /// They are looked at together, and only the message is evaluated.
    Together,
    /// They are not evaluated once a reference is wrong.
    Never,
}

impl Checker<'_> {
    /// Checks the conditions of a resource, a variable, an output or a `check` block.
    pub(crate) fn conditions(&mut self, conditions: &[Condition], place: Place<'_>, each: Each) {
        for condition in conditions {
            match each {
                Each::Alone => {
                    for expr in condition.expressions() {
                        if self.has_wrong_objects(&[expr], place) {
                            self.names_not_known(expr);
                        }
                    }
                }
                Each::Together => {
                    if self.has_wrong_objects(&condition.expressions(), place) {
                        self.names_not_known(&condition.error_message);
                    }
                }
                Each::Never => {
                    for expr in condition.expressions() {
                        self.expression(expr, place);
                    }
                }
            }
        }
    }

    /// The conditions of a resource. That they do not refer to it by its name was looked at before.
    pub(crate) fn conditions_of(&mut self, resource: &Resource, place: Place<'_>) {
        let lifecycle = &resource.lifecycle;
        self.conditions(&lifecycle.preconditions, place, Each::Alone);
        let place = Place {
            own: Some(resource),
            ..place
        };
        self.conditions(&lifecycle.postconditions, place, Each::Alone);
    }

    /// Checks expressions; answers whether they refer to objects in a way that keeps all of their names from
    /// being known.
    fn has_wrong_objects(&mut self, exprs: &[&Expr], place: Place<'_>) -> bool {
        let mut wrong = false;
        for expr in exprs {
            expr.visit_references(&mut |found| {
                let before = self.diagnostics.errors().count();
                self.found(found, place);
                let told = self.diagnostics.errors().count() > before;
                wrong |= told
                    && Reference::read(found.traversal).is_ok_and(|reference| {
                        matches!(
                            reference.subject,
                            Subject::Resource(_) | Subject::SelfObject | Subject::ModuleCall(_)
                        )
                    });
            });
        }
        wrong
    }

    /// Evaluates an expression of which no name is known, for the errors that come of it.
    fn names_not_known(&mut self, expr: &Expr) {
        let (_, found) = evaluate(expr, &NothingKnown);
        let unknown = found
            .into_iter()
            .filter(|found| found.summary == UNKNOWN_VARIABLE);
        self.diagnostics.extend(unknown);
    }

    /// Checks the steps that follow `self`.
    pub(crate) fn own_path(&mut self, traversal: &Traversal, own: &ResourceAddr) {
        if let Some(schema) = (self.schemas)(self.node, own)
            && let Some(step) = traversal.steps.first()
            && let StepKind::Attr(name) = &step.kind
        {
            let ty = schema.block.implied_type();
            self.attribute(&ty, name, step.span);
        }
    }

    /// A data source of a `check` block is named outside of it.
    pub(crate) fn scoped(&mut self, resource: &ResourceAddr, at: Span) {
        self.diagnostics.push(
            Diagnostic::error(
                "Reference to scoped resource",
                format!(
                    "The referenced data resource {:?} {:?} is not available from this context.",
                    resource.kind, resource.name
                ),
            )
            .at(at),
        );
    }
}

const UNKNOWN_VARIABLE: &str = "Unknown variable";

/// A scope in which no name is known.
struct NothingKnown;

impl Scope for NothingKnown {
    fn resolve(&self, reference: &Traversal, _span: Span) -> Result<Resolved, Diagnostic> {
        let root = &reference.root;
        Err(Diagnostic::error(
            UNKNOWN_VARIABLE,
            format!("There is no variable named {:?}.", root.name),
        )
        .at(root.span))
    }

    fn functions(&self) -> Option<&Context<'_>> {
        None
    }
}
