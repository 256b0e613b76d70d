//! The walk over the configuration's graph, in waves: what is ready is evaluated, reads go out together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, Mode as ResourceMode, Module, ModuleInstance,
    ProviderConfigAddr,
};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::{Evaluator, Expansion, Node, graph, own_references};
use trueup_graph::{Graph, Scheduler};
use trueup_plan::{Action, Mode, Plan, ResourceChange};
use trueup_provider::{Configured, Context, ResourceType};
use trueup_schema::ResourceSchema;
use trueup_state::State;

use crate::moves::{self, Moves};
use crate::prior::Prior;
use crate::reads::ToRead;
use crate::removed::Removals;
use crate::run::Request;
use crate::targets::Targeting;

/// The walk of one plan.
pub(crate) struct Walk<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) evaluator: Evaluator,
    pub(crate) cx: Context,
    pub(crate) plan: &'a mut Plan,
    pub(crate) graph: Graph<Node>,
    pub(crate) targeting: Targeting,
    pub(crate) configured: HashMap<ProviderConfigAddr, Arc<dyn Configured>>,
    /// Current objects by instance, as found by the refresh (or as the state has them).
    pub(crate) current: HashMap<Arc<AbsInstance>, Prior>,
    /// Instances whose object could not be read.
    pub(crate) unreadable: HashSet<Arc<AbsInstance>>,
    pub(crate) state: State,
    pub(crate) expansions: BTreeMap<AbsResource, Expansion>,
    pub(crate) create_before_destroy: BTreeSet<ConfigResource>,
    /// Outputs of the root module all of whose needs were worked on.
    pub(crate) reached: BTreeSet<Arc<str>>,
    /// Blocks with a change so far: data sources that name them are read at apply.
    pub(crate) pending: BTreeSet<ConfigResource>,
    /// Where in the plan the changes of a resource stand.
    pub(crate) planned: HashMap<AbsResource, std::ops::Range<usize>>,
    /// The ids by which objects were found that this plan takes in.
    pub(crate) importing: HashMap<AbsInstance, String>,
    /// What leaves the state without being destroyed.
    pub(crate) removals: Removals,
    /// Where instances were before this plan.
    pub(crate) moves: &'a Moves,
    /// What a destruction would take away and may not.
    pub(crate) refused: Diagnostics,
}

/// What the walk found.
pub(crate) struct Found {
    pub(crate) evaluator: Evaluator,
    pub(crate) refreshed: State,
    pub(crate) reached: BTreeSet<Arc<str>>,
    pub(crate) graph: Graph<Node>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        request: &'a Request<'a>,
        evaluator: Evaluator,
        moves: &'a Moves,
        plan: &'a mut Plan,
    ) -> Self {
        // Cycles were reported by the checks before the walk.
        let (mut graph, _) = graph::build(&request.config);
        for (addr, resource) in &request.state.resources {
            if !declares(request, addr) {
                graph.add_node(Node::Provider(resource.provider.clone()));
            }
        }
        let create_before_destroy = spread_create_before_destroy(request, &graph);
        let targeting = Targeting::new(request, &mut graph);
        Self {
            evaluator,
            cx: Context {
                cancel: request.cancel.clone(),
                parallelism: request.parallelism,
            },
            plan,
            graph,
            targeting,
            configured: HashMap::new(),
            current: HashMap::new(),
            unreadable: HashSet::new(),
            state: request.state.clone(),
            expansions: BTreeMap::new(),
            create_before_destroy,
            reached: BTreeSet::new(),
            pending: BTreeSet::new(),
            planned: HashMap::new(),
            importing: HashMap::new(),
            removals: Removals::of(&request.config),
            moves,
            refused: Diagnostics::default(),
            request,
        }
    }

    pub(crate) fn finish(self) -> Found {
        Found {
            evaluator: self.evaluator,
            refreshed: self.state,
            reached: self.reached,
            graph: self.graph,
        }
    }

    pub(crate) async fn run(&mut self) -> Diagnostics {
        let mut diagnostics = self.settle_all().await;
        if self.cx.cancel.is_cancelled() {
            return diagnostics;
        }
        self.forgotten(&mut diagnostics);
        self.targets_without_block(&mut diagnostics);
        diagnostics.extend(std::mem::take(&mut self.refused));
        self.weigh();
        diagnostics
    }

    /// Notes what the objects hold that are to go, as the refresh saw it.
    fn weigh(&mut self) {
        let going = |change: &&ResourceChange| {
            change.deposed.is_none()
                && (change.action == Action::Delete || change.action.is_replace())
        };
        let found: Vec<_> = self
            .plan
            .changes
            .iter()
            .filter(going)
            .filter_map(|change| {
                let kind = &change.addr.resource.resource.kind;
                let (_, resource_type) = self.managed_type(&change.provider, kind)?;
                let contents = resource_type.contents(&change.before.unmark_deep().0)?;
                Some((change.addr.clone(), contents))
            })
            .collect();
        self.plan.contents.extend(found);
    }

    /// Works on every node of the graph, each after what it needs.
    pub(crate) async fn settle_all(&mut self) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let mut scheduler = match Scheduler::new(&self.graph) {
            Ok(scheduler) => scheduler,
            // Reported by the checks before the walk, which then does not begin.
            Err(_) => return diagnostics,
        };
        loop {
            let ready = scheduler.ready();
            if ready.is_empty() || self.cx.cancel.is_cancelled() {
                break;
            }
            let failed = self.wave(&ready, &mut diagnostics).await;
            for node in &ready {
                if failed.contains(node) {
                    scheduler.failed(node);
                } else {
                    scheduler.done(node);
                }
            }
        }
        if self.cx.cancel.is_cancelled() {
            diagnostics.push(Diagnostic::error(
                "Execution halted",
                "The run was asked to stop before the plan was complete. Nothing was changed.",
            ));
        }
        diagnostics
    }

    /// Works on all nodes that are ready; answers which of them failed.
    async fn wave(&mut self, ready: &[Node], diagnostics: &mut Diagnostics) -> BTreeSet<Node> {
        let mut failed = BTreeSet::new();
        let variables = &self.request.variables;
        let given = |name: &str| variables.get(name).cloned();
        let mut to_configure = Vec::new();
        let mut blocks: Vec<ToRead> = Vec::new();
        for node in ready {
            let mut found = match node {
                Node::Resource(addr) => self.own_references(addr),
                _ => Diagnostics::default(),
            };
            match node {
                _ if found.has_errors() => {}
                Node::Provider(addr) => to_configure.push(addr.clone()),
                Node::Resource(addr) => match addr.resource.mode {
                    ResourceMode::Managed => {
                        self.take_in(addr, &mut found).await;
                        if !found.has_errors() {
                            self.plan_managed(addr, &mut found);
                        }
                        if self.has_unreadable(addr) {
                            failed.insert(node.clone());
                        }
                    }
                    ResourceMode::Data => {
                        blocks.extend(self.plan_data(addr, &mut found));
                    }
                },
                Node::Check(..) | Node::Output(..) if self.request.mode == Mode::Destroy => {}
                node => {
                    found = self.evaluator.settle(node, &given);
                    if let Node::Output(module, name) = node
                        && module.is_root()
                        && !found.has_errors()
                    {
                        self.reached.insert(name.clone());
                    }
                    if self.request.mode != Mode::Normal && matches!(node, Node::ModuleCall(_)) {
                        // What can't be told of a module's instances is taken from the state.
                        found = found
                            .into_iter()
                            .filter(|found| !found.unknown_caused)
                            .collect();
                    }
                }
            }
            if found.has_errors() {
                failed.insert(node.clone());
            }
            diagnostics.extend(found);
        }
        for addr in self.configure(to_configure, diagnostics).await {
            failed.insert(Node::Provider(addr));
        }
        for node in self.read_data(blocks, diagnostics).await {
            failed.insert(node);
        }
        failed
    }
}

