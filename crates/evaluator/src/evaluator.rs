//! What is known so far: variables, locals and resources of every module instance, each set once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use trueup_addrs::{AbsResource, ModuleInstance, Resource};
use trueup_config::{Config, ModuleNode, Variable};
use trueup_diagnostics::{Diagnostic, Diagnostics, Severity, Sources, Span};
use trueup_functions::{Files, Source};
use trueup_parser::Expr;
use trueup_provider::ProviderFunctions;
use trueup_provider::mock::Mocks;
use trueup_value::{Marks, Type, Value};

use crate::expansion::Repeated;
use crate::module_instances::Instances;
use crate::record::Record;
use crate::scope::{InstanceScope, Site};
use crate::type_constraint;

/// What expressions can see of the world they run in; made by the caller, never looked up here.
#[derive(Clone)]
pub struct Environment {
    /// The name of the selected workspace.
    pub workspace: String,
    /// The folder that the program was started in, absolute: `path.cwd`.
    pub cwd: String,
    /// The folder that relative paths in function calls start from.
    pub base_dir: PathBuf,
    /// The folder that `~` stands for in `pathexpand`.
    pub home: Option<PathBuf>,
    /// The door through which functions read files.
    pub files: Arc<dyn Files + Send + Sync>,
    /// The time that `plantimestamp()` gives, in RFC 3339.
    pub plan_timestamp: String,
    /// Clock and chance for `timestamp()`, `uuid()` and `bcrypt()`; without it they are unknown, as they
    /// are while planning.
    pub source: Option<Arc<dyn Source + Send + Sync>>,
    /// The functions that providers bring along.
    pub provider_functions: ProviderFunctions,
}

/// The configuration and what is known so far.
pub struct Evaluator {
    config: Arc<Config>,
    sources: Arc<Sources>,
    environment: Environment,
    /// The instances of each module, and what is known in them.
    pub(crate) instances: Instances,
    /// Whether a configuration is only checked: `count` and `for_each` are not evaluated then, and each
    /// module has one instance that stands for all of them.
    pub(crate) checking: bool,
    /// How conditions came out so far.
    record: Record,
    /// How a resource's or an output's condition that does not hold is told.
    severity: Severity,
    /// Where values of the root module's variables were given, where that is a place in a file.
    given_at: BTreeMap<Arc<str>, Span>,
    /// What a test makes up: modules whose outputs it gives are not looked into.
    pub(crate) mocks: Arc<Mocks>,
}

impl Evaluator {
    /// An evaluator of `config`, read from `sources`, that knows nothing yet.
    pub fn new(config: Arc<Config>, sources: Arc<Sources>, environment: Environment) -> Self {
        Self {
            record: Record::new(&config),
            severity: Severity::Error,
            given_at: BTreeMap::new(),
            config,
            sources,
            environment,
            instances: Instances::default(),
            checking: false,
            mocks: Arc::default(),
        }
    }

    /// The same, in a test that makes some things up.
    pub fn with_mocks(self, mocks: Arc<Mocks>) -> Self {
        Self { mocks, ..self }
    }

    /// An evaluator to check `config` without values: the root module's variables are unknown, and
    /// modules and resources that are repeated have one instance which stands for all.
    pub fn checking(config: Arc<Config>, sources: Arc<Sources>, environment: Environment) -> Self {
        Self {
            checking: true,
            ..Self::new(config, sources, environment)
        }
    }

    /// How conditions came out so far.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// How conditions came out so far, to be added to.
    pub fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    /// From now on conditions that do not hold are warnings: where nothing is going to be changed.
    pub fn warn_of_conditions(&mut self) {
        self.severity = Severity::Warning;
    }

    /// How a condition that does not hold is told.
    pub fn condition_severity(&self) -> Severity {
        self.severity
    }

    /// Says where values of the root module's variables were given.
    pub fn set_given_at(&mut self, given_at: BTreeMap<Arc<str>, Span>) {
        self.given_at = given_at;
    }

