//! What the assertions of a test see: the module that was run, its outputs, and the outputs of earlier runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{ModuleInstance, Reference};
use trueup_config::ModuleNode;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span, did_you_mean};
use trueup_functions::Context;
use trueup_parser::{Expr, StepKind, Traversal};
use trueup_value::Value;

use crate::evaluator::Evaluator;
use crate::expansion::Repeated;
use crate::expression::{self, Resolved, Scope};
use crate::references::{self, Schemas};
use crate::scope::InstanceScope;

/// What a test adds to the names of a module.
#[derive(Clone, Debug, Default)]
pub struct TestNames {
    /// The outputs of the module that was run.
    pub outputs: BTreeMap<Arc<str>, Value>,
    /// The outputs of earlier runs as objects; `None` for runs that are still to come.
    pub runs: BTreeMap<Arc<str>, Option<Value>>,
    /// Variables that the test gives, whether or not the module declares them.
    pub variables: BTreeMap<Arc<str>, Value>,
}

/// What is wrong with the references of an assertion, before it is evaluated.
pub fn check(
    node: &ModuleNode,
    expr: &Expr,
    names: &TestNames,
    schemas: &Schemas<'_>,
) -> Diagnostics {
    references::check_expression_but(node, expr, schemas, &|traversal| {
        names.resolve(traversal).map(|found| found.err())
    })
}

/// What an expression of a test is worth after a run of the root module.
pub fn evaluate(evaluator: &Evaluator, names: &TestNames, expr: &Expr) -> (Value, Diagnostics) {
    let root = ModuleInstance::root();
    expression::evaluate(expr, &TestScope::new(evaluator, &root, names))
}

/// What the references of an assertion stood for, for a message about it: unknown values are mentioned.
pub fn causes(
    evaluator: &Evaluator,
    names: &TestNames,
    expr: &Expr,
    unknown: bool,
) -> Vec<trueup_diagnostics::ValueNote> {
    let root = ModuleInstance::root();
    expression::causes(
        expr,
        &TestScope::new(evaluator, &root, names),
        unknown,
        false,
    )
}

impl TestNames {
    /// The value of a name that only tests know; `None` for the others.
    fn resolve(&self, traversal: &Traversal) -> Option<Result<Resolved, Diagnostic>> {
        let root = &traversal.root;
        let kind = &*root.name;
        if !matches!(kind, "output" | "run" | "var") {
            return None;
        }
        let step = match traversal.steps.first() {
            Some(step) => step,
            None if kind == "var" => return None,
            None => {
                return Some(Err(Diagnostic::error(
                    "Invalid reference",
                    format!("The {kind:?} object cannot be accessed directly. Instead, access one of its attributes."),
                )
                .at(root.span)));
            }
        };
        let StepKind::Attr(name) = &step.kind else {
            if kind == "var" {
                return None;
            }
            return Some(Err(Diagnostic::error(
                "Invalid reference",
                format!("The {kind:?} object does not support this operation."),
            )
            .at(step.span)));
        };
        let at = root.span.to(step.span);
        match kind {
            "var" => {
                let value = self.variables.get(name)?;
                Some(Ok(Resolved::new(value.clone(), 1)))
            }
            "output" => Some(self.output(name, at)),
            _ => Some(self.run(name, at)),
        }
    }

    fn output(&self, name: &str, at: Span) -> Result<Resolved, Diagnostic> {
        match self.outputs.get(name) {
            Some(value) => Ok(Resolved::new(value.clone(), 1)),
            None => {
                let near = suggestion(name, self.outputs.keys());
                Err(Diagnostic::error(
                    "Reference to undeclared output value",
                    format!("An output value with the name {name:?} has not been declared.{near}"),
                )
                .at(at))
            }
        }
    }

    fn run(&self, name: &str, at: Span) -> Result<Resolved, Diagnostic> {
        match self.runs.get(name) {
            Some(Some(value)) => Ok(Resolved::new(value.clone(), 1)),
            Some(None) => Err(Diagnostic::error(
                "Reference to unevaluated run block",
                format!("The run {name:?} block has not yet been evaluated, so its results are not available here."),
            )
            .at(at)),
            None => {
                let near = suggestion(name, self.runs.keys());
                Err(Diagnostic::error(
                    "Reference to undeclared run block",
                    format!("There is no run {name:?} declared in this test suite.{near}"),
                )
                .at(at))
            }
        }
    }
}

fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a Arc<str>>) -> String {
    did_you_mean(given, known.map(|name| &**name))
        .map(|near| format!(" Did you mean {near:?}?"))
        .unwrap_or_default()
}

/// The scope of a test's expressions.
struct TestScope<'a> {
    module: InstanceScope<'a>,
    names: &'a TestNames,
}

impl<'a> TestScope<'a> {
    fn new(evaluator: &'a Evaluator, root: &'a ModuleInstance, names: &'a TestNames) -> Self {
        Self {
            module: InstanceScope::new(evaluator, root, &Repeated::None),
            names,
        }
    }
}

impl Scope for TestScope<'_> {
    fn resolve(&self, traversal: &Traversal, span: Span) -> Result<Resolved, Diagnostic> {
        match self.names.resolve(traversal) {
            Some(found) => found,
            None => self.module.resolve(traversal, span),
        }
    }

    fn functions(&self) -> Option<&Context<'_>> {
        self.module.functions()
    }

    fn required_provider(&self, local_name: &str) -> Option<trueup_addrs::ProviderAddr> {
        self.module.required_provider(local_name)
    }

    fn sources(&self) -> Option<&Sources> {
        self.module.sources()
    }
}

/// The scope of what is written where no module is at hand yet: values of variables in test files.
pub struct ValuesScope<'a> {
    /// The values that `var` has.
    pub variables: &'a BTreeMap<Arc<str>, Value>,
    /// The values that `run` has; `None` where runs can't be referred to.
    pub runs: Option<&'a BTreeMap<Arc<str>, Option<Value>>>,
    /// What is said of a variable that is not there.
    pub missing_variable: fn(&str) -> String,
    /// What is said of any other reference.
    pub elsewhere: &'static str,
    /// What functions may use.
    pub functions: Option<&'a Context<'a>>,
    /// The texts.
    pub sources: &'a Sources,
}

impl Scope for ValuesScope<'_> {
    fn resolve(&self, traversal: &Traversal, _span: Span) -> Result<Resolved, Diagnostic> {
        let root = &traversal.root;
        let name = match traversal.steps.first().map(|step| (&step.kind, step.span)) {
            Some((StepKind::Attr(name), span)) => Some((name, root.span.to(span))),
            _ => None,
        };
        match (&*root.name, name) {
            ("var", Some((name, at))) => match self.variables.get(name) {
                Some(value) => Ok(Resolved::new(value.clone(), 1)),
                None => Err(Diagnostic::error(
                    "Reference to unavailable variable",
                    (self.missing_variable)(name),
                )
                .at(at)),
            },
            ("run", Some((name, at))) if self.runs.is_some() => {
                match self.runs.and_then(|runs| runs.get(name)) {
                    Some(Some(value)) => Ok(Resolved::new(value.clone(), 1)),
                    Some(None) => Err(Diagnostic::error(
                        "Reference to unavailable run block",
                        format!("The run block {name:?} has not executed yet. You can only reference run blocks that are in the same test file and will execute before the current run block."),
                    )
                    .at(at)),
                    None => Err(Diagnostic::error(
                        "Reference to unknown run block",
                        format!("The run block {name:?} does not exist within this test file. You can only reference run blocks that are in the same test file and will execute before the current run block."),
                    )
                    .at(at)),
                }
            }
            ("output" | "run" | "check", found) => {
                let at = found.map_or(root.span, |(_, at)| at);
                Err(Diagnostic::error("Invalid reference", self.elsewhere).at(at))
            }
            _ => {
                let reference = Reference::read(traversal)?;
                Err(Diagnostic::error("Invalid reference", self.elsewhere).at(reference.span))
            }
        }
    }

    fn functions(&self) -> Option<&Context<'_>> {
        self.functions
    }

    fn sources(&self) -> Option<&Sources> {
        Some(self.sources)
    }
}
