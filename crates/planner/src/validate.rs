//! Checks of a configuration before any value of the world is known: what `validate` does, and what every
//! plan does first.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ModuleInstance, ProviderConfigAddr};
use trueup_config::{Condition, Config, ModuleNode, Repetition, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span, did_you_mean};
use trueup_evaluator::own_references;
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::protection;
use trueup_evaluator::provider_block;
use trueup_evaluator::{
    Environment, Evaluator, Node, Repeated, Site, call_arguments, expansion, graph, references,
    variables,
};
use trueup_graph::Scheduler;
use trueup_provider::Registry;
use trueup_schema::ResourceSchema;
use trueup_value::Value;

use crate::run::Request;
use crate::{ephemeral, imports, providers};

/// Checks the types and defaults of all variables, and that no condition names its own resource: what
/// Terraform finds when it reads a module.
pub fn declarations(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        for variable in node.module.variables.values() {
            diagnostics.extend(variables::check_declaration(variable));
        }
        diagnostics.extend(own_references::in_conditions(node));
    }
    diagnostics
}

/// Checks references, cycles, types and schemas, with every variable and every resource unknown.
pub fn configuration(
    config: &Arc<Config>,
    sources: &Arc<Sources>,
    environment: &Environment,
    registry: &Registry,
) -> Diagnostics {
    let schemas =
        |node: &ModuleNode, resource: &trueup_addrs::Resource| -> Option<Arc<ResourceSchema>> {
            let declared = node.module.resources.get(resource)?;
            let addr = graph::provider_config(config, node, declared);
            registry.schema(&addr.provider, resource.mode, &resource.kind)
        };
    let mut diagnostics = declarations(config);
    for node in config.modules() {
        check_required_providers(node, registry, &mut diagnostics);
    }
    diagnostics.extend(trueup_config::check_passed_providers(config, sources));
    // Declarations come before what is made of them, and the variables that a module has before what their
    // values refer to.
    if diagnostics.has_errors() {
        return diagnostics;
    }
    diagnostics.extend(call_arguments::check(config));
    diagnostics.extend(trueup_config::check_passed_providers_exist(config));
    if diagnostics.has_errors() {
        return diagnostics;
    }
    ephemeral::check(config, registry, &mut diagnostics);
    let (graph, found) = graph::build(config);
    let cyclic = found.has_errors();
    diagnostics.extend(found);
    if cyclic {
        return diagnostics;
    }
    let mut evaluator = Evaluator::checking(config.clone(), sources.clone(), environment.clone());
    // The graph has no cycle, so that there is an order.
    let Ok(mut scheduler) = Scheduler::new(&graph) else {
        return diagnostics;
    };
    while let Some(node) = scheduler.pop_ready() {
        let mut found = references::check_node(config, &node, &schemas);
        // What else is wrong is told in the same run, but nothing twice.
        let told: Vec<Span> = found.errors().filter_map(|told| told.subject).collect();
        let further = value(&node, config, registry, &mut evaluator);
        found.extend(further.into_iter().filter(|found| {
            found.subject.is_none_or(|at| {
                !told
                    .iter()
                    .any(|told| told.contains(at) || at.contains(*told))
            })
        }));
        // What needs something that is wrong is not looked at: its mistakes may follow from that.
        if found.has_errors() {
            scheduler.failed(&node);
        } else {
            scheduler.done(&node);
        }
        diagnostics.extend(found);
    }
    diagnostics.extend(imports::check(config, &evaluator, &schemas));
    diagnostics
}

/// Evaluates a node with variables and resources unknown.
fn value(
    node: &Node,
    config: &Arc<Config>,
    registry: &Registry,
    evaluator: &mut Evaluator,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    match node {
        Node::Provider(addr) => {
            if let Some(provider) = registry.find(&addr.provider) {
                diagnostics.extend(provider_block::provider_config(evaluator, &**provider, addr).1);
            }
        }
        Node::Resource(addr) => {
            let declared = config
                .module(&addr.module)
                .and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)));
            if let Some((node, resource)) = declared {
                check_resource(node, resource, registry, evaluator, &mut diagnostics);
            }
        }
        node => diagnostics.extend(evaluator.settle(node, &|_| None)),
    }
    diagnostics
}

/// What is checked before anything of a request is worked on; the warnings about it, or why it is refused.
pub(crate) fn before(request: &Request<'_>) -> Result<Diagnostics, Diagnostics> {
    let missing = missing_variables(&request.config, &request.variables);
    if missing.has_errors() {
        return Err(missing);
    }
    let found = configuration(
        &request.config,
        &request.sources,
        &request.environment,
        request.providers,
    );
    match found.has_errors() {
        true => Err(found),
        false => Ok(found),
    }
}

/// Says which variables of the root module have neither a value nor a default.
fn missing_variables(config: &Config, given: &BTreeMap<Arc<str>, Value>) -> Diagnostics {
    let declared = config.root.module.variables.values();
    let missing = declared
        .filter(|variable| variable.default.is_none() && !given.contains_key(&variable.name));
    let mut diagnostics = Diagnostics::default();
    for variable in missing {
        diagnostics.push(variables::not_set(variable));
    }
    diagnostics
}

