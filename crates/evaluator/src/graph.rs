//! What must be known before what: the nodes of a configuration and the edges between them.
//!
//! Nodes are blocks, not instances: 10,000 instances of a resource are one node here.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use trueup_addrs::{ConfigResource, Module, ProviderConfigAddr, Reference, Subject};
use trueup_config::{Config, ModuleNode, ProviderBlock, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_graph::Graph;
use trueup_parser::{Body, Expr, Traversal};

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
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, what, name): (_, _, &dyn fmt::Display) = match self {
            Self::Variable(module, name) => (module, "var.", name),
            Self::Local(module, name) => (module, "local.", name),
            Self::Output(module, name) => (module, "output.", name),
            Self::Provider(addr) => return write!(f, "{addr}"),
            Self::Resource(addr) => return write!(f, "{addr}"),
        };
        let dot = if module.is_root() { "" } else { "." };
        let expand = if what == "var." { "" } else { " (expand)" };
        write!(f, "{module}{dot}{what}{name}{expand}")
    }
}

/// The graph of a configuration, each node pointing at what it needs. A cycle is an error.
pub fn build(config: &Config) -> (Graph<Node>, Diagnostics) {
    let mut graph = Graph::new();
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        add_module(node, &mut graph);
    }
    if let Err(cycles) = graph.topological_order() {
        for cycle in cycles {
            let members: Vec<String> = cycle.path.iter().map(ToString::to_string).collect();
            diagnostics.push(
                Diagnostic::error(
                    format!("Cycle: {}", members.join(", ")),
                    "",
                )
                .at_some(cycle.path.first().and_then(|node| header_of(config, node)))
                .hint("Each of these needs the next, and the last needs the first. Remove one of the references between them."),
            );
        }
    }
    (graph, diagnostics)
}

/// Where a node's block or value is written.
fn header_of(config: &Config, node: &Node) -> Option<trueup_diagnostics::Span> {
    match node {
        Node::Local(module, name) => Some(config.module(module)?.module.locals.get(name)?.span),
        Node::Output(module, name) => Some(config.module(module)?.module.outputs.get(name)?.header),
        Node::Resource(addr) => Some(
            config
                .module(&addr.module)?
                .module
                .resources
                .get(&addr.resource)?
                .header,
        ),
        Node::Variable(module, name) => {
            Some(config.module(module)?.module.variables.get(name)?.header)
        }
        Node::Provider(_) => None,
    }
}

fn add_module(node: &ModuleNode, graph: &mut Graph<Node>) {
    let module = &node.module;
    for name in module.variables.keys() {
        graph.add_node(Node::Variable(node.path.clone(), name.clone()));
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
        add_traversals(node, &from, &resource.depends_on, graph);
        add_body(node, &from, &resource.body, &META_NAMES, graph);
        let provider = Node::Provider(provider_config(node, resource));
        graph.add_node(provider.clone());
        graph.add_edge(from, provider);
    }
}

/// Names in a resource's body that hold static references, not expressions: handled apart.
const META_NAMES: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

/// The provider configuration that serves a resource.
pub fn provider_config(
    node: &ModuleNode,
    resource: &trueup_config::Resource,
) -> ProviderConfigAddr {
    let (name, alias) = node.module.provider_of(resource);
    ProviderConfigAddr {
        module: node.path.clone(),
        provider: node.module.provider_addr(&name),
        alias,
    }
}

fn add_body(node: &ModuleNode, from: &Node, body: &Body, meta: &[&str], graph: &mut Graph<Node>) {
    for attribute in &body.attributes {
        if !meta.contains(&&*attribute.name) {
            add_expression(node, from, &attribute.expr, graph);
        }
    }
    for block in &body.blocks {
        if !meta.contains(&&*block.kind.name) {
            let mut subjects = BTreeSet::new();
            block.visit_references(&mut |found| subjects.extend(subject_of(found.traversal)));
            for subject in subjects {
                add_subject(node, from, &subject, graph);
            }
        }
    }
}

fn add_expression(node: &ModuleNode, from: &Node, expr: &Expr, graph: &mut Graph<Node>) {
    for subject in subjects_of(expr) {
        add_subject(node, from, &subject, graph);
    }
}

fn add_traversals(
    node: &ModuleNode,
    from: &Node,
    traversals: &[Traversal],
    graph: &mut Graph<Node>,
) {
    for traversal in traversals {
        if let Ok(reference) = Reference::read(traversal) {
            add_subject(node, from, &reference.subject, graph);
        }
    }
}

fn add_subject(node: &ModuleNode, from: &Node, subject: &Subject, graph: &mut Graph<Node>) {
    let module = &node.module;
    let to = match subject {
        Subject::Variable(name) if module.variables.contains_key(name) => {
            Node::Variable(node.path.clone(), name.clone())
        }
        Subject::Local(name) if module.locals.contains_key(name) => {
            Node::Local(node.path.clone(), name.clone())
        }
        Subject::Resource(resource) if module.resources.contains_key(resource) => {
            Node::Resource(ConfigResource::new(node.path.clone(), resource.clone()))
        }
        // What is not declared is reported where references are checked.
        _ => return,
    };
    // What names itself is told where references are checked; `depends_on` may.
    if *from != to {
        graph.add_edge(from.clone(), to);
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

/// Every resource that a block needs, directly or not, by its text: what the state remembers of an
/// object, so that it can be destroyed in order once its block is gone.
pub fn resource_dependencies(graph: &Graph<Node>, addr: &ConfigResource) -> Arc<[ConfigResource]> {
    let mut found: Vec<ConfigResource> = graph
        .transitive_dependencies([&Node::Resource(addr.clone())])
        .into_iter()
        .filter_map(|node| match node {
            Node::Resource(other) if other != *addr => Some(other),
            _ => None,
        })
        .collect();
    found.sort_by_cached_key(ToString::to_string);
    found.into()
}
