//! What a name means inside one instance of one block.

use std::sync::Arc;

use trueup_addrs::{ModuleInstance, ProviderAddr, Reference, Subject};
use trueup_diagnostics::{Diagnostic, Sources, Span};
use trueup_functions::{Context, Function, Source};
use trueup_parser::Traversal;
use trueup_value::{Marks, Type, Value};

use crate::evaluator::Evaluator;
use crate::expansion::Repeated;
use crate::expression::{Resolved, Scope};

/// Names that the blocks around an expression bind, such as the iterators of `dynamic` blocks; the last wins.
pub type Bindings = [(Arc<str>, Value)];

/// Where an expression stands: the module, the instance of its block, and what only this place has.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The instance of the module.
    pub module: &'a ModuleInstance,
    /// The instance of the block.
    pub repeated: &'a Repeated,
    /// Names bound by blocks around it.
    pub bindings: &'a Bindings,
    /// What `self` stands for, where there is such an object.
    pub own: Option<&'a Value>,
}

impl<'a> Site<'a> {
    /// A place in one instance of a block, without names of its own.
    pub fn new(module: &'a ModuleInstance, repeated: &'a Repeated) -> Self {
        Self {
            module,
            repeated,
            bindings: &[],
            own: None,
        }
    }
}

/// The scope of one instance of a block.
pub(crate) struct InstanceScope<'a> {
    evaluator: &'a Evaluator,
    module: &'a ModuleInstance,
    repeated: &'a Repeated,
    bindings: &'a Bindings,
    own: Option<&'a Value>,
    functions: Context<'a>,
}

impl<'a> InstanceScope<'a> {
    pub(crate) fn new(
        evaluator: &'a Evaluator,
        module: &'a ModuleInstance,
        repeated: &'a Repeated,
    ) -> Self {
        Self::at(evaluator, Site::new(module, repeated))
    }

    /// The scope of a place.
    pub(crate) fn at(evaluator: &'a Evaluator, site: Site<'a>) -> Self {
        let environment = evaluator.environment();
        Self {
            evaluator,
            module: site.module,
            repeated: site.repeated,
            bindings: site.bindings,
            own: site.own,
            functions: Context {
                files: &*environment.files,
                base_dir: &environment.base_dir,
                home: environment.home.as_deref(),
                plan_timestamp: Some(&environment.plan_timestamp),
                source: environment
                    .source
                    .as_deref()
                    .map(|source| source as &dyn Source),
            },
        }
    }

    fn value_of(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        let module = self.module;
        let evaluator = self.evaluator;
        let unknown = || Value::dynamic_unknown();
        Ok(match &reference.subject {
            Subject::Variable(name) => evaluator
                .variable(module, name)
                .cloned()
                .unwrap_or_else(unknown),
            Subject::Local(name) => evaluator
                .local(module, name)
                .cloned()
                .unwrap_or_else(unknown),
            Subject::Resource(resource) => evaluator
                .resource(module, resource)
                .cloned()
                .unwrap_or_else(unknown),
            Subject::Count(name) => match (self.repeated, &**name) {
                (Repeated::Count(index), "index") => Value::number(*index as i64),
                (Repeated::Any, "index") => Value::unknown(Type::Number).refine_not_null(),
                _ => return Err(count_problem(name).at(reference.span)),
            },
            Subject::Each(name) => match (self.repeated, &**name) {
                (Repeated::Each { key, .. }, "key") => Value::shared_string(key.clone()),
                (Repeated::Each { value, .. }, "value") => value.clone(),
                (Repeated::Any, "key") => Value::unknown(Type::String).refine_not_null(),
                (Repeated::Any, "value") => Value::dynamic_unknown(),
                _ => return Err(each_problem(name).at(reference.span)),
            },
            Subject::Path(name) => match &**name {
                "root" => Value::string(&evaluator.config().root.dir),
                "cwd" => Value::string(&evaluator.environment().cwd),
                "module" => Value::string(evaluator.node(module).map_or(".", |node| &*node.dir)),
                _ => {
                    return Err(Diagnostic::error(
                        "Invalid \"path\" attribute",
                        format!("The \"path\" object does not have an attribute named {name:?}."),
                    )
                    .at(reference.span));
                }
            },
            Subject::Terraform(name) => match &**name {
                "workspace" => Value::string(&evaluator.environment().workspace),
                // There is clock and chance while a plan is carried out, and only then.
                "applying" => Value::bool(evaluator.environment().source.is_some())
                    .with_marks(Marks::EPHEMERAL),
                _ => {
                    return Err(Diagnostic::error(
                        "Invalid \"terraform\" attribute",
                        format!("The \"terraform\" object does not have an attribute named {name:?}. The only supported attribute is terraform.workspace, the name of the currently-selected workspace."),
                    )
                    .at(reference.span));
                }
            },
            Subject::SelfObject => {
                if let Some(own) = self.own {
                    return Ok(own.clone());
                }
                return Err(Diagnostic::error(
                    "Invalid \"self\" reference",
                    "The \"self\" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.",
                )
                .at(reference.span));
            }
            // No provider here has any: a configuration with such a block is refused.
            Subject::Ephemeral(..) => unknown().with_marks(Marks::EPHEMERAL),
            Subject::ModuleCall(_) => unknown(),
        })
    }
}

