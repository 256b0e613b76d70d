//! Tests of the graph: order, cycles, stepping and walking.
mod order;
mod stepping;
mod walking;

use trueup_graph::Graph;

/// A graph from lines such as `a: b c` (a needs b and c).
fn graph(text: &str) -> Graph<String> {
    let mut graph = Graph::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (node, needs) = line.split_once(':').expect("a line has a colon");
        graph.add_node(node.trim().to_string());
        for need in needs.split_whitespace() {
            graph.add_edge(node.trim().to_string(), need.to_string());
        }
    }
    graph
}
