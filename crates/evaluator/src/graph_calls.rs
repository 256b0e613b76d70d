//! Module calls in the configuration's graph: where a module begins and where it ends.

use trueup_addrs::ConfigResource;
use trueup_config::{Config, ModuleNode, Repetition};
use trueup_graph::Graph;

use crate::graph::{Node, add_expression, add_traversals};

/// A module's call and its end: what is in it begins after the call's instances are known, and whoever
/// names the module as a whole waits for its end.
pub(crate) fn add_call(config: &Config, node: &ModuleNode, graph: &mut Graph<Node>) {
    let module = &node.module;
    let (Some(call), Some(parent)) = (
        config.call(&node.path),
        node.path.parent().and_then(|parent| config.module(&parent)),
    ) else {
        return;
    };
    let begin = Node::ModuleCall(node.path.clone());
    graph.add_node(begin.clone());
    if !parent.path.is_root() {
        graph.add_edge(begin.clone(), Node::ModuleCall(parent.path.clone()));
    }
    match &call.repetition {
        Repetition::None => {}
        Repetition::Count(expr) | Repetition::ForEach(expr) => {
            add_expression(parent, &begin, expr, graph);
        }
    }
    add_traversals(parent, &begin, &call.depends_on, graph);
    for name in module.variables.keys() {
        let variable = Node::Variable(node.path.clone(), name.clone());
        if let Some(given) = call.body.attribute(name) {
            add_expression(parent, &variable, &given.expr, graph);
        }
    }
    let end = Node::ModuleEnd(node.path.clone());
    let variables = module.variables.keys();
    let locals = module.locals.keys();
    let outputs = module.outputs.keys();
    let checks = module.checks.keys();
    // A check ends a module only with what it needs: whoever waits for the module does not wait for it.
    let resources = module.resources.values().filter(|one| one.check.is_none());
    let resources = resources.map(|resource| &resource.addr);
    let within = variables
        .map(|name| Node::Variable(node.path.clone(), name.clone()))
        .chain(locals.map(|name| Node::Local(node.path.clone(), name.clone())))
        .chain(outputs.map(|name| Node::Output(node.path.clone(), name.clone())))
        .chain(checks.map(|name| Node::Check(node.path.clone(), name.clone())))
        .chain(
            resources
                .map(|addr| Node::Resource(ConfigResource::new(node.path.clone(), addr.clone()))),
        );
    for one in within {
        graph.add_edge(one.clone(), begin.clone());
        if !matches!(one, Node::Check(..)) {
            graph.add_edge(end.clone(), one);
        }
    }
    graph.add_edge(end.clone(), begin);
    for child in node.children.values() {
        graph.add_edge(end.clone(), Node::ModuleEnd(child.path.clone()));
    }
}
