//! What depends on what, as graphs to be drawn: the resources alone, or every step of an operation.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::{ConfigResource, ProviderConfigAddr};
use trueup_config::Config;
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::{Node, graph};
use trueup_graph::Graph;
use trueup_state::State;

/// How a step is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A resource.
    Box,
    /// A provider configuration.
    Diamond,
    /// A variable of the root module.
    Note,
}

/// Which operation's steps are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Steps {
    /// What makes the configuration true.
    Configuration,
    /// What destroys all that the state holds.
    Destruction,
}

/// The steps of an operation.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The steps that are drawn for themselves: what they are called, and how they are drawn.
    pub nodes: BTreeMap<String, (String, Option<Shape>)>,
    /// Each step and what it needs, without what follows from other edges.
    pub edges: BTreeSet<(String, String)>,
    /// Edges that are part of a cycle.
    pub cyclic: BTreeSet<(String, String)>,
}

/// The resources and what they need, each once.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// The resources of the configuration and of the state.
    pub nodes: BTreeSet<ConfigResource>,
    /// Each resource and what it needs, without what follows from other edges.
    pub edges: BTreeSet<(ConfigResource, ConfigResource)>,
}

/// The graph of the resources alone.
///
/// # Errors
/// A cycle.
pub fn resources(config: &Config, state: &State) -> Result<Resources, Diagnostics> {
    let (whole, diagnostics) = graph::build(config);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let mut nodes: BTreeSet<ConfigResource> = state
        .resources
        .keys()
        .map(trueup_addrs::AbsResource::config)
        .collect();
    nodes.extend(whole.nodes().filter_map(|node| match node {
        Node::Resource(addr) => Some(addr.clone()),
        _ => None,
    }));
    let mut reduced = Graph::new();
    for node in whole.nodes() {
        let Node::Resource(from) = node else { continue };
        for to in nearest(&whole, node) {
            if to != *from {
                reduced.add_edge(from.clone(), to);
            }
        }
    }
    Ok(Resources {
        nodes,
        edges: without_detours(&reduced),
    })
}

/// The resources that a node needs through nodes that are none.
fn nearest(graph: &Graph<Node>, from: &Node) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut stack = graph.dependencies(from);
    while let Some(node) = stack.pop() {
        if !seen.insert(node.clone()) {
            continue;
        }
        match node {
            Node::Resource(addr) => {
                found.insert(addr);
            }
            node => stack.extend(graph.dependencies(&node)),
        }
    }
    found
}

/// The edges that don't follow from others.
fn without_detours<K: Ord + Clone + std::hash::Hash>(graph: &Graph<K>) -> BTreeSet<(K, K)> {
    let mut edges = BTreeSet::new();
    for node in graph.nodes() {
        let direct = graph.dependencies(node);
        // One search beyond all direct edges finds every detour.
        let beyond: Vec<K> = direct
            .iter()
            .flat_map(|to| graph.dependencies(to))
            .collect();
        let mut further = graph.transitive_dependencies(&beyond);
        further.extend(beyond);
        for to in direct {
            if !further.contains(&to) {
                edges.insert((node.clone(), to));
            }
        }
    }
    edges
}

/// Every step of an operation. Cycles are an error, unless they are to be drawn.
///
/// # Errors
/// A cycle.
pub fn steps(
    config: &Config,
    state: &State,
    steps: Steps,
    draw_cycles: bool,
) -> Result<Drawing, Diagnostics> {
    let mut plotting = Plotting::default();
    match steps {
        Steps::Configuration => {
            let (graph, diagnostics) = graph::build(config);
            if diagnostics.has_errors() && !draw_cycles {
                return Err(diagnostics);
            }
            plotting.configuration(&graph);
            plotting.orphans(config, state);
        }
        Steps::Destruction => plotting.destruction(config, state),
    }
    Ok(plotting.finish())
}

/// The steps of an operation, while they are being found.
#[derive(Default)]
struct Plotting {
    drawing: Drawing,
    /// Each step and what it needs, by what they are called.
    names: Graph<String>,
    /// The steps that each provider serves.
    served: BTreeMap<String, Vec<String>>,
}

