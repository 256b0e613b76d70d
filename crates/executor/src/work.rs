//! What has to be done, in order: the configuration's nodes and the plan's destroying steps in one graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{AbsResource, ConfigResource, ProviderConfigAddr};
use trueup_config::Config;
use trueup_evaluator::{Node, graph};
use trueup_graph::Graph;
use trueup_plan::{Mode, Phase, Plan};

/// A piece of work.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Work {
    /// A node of the configuration. A resource's node makes the changes of its phase [`Phase::Apply`].
    Config(Node),
    /// A step of the plan by its position, of any other phase.
    Step(usize),
}

/// The graph of a plan's work.
pub(crate) fn build(plan: &Plan, config: &Config) -> Graph<Work> {
    let (nodes, _) = graph::build(config);
    // A destruction evaluates no resource: providers are configured from what the state holds.
    let needed = match plan.mode {
        Mode::Normal => BTreeSet::new(),
        Mode::Destroy | Mode::RefreshOnly => {
            let providers = nodes
                .nodes()
                .filter(|node| matches!(node, Node::Provider(_)));
            nodes.transitive_dependencies(providers)
        }
    };
    let takes_part = |node: &Node| {
        plan.mode == Mode::Normal || !matches!(node, Node::Resource(_)) && needed.contains(node)
    };
    let mut work = Graph::new();
    for node in nodes.nodes().filter(|node| takes_part(node)) {
        work.add_node(Work::Config(node.clone()));
        for need in nodes
            .dependencies(node)
            .into_iter()
            .filter(|need| takes_part(need))
        {
            work.add_edge(Work::Config(node.clone()), Work::Config(need));
        }
    }
    let mut provider_of: BTreeSet<(usize, Node)> = BTreeSet::new();
    let key = |at: usize| -> Work {
        let step = &plan.steps[at];
        let resource = Node::Resource(step.resource.clone());
        if step.phase == Phase::Apply && nodes.contains(&resource) {
            Work::Config(resource)
        } else {
            Work::Step(at)
        }
    };
    for (at, step) in plan.steps.iter().enumerate() {
        work.add_node(key(at));
        for need in &step.needs {
            let (from, to) = (key(at), key(*need));
            if from != to {
                work.add_edge(from, to);
            }
        }
        let mut last = None;
        for change in step.changes.iter().filter_map(|n| plan.changes.get(*n)) {
            // Nearly always they have one provider: what is left of a block may have had another.
            if last.replace(&change.provider) != Some(&change.provider) {
                provider_of.insert((at, Node::Provider(change.provider.clone())));
            }
        }
    }
    for (at, provider) in provider_of {
        let (from, to) = (key(at), Work::Config(provider));
        work.add_node(to.clone());
        work.add_edge(from, to);
    }
    work
}

/// The changes of a plan by resource, so that no pass looks through all of them for one.
pub(crate) struct Index {
    changes: BTreeMap<AbsResource, Vec<usize>>,
    apply: BTreeMap<ConfigResource, Vec<usize>>,
    /// The registry host under which the state knows a provider, by namespace and name.
    hosts: BTreeMap<(Arc<str>, Arc<str>), Arc<str>>,
}

impl Index {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut changes: BTreeMap<AbsResource, Vec<usize>> = BTreeMap::new();
        for (at, change) in plan.changes.iter().enumerate() {
            match changes.get_mut(&change.addr.resource) {
                Some(known) => known.push(at),
                None => {
                    changes.insert(change.addr.resource.clone(), vec![at]);
                }
            }
        }
        let apply = plan
            .steps
            .iter()
            .filter(|step| step.phase == Phase::Apply)
            .map(|step| (step.resource.clone(), step.changes.clone()))
            .collect();
        let mut hosts = BTreeMap::new();
        for resource in plan.prior_state.resources.values() {
            let known = &resource.provider.provider;
            hosts
                .entry((known.namespace.clone(), known.name.clone()))
                .or_insert_with(|| known.host.clone());
        }
        Self {
            changes,
            apply,
            hosts,
        }
    }

    /// A provider configuration as the state writes it: a state of OpenTofu names another registry host
    /// for the same provider, and what is new in it goes under the host that is there.
    pub(crate) fn as_stored(&self, addr: &ProviderConfigAddr) -> ProviderConfigAddr {
        let provider = &addr.provider;
        let key = (provider.namespace.clone(), provider.name.clone());
        let mut addr = addr.clone();
        if let Some(host) = self.hosts.get(&key) {
            addr.provider.host = host.clone();
        }
        addr
    }

    /// Every change of a resource.
    pub(crate) fn changes_of(&self, resource: &AbsResource) -> &[usize] {
        self.changes.get(resource).map_or(&[], Vec::as_slice)
    }

    /// The changes that a block's own node makes, in all instances of its module.
    pub(crate) fn applied_by(&self, resource: &ConfigResource) -> &[usize] {
        self.apply.get(resource).map_or(&[], Vec::as_slice)
    }
}
