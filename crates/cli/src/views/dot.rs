//! Graphs in the DOT language.

use std::collections::BTreeMap;

use trueup_addrs::{ConfigResource, Module};
use trueup_operations::drawing::{Drawing, Resources, Shape};

use super::human::quote;

/// The graph of the resources: a cluster for each module.
pub fn resources(graph: &Resources) -> String {
    let mut out = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    let mut modules: BTreeMap<&Module, Vec<&ConfigResource>> = BTreeMap::new();
    for node in &graph.nodes {
        modules.entry(&node.module).or_default().push(node);
    }
    let line = |node: &ConfigResource| {
        format!(
            "{} [label={}];\n",
            quote(&node.to_string()),
            quote(&node.resource.to_string())
        )
    };
    let mut modules: Vec<_> = modules.into_iter().collect();
    modules.sort_by_cached_key(|(module, _)| module.to_string());
    for (module, mut nodes) in modules {
        nodes.sort_by_cached_key(|node| node.resource.to_string());
        if module.is_root() {
            for node in nodes {
                out.push_str(&format!("  {}", line(node)));
            }
            continue;
        }
        let label = quote(&module.to_string());
        let cluster = quote(&format!("cluster_{module}"));
        out.push_str(&format!(
            "  subgraph {cluster} {{\n    label = {label}\n    fontname = \"sans-serif\"\n"
        ));
        for node in nodes {
            out.push_str(&format!("    {}", line(node)));
        }
        out.push_str("  }\n");
    }
    let mut edges: Vec<_> = graph.edges.iter().collect();
    edges.sort_by_cached_key(|(from, to)| (place(from), place(to)));
    for (from, to) in edges {
        let (from, to) = (quote(&from.to_string()), quote(&to.to_string()));
        out.push_str(&format!("  {from} -> {to};\n"));
    }
    out.push_str("}\n");
    out
}

/// The place of a resource among others: by module, then by its own text.
fn place(addr: &ConfigResource) -> (String, String) {
    (addr.module.to_string(), addr.resource.to_string())
}

/// The graph of all steps.
pub fn steps(drawing: &Drawing) -> String {
    let mut out = String::from(
        "digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n",
    );
    let rooted = |name: &str| quote(&format!("[root] {name}"));
    for (name, (label, shape)) in &drawing.nodes {
        let shape = match shape {
            None => continue,
            Some(Shape::Box) => "box",
            Some(Shape::Diamond) => "diamond",
            Some(Shape::Note) => "note",
        };
        out.push_str(&format!(
            "\t\t{} [label = {}, shape = \"{shape}\"]\n",
            rooted(name),
            quote(label)
        ));
    }
    for (from, to) in &drawing.edges {
        let mark = match drawing.cyclic.contains(&(from.clone(), to.clone())) {
            true => " [color = \"red\", penwidth = \"2.0\"]",
            false => "",
        };
        out.push_str(&format!("\t\t{} -> {}{mark}\n", rooted(from), rooted(to)));
    }
    out.push_str("\t}\n}\n");
    out
}
