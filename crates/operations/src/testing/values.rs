//! Values of variables for one run: those of its block, over those of the file, over those from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_config::Module;
use trueup_config::test_files::{TestFile, TestRun};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::expression;
use trueup_evaluator::testing::ValuesScope;
use trueup_evaluator::variables::{self, Origin};
use trueup_functions::Context;
use trueup_parser::{Expr, StepKind};
use trueup_value::Value;

use super::globals::{InFile, Read};

/// What runs can be referred to by name; `None` for those that are still to come.
pub(super) type Runs = BTreeMap<Arc<str>, Option<Value>>;

/// What values are made from.
pub(super) struct Making<'a> {
    pub(super) file: &'a TestFile,
    pub(super) module: &'a Module,
    pub(super) globals: &'a InFile,
    pub(super) runs: &'a Runs,
    /// Runs of the file that only plan.
    pub(super) planned: &'a BTreeSet<Arc<str>>,
    pub(super) functions: &'a Context<'a>,
}

/// Where an expression stands: what is said of references that lead nowhere from there.
#[derive(Clone, Copy)]
pub(super) enum Inside {
    /// The variables of a run block.
    Run,
    /// A provider block of the file.
    Provider,
}

impl Inside {
    fn missing_variable(self) -> fn(&str) -> String {
        match self {
            Self::Run => |name| {
                format!(
                    "The input variable {name:?} is not available to the current run block. You can only reference variables defined at the file or global levels."
                )
            },
            Self::Provider => |name| {
                format!(
                    "The input variable {name:?} is not available to the current provider configuration. You can only reference variables defined at the file or global levels."
                )
            },
        }
    }

    fn elsewhere(self) -> &'static str {
        match self {
            Self::Run => {
                "You can only reference earlier run blocks, file level, and global variables while defining variables from inside a run block."
            }
            Self::Provider => {
                "You can only reference run blocks, file level, and global variables from inside provider configurations."
            }
        }
    }
}

/// The values of a run.
#[derive(Default)]
pub(super) struct RunValues {
    /// For the variables that the module declares.
    pub(super) declared: BTreeMap<Arc<str>, Value>,
    /// Where those were given that stand in a file: what is wrong with them is told there.
    pub(super) at: BTreeMap<Arc<str>, Span>,
    /// For names that only the test knows.
    pub(super) others: BTreeMap<Arc<str>, Value>,
}

impl RunValues {
    /// Puts what is wrong with the values of variables where the values were given, not where the
    /// variables are declared.
    pub(super) fn placed(&self, module: &Module, mut found: Diagnostics) -> Diagnostics {
        for diagnostic in found.iter_mut() {
            let name = diagnostic
                .checked
                .as_deref()
                .and_then(|object| object.strip_prefix("var."));
            let Some(name) = name else { continue };
            let declared = module.variables.get(name).map(|variable| variable.header);
            if let Some(at) = self.at.get(name)
                && diagnostic.subject == declared
            {
                diagnostic.subject = Some(*at);
            }
        }
        found
    }
}

