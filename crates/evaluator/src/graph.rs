//! What must be known before what: the nodes of a configuration and the edges between them.
//!
//! Nodes are blocks, not instances: 10,000 instances of a resource are one node here.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use trueup_addrs::{ConfigResource, Mode, Module, ProviderConfigAddr, Reference, Subject};
use trueup_config::{Condition, Config, ModuleNode, PreventDestroy, ProviderBlock, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_graph::Graph;
use trueup_parser::{Body, Expr, Literal, StepKind, Traversal};

/// A block, or the part of one, that is worked on as a whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    /// An input variable.
    Variable(Module, Arc<str>),
    /// A local value.
    Local(Module, Arc<str>),
    /// A provider configuration.
    Provider(ProviderConfigAddr),
    /// A resource or data source.
    Resource(ConfigResource),
    /// An output.
    Output(Module, Arc<str>),
    /// The validations of an input variable: what refers to it waits for them.
    Validation(Module, Arc<str>),
    /// The assertions of a `check` block.
    Check(Module, Arc<str>),
    /// All resources outside of `check` blocks: their data sources are read after them.
    ResourcesEnd,
    /// The call that leads to a module: which instances it has.
    ModuleCall(Module),
    /// The end of a module: all that is in it has been worked on.
    ModuleEnd(Module),
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, what, name): (_, _, &dyn fmt::Display) = match self {
            Self::Variable(module, name) => (module, "var.", name),
            Self::Local(module, name) => (module, "local.", name),
            Self::Output(module, name) => (module, "output.", name),
            Self::Provider(addr) => return write!(f, "{addr}"),
            Self::Resource(addr) => return write!(f, "{addr}"),
            Self::Check(module, name) => (module, "check.", name),
            Self::Validation(module, name) => {
                let dot = if module.is_root() { "" } else { "." };
                return write!(f, "{module}{dot}var.{name} (validation)");
            }
            Self::ResourcesEnd => return f.write_str("(checks)"),
            Self::ModuleCall(module) => return write!(f, "{module} (expand)"),
            Self::ModuleEnd(module) => return write!(f, "{module} (close)"),
        };
        let dot = if module.is_root() { "" } else { "." };
        // The root module's variables stand for themselves.
        let expand = match what {
            "var." if module.is_root() => "",
            _ => " (expand)",
        };
        write!(f, "{module}{dot}{what}{name}{expand}")
    }
}

/// The graph of a configuration, each node pointing at what it needs. A cycle is an error.
pub fn build(config: &Config) -> (Graph<Node>, Diagnostics) {
    let mut graph = Graph::new();
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        add_module(config, node, &mut graph);
    }
    add_imports(config, &mut graph);
    add_resources_end(config, &mut graph);
    if let Err(cycles) = graph.topological_order() {
        for cycle in cycles {
            // All that need each other are named, as Terraform does; a ring through them is the hint.
            let mut members: Vec<String> = cycle.members.iter().map(ToString::to_string).collect();
            members.sort_unstable();
            diagnostics.push(
                Diagnostic::error(format!("Cycle: {}", members.join(", ")), "").hint(format!(
                    "{cycle}: each needs the next. Remove one of the references between them."
                )),
            );
        }
    }
    (graph, diagnostics)
}

/// Data sources of `check` blocks are read when all other resources are as they are to be.
fn add_resources_end(config: &Config, graph: &mut Graph<Node>) {
    let resources = || {
        config.modules().into_iter().flat_map(|node| {
            let resources = node.module.resources.values();
            resources.map(|one| {
                (
                    Node::Resource(ConfigResource::new(node.path.clone(), one.addr.clone())),
                    one,
                )
            })
        })
    };
    if resources().all(|(_, resource)| resource.check.is_none()) {
        return;
    }
    for (node, resource) in resources() {
        match resource.check {
            Some(_) => graph.add_edge(node, Node::ResourcesEnd),
            None => graph.add_edge(Node::ResourcesEnd, node),
        };
    }
}

/// What is taken into a resource is found before it: what the id is made of must be known.
fn add_imports(config: &Config, graph: &mut Graph<Node>) {
    for import in &config.root.module.imports {
        let from = Node::Resource(import.to.config());
        if !graph.contains(&from) {
            continue;
        }
        let keys = import.to.module.iter().filter_map(|(_, key)| key.as_ref());
        for expr in keys
            .chain(&import.to.key)
            .chain(&import.for_each)
            .chain([&import.id])
        {
            add_expression(&config.root, &from, expr, graph);
        }
    }
}

