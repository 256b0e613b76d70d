//! The statements of a configuration, written and implied, and the order in which they take effect.

use std::collections::BTreeSet;

use trueup_addrs::{InstanceKey, Mode};
use trueup_config::{Config, Repetition};
use trueup_diagnostics::Span;
use trueup_state::State;

use super::endpoint::{Endpoint, unify};

/// One move.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) from: Endpoint,
    pub(crate) to: Endpoint,
    /// The block that states it; `None` where it is implied.
    pub(crate) header: Option<Span>,
}

/// All statements: those written, modules before the modules that they call, then those implied.
pub(crate) fn find(config: &Config, state: &State) -> Vec<Statement> {
    let mut found = Vec::new();
    for node in config.modules() {
        for moved in &node.module.moved {
            let (from, to) = unify(&node.path, &moved.from, &moved.to);
            found.push(Statement {
                from,
                to,
                header: Some(moved.header),
            });
        }
    }
    let written = found.len();
    for (addr, held) in &state.resources {
        let declared = config
            .module(&addr.module.module())
            .and_then(|node| node.module.resources.get(&addr.resource));
        let Some(declared) = declared.filter(|_| addr.resource.mode == Mode::Managed) else {
            continue;
        };
        let (from, to) = match declared.repetition {
            Repetition::Count(_) => (InstanceKey::None, InstanceKey::Int(0)),
            Repetition::None => (InstanceKey::Int(0), InstanceKey::None),
            Repetition::ForEach(_) => continue,
        };
        if !held.instances.contains_key(&from) {
            continue;
        }
        // Whoever states a move of the resource may want another instance to stay.
        let is_stated = found[..written]
            .iter()
            .any(|statement| statement.from.selects(addr) || statement.to.selects(addr));
        if !is_stated {
            found.push(Statement {
                from: Endpoint::exactly(&addr.instance(from)),
                to: Endpoint::exactly(&addr.instance(to)),
                header: None,
            });
        }
    }
    found
}

/// The positions of the statements, each after those whose outcome it builds on. Where that has no end,
/// the rings instead.
pub(crate) fn order(statements: &[Statement]) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let written = statements
        .iter()
        .take_while(|statement| statement.header.is_some())
        .count();
    let mut graph = trueup_graph::Graph::new();
    for n in 0..statements.len() {
        graph.add_node(n);
    }
    for a in 0..statements.len() {
        // Implied ones touch no resource that another one touches, unless a whole module moves.
        let others = if a < written {
            statements.len()
        } else {
            written
        };
        for b in (0..others).filter(|b| *b != a) {
            if a < written && b >= written && !statements[a].from.is_module() {
                continue;
            }
            if builds_on(&statements[a], &statements[b]) {
                graph.add_edge(a, b);
            }
        }
    }
    graph.topological_order().map_err(|cycles| {
        let mut rings: BTreeSet<Vec<usize>> = BTreeSet::new();
        for cycle in cycles {
            let mut members: Vec<usize> = cycle.path.clone();
            members.sort_unstable();
            members.dedup();
            rings.insert(members);
        }
        rings.into_iter().collect()
    })
}

/// Whether `b` must have taken effect before `a` does.
fn builds_on(a: &Statement, b: &Statement) -> bool {
    if a.from.meets(&b.to) {
        return true;
    }
    let nested = a.from.lies_within(&b.to)
        || a.to.lies_within(&b.to)
        || b.from.lies_within(&a.from)
        || b.to.lies_within(&a.from);
    nested && !a.from.only_rekeys_modules(&a.to)
}
