//! Values for input variables: from the environment, from files, from the command line, each over the last.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_evaluator::variables::{self, Origin};
use trueup_value::Value;

use crate::given::{self, Given};
use crate::{Project, World};

/// Collects the values of variables. Texts that were read are added to the project's sources.
pub fn collect(world: &World, project: &mut Project) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    let mut collecting = Collecting::new(project);
    for (name, text) in &world.variables {
        // What the environment says of variables that are not declared is for somebody else.
        if project
            .config
            .root
            .module
            .variables
            .contains_key(name.as_str())
        {
            collecting.text(name, text, given::by_environment(name));
        }
    }
    for name in given::files_of(&world.dir) {
        collecting.file(&world.dir, &name);
    }
    collecting.options(world);
    if collecting.undeclared > 2 {
        collecting.diagnostics.push(Diagnostic::warning(
            "Values for undeclared variables",
            format!("In addition to the other similar warnings shown, {} other variable(s) defined without being declared.", collecting.undeclared - 2),
        ));
    }
    collecting.finish(project)
}

/// Collects only what the command line gives, as [`collect`] does.
pub fn of_options(
    world: &World,
    project: &mut Project,
) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    let mut collecting = Collecting::new(project);
    collecting.options(world);
    collecting.finish(project)
}

/// Variables without default that have no value: their names, in order.
pub fn missing(config: &Config, values: &BTreeMap<Arc<str>, Value>) -> Vec<Arc<str>> {
    let variables = &config.root.module.variables;
    variables
        .values()
        .filter(|variable| variable.default.is_none() && !values.contains_key(&variable.name))
        .map(|variable| variable.name.clone())
        .collect()
}

/// The value of a text that a person typed for a variable.
pub fn typed_in(project: &mut Project, name: &str, text: &str) -> (Value, Diagnostics) {
    let mut sources = Arc::unwrap_or_clone(project.sources.clone());
    let (value, mut diagnostics) = of_text(&project.config, name, text, &mut sources);
    if let Some(variable) = project.config.root.module.variables.get(name)
        && !diagnostics.has_errors()
    {
        let origin = Origin::Elsewhere("set using an interactive prompt".to_owned());
        diagnostics.extend(variables::check_given(variable, &value, &origin, &sources));
    }
    project.sources = Arc::new(sources);
    (value, diagnostics)
}

/// The value of a text for a variable: an expression where its type is not a primitive one.
fn of_text(config: &Config, name: &str, text: &str, sources: &mut Sources) -> (Value, Diagnostics) {
    let declared = config.root.module.variables.get(name);
    let is_expression = declared.is_some_and(variables::is_read_as_expression);
    given::read_text(name, text, is_expression, sources)
}

struct Collecting {
    config: Arc<Config>,
    sources: Sources,
    values: BTreeMap<Arc<str>, Value>,
    /// Where each of the values was given.
    origins: BTreeMap<Arc<str>, Origin>,
    diagnostics: Diagnostics,
    undeclared: usize,
}

impl Collecting {
    fn new(project: &Project) -> Self {
        Self {
            config: project.config.clone(),
            sources: Arc::unwrap_or_clone(project.sources.clone()),
            values: BTreeMap::new(),
            origins: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
            undeclared: 0,
        }
    }

    fn options(&mut self, world: &World) {
        for one in &world.assignments {
            match one {
                Given::File(path) => self.file(&world.dir, path),
                Given::Assignment(text) => self.assignment(text),
            }
        }
    }

    /// Holds what won against the declarations.
    fn finish(mut self, project: &mut Project) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
        let config = self.config.clone();
        let mut given = trueup_planner::Given::default();
        for (name, value) in &self.values {
            let declared = config.root.module.variables.get(name);
            if let (Some(variable), Some(origin)) = (declared, self.origins.get(name)) {
                let found = variables::check_given(variable, value, origin, &self.sources);
                self.diagnostics.extend(found);
                if let Origin::File(span) = origin {
                    given.at.insert(name.clone(), *span);
                }
            }
        }
        project.sources = Arc::new(self.sources);
        project.given = given;
        (self.values, self.diagnostics)
    }

    fn keep(&mut self, name: Arc<str>, value: Value, origin: Origin) {
        self.origins.insert(name.clone(), origin);
        self.values.insert(name, value);
    }

    fn text(&mut self, name: &str, text: &str, how: String) {
        let (value, found) = of_text(&self.config, name, text, &mut self.sources);
        let failed = found.has_errors();
        self.diagnostics.extend(found);
        if !failed {
            self.keep(name.into(), value, Origin::Elsewhere(how));
        }
    }

    fn assignment(&mut self, text: &str) {
        let (name, value) = match given::assignment(text) {
            Ok(assigned) => assigned,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        if name.ends_with(' ') {
            self.diagnostics.push(Diagnostic::error(
                "Invalid -var option",
                format!(
                    "Variable name {name:?} is invalid due to trailing space. Did you mean -var=\"{}={}\"?",
                    name.trim_end_matches(' '),
                    value.trim_start_matches(' ')
                ),
            ));
            return;
        }
        if !self.config.root.module.variables.contains_key(name) {
            self.diagnostics.push(Diagnostic::error(
                "Value for undeclared variable",
                format!("A variable named {name:?} was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a \"variable\" block to the configuration."),
            ));
            return;
        }
        self.text(name, value, given::by_assignment(name));
    }

    fn file(&mut self, dir: &Path, name: &str) {
        let path = dir.join(name);
        let file = given::read_file(&path, name, &mut self.sources, &mut self.diagnostics);
        for (variable, (expr, _)) in file.values {
            let (value, found) = variables::constant(&expr);
            let failed = found.has_errors();
            self.diagnostics.extend(found);
            if !self.config.root.module.variables.contains_key(&variable) {
                self.undeclared += 1;
                if self.undeclared <= 2 {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            "Value for undeclared variable",
                            format!("The root module does not declare a variable named {variable:?} but a value was found in file {name:?}. If you meant to use this value, add a \"variable\" block to the configuration.\n\nTo silence these warnings, use TF_VAR_... environment variables to provide certain \"global\" settings to all configurations in your organization. To reduce the verbosity of these warnings, use the -compact-warnings option."),
                        ),
                    );
                }
                continue;
            }
            if !failed {
                self.keep(variable, value, Origin::File(expr.span));
            }
        }
    }
}