impl Plotting {
    fn configuration(&mut self, graph: &Graph<Node>) {
        for node in graph.nodes() {
            let own = name(node);
            self.drawing.nodes.insert(own.clone(), look(node));
            self.names.add_node(own.clone());
            for to in graph.dependencies(node) {
                if let (Node::Resource(_), Node::Provider(_)) = (node, &to) {
                    self.serves(name(&to), own.clone());
                }
                self.names.add_edge(own.clone(), name(&to));
            }
        }
    }

    /// What the state holds and the configuration does not.
    fn orphans(&mut self, config: &Config, state: &State) {
        for (addr, resource) in &state.resources {
            let declared = config
                .module_of(&addr.module)
                .is_some_and(|node| node.module.resources.contains_key(&addr.resource));
            if declared {
                continue;
            }
            let provider = self.provider(&resource.provider);
            for key in resource.instances.keys() {
                let name = format!("{} (orphan)", addr.instance(key.clone()));
                let label = (addr.config().to_string(), Some(Shape::Box));
                self.drawing.nodes.insert(name.clone(), label);
                self.names.add_edge(name.clone(), provider.clone());
                self.serves(provider.clone(), name);
            }
        }
    }

    /// The objects of the state, each before what it needs; and the outputs.
    fn destruction(&mut self, config: &Config, state: &State) {
        let name = |addr: &ConfigResource| format!("{addr} (destroy)");
        let held: BTreeSet<ConfigResource> = state
            .resources
            .keys()
            .map(trueup_addrs::AbsResource::config)
            .collect();
        for (addr, resource) in &state.resources {
            let addr = addr.config();
            let provider = self.provider(&resource.provider);
            let label = (addr.to_string(), Some(Shape::Box));
            self.drawing.nodes.insert(name(&addr), label);
            self.names.add_edge(name(&addr), provider.clone());
            self.serves(provider, name(&addr));
            let objects = resource
                .instances
                .values()
                .filter_map(|one| one.current.as_ref());
            for needed in objects.flat_map(|object| object.dependencies.iter()) {
                if held.contains(needed) && *needed != addr {
                    self.names.add_edge(name(needed), name(&addr));
                }
            }
        }
        for output in config.root.module.outputs.keys() {
            self.names.add_node(format!("output.{output} (expand)"));
        }
    }

    fn provider(&mut self, addr: &ProviderConfigAddr) -> String {
        let name = addr.to_string();
        self.names.add_node(name.clone());
        let label = (name.clone(), Some(Shape::Diamond));
        self.drawing.nodes.insert(name.clone(), label);
        name
    }

    fn serves(&mut self, provider: String, user: String) {
        self.served.entry(provider).or_default().push(user);
    }

    /// Closes the providers after their users, and puts the end of everything above.
    fn finish(self) -> Drawing {
        let Self {
            mut drawing,
            mut names,
            served,
        } = self;
        for (provider, users) in served {
            let close = format!("{provider} (close)");
            names.add_edge(close.clone(), provider);
            for user in users {
                names.add_edge(close.clone(), user);
            }
        }
        let ends: Vec<String> = names
            .nodes()
            .filter(|node| names.dependents(node).is_empty())
            .cloned()
            .collect();
        for end in ends {
            names.add_edge("root".to_owned(), end);
        }
        let cycles = names.cycles();
        if cycles.is_empty() {
            drawing.edges = without_detours(&names);
            return drawing;
        }
        for node in names.nodes() {
            for to in names.dependencies(node) {
                drawing.edges.insert((node.clone(), to));
            }
        }
        for cycle in cycles {
            let next = cycle.path.iter().cycle().skip(1);
            drawing
                .cyclic
                .extend(cycle.path.iter().cloned().zip(next.cloned()));
        }
        drawing
    }
}

/// What a step is called.
fn name(node: &Node) -> String {
    match node {
        Node::Resource(addr) => format!("{addr} (expand)"),
        node => node.to_string(),
    }
}

/// How a step is labelled and drawn; most are seen by their edges alone.
fn look(node: &Node) -> (String, Option<Shape>) {
    match node {
        Node::Resource(addr) => (addr.to_string(), Some(Shape::Box)),
        Node::Provider(addr) => (addr.to_string(), Some(Shape::Diamond)),
        Node::Variable(module, _) if module.is_root() => (node.to_string(), Some(Shape::Note)),
        node => (node.to_string(), None),
    }
}