impl Making<'_> {
    /// The values of a run. `asked` are the variables that its assertions refer to.
    pub(super) fn of_run(
        &self,
        run: &TestRun,
        asked: &BTreeSet<Arc<str>>,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> RunValues {
        let mut values: BTreeMap<Arc<str>, Read> = BTreeMap::new();
        let mut spare = BTreeSet::new();
        let own = run.variables.iter().flat_map(|variables| &variables.values);
        for (name, expr) in own {
            if !self.module.variables.contains_key(name) && !asked.contains(name) {
                spare.insert(name.clone());
                let (name, run) = (name, &run.name);
                diagnostics.push(
                    Diagnostic::warning(
                        "Value for undeclared variable",
                        format!("The module under test does not declare a variable named {name:?}, but it is declared in run block {run:?}."),
                    )
                    .at(expr.span),
                );
            }
            let value = self.of_expr(expr, Inside::Run, sources, diagnostics);
            let origin = Origin::File(expr.span);
            values.insert(name.clone(), Read { value, origin });
        }
        let wanted: BTreeSet<&Arc<str>> = self.module.variables.keys().chain(asked).collect();
        for name in wanted {
            if values.contains_key(name) {
                continue;
            }
            if let Some(read) = self.of_file_or_outside(name, sources, diagnostics) {
                values.insert(name.clone(), read);
            }
        }
        self.missing(run, &values, diagnostics);
        let mut found = RunValues::default();
        for (name, read) in values {
            let Some(variable) = self.module.variables.get(&name) else {
                if !spare.contains(&name) {
                    found.others.insert(name, read.value);
                }
                continue;
            };
            let unfit = variables::check_given(variable, &read.value, &read.origin, sources);
            diagnostics.extend(unfit);
            if let Origin::File(span) = &read.origin {
                found.at.insert(name.clone(), *span);
            }
            found.declared.insert(name, read.value);
        }
        found
    }

    fn missing(
        &self,
        run: &TestRun,
        values: &BTreeMap<Arc<str>, Read>,
        diagnostics: &mut Diagnostics,
    ) {
        for variable in self.module.variables.values() {
            if variable.default.is_some() || values.contains_key(&variable.name) {
                continue;
            }
            let (run, name) = (&run.name, &variable.name);
            diagnostics.push(
                Diagnostic::error(
                    "No value for required variable",
                    format!("The module under test for run block {run:?} has a required variable {name:?} with no set value. Use a -var or -var-file command line argument or add this variable into a \"variables\" block within the test file or run block."),
                )
                .at(variable.header),
            );
        }
    }

    /// The value of an expression that may refer to earlier runs, and to variables of the file and from outside.
    pub(super) fn of_expr(
        &self,
        expr: &Expr,
        inside: Inside,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let mut seen = BTreeMap::new();
        for name in variables_of(expr) {
            if let Some(read) = self.of_file_or_outside(&name, sources, diagnostics) {
                seen.insert(name, read.value);
            }
        }
        if let Some(unknown) = self.unknown_run(expr) {
            diagnostics.push(unknown);
            return Value::dynamic_unknown();
        }
        let scope = ValuesScope {
            variables: &seen,
            runs: Some(self.runs),
            missing_variable: inside.missing_variable(),
            elsewhere: inside.elsewhere(),
            functions: Some(self.functions),
            sources,
        };
        evaluated(expr, &scope, diagnostics)
    }

    /// A reference to what an earlier run does not know, because it only planned.
    fn unknown_run(&self, expr: &Expr) -> Option<Diagnostic> {
        for found in expr.references() {
            let traversal = found.traversal;
            if &*traversal.root.name != "run" {
                continue;
            }
            let mut steps = traversal.steps.iter();
            let Some(StepKind::Attr(name)) = steps.next().map(|step| &step.kind) else {
                continue;
            };
            let Some(Some(outputs)) = self.runs.get(name) else {
                continue;
            };
            let mut text = format!("run.{name}");
            let mut value = outputs.clone();
            for step in steps {
                let next = match &step.kind {
                    StepKind::Attr(attribute) => {
                        text.push_str(&format!(".{attribute}"));
                        value.member(attribute).cloned()
                    }
                    _ => None,
                };
                match next {
                    Some(next) => value = next,
                    None => break,
                }
            }
            let named = traversal
                .steps
                .first()
                .map_or(traversal.root.span, |step| step.span);
            let at = traversal.root.span.to(named);
            // An attribute that is not there is an error of its own.
            if value.is_wholly_known() || value.raw_equals(outputs) {
                continue;
            }
            let detail = if self.planned.contains(name) {
                format!(
                    "The value for {text} is unknown. Run block {name:?} is executing a \"plan\" operation, and the specified output value is only known after apply."
                )
            } else {
                format!("The value for {text} is unknown. The run block {name:?} left it so.")
            };
            return Some(Diagnostic::error("Reference to unknown value", detail).at(at));
        }
        None
    }

    /// The value of a variable of the file, or else from outside.
    fn of_file_or_outside(
        &self,
        name: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Read> {
        let in_file = self
            .file
            .variables
            .as_ref()
            .and_then(|variables| variables.values.get(name));
        let Some(expr) = in_file else {
            return self.globals.read(name, self.module, sources, diagnostics);
        };
        let mut seen = BTreeMap::new();
        for name in variables_of(expr) {
            let read = self.globals.read(&name, self.module, sources, diagnostics);
            if let Some(read) = read {
                seen.insert(name, read.value);
            }
        }
        let elsewhere = match refers_to_run(expr) {
            true => "You can not reference run blocks from within the file variables block.",
            false => {
                "You can only reference global variables from inside the file variables block."
            }
        };
        let scope = ValuesScope {
            variables: &seen,
            runs: None,
            missing_variable: |name| {
                format!(
                    "The input variable {name:?} is not available to the current context. Within the variables block of a test file you can only reference globally defined variables."
                )
            },
            elsewhere,
            functions: Some(self.functions),
            sources,
        };
        Some(Read {
            value: evaluated(expr, &scope, diagnostics),
            origin: Origin::File(expr.span),
        })
    }
}

fn evaluated(expr: &Expr, scope: &ValuesScope<'_>, diagnostics: &mut Diagnostics) -> Value {
    let (value, mut found) = expression::evaluate(expr, scope);
    let failed = found.has_errors();
    for diagnostic in found.iter_mut() {
        // Values are not told here: an error is about what can be referred to.
        if diagnostic.summary == "Unsupported attribute" {
            diagnostic.values.clear();
        }
    }
    diagnostics.extend(found);
    match failed {
        true => Value::dynamic_unknown(),
        false => value,
    }
}

/// The names of the variables that an expression refers to.
pub(super) fn variables_of(expr: &Expr) -> BTreeSet<Arc<str>> {
    let mut names = BTreeSet::new();
    for found in expr.references() {
        if &*found.traversal.root.name == "var"
            && let Some(StepKind::Attr(name)) = found.traversal.steps.first().map(|step| &step.kind)
        {
            names.insert(name.clone());
        }
    }
    names
}

fn refers_to_run(expr: &Expr) -> bool {
    expr.references()
        .iter()
        .any(|found| &*found.traversal.root.name == "run")
}