    /// Where the value of a root module's variable was given, where that is a place in a file.
    pub(crate) fn given_at(&self, name: &str) -> Option<Span> {
        self.given_at.get(name).copied()
    }

    /// The configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// The texts that the configuration was read from.
    pub fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// What expressions can see of the world.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The module that `instance` is an instance of.
    pub(crate) fn node(&self, instance: &ModuleInstance) -> Option<&ModuleNode> {
        self.config.module_of(instance)
    }

    /// Makes the value of a root module's input variable known: converts it to the declared type, fills in
    /// defaults, and marks it as the declaration asks. Without a given value the default is taken.
    pub fn set_variable(
        &mut self,
        module: &ModuleInstance,
        name: &Arc<str>,
        given: Option<Value>,
    ) -> Diagnostics {
        let config = self.config.clone();
        let Some(declared) = variable_of(&config, module, name) else {
            return Diagnostics::default();
        };
        let (value, diagnostics) = crate::variables::settle(declared, given);
        self.keep_variable(module, declared, value);
        diagnostics
    }

    /// Makes an input variable known to have a value of its declared type, but not which: to check a
    /// configuration without values.
    pub fn set_variable_unknown(&mut self, module: &ModuleInstance, name: &Arc<str>) {
        let config = self.config.clone();
        let Some(declared) = variable_of(&config, module, name) else {
            return;
        };
        let ty = declared
            .ty
            .as_ref()
            .map_or(Type::Dynamic, |ty| type_constraint::read(ty).0);
        let value = Value::unknown(ty.without_optional());
        self.keep_variable(module, declared, value);
    }

    /// Keeps the value of a variable, with the marks that its declaration asks for.
    pub(crate) fn keep_variable(
        &mut self,
        module: &ModuleInstance,
        declared: &Variable,
        value: Value,
    ) {
        let mut value = value;
        if declared.sensitive {
            value = value.mark(Marks::SENSITIVE);
        }
        if declared.ephemeral {
            value = value.mark(Marks::EPHEMERAL);
        }
        let known = self.instances.known_mut(module);
        known.variables.insert(declared.name.clone(), value);
    }

    /// The value of an input variable, if it is known yet.
    pub fn variable(&self, module: &ModuleInstance, name: &str) -> Option<&Value> {
        self.instances.known(module)?.variables.get(name)
    }

    /// Evaluates a local value and makes it known.
    pub fn set_local(&mut self, module: &ModuleInstance, name: &Arc<str>) -> Diagnostics {
        let Some(expr) = self
            .node(module)
            .and_then(|node| node.module.locals.get(name))
            .map(|local| local.expr.clone())
        else {
            return Diagnostics::default();
        };
        let (value, diagnostics) = self.evaluate(module, &expr, &Repeated::None);
        let value = if diagnostics.has_errors() {
            Value::dynamic_unknown()
        } else {
            value
        };
        let known = self.instances.known_mut(module);
        known.locals.insert(name.clone(), value);
        diagnostics
    }

    /// The value of a local, if it is known yet.
    pub(crate) fn local(&self, module: &ModuleInstance, name: &str) -> Option<&Value> {
        self.instances.known(module)?.locals.get(name)
    }

    /// Makes known what all instances of a resource together are: an object, a tuple of objects (`count`)
    /// or an object of objects (`for_each`).
    pub fn set_resource(&mut self, resource: AbsResource, value: Value) {
        let known = self.instances.known_mut(&resource.module);
        known.resources.insert(resource.resource, value);
    }

    /// What a resource is, if it is known yet.
    pub fn resource(&self, module: &ModuleInstance, resource: &Resource) -> Option<&Value> {
        self.instances.known(module)?.resources.get(resource)
    }

