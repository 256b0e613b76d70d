//! Graphs as pictures: nodes with labels and arrows between them, for Mermaid and for SVG.

mod layout;
pub mod mermaid;
pub mod svg;

use std::collections::BTreeMap;

use trueup_addrs::ConfigResource;
use trueup_operations::drawing::{Drawing, Resources, Shape};
use trueup_plan::Action;

/// What a node stands for, which shows in its form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A resource.
    Resource,
    /// A data source.
    Data,
    /// A provider configuration.
    Provider,
    /// A variable.
    Variable,
    /// A step on the way.
    Step,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// What is written on it.
    pub label: String,
    /// The module that it lies in; empty for the root module and for what lies in none.
    pub module: String,
    /// What it stands for.
    pub form: Form,
    /// What a plan does to it.
    pub action: Option<Action>,
}

/// A graph to be drawn. The order of its nodes and edges decides how.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Picture {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Each arrow: from the node that needs to the node that is needed, by their positions.
    pub edges: Vec<(usize, usize)>,
    /// The arrows that are part of a cycle.
    pub cyclic: Vec<(usize, usize)>,
}

impl Picture {
    /// The resources and what they need, with what a plan does to them.
    pub fn of_resources(graph: &Resources, actions: &BTreeMap<ConfigResource, Action>) -> Self {
        let mut sorted: Vec<&ConfigResource> = graph.nodes.iter().collect();
        sorted.sort_by_cached_key(|addr| (addr.module.to_string(), addr.resource.to_string()));
        let nodes = sorted.iter().map(|addr| Node {
            label: addr.resource.to_string(),
            module: addr.module.to_string(),
            form: match addr.resource.mode {
                trueup_addrs::Mode::Managed => Form::Resource,
                trueup_addrs::Mode::Data => Form::Data,
            },
            action: actions.get(addr).copied(),
        });
        let nodes = nodes.collect();
        let places: BTreeMap<&ConfigResource, usize> = sorted.into_iter().zip(0..).collect();
        let place = |addr: &ConfigResource| places.get(addr).copied();
        let mut edges: Vec<(usize, usize)> = graph
            .edges
            .iter()
            .filter_map(|(from, to)| Some((place(from)?, place(to)?)))
            .collect();
        edges.sort_unstable();
        Self {
            nodes,
            edges,
            cyclic: Vec::new(),
        }
    }

    /// Every step of an operation.
    pub fn of_steps(drawing: &Drawing) -> Self {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let ends = drawing.edges.iter().flat_map(|(from, to)| [from, to]);
        for name in drawing.nodes.keys().chain(ends) {
            names.insert(name, 0);
        }
        let mut nodes = Vec::with_capacity(names.len());
        for (at, (name, place)) in names.iter_mut().enumerate() {
            *place = at;
            let shape = drawing.nodes.get(*name).and_then(|(_, shape)| *shape);
            nodes.push(Node {
                label: (*name).to_owned(),
                module: String::new(),
                form: match shape {
                    Some(Shape::Box) => Form::Resource,
                    Some(Shape::Diamond) => Form::Provider,
                    Some(Shape::Note) => Form::Variable,
                    None => Form::Step,
                },
                action: None,
            });
        }
        let places = |edge: &(String, String)| {
            let from = names.get(edge.0.as_str())?;
            Some((*from, *names.get(edge.1.as_str())?))
        };
        Self {
            nodes,
            edges: drawing.edges.iter().filter_map(places).collect(),
            cyclic: drawing.cyclic.iter().filter_map(places).collect(),
        }
    }
}
