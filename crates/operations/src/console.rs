//! The console: expressions evaluated against a configuration and its state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsResource, ConfigResource, InstanceKey, Mode, ModuleInstance};
use trueup_config::Repetition;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_evaluator::{Evaluator, Expansion, Node, Repeated, graph, references};
use trueup_parser::Expr;
use trueup_plan::{Action, Plan};
use trueup_provider::Registry;
use trueup_state::State;
use trueup_value::{Type, Value};

use crate::project::schema_of;
use crate::{Project, World};

/// What an expression was worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A value.
    Value(Value),
    /// The type that `type()` was asked for.
    Type(Type),
}

/// A configuration whose names have values, against which expressions are evaluated.
pub struct Console {
    evaluator: Evaluator,
    providers: Registry,
    sources: Sources,
}

/// How texts that were typed are named in messages.
const LABEL: &str = "<console-input>";

impl Console {
    /// Gives every name its value: resources what `state` holds, or what `plan` foresees where one is given;
    /// variables without value are unknown. What can't be evaluated is unknown, and told only when it is asked for.
    pub fn new(
        world: &World,
        project: &Project,
        workspace: &str,
        variables: &BTreeMap<Arc<str>, Value>,
        state: &State,
        plan: Option<&Plan>,
    ) -> Self {
        let environment = world.environment(workspace, &world.source.now(), true);
        let mut evaluator =
            Evaluator::new(project.config.clone(), project.sources.clone(), environment);
        let known = Known::new(&world.providers, state, plan);
        let (graph, _) = graph::build(&project.config);
        for node in graph.topological_order().unwrap_or_default() {
            match &node {
                Node::Provider(_) => {}
                Node::Resource(addr) => known.tell(&mut evaluator, addr),
                Node::Variable(module, name)
                    if module.is_root() && !has_value(project, variables, name) =>
                {
                    evaluator.set_variable_unknown(&ModuleInstance::root(), name);
                }
                node => {
                    // An error is told by the expression that needs what failed.
                    let _ = evaluator.settle(node, &|name| variables.get(name).cloned());
                }
            }
        }
        Self {
            evaluator,
            providers: world.providers.clone(),
            sources: Sources::clone(&project.sources),
        }
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// What is wrong with it, and the texts that this points into.
    pub fn evaluate(&mut self, text: &str) -> Result<Answer, (Diagnostics, Sources)> {
        let mut sources = self.sources.clone();
        let source = sources.add(LABEL, text);
        let (expr, mut diagnostics) = trueup_parser::parse_expression(source, text, 0);
        if diagnostics.has_errors() {
            return Err((diagnostics, sources));
        }
        let asked = type_of(&expr);
        if let Some(Err(diagnostic)) = asked {
            diagnostics.push(*diagnostic);
            return Err((diagnostics, sources));
        }
        let (wants_type, expr) = match asked {
            Some(Ok(argument)) => (true, argument),
            _ => (false, &expr),
        };
        diagnostics.extend(self.check(expr));
        if diagnostics.has_errors() {
            return Err((diagnostics, sources));
        }
        let root = ModuleInstance::root();
        let (value, found) = self.evaluator.evaluate(&root, expr, &Repeated::None);
        diagnostics.extend(found);
        if diagnostics.has_errors() {
            return Err((diagnostics, sources));
        }
        Ok(if wants_type {
            Answer::Type(value.ty())
        } else {
            Answer::Value(value)
        })
    }

    fn check(&self, expr: &Expr) -> Diagnostics {
        let config = self.evaluator.config();
        let schemas = |node: &trueup_config::ModuleNode, addr: &trueup_addrs::Resource| {
            schema_of(config, node, addr, &self.providers)
        };
        references::check_expression(&config.root, expr, &schemas)
    }
}

fn has_value(project: &Project, given: &BTreeMap<Arc<str>, Value>, name: &str) -> bool {
    let declared = project.config.root.module.variables.get(name);
    given.contains_key(name) || declared.is_some_and(|variable| variable.default.is_some())
}

/// The argument of `type(…)` where that is the whole expression; an error where it stands within another.
fn type_of(expr: &Expr) -> Option<Result<&Expr, Box<Diagnostic>>> {
    let whole = expr.static_call().filter(|call| &*call.name == "type");
    if let Some(call) = whole {
        return match call.args.as_slice() {
            [argument] if !call.expand_final => Some(Ok(argument)),
            _ => Some(Err(Box::new(
                Diagnostic::error(
                    match call.args.len() {
                        0 => "Not enough function arguments",
                        _ => "Too many function arguments",
                    },
                    "Function \"type\" expects only 1 argument(s).",
                )
                .at(call.name_span),
            ))),
        };
    }
    let mut within = None;
    expr.visit_calls(&mut |call| {
        if &*call.name == "type" {
            within = Some(call.name_span);
        }
    });
    within.map(|span| {
        Err(Box::new(
            Diagnostic::error(
                "Invalid use of type function",
                "The console-only \"type\" function cannot be used as part of an expression.",
            )
            .at(span),
        ))
    })
}

/// What is known of resources.
struct Known<'a> {
    providers: &'a Registry,
    state: &'a State,
    /// What a plan foresees of the instances of each resource.
    planned: Option<BTreeMap<AbsResource, BTreeMap<InstanceKey, Value>>>,
}

