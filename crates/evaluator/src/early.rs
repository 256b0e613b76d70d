//! Early evaluation: what a backend's settings and the sources of modules may refer to, long before a plan.
//!
//! Terraform takes literals there, OpenTofu also variables and locals whose values are settled before
//! anything is planned. Here a variable is settled if it is declared `const = true`, or if it was given a value.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Reference, Subject};
use trueup_config::{Module, ModuleCall, Variable};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_functions::{Context, Source};
use trueup_parser::{Expr, Traversal};
use trueup_value::Value;

use crate::Environment;
use crate::expression::{Resolved, Scope, evaluate};
use crate::variables::{constant, settle};

/// Where the values of a module's variables come from.
#[derive(Clone, Copy)]
pub enum Inputs<'a> {
    /// The root module's: given values by name.
    Given(&'a BTreeMap<Arc<str>, Value>),
    /// A called module's: the call, and the module that it stands in.
    Call(&'a ModuleCall, &'a Early<'a>),
}

/// A module, as far as it can be evaluated early.
#[derive(Clone, Copy)]
pub struct Early<'a> {
    /// The module.
    pub module: &'a Module,
    /// Its folder, relative to the root module.
    pub dir: &'a str,
    /// Where its variables get their values.
    pub inputs: Inputs<'a>,
    /// The world that functions see.
    pub environment: &'a Environment,
    /// Whether what is evaluated is kept nowhere, as passphrases are: then it may be sensitive, and defaults count
    /// as values.
    pub secret: bool,
}

impl Early<'_> {
    /// The value of an expression that Terraform takes literals for. Where it is neither literal nor settled,
    /// the errors are Terraform's, with a hint.
    pub fn value(&self, expr: &Expr) -> (Value, Diagnostics) {
        let (value, plain) = constant(expr);
        if !plain.has_errors() {
            return (value, plain);
        }
        let (early, found) = evaluate(expr, &EarlyScope::new(self));
        let first = found.errors().next().cloned();
        match first {
            None if early.is_wholly_known() => (early, found),
            Some(error) if error.hints.is_empty() => (value, plain),
            Some(error) => {
                let hints = error.hints;
                let mut hinted = Diagnostics::default();
                for mut diagnostic in plain.iter().cloned() {
                    if diagnostic.summary == NOT_ALLOWED {
                        diagnostic.hints.clone_from(&hints);
                    }
                    hinted.push(diagnostic);
                }
                (value, hinted)
            }
            None => (value, plain),
        }
    }

    /// The value of a variable that is settled.
    fn variable(&self, variable: &Variable, span: Span) -> Result<Value, Diagnostic> {
        let name = &variable.name;
        let given = match self.inputs {
            Inputs::Given(values) => values.get(name).cloned(),
            Inputs::Call(call, caller) => match call.body.attribute(name) {
                Some(attribute) => {
                    let (value, found) = caller.value(&attribute.expr);
                    if let Some(error) = found.errors().next() {
                        return Err(with_hints(not_allowed(span), error.hints.clone()));
                    }
                    Some(value)
                }
                None => None,
            },
        };
        let settled = match variable.constant {
            Some(constant) => constant,
            None => given.is_some() || (self.secret && variable.default.is_some()),
        };
        if !settled {
            let hint = match variable.constant {
                Some(_) => format!("The declaration of var.{name} says that it is not constant."),
                None => format!(
                    "var.{name} is used before anything is planned: give it a value (-var, TF_VAR_{name}, terraform.tfvars), or declare it with const = true."
                ),
            };
            return Err(with_hints(not_allowed(span), vec![hint]));
        }
        let (value, found) = settle(variable, given);
        if let Some(error) = found.errors().next() {
            return Err(error.clone());
        }
        let hidden = match (variable.sensitive, variable.ephemeral) {
            _ if self.secret => return Ok(value),
            (true, _) => "sensitive",
            (_, true) => "ephemeral",
            _ => return Ok(value),
        };
        Err(with_hints(
            not_allowed(span),
            vec![format!(
                "var.{name} is {hidden}, and what is written here would be kept in the clear."
            )],
        ))
    }
}

const NOT_ALLOWED: &str = "Variables not allowed";

/// What Terraform says to a reference where only literals may stand.
fn not_allowed(span: Span) -> Diagnostic {
    Diagnostic::error(NOT_ALLOWED, "Variables may not be used here.").at(span)
}

fn with_hints(mut diagnostic: Diagnostic, hints: Vec<String>) -> Diagnostic {
    diagnostic.hints = hints;
    diagnostic
}

struct EarlyScope<'a> {
    early: &'a Early<'a>,
    functions: Context<'a>,
    /// Locals that are being evaluated, so that one that leads to itself is noticed.
    under_way: RefCell<Vec<Arc<str>>>,
}

impl<'a> EarlyScope<'a> {
    fn new(early: &'a Early<'a>) -> Self {
        let environment = early.environment;
        Self {
            early,
            functions: Context {
                files: &*environment.files,
                base_dir: &environment.base_dir,
                home: environment.home.as_deref(),
                plan_timestamp: None,
                source: None::<&dyn Source>,
            },
            under_way: RefCell::default(),
        }
    }

    fn local(&self, name: &Arc<str>, span: Span) -> Result<Value, Diagnostic> {
        let Some(local) = self.early.module.locals.get(name) else {
            return Err(with_hints(
                not_allowed(span),
                vec![format!("There is no local value named {name:?}.")],
            ));
        };
        if self.under_way.borrow().contains(name) {
            return Err(with_hints(
                not_allowed(span),
                vec![format!("local.{name} refers to itself.")],
            ));
        }
        self.under_way.borrow_mut().push(name.clone());
        let (value, found) = evaluate(&local.expr, self);
        self.under_way.borrow_mut().pop();
        match found.errors().next() {
            None => Ok(value),
            Some(error) => Err(with_hints(not_allowed(span), error.hints.clone())),
        }
    }
}

impl Scope for EarlyScope<'_> {
    fn resolve(&self, traversal: &Traversal, _span: Span) -> Result<Resolved, Diagnostic> {
        let reference = Reference::read(traversal)?;
        let span = reference.span;
        let value = match &reference.subject {
            Subject::Variable(name) => match self.early.module.variables.get(name) {
                Some(variable) => self.early.variable(variable, span)?,
                None => {
                    return Err(with_hints(
                        not_allowed(span),
                        vec![format!("There is no variable named {name:?}.")],
                    ));
                }
            },
            Subject::Local(name) => self.local(name, span)?,
            Subject::Path(name) if &**name == "root" => Value::string("."),
            Subject::Path(name) if &**name == "cwd" => Value::string(&self.early.environment.cwd),
            Subject::Path(name) if &**name == "module" => Value::string(self.early.dir),
            Subject::Terraform(name) if &**name == "workspace" => {
                Value::string(&self.early.environment.workspace)
            }
            subject => {
                return Err(with_hints(
                    not_allowed(span),
                    vec![format!(
                        "{subject} is not known before a plan is made. What stands here may refer to constant variables and to locals made of them."
                    )],
                ));
            }
        };
        Ok(Resolved::new(value, reference.consumed))
    }

    fn functions(&self) -> Option<&Context<'_>> {
        Some(&self.functions)
    }
}