fn add_module(config: &Config, node: &ModuleNode, graph: &mut Graph<Node>) {
    let module = &node.module;
    crate::graph_calls::add_call(config, node, graph);
    for (name, variable) in &module.variables {
        let declared = Node::Variable(node.path.clone(), name.clone());
        graph.add_node(declared.clone());
        if !variable.validations.is_empty() {
            let from = Node::Validation(node.path.clone(), name.clone());
            graph.add_edge(from.clone(), declared);
            add_conditions(node, &from, &variable.validations, graph);
        }
    }
    for (name, check) in &module.checks {
        let from = Node::Check(node.path.clone(), name.clone());
        graph.add_node(from.clone());
        if let Some(data) = &check.data {
            let data = ConfigResource::new(node.path.clone(), data.clone());
            graph.add_edge(from.clone(), Node::Resource(data));
        }
        add_conditions(node, &from, &check.assertions, graph);
    }
    for (name, local) in &module.locals {
        let from = Node::Local(node.path.clone(), name.clone());
        graph.add_node(from.clone());
        add_expression(node, &from, &local.expr, graph);
    }
    for (name, output) in &module.outputs {
        let from = Node::Output(node.path.clone(), name.clone());
        graph.add_node(from.clone());
        add_expression(node, &from, &output.value, graph);
        add_traversals(node, &from, &output.depends_on, graph);
        add_conditions(node, &from, &output.preconditions, graph);
    }
    for ((local_name, alias), block) in &module.providers {
        let from = Node::Provider(ProviderConfigAddr {
            module: node.path.clone(),
            provider: module.provider_addr(local_name),
            alias: alias.clone(),
        });
        graph.add_node(from.clone());
        add_body(node, &from, &block.body, &ProviderBlock::META, graph);
    }
    for (addr, resource) in &module.resources {
        let from = Node::Resource(ConfigResource::new(node.path.clone(), addr.clone()));
        graph.add_node(from.clone());
        match &resource.repetition {
            Repetition::None => {}
            Repetition::Count(expr) | Repetition::ForEach(expr) => {
                add_expression(node, &from, expr, graph);
            }
        }
        for trigger in &resource.lifecycle.replace_triggered_by {
            add_expression(node, &from, trigger, graph);
        }
        add_traversals(node, &from, &resource.depends_on, graph);
        if let PreventDestroy::Expr(expr) = &resource.lifecycle.prevent_destroy {
            add_expression(node, &from, expr, graph);
        }
        let meta: &[&str] = if resource.escaped { &[] } else { &META_NAMES };
        add_body(node, &from, &resource.body, meta, graph);
        add_conditions(node, &from, &resource.lifecycle.preconditions, graph);
        add_conditions(node, &from, &resource.lifecycle.postconditions, graph);
        let provider = Node::Provider(provider_config(config, node, resource));
        graph.add_node(provider.clone());
        graph.add_edge(from, provider);
    }
}

/// Names in a resource's body that hold static references, not expressions: handled apart.
const META_NAMES: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

/// The provider configuration that serves a resource.
pub fn provider_config(
    config: &Config,
    node: &ModuleNode,
    resource: &trueup_config::Resource,
) -> ProviderConfigAddr {
    config.provider_of(&node.path, resource)
}

fn add_body(node: &ModuleNode, from: &Node, body: &Body, meta: &[&str], graph: &mut Graph<Node>) {
    for attribute in &body.attributes {
        if !meta.contains(&&*attribute.name) {
            add_expression(node, from, &attribute.expr, graph);
        }
    }
    for block in &body.blocks {
        if !meta.contains(&&*block.kind.name) {
            block.visit_references(&mut |found| {
                if let Ok(reference) = Reference::read(found.traversal) {
                    add_reference(node, from, found.traversal, &reference, graph);
                }
            });
        }
    }
}

fn add_conditions(
    node: &ModuleNode,
    from: &Node,
    conditions: &[Condition],
    graph: &mut Graph<Node>,
) {
    for expr in conditions.iter().flat_map(Condition::expressions) {
        add_expression(node, from, expr, graph);
    }
}

pub(crate) fn add_expression(node: &ModuleNode, from: &Node, expr: &Expr, graph: &mut Graph<Node>) {
    expr.visit_references(&mut |found| {
        if let Ok(reference) = Reference::read(found.traversal) {
            add_reference(node, from, found.traversal, &reference, graph);
        }
    });
}

pub(crate) fn add_traversals(
    node: &ModuleNode,
    from: &Node,
    traversals: &[Traversal],
    graph: &mut Graph<Node>,
) {
    for traversal in traversals {
        if let Ok(reference) = Reference::read(traversal) {
            add_reference(node, from, traversal, &reference, graph);
        }
    }
}