impl Walk<'_> {
    /// A managed type of a provider configuration, with its schema; `None` where the provider has no such type or is
    /// not configured.
    pub(crate) fn managed_type(
        &self,
        provider: &ProviderConfigAddr,
        kind: &str,
    ) -> Option<(Arc<ResourceSchema>, Arc<dyn ResourceType>)> {
        let providers = self.request.providers;
        let schema = providers.schema(&provider.provider, ResourceMode::Managed, kind)?;
        let configured = self.configured.get(provider)?;
        Some((schema, configured.resource_type(kind)?))
    }

    /// Where a block names itself.
    fn own_references(&self, addr: &ConfigResource) -> Diagnostics {
        let node = self.request.config.module(&addr.module);
        node.and_then(|node| node.module.resources.get(&addr.resource))
            .map(own_references::in_body)
            .unwrap_or_default()
    }

    /// Whether an object of the block could not be read: what depends on it is not planned then.
    fn has_unreadable(&self, addr: &ConfigResource) -> bool {
        if self.unreadable.is_empty() {
            return false;
        }
        self.unreadable
            .iter()
            .any(|instance| instance.resource.config() == *addr)
    }
}

impl moves::Declared for Walk<'_> {
    fn instances_of(&self, module: &Module) -> Vec<ModuleInstance> {
        self.evaluator.module_instances(module).to_vec()
    }

    fn has_module(&self, module: &ModuleInstance) -> bool {
        self.evaluator.has_module_instance(module)
    }

    fn has_resource(&self, resource: &AbsResource) -> bool {
        self.has_module(&resource.module) && declares(self.request, resource)
    }

    fn has_instance(&self, instance: &AbsInstance) -> bool {
        self.expansions
            .get(&instance.resource)
            .is_some_and(|expansion| expansion.contains(&instance.key))
    }
}

impl Walk<'_> {
    /// What a `removed` block says of the objects of a resource that is gone: whether they are destroyed.
    pub(crate) fn removal(&self, addr: &AbsResource) -> Option<bool> {
        if self.request.mode != Mode::Normal || declares(self.request, addr) {
            return None;
        }
        self.removals
            .destroys(&addr.module.module(), &addr.resource)
    }
}

/// The block of a resource, if the configuration has it.
pub(crate) fn declared<'a>(
    request: &'a Request<'_>,
    addr: &AbsResource,
) -> Option<&'a trueup_config::Resource> {
    request
        .config
        .module_of(&addr.module)?
        .module
        .resources
        .get(&addr.resource)
}

/// Whether the configuration has a block for a resource.
pub(crate) fn declares(request: &Request<'_>, addr: &AbsResource) -> bool {
    declared(request, addr).is_some()
}

/// Resources that are replaced new object first: those that say so, and all that they need.
fn spread_create_before_destroy(
    request: &Request<'_>,
    graph: &Graph<Node>,
) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    for node in request.config.modules() {
        for (addr, resource) in &node.module.resources {
            if resource.lifecycle.create_before_destroy != Some(true) {
                continue;
            }
            let addr = ConfigResource::new(node.path.clone(), addr.clone());
            let needs = graph.transitive_dependencies([&Node::Resource(addr.clone())]);
            found.extend(needs.into_iter().filter_map(|need| match need {
                Node::Resource(other) if other.resource.mode == ResourceMode::Managed => {
                    Some(other)
                }
                _ => None,
            }));
            found.insert(addr);
        }
    }
    found
}