    /// What an expression of `module` is worth now, for the given instance of its block.
    /// With errors the value is unknown.
    pub fn evaluate(
        &self,
        module: &ModuleInstance,
        expr: &Expr,
        repeated: &Repeated,
    ) -> (Value, Diagnostics) {
        self.evaluate_at(Site::new(module, repeated), expr)
    }

    /// As [`Evaluator::evaluate`], with what only this place has.
    pub fn evaluate_at(&self, site: Site<'_>, expr: &Expr) -> (Value, Diagnostics) {
        crate::expression::evaluate(expr, &InstanceScope::at(self, site))
    }

    /// What the references in an expression stand for at a place, to be said beside an error about it. What
    /// is unknown or sensitive is mentioned where that is the cause.
    pub fn causes(
        &self,
        site: Site<'_>,
        expr: &Expr,
        unknown: bool,
        sensitive: bool,
    ) -> Vec<trueup_diagnostics::ValueNote> {
        crate::expression::causes(expr, &InstanceScope::at(self, site), unknown, sensitive)
    }

    /// The value of an output block, marked as declared, and what is wrong with it.
    pub fn output(&self, module: &ModuleInstance, name: &str) -> (Value, Diagnostics) {
        let Some(output) = self
            .node(module)
            .and_then(|node| node.module.outputs.get(name))
        else {
            return (Value::dynamic_null(), Diagnostics::default());
        };
        let (value, mut diagnostics) = self.evaluate(module, &output.value, &Repeated::None);
        if diagnostics.has_errors() {
            return (Value::dynamic_unknown(), diagnostics);
        }
        if !output.ephemeral && value.contains_mark(Marks::EPHEMERAL) {
            diagnostics.push(
                Diagnostic::error(
                    "Ephemeral value not allowed",
                    "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.",
                )
                .at(output.value.span),
            );
            return (Value::dynamic_unknown(), diagnostics);
        }
        // In the root module there is no such output, which is said elsewhere.
        if output.ephemeral && !module.is_root() && !value.contains_mark(Marks::EPHEMERAL) {
            diagnostics.push(
                Diagnostic::error(
                    "Value not allowed in ephemeral output",
                    "This output value is declared as returning an ephemeral value, so it can only be set to an ephemeral value.",
                )
                .at(output.value.span),
            );
            return (Value::dynamic_unknown(), diagnostics);
        }
        if output.sensitive {
            return (value.mark(Marks::SENSITIVE), diagnostics);
        }
        if module.is_root() && value.contains_mark(Marks::SENSITIVE) {
            diagnostics.push(
                Diagnostic::error(
                    "Output refers to sensitive values",
                    "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, Terraform requires that any root module output containing sensitive data be explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to export this data, annotate the output value as sensitive by adding the following argument:\n    sensitive = true",
                )
                .at(output.header),
            );
        }
        (value, diagnostics)
    }

    /// The values of all instances of a resource as one: what a reference to the block sees.
    pub fn assemble(
        expansion: &crate::Expansion,
        values: BTreeMap<trueup_addrs::InstanceKey, Value>,
    ) -> Value {
        use trueup_addrs::InstanceKey;
        match expansion {
            crate::Expansion::Single => values
                .into_values()
                .next()
                .unwrap_or_else(Value::dynamic_unknown),
            crate::Expansion::Count(_) => Value::tuple(values.into_values().collect()),
            crate::Expansion::ForEach(_) => Value::object(
                values
                    .into_iter()
                    .filter_map(|(key, value)| match key {
                        InstanceKey::Str(key) => Some((key, value)),
                        InstanceKey::None | InstanceKey::Int(_) => None,
                    })
                    .collect(),
            ),
            crate::Expansion::Unknown => Value::dynamic_unknown(),
        }
    }
}

fn variable_of<'a>(
    config: &'a Config,
    module: &ModuleInstance,
    name: &str,
) -> Option<&'a Variable> {
    config.module_of(module)?.module.variables.get(name)
}