fn check_resource(
    node: &ModuleNode,
    resource: &Resource,
    registry: &Registry,
    evaluator: &mut Evaluator,
    diagnostics: &mut Diagnostics,
) {
    let config = evaluator.config().clone();
    let addr = graph::provider_config(&config, node, resource);
    let mode = resource.addr.mode;
    let Some(provider) = registry.find(&addr.provider) else {
        return;
    };
    // A type that no provider here has is an error only where an instance of it is wanted.
    let Some(schema) = provider.schema().of(mode, &resource.addr.kind) else {
        return;
    };
    let instances = evaluator.module_instances(&node.path);
    let Some(module) = instances.first() else {
        return;
    };
    let repeated = match &resource.repetition {
        Repetition::None => Repeated::None,
        Repetition::Count(expr) | Repetition::ForEach(expr) => {
            // What is not known before values and objects are is no error yet.
            let _ = expr;
            let (_, found) = expansion::expand(evaluator, module, &resource.repetition);
            diagnostics.extend(found.into_iter().filter(|found| !found.unknown_caused));
            Repeated::Any
        }
    };
    let value = trueup_evaluator::instance::configuration(
        evaluator,
        module,
        resource,
        schema,
        &repeated,
        diagnostics,
    );
    if let Some(value) = value {
        let plain = value.without_marks_inside();
        place_problems(
            provider.validate(mode, &resource.addr.kind, &plain),
            Some(&resource.addr),
            Some(&resource.body),
            diagnostics,
        );
    }
    check_conditions(evaluator, module, resource, schema, &repeated, diagnostics);
    protection::prevents_destruction(evaluator, module, resource, diagnostics);
    let whole = match &resource.repetition {
        Repetition::None => Value::unknown(schema.block.implied_type()),
        Repetition::Count(_) | Repetition::ForEach(_) => Value::dynamic_unknown(),
    };
    evaluator.set_resource(
        trueup_addrs::AbsResource::new(module.clone(), resource.addr.clone()),
        whole,
    );
}

/// Evaluates the conditions of a resource with what is known before there are values.
fn check_conditions(
    evaluator: &Evaluator,
    module: &ModuleInstance,
    resource: &Resource,
    schema: &ResourceSchema,
    repeated: &Repeated,
    diagnostics: &mut Diagnostics,
) {
    let lifecycle = &resource.lifecycle;
    let own = Value::unknown(schema.block.implied_type());
    for (conditions, own) in [
        (&lifecycle.preconditions, None),
        (&lifecycle.postconditions, Some(&own)),
    ] {
        let site = Site {
            own,
            ..Site::new(module, repeated)
        };
        for expr in conditions.iter().flat_map(Condition::expressions) {
            diagnostics.extend(evaluator.evaluate_at(site, expr).1);
        }
    }
}

/// The release of the AWS provider whose behaviour this is: what version constraints are held against.
const PROVIDER_RELEASES: [&str; 2] = ["5.100.0", "6.99.0"];

fn check_required_providers(node: &ModuleNode, registry: &Registry, diagnostics: &mut Diagnostics) {
    for (name, required) in &node.module.required_providers {
        let Some(constraints) = &required.constraints else {
            continue;
        };
        let addr = node.module.provider_addr(name);
        if registry.find(&addr).is_none() || &*addr.namespace == "builtin" {
            continue;
        }
        let met = PROVIDER_RELEASES
            .iter()
            .filter_map(|release| trueup_config::Version::parse(release))
            .any(|release| constraints.could_allow_release_line(&release));
        if !met {
            diagnostics.push(
                Diagnostic::error(
                    "Unsatisfiable provider version",
                    format!("trueup behaves as releases 5.x and 6.x of {} do, and none of them meets the version constraint {:?}.", addr.short(), constraints.text),
                )
                .at(required.span),
            );
        }
    }
}

/// The provider has no such type.
pub(crate) fn unsupported_type(
    registry: &Registry,
    provider: &ProviderConfigAddr,
    mode: Mode,
    kind: &str,
) -> Diagnostic {
    let Some(found) = registry.find(&provider.provider) else {
        return providers::not_available(registry, provider);
    };
    let (types, what): (Vec<&str>, _) = match mode {
        Mode::Managed => (
            found
                .schema()
                .resources
                .keys()
                .map(|name| &**name)
                .collect(),
            "resource type",
        ),
        Mode::Data => (
            found
                .schema()
                .data_sources
                .keys()
                .map(|name| &**name)
                .collect(),
            "data source",
        ),
    };
    let near = did_you_mean(kind, types.iter().copied())
        .map(|near| format!(" Did you mean {near:?}?"))
        .unwrap_or_default();
    Diagnostic::error(
        format!("Invalid {what}"),
        format!(
            "The provider {} does not support {what} {kind:?} in trueup.{near} It supports {}.",
            provider.provider.short(),
            types.join(", ")
        ),
    )
}