impl<'a> Known<'a> {
    fn new(providers: &'a Registry, state: &'a State, plan: Option<&'a Plan>) -> Self {
        let planned = plan.map(|plan| {
            let mut planned: BTreeMap<AbsResource, BTreeMap<InstanceKey, Value>> = BTreeMap::new();
            for change in &plan.changes {
                if change.deposed.is_none()
                    && !matches!(change.action, Action::Delete | Action::Forget)
                {
                    planned
                        .entry(change.addr.resource.clone())
                        .or_default()
                        .insert(change.addr.key.clone(), change.after.clone());
                }
            }
            planned
        });
        Self {
            providers,
            state: plan.map_or(state, |plan| &plan.prior_state),
            planned,
        }
    }

    /// Makes a resource known in every instance of its module.
    fn tell(&self, evaluator: &mut Evaluator, addr: &ConfigResource) {
        let config = evaluator.config().clone();
        let Some(declared) = config
            .module(&addr.module)
            .and_then(|node| node.module.resources.get(&addr.resource))
        else {
            return;
        };
        for module in evaluator.module_instances(&addr.module).iter() {
            let resource = AbsResource::new(module.clone(), addr.resource.clone());
            let value = self.value(&resource, &declared.repetition);
            evaluator.set_resource(resource, value);
        }
    }

    /// What all instances of a resource are together; unknown where there is nothing of it.
    fn value(&self, resource: &AbsResource, repetition: &Repetition) -> Value {
        let planned = self.planned.as_ref().and_then(|all| all.get(resource));
        let mut values = match planned {
            Some(values) => values.clone(),
            None => self.stored(resource),
        };
        if values.is_empty() {
            return Value::dynamic_unknown();
        }
        // The state may hold instances of another repetition than the one that is written now.
        let expansion = match repetition {
            Repetition::None => {
                values.retain(|key, _| *key == InstanceKey::None);
                Expansion::Single
            }
            Repetition::Count(_) => {
                values.retain(|key, _| matches!(key, InstanceKey::Int(_)));
                let length = match values.last_key_value() {
                    Some((InstanceKey::Int(last), _)) => last.saturating_add(1),
                    _ => 0,
                };
                // A gap of millions is no list that anybody made.
                if length > (values.len() as u64).saturating_mul(1000) {
                    return Value::dynamic_unknown();
                }
                for index in 0..length {
                    let value = values.entry(InstanceKey::Int(index));
                    value.or_insert_with(Value::dynamic_unknown);
                }
                Expansion::Count(length)
            }
            Repetition::ForEach(_) => Expansion::ForEach(Arc::default()),
        };
        Evaluator::assemble(&expansion, values)
    }

    fn stored(&self, resource: &AbsResource) -> BTreeMap<InstanceKey, Value> {
        let Some(known) = self.state.resources.get(resource) else {
            return BTreeMap::new();
        };
        let mode: Mode = resource.resource.mode;
        let schema = self
            .providers
            .schema(&known.provider.provider, mode, &resource.resource.kind);
        let Some(schema) = schema else {
            return BTreeMap::new();
        };
        let ty = schema.block.implied_type();
        let decoded = known.instances.iter().filter_map(|(key, instance)| {
            let object = instance.current.as_ref()?;
            Some((key.clone(), object.decode(&ty).ok()?))
        });
        decoded.collect()
    }
}