/// Why `count.NAME` has no value where it has none.
pub(crate) fn count_problem(name: &str) -> Diagnostic {
    if name == "index" {
        return Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when the \"count\" argument is set.",
        );
    }
    Diagnostic::error(
        "Invalid \"count\" attribute",
        format!(
            "The \"count\" object does not have an attribute named {name:?}. The only supported attribute is count.index, which is the index of each instance of a resource block that has the \"count\" argument set."
        ),
    )
}

/// Why `each.NAME` has no value where it has none.
pub(crate) fn each_problem(name: &str) -> Diagnostic {
    match name {
        "key" => Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \"for_each\" argument is set.",
        ),
        "value" => Diagnostic::error(
            "each.value cannot be used in this context",
            "A reference to \"each.value\" has been used in a context in which it is unavailable, such as when the configuration no longer contains the value in its \"for_each\" expression. Remove this reference to each.value in your configuration to work around this error.",
        ),
        _ => Diagnostic::error(
            "Invalid \"each\" attribute",
            format!(
                "The \"each\" object does not have an attribute named {name:?}. The supported attributes are each.key and each.value, the current key and value pair of the \"for_each\" attribute set."
            ),
        ),
    }
}

impl Scope for InstanceScope<'_> {
    fn resolve(&self, traversal: &Traversal, _span: Span) -> Result<Resolved, Diagnostic> {
        let name = &traversal.root.name;
        let bound = self.bindings.iter().rev();
        if let Some((_, value)) = bound.into_iter().find(|(bound, _)| bound == name) {
            return Ok(Resolved::new(value.clone(), 0));
        }
        let reference = Reference::read(traversal)?;
        if let Subject::ModuleCall(name) = &reference.subject {
            let consumed = reference.consumed;
            return Ok(self
                .evaluator
                .resolve_call(self.module, name, traversal, consumed));
        }
        let value = self.value_of(&reference)?;
        Ok(Resolved::new(value, reference.consumed))
    }

    fn functions(&self) -> Option<&Context<'_>> {
        Some(&self.functions)
    }

    fn required_provider(&self, local_name: &str) -> Option<ProviderAddr> {
        let module = &self.evaluator.node(self.module)?.module;
        let required = module.required_providers.contains_key(local_name);
        required.then(|| module.provider_addr(local_name))
    }

    fn provider_function(&self, local_name: &str, function: &str) -> Option<&'static Function> {
        let provider = self.required_provider(local_name)?;
        let offered = &self.evaluator.environment().provider_functions;
        offered.find(&provider, function)
    }

    fn sources(&self) -> Option<&Sources> {
        Some(self.evaluator.sources())
    }
}