/// What an expression of a module needs.
pub fn needs_of(node: &ModuleNode, expr: &Expr) -> Vec<Node> {
    let mut graph = Graph::new();
    let from = Node::Local(node.path.clone(), "".into());
    graph.add_node(from.clone());
    add_expression(node, &from, expr, &mut graph);
    graph.dependencies(&from)
}

fn add_reference(
    node: &ModuleNode,
    from: &Node,
    traversal: &Traversal,
    reference: &Reference,
    graph: &mut Graph<Node>,
) {
    // Who refers to a variable waits until its value is found to be valid.
    if let Subject::Variable(name) = &reference.subject
        && let Some(variable) = node.module.variables.get(name)
        && !variable.validations.is_empty()
    {
        let validation = Node::Validation(node.path.clone(), name.clone());
        if *from != validation {
            graph.add_edge(from.clone(), validation);
        }
    }
    // What names itself is told where references are checked; `depends_on` may.
    if let Some(to) = referred(node, traversal, reference)
        && *from != to
    {
        graph.add_edge(from.clone(), to);
    }
}

/// The node that a reference in a module is to; `None` where nothing of the kind is declared, which is
/// reported where references are checked.
pub fn referred(node: &ModuleNode, traversal: &Traversal, reference: &Reference) -> Option<Node> {
    let module = &node.module;
    let path = || node.path.clone();
    match &reference.subject {
        Subject::Variable(name) => module
            .variables
            .contains_key(name)
            .then(|| Node::Variable(path(), name.clone())),
        Subject::Local(name) => module
            .locals
            .contains_key(name)
            .then(|| Node::Local(path(), name.clone())),
        Subject::Resource(resource) => module
            .resources
            .contains_key(resource)
            .then(|| Node::Resource(ConfigResource::new(path(), resource.clone()))),
        Subject::ModuleCall(name) => {
            let child = node.children.get(name)?;
            let output = named_output(traversal, reference.consumed)
                .filter(|name| child.module.outputs.contains_key(*name));
            Some(match output {
                Some(output) => Node::Output(child.path.clone(), output.clone()),
                None => Node::ModuleEnd(child.path.clone()),
            })
        }
        _ => None,
    }
}

/// The output that a reference to a module call names, whichever instance it is of; `None` where it is
/// about the call as a whole. `consumed` steps name the call.
pub fn named_output(traversal: &Traversal, consumed: usize) -> Option<&Arc<str>> {
    let mut steps = traversal.steps.get(consumed..)?.iter();
    let mut step = steps.next()?;
    if let StepKind::Index(Literal::Number(_) | Literal::String(_)) = step.kind {
        step = steps.next()?;
    }
    match &step.kind {
        StepKind::Attr(name) => Some(name),
        StepKind::Index(_) | StepKind::Splat => None,
    }
}

/// What an expression refers to, each once.
pub fn subjects_of(expr: &Expr) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    expr.visit_references(&mut |found| {
        subjects.extend(subject_of(found.traversal));
    });
    subjects
}

/// What a reference is to, where it is one that can be read.
pub fn subject_of(traversal: &Traversal) -> Option<Subject> {
    let reference = Reference::read(traversal).ok()?;
    Some(reference.subject)
}

/// The resources that a block reaches without passing through another one, by their text: what the state
/// remembers of an object, so that it can be destroyed in order once its block is gone. What lies further
/// down is remembered by the objects in between; so data sources, whose objects remember nothing, and blocks
/// without objects (`stands` says which have some) are named and passed through.
pub fn resource_dependencies(
    graph: &Graph<Node>,
    addr: &ConfigResource,
    stands: impl Fn(&ConfigResource) -> bool,
) -> Arc<[ConfigResource]> {
    let mut seen = BTreeSet::new();
    let mut found: Vec<ConfigResource> = Vec::new();
    let mut waiting = graph.dependencies(&Node::Resource(addr.clone()));
    while let Some(node) = waiting.pop() {
        if seen.contains(&node) {
            continue;
        }
        match &node {
            Node::Resource(other) if other == addr => continue,
            Node::Resource(other) => {
                found.push(other.clone());
                if other.resource.mode != Mode::Managed || !stands(other) {
                    waiting.extend(graph.dependencies(&node));
                }
            }
            _ => waiting.extend(graph.dependencies(&node)),
        }
        seen.insert(node);
    }
    found.sort_by_cached_key(ToString::to_string);
    found.into()
}

/// Every resource that a block needs, directly or not: what Terraform has the state remember.
pub fn all_dependencies(graph: &Graph<Node>, addr: &ConfigResource) -> BTreeSet<ConfigResource> {
    graph
        .transitive_dependencies([&Node::Resource(addr.clone())])
        .into_iter()
        .filter_map(|node| match node {
            Node::Resource(other) if other != *addr => Some(other),
            _ => None,
        })
        .collect()
}
