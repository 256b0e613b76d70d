//! The order of a plan's changes: which steps must be done before which.
//!
//! A step is one phase of one block, all instances in all instances of its module together. With "B depends on A": A is created before
//! B; B is destroyed before A; where A is replaced, B goes first, then A goes, A comes, B comes; where A's
//! new object comes first, B is changed in between and the old A goes last.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::ConfigResource;
use trueup_evaluator::Node;
use trueup_graph::Graph;
use trueup_plan::{Action, Phase, Plan, ResourceChange, Step};

type Key = (ConfigResource, Phase);

const PHASES: [Phase; 4] = [
    Phase::Apply,
    Phase::DestroyForReplace,
    Phase::Delete,
    Phase::DestroyDeposed,
];

/// The steps of a plan, each after all that it needs.
pub(crate) fn order(plan: &Plan, config: &Graph<Node>) -> Vec<Step> {
    let mut members: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (n, change) in plan.changes.iter().enumerate() {
        for phase in phases(change) {
            members
                .entry((change.addr.resource.config(), phase))
                .or_default()
                .push(n);
        }
    }
    let mut graph: Graph<Key> = Graph::new();
    for key in members.keys() {
        graph.add_node(key.clone());
    }
    let of = |block: &ConfigResource, phases: &[Phase]| -> Vec<Key> {
        let all = PHASES.iter().filter(|phase| phases.contains(phase));
        all.map(|phase| (block.clone(), *phase))
            .filter(|key| members.contains_key(key))
            .collect()
    };
    let mut soft: Vec<(Key, Key)> = Vec::new();
    for (key, changes) in &members {
        let (block, phase) = key;
        match phase {
            Phase::Apply => {
                for need in config.transitive_dependencies([&Node::Resource(block.clone())]) {
                    if let Node::Resource(need) = need
                        && need != *block
                    {
                        for other in of(&need, &[Phase::Apply]) {
                            graph.add_edge(key.clone(), other);
                        }
                    }
                }
                for own in of(block, &[Phase::DestroyForReplace]) {
                    graph.add_edge(key.clone(), own);
                }
            }
            Phase::DestroyDeposed => {
                for own in of(block, &[Phase::Apply]) {
                    graph.add_edge(key.clone(), own);
                }
            }
            Phase::DestroyForReplace | Phase::Delete => {}
        }
        // What this one remembers to depend on goes after it.
        let needs: BTreeSet<&ConfigResource> = changes
            .iter()
            .flat_map(|n| remembered(plan, &plan.changes[*n], *phase))
            .filter(|need| *need != block)
            .collect();
        for need in needs {
            let goes = of(
                need,
                &[
                    Phase::DestroyForReplace,
                    Phase::Delete,
                    Phase::DestroyDeposed,
                ],
            );
            for other in goes {
                match phase {
                    Phase::DestroyForReplace | Phase::Delete | Phase::DestroyDeposed => {
                        graph.add_edge(other, key.clone());
                    }
                    // One that is updated away from an object lets go of it before the object goes.
                    Phase::Apply if other.1 != Phase::DestroyForReplace => {
                        soft.push((other, key.clone()));
                    }
                    Phase::Apply => {}
                }
            }
        }
    }
    for (dependent, dependency) in soft {
        let closes_a_cycle = graph
            .transitive_dependencies([&dependency])
            .contains(&dependent);
        if !closes_a_cycle {
            graph.add_edge(dependent, dependency);
        }
    }
    let order = graph.topological_order().unwrap_or_else(|_| {
        // Objects that remember each other, as hand-edited states can: any order is as good.
        members.keys().cloned().collect()
    });
    let position: BTreeMap<&Key, usize> =
        order.iter().enumerate().map(|(n, key)| (key, n)).collect();
    order
        .iter()
        .enumerate()
        .map(|(at, key)| Step {
            resource: key.0.clone(),
            phase: key.1,
            changes: members.get(key).cloned().unwrap_or_default(),
            needs: graph
                .dependencies(key)
                .iter()
                .filter_map(|need| position.get(need).copied())
                .filter(|need| *need < at)
                .collect(),
        })
        .collect()
}

/// What the object that a phase is about depends on: one that goes, by what the state remembers of it;
/// one that comes or stays, by that and by its configuration.
fn remembered<'a>(
    plan: &'a Plan,
    change: &'a ResourceChange,
    phase: Phase,
) -> impl Iterator<Item = &'a ConfigResource> {
    // The refreshed state says already what the configuration says now.
    let current = |state: &'a trueup_state::State| {
        let held = state.instance(&change.addr);
        held.and_then(|held| held.current.as_ref())
    };
    let held = current(&plan.prior_state)
        .and_then(|_| current(&plan.prev_run_state))
        .filter(|_| change.deposed.is_none())
        .map(|object| &*object.dependencies);
    let own = match (phase, held) {
        (Phase::Apply, _) | (_, None) => &*change.dependencies,
        _ => &[],
    };
    held.into_iter().flatten().chain(own)
}

/// The phases that a change takes part in.
fn phases(change: &ResourceChange) -> Vec<Phase> {
    match change.action {
        Action::NoOp | Action::Forget => Vec::new(),
        Action::Create | Action::Read | Action::Update => vec![Phase::Apply],
        Action::DeleteThenCreate => vec![Phase::DestroyForReplace, Phase::Apply],
        Action::CreateThenDelete => vec![Phase::Apply, Phase::DestroyDeposed],
        Action::Delete if change.deposed.is_some() => vec![Phase::DestroyDeposed],
        Action::Delete => vec![Phase::Delete],
    }
}
