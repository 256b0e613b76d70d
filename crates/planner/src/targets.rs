//! Which nodes and instances a plan is about, where `-target` narrows it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use trueup_addrs::{AbsInstance, ConfigResource, Target};
use trueup_evaluator::Node;
use trueup_graph::Graph;
use trueup_plan::Mode;
use trueup_state::State;

use crate::run::Request;

/// The narrowing of one plan.
pub(crate) struct Targeting {
    targets: Vec<Target>,
    excludes: Vec<Target>,
    /// Resources that are left out whole: because they need an excluded one.
    left_out: BTreeSet<ConfigResource>,
    /// Resources that are in it whole: because a targeted one needs them.
    whole: BTreeSet<ConfigResource>,
    /// Instances that a destruction takes with its targets: because they depend on them.
    taken: HashSet<AbsInstance>,
}

impl Targeting {
    /// Narrows `graph` to the targets and all that they need.
    pub(crate) fn new(request: &Request<'_>, graph: &mut Graph<Node>) -> Self {
        let (mode, state) = (request.mode, request.state);
        let mut targeting = Self {
            targets: request.targets.clone(),
            excludes: request.excludes.clone(),
            left_out: BTreeSet::new(),
            whole: BTreeSet::new(),
            taken: HashSet::new(),
        };
        if !targeting.excludes.is_empty() {
            targeting.exclude(mode, graph, state);
            return targeting;
        }
        if targeting.targets.is_empty() {
            return targeting;
        }
        let aimed: Vec<Node> = graph
            .nodes()
            .filter(|node| matches!(node, Node::Resource(addr) if targeting.touches(addr)))
            .cloned()
            .collect();
        // What an aimed block needs is needed whole.
        let mut kept: BTreeSet<Node> = BTreeSet::new();
        for node in &aimed {
            let mut needs = graph.transitive_dependencies([node]);
            needs.remove(node);
            kept.extend(needs);
        }
        if mode == Mode::Destroy {
            // A destruction takes away what needs the targets, and nothing of what they need.
            targeting.add_dependents(state);
            let blocks: BTreeSet<ConfigResource> =
                targeting.taken.iter().map(AbsInstance::config).collect();
            let taken = graph
                .nodes()
                .filter(|node| matches!(node, Node::Resource(addr) if blocks.contains(addr)));
            kept.extend(taken.cloned());
        } else {
            for node in &kept {
                // A block that is aimed at is in it as far as the targets say, whoever needs it.
                if let Node::Resource(addr) = node
                    && !targeting.touches(addr)
                {
                    targeting.whole.insert(addr.clone());
                }
            }
        }
        kept.extend(aimed);
        // An output is brought up to date when all that it needs is; one that needs no object is left alone.
        let outputs: Vec<Node> = graph
            .nodes()
            .filter(|node| matches!(node, Node::Output(module, _) if module.is_root()))
            .filter(|node| {
                let needs = graph.transitive_dependencies([*node]);
                let mut objects = needs
                    .iter()
                    .filter(|need| matches!(need, Node::Resource(_)))
                    .peekable();
                objects.peek().is_some() && objects.all(|need| kept.contains(need))
            })
            .cloned()
            .collect();
        for output in outputs {
            kept.extend(graph.transitive_dependencies([&output]));
            kept.insert(output);
        }
        let providers: Vec<Node> = graph
            .nodes()
            .filter(|node| matches!(node, Node::Provider(_)))
            .cloned()
            .collect();
        // Objects of the state may need a provider that nothing targeted names.
        for provider in providers {
            kept.extend(graph.transitive_dependencies([&provider]));
            kept.insert(provider);
        }
        graph.retain(|node| kept.contains(node));
        targeting
    }

    /// Takes out of `graph` what is excluded and what needs it.
    fn exclude(&mut self, mode: Mode, graph: &mut Graph<Node>, state: &State) {
        let named = |addr: &ConfigResource| {
            self.excludes.iter().any(|target| match target {
                Target::Module(module) => {
                    let module = module.module();
                    addr.module.names().starts_with(module.names())
                }
                Target::Resource(resource) => resource.config() == *addr,
                Target::Instance(instance) => instance.config() == *addr,
            })
        };
        let aimed: Vec<Node> = graph
            .nodes()
            .filter(|node| matches!(node, Node::Resource(addr) if named(addr)))
            .cloned()
            .collect();
        if mode == Mode::Destroy {
            // What an excluded object needs must stay with it.
            let mut waiting: Vec<ConfigResource> = state
                .instances()
                .filter(|(addr, _)| self.excludes.iter().any(|target| target.covers(addr)))
                .filter_map(|(_, instance)| instance.current.as_ref())
                .flat_map(|object| object.dependencies.iter().cloned())
                .collect();
            let mut needs: BTreeMap<ConfigResource, Vec<ConfigResource>> = BTreeMap::new();
            for (addr, instance) in state.instances() {
                if let Some(object) = &instance.current {
                    let known = needs.entry(addr.config()).or_default();
                    known.extend(object.dependencies.iter().cloned());
                }
            }
            while let Some(need) = waiting.pop() {
                if self.left_out.insert(need.clone()) {
                    waiting.extend(needs.get(&need).into_iter().flatten().cloned());
                }
            }
            return;
        }
        let mut gone = graph.transitive_dependents(aimed.iter());
        for node in &aimed {
            gone.remove(node);
        }
        for node in &gone {
            if let Node::Resource(addr) = node {
                self.left_out.insert(addr.clone());
            }
        }
        graph.retain(|node| !gone.contains(node) || matches!(node, Node::ModuleEnd(_)));
    }

    /// Destroying an object takes with it what depends on it. Within a module, only the objects of the same
    /// instance of it depend on each other.
    fn add_dependents(&mut self, state: &State) {
        let mut dependents: BTreeMap<&ConfigResource, Vec<AbsInstance>> = BTreeMap::new();
        let mut waiting = Vec::new();
        for (addr, instance) in state.instances() {
            if let Some(object) = &instance.current {
                for need in object.dependencies.iter() {
                    dependents.entry(need).or_default().push(addr.clone());
                }
            }
            if self.includes(&addr) {
                waiting.push(addr);
            }
        }
        while let Some(gone) = waiting.pop() {
            let block = gone.config();
            for dependent in dependents.get(&block).into_iter().flatten() {
                let (own, other) = (&dependent.resource.module, &gone.resource.module);
                let elsewhere = own != other && own.module() == block.module;
                if !elsewhere && !self.includes(dependent) {
                    self.taken.insert(dependent.clone());
                    waiting.push(dependent.clone());
                }
            }
        }
    }

    /// Whether a target names some instance of the block.
    fn touches(&self, addr: &ConfigResource) -> bool {
        self.targets.iter().any(|target| match target {
            Target::Module(module) => {
                let module = module.module();
                addr.module.names().starts_with(module.names())
            }
            Target::Resource(resource) => resource.config() == *addr,
            Target::Instance(instance) => instance.config() == *addr,
        })
    }

    /// Whether the plan is narrowed at all.
    pub(crate) fn is_active(&self) -> bool {
        !self.targets.is_empty() || !self.excludes.is_empty()
    }

    /// Whether the plan is about this instance.
    pub(crate) fn includes(&self, addr: &AbsInstance) -> bool {
        if !self.excludes.is_empty() {
            return !self.left_out.contains(&addr.config())
                && !self.excludes.iter().any(|target| target.covers(addr));
        }
        self.targets.is_empty()
            || self.whole.contains(&addr.config())
            || self.taken.contains(addr)
            || self.targets.iter().any(|target| target.covers(addr))
    }
}
