//! The order of a plan's changes: which steps must be done before which.
//!
//! A step is one phase of one block, all instances in all instances of its module together. With "B depends on A": A is created before
//! B; B is destroyed before A; where A is replaced, B goes first, then A goes, A comes, B comes; where A's
//! new object comes first, B is changed in between and the old A goes last.
//!
//! Objects remember the nearest resources that they depend on (or all, where Terraform wrote them). What lies further down is found by
//! going on through the objects of those, up to the first that has a step itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use trueup_addrs::ConfigResource;
use trueup_evaluator::Node;
use trueup_graph::Graph;
use trueup_plan::{Action, Phase, Plan, ResourceChange, Step};

type Key = (ConfigResource, Phase);
type Needs<'a> = BTreeSet<&'a ConfigResource>;

/// The phases in which an object goes.
const GOES: [Phase; 3] = [
    Phase::DestroyForReplace,
    Phase::Delete,
    Phase::DestroyDeposed,
];

/// The phases in which an object goes for good, or after its successor came.
const GOES_LAST: [Phase; 2] = [Phase::Delete, Phase::DestroyDeposed];

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
    let graph = ordered(plan, config, &members);
    let order = graph.topological_order().unwrap_or_else(|_| {
        // Not reached: no edge was added that closes a ring.
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

/// The steps as a graph, without rings.
fn ordered(plan: &Plan, config: &Graph<Node>, members: &BTreeMap<Key, Vec<usize>>) -> Graph<Key> {
    let mut graph: Graph<Key> = Graph::new();
    for key in members.keys() {
        graph.add_node(key.clone());
        let (block, phase) = key;
        let own = match phase {
            Phase::Apply => {
                for other in applied_below(config, block, members) {
                    graph.add_edge(key.clone(), other);
                }
                Phase::DestroyForReplace
            }
            Phase::DestroyDeposed => Phase::Apply,
            Phase::DestroyForReplace | Phase::Delete => continue,
        };
        let own = (block.clone(), own);
        if members.contains_key(&own) {
            graph.add_edge(key.clone(), own);
        }
    }
    if members.keys().all(|(_, phase)| *phase == Phase::Apply) {
        return graph;
    }
    // What a step's objects remember to depend on goes after it.
    let memory = Memory::new(plan, members);
    let mut hard: Vec<(Key, Key)> = Vec::new();
    let mut soft: VecDeque<(Key, Key)> = VecDeque::new();
    for (key, needs) in &memory.of_steps {
        match key.1 {
            Phase::Apply => {
                // One that is updated away from an object lets go of it before the object goes.
                let found = memory.going_below(&key.0, needs, &GOES_LAST);
                soft.extend(found.into_iter().map(|other| (other, (*key).clone())));
            }
            Phase::DestroyForReplace | Phase::Delete | Phase::DestroyDeposed => {
                let found = memory.going_below(&key.0, needs, &GOES);
                hard.extend(found.into_iter().map(|other| (other, (*key).clone())));
            }
        }
    }
    let without = graph.clone();
    for (dependent, dependency) in &hard {
        graph.add_edge(dependent.clone(), dependency.clone());
    }
    if graph.topological_order().is_err() {
        // Objects that remember each other, as states edited by hand can: all but what closes a ring.
        graph = without;
        for (dependent, dependency) in hard {
            add_unless_ring(&mut graph, dependent, dependency);
        }
    }
    let mut tried: BTreeSet<(Key, Key)> = soft.iter().cloned().collect();
    while let Some((dependent, dependency)) = soft.pop_front() {
        if !add_unless_ring(&mut graph, dependent.clone(), dependency.clone()) {
            // What lies below it can wait all the same.
            let Some(needs) = memory.of_steps.get(&dependent) else {
                continue;
            };
            for other in memory.going_below(&dependent.0, needs, &GOES_LAST) {
                let next = (other, dependency.clone());
                if next.0 != dependent && tried.insert(next.clone()) {
                    soft.push_back(next);
                }
            }
        }
    }
    graph
}

/// Adds an edge, unless it closes a ring; answers whether it was added.
fn add_unless_ring(graph: &mut Graph<Key>, dependent: Key, dependency: Key) -> bool {
    let closes = graph
        .transitive_dependencies([&dependency])
        .contains(&dependent);
    if !closes {
        graph.add_edge(dependent, dependency);
    }
    !closes
}

/// The nearest blocks that a block needs by the configuration and that are worked on.
fn applied_below(
    config: &Graph<Node>,
    block: &ConfigResource,
    members: &BTreeMap<Key, Vec<usize>>,
) -> Vec<Key> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = config.dependencies(&Node::Resource(block.clone()));
    while let Some(node) = waiting.pop() {
        if !seen.insert(node.clone()) {
            continue;
        }
        if let Node::Resource(other) = &node {
            let key = (other.clone(), Phase::Apply);
            if other != block && members.contains_key(&key) {
                found.push(key);
                continue;
            }
        }
        waiting.extend(config.dependencies(&node));
    }
    found
}

/// What objects remember to depend on.
struct Memory<'a> {
    /// By step: what the objects remember that it is about.
    of_steps: BTreeMap<&'a Key, Needs<'a>>,
    /// By block: what any of its objects remembers, or did before it was refreshed.
    of_blocks: BTreeMap<ConfigResource, Needs<'a>>,
}

impl<'a> Memory<'a> {
    fn new(plan: &'a Plan, members: &'a BTreeMap<Key, Vec<usize>>) -> Self {
        let mut of_blocks: BTreeMap<ConfigResource, Needs<'a>> = BTreeMap::new();
        for state in [&plan.prev_run_state, &plan.prior_state] {
            for (addr, resource) in &state.resources {
                let mut last = None;
                let objects = resource.instances.values();
                for (_, object) in objects.flat_map(trueup_state::InstanceState::objects) {
                    // Instances of a block share one list, as a rule.
                    let list = &object.dependencies;
                    if list.is_empty() || last == Some(list.as_ptr()) {
                        continue;
                    }
                    last = Some(list.as_ptr());
                    of_blocks
                        .entry(addr.config())
                        .or_default()
                        .extend(list.iter());
                }
            }
        }
        let of_steps = members
            .iter()
            .map(|(key, changes)| {
                let needs = changes
                    .iter()
                    .flat_map(|n| remembered(plan, &plan.changes[*n], key.1))
                    .filter(|need| *need != &key.0)
                    .collect();
                (key, needs)
            })
            .collect();
        Self {
            of_steps,
            of_blocks,
        }
    }

    /// The nearest steps of `phases` of the blocks that are needed: those named in `needs`, and through the objects
    /// of those that have no such step what these name.
    fn going_below(&self, block: &ConfigResource, needs: &Needs<'a>, phases: &[Phase]) -> Vec<Key> {
        let mut found = Vec::new();
        let mut seen = needs.clone();
        let mut waiting: Vec<&ConfigResource> = needs.iter().copied().collect();
        while let Some(need) = waiting.pop() {
            if need == block {
                continue;
            }
            let mut carried = Needs::new();
            for phase in phases {
                let key = (need.clone(), *phase);
                if let Some(further) = self.of_steps.get(&key) {
                    // Its own edges lead on.
                    carried.extend(further);
                    found.push(key);
                }
            }
            for further in self.of_blocks.get(need).into_iter().flatten() {
                if !carried.contains(further) && seen.insert(further) {
                    waiting.push(further);
                }
            }
        }
        found
    }
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
