//! The walk over the configuration's graph, in waves: what is ready is evaluated, reads go out together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode, ModuleInstance,
    ProviderConfigAddr,
};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::{Evaluator, Expansion, Node, expansion, graph};
use trueup_graph::{Graph, Scheduler};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::provider_block;
use trueup_plan::{Action, Event, Identity, Mode, Plan, Reason, Subject};
use trueup_provider::{Configured, Context};
use trueup_state::{InstanceState, Object as StateObject, State};
use trueup_value::Value;

use crate::data::{self, DataBlock, Decision, Readable};
use crate::instance::{self, BlockPlan};
use crate::prior::{self, Prior};
use crate::refresh::{self, Batch, Refreshed, Subjected};
use crate::run::Request;
use crate::targets::Targeting;
use crate::{orphans, providers};

/// The walk of one plan.
pub(crate) struct Walk<'a> {
    request: &'a Request<'a>,
    evaluator: Evaluator,
    cx: Context,
    plan: &'a mut Plan,
    graph: Graph<Node>,
    targeting: Targeting,
    configured: HashMap<ProviderConfigAddr, Arc<dyn Configured>>,
    /// Current objects by instance, as found by the refresh (or as the state has them).
    current: HashMap<Arc<AbsInstance>, Prior>,
    /// Instances whose object could not be read.
    unreadable: HashSet<Arc<AbsInstance>>,
    state: State,
    expansions: BTreeMap<AbsResource, Expansion>,
    create_before_destroy: BTreeSet<ConfigResource>,
}

/// What the walk found.
pub(crate) struct Found {
    pub(crate) evaluator: Evaluator,
    pub(crate) refreshed: State,
    pub(crate) graph: Graph<Node>,
    pub(crate) expansions: BTreeMap<AbsResource, Expansion>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        request: &'a Request<'a>,
        evaluator: Evaluator,
        cx: Context,
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
        let targeting = Targeting::new(&request.targets, request.mode, &mut graph, request.state);
        Self {
            evaluator,
            cx,
            plan,
            graph,
            targeting,
            configured: HashMap::new(),
            current: HashMap::new(),
            unreadable: HashSet::new(),
            state: request.state.clone(),
            expansions: BTreeMap::new(),
            create_before_destroy,
            request,
        }
    }

    pub(crate) fn finish(self) -> Found {
        Found {
            evaluator: self.evaluator,
            refreshed: self.state,
            graph: self.graph,
            expansions: self.expansions,
        }
    }

    pub(crate) async fn run(&mut self) -> Diagnostics {
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
            return diagnostics;
        }
        self.forgotten(&mut diagnostics);
        diagnostics
    }

    /// Works on all nodes that are ready; answers which of them failed.
    async fn wave(&mut self, ready: &[Node], diagnostics: &mut Diagnostics) -> BTreeSet<Node> {
        let mut failed = BTreeSet::new();
        let root = ModuleInstance::root();
        let mut to_configure = Vec::new();
        let mut blocks: Vec<(Node, Vec<Readable>, DataBlock, BTreeMap<InstanceKey, Value>)> = Vec::new();
        for node in ready {
            let mut found = Diagnostics::default();
            match node {
                Node::Variable(_, name) => {
                    let given = self.request.variables.get(name).cloned();
                    found = self.evaluator.set_variable(&root, name, given);
                }
                Node::Local(_, name) => found = self.evaluator.set_local(&root, name),
                Node::Output(..) => {}
                Node::Provider(addr) => to_configure.push(addr.clone()),
                Node::Resource(addr) => match addr.resource.mode {
                    ResourceMode::Managed => self.plan_managed(addr, &mut found),
                    ResourceMode::Data => {
                        if let Some((block, readable, values)) = self.plan_data(addr, &mut found) {
                            blocks.push((node.clone(), readable, block, values));
                        }
                    }
                },
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

    /// Makes provider configurations ready, and reads again what the state holds of their objects.
    /// Answers those that failed.
    async fn configure(
        &mut self,
        addrs: Vec<ProviderConfigAddr>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<ProviderConfigAddr> {
        let mut failed = Vec::new();
        for addr in addrs {
            let Some(provider) = self.request.providers.find(&addr.provider).cloned() else {
                // Said where an instance needs it.
                continue;
            };
            let (config, found) = provider_block::provider_config(&self.evaluator, &*provider, &addr);
            let broken = found.has_errors();
            diagnostics.extend(found);
            if broken {
                failed.push(addr);
                continue;
            }
            if addr.alias.is_some() && provider_block::block(&self.request.config, &addr).is_none() {
                diagnostics.push(providers::not_configured(&addr));
                failed.push(addr);
                continue;
            }
            match provider.configure(&self.cx, config).await {
                Ok(configured) => {
                    self.configured.insert(addr.clone(), configured);
                }
                Err(problem) => {
                    let block = provider_block::block(&self.request.config, &addr);
                    let written = block.map(|block| (&*block.body, block.header));
                    place_problems([problem], None, written, diagnostics);
                    failed.push(addr);
                    continue;
                }
            }
            let found = self.refresh(&addr).await;
            diagnostics.extend(found);
        }
        failed
    }

    /// The provider configuration that an object of the state is reached through.
    fn provider_of(&self, addr: &AbsResource) -> Option<ProviderConfigAddr> {
        let node = self.request.config.module(&addr.module.module());
        let declared = node.and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)));
        match declared {
            Some((node, resource)) => Some(graph::provider_config(node, resource)),
            None => self.request.state.provider_of(addr).cloned(),
        }
    }

    /// Reads again, or only decodes, every object under one provider configuration.
    async fn refresh(&mut self, provider: &ProviderConfigAddr) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let Some(configured) = self.configured.get(provider).cloned() else {
            return diagnostics;
        };
        let mut batches: BTreeMap<Arc<str>, Batch> = BTreeMap::new();
        for (addr, resource) in &self.request.state.resources {
            if addr.resource.mode != ResourceMode::Managed
                || self.provider_of(addr).as_ref() != Some(provider)
            {
                continue;
            }
            let kind = &addr.resource.kind;
            let known = self
                .request
                .providers
                .schema(&provider.provider, ResourceMode::Managed, kind)
                .zip(configured.resource_type(kind));
            let Some((schema, resource_type)) = known else {
                diagnostics.push(unsupported_type(provider, ResourceMode::Managed, kind, self.request));
                continue;
            };
            let batch = batches.entry(kind.clone()).or_insert_with(|| Batch {
                ty: schema.block.implied_type(),
                schema,
                resource_type,
                objects: Vec::new(),
            });
            for (key, instance) in &resource.instances {
                let instance_addr = Arc::new(addr.instance(key.clone()));
                if !self.targeting.includes(&instance_addr) {
                    continue;
                }
                let current = instance.current.iter().map(|object| (None, object));
                let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
                for (deposed, object) in current.chain(deposed) {
                    match prior::decode(&instance_addr, object, &batch.schema, &batch.ty, &batch.resource_type) {
                        Ok(prior) => batch.objects.push(Subjected {
                            addr: instance_addr.clone(),
                            deposed,
                            prior,
                        }),
                        Err(diagnostic) => {
                            self.unreadable.insert(instance_addr.clone());
                            diagnostics.push(diagnostic);
                        }
                    }
                }
            }
        }
        let batches: Vec<Batch> = batches.into_values().collect();
        let refreshed = if self.request.refresh {
            refresh::read(batches, &self.cx, self.request.observer).await
        } else {
            unread(batches)
        };
        for one in refreshed {
            self.settle_refreshed(one, &mut diagnostics);
        }
        diagnostics
    }

    fn settle_refreshed(&mut self, one: Refreshed, diagnostics: &mut Diagnostics) {
        if let Some(problem) = one.failed {
            let declared = declared(self.request, &one.addr.resource);
            let written = declared.map(|resource| (&*resource.body, resource.header));
            place_problems([problem], Some(&one.addr), written, diagnostics);
            self.unreadable.insert(one.addr);
            return;
        }
        let Some(instance) = self.state.instance_mut(&one.addr) else {
            return;
        };
        let slot = match &one.deposed {
            None => &mut instance.current,
            Some(key) => match &one.now {
                Some(now) => {
                    if let Some(object) = instance.deposed.get_mut(key) {
                        *object = stored(object, &one, now);
                    }
                    return;
                }
                None => {
                    instance.deposed.remove(key);
                    if instance.is_empty() {
                        self.state.remove_instance(&one.addr);
                    }
                    return;
                }
            },
        };
        match &one.now {
            Some(now) => {
                if let Some(object) = slot {
                    *object = stored(object, &one, now);
                }
                self.current.insert(one.addr.clone(), now.clone());
            }
            None => {
                *slot = None;
                if instance.is_empty() {
                    self.state.remove_instance(&one.addr);
                }
            }
        }
    }

    /// Plans all instances of a managed resource block.
    fn plan_managed(&mut self, addr: &ConfigResource, diagnostics: &mut Diagnostics) {
        let config = self.request.config.clone();
        let Some(node) = config.module(&addr.module) else { return };
        let Some(resource) = node.module.resources.get(&addr.resource) else { return };
        let module = ModuleInstance::root();
        let abs = AbsResource::new(module.clone(), addr.resource.clone());
        let in_state: Vec<InstanceKey> = self
            .state
            .resources
            .get(&abs)
            .map(|resource| resource.instances.keys().cloned().collect())
            .unwrap_or_default();

        let expansion = if self.request.mode == Mode::Normal {
            let (expansion, found) = expansion::expand(&self.evaluator, &module, &resource.repetition);
            diagnostics.extend(found);
            expansion
        } else {
            expansion_of_state(&in_state)
        };
        if matches!(expansion, Expansion::Unknown) {
            return;
        }
        let instances = expansion.instances();
        let provider_addr = graph::provider_config(node, resource);
        if self.request.mode == Mode::Normal && instances.is_empty() && in_state.is_empty() {
            self.expansions.insert(abs.clone(), expansion.clone());
            let value = Evaluator::assemble(&expansion, BTreeMap::new());
            self.evaluator.set_resource(abs, value);
            return;
        }
        let kind = &addr.resource.kind;
        let Some(provider) = self.request.providers.find(&provider_addr.provider).cloned() else {
            if !instances.is_empty() {
                diagnostics.push(providers::not_available(self.request.providers, &provider_addr).at(resource.header));
            }
            return;
        };
        let schema = provider.schema().of(ResourceMode::Managed, kind).cloned();
        let resource_type = self
            .configured
            .get(&provider_addr)
            .and_then(|configured| configured.resource_type(kind));
        let (Some(schema), Some(resource_type)) = (schema, resource_type) else {
            diagnostics.push(
                unsupported_type(&provider_addr, ResourceMode::Managed, kind, self.request).at(resource.header),
            );
            return;
        };
        let ty = schema.block.implied_type();
        let dependencies = graph::resource_dependencies(&self.graph, addr);
        let block = BlockPlan {
            evaluator: &self.evaluator,
            module: &module,
            resource,
            provider: &*provider,
            provider_addr: &provider_addr,
            resource_type: &resource_type,
            schema: &schema,
            ty: &ty,
            create_before_destroy: self.create_before_destroy.contains(addr),
            dependencies: &dependencies,
            replace: &self.request.replace,
        };
        let mut values = BTreeMap::new();
        let mut changes = Vec::new();
        for (key, repeated) in instances {
            let instance = abs.instance(key.clone());
            if self.unreadable.contains(&instance) {
                continue;
            }
            let prior = self.current.get(&instance);
            let planned = self.request.mode == Mode::Normal && self.targeting.includes(&instance);
            if !planned {
                let value = prior.map_or_else(|| Value::null(ty.clone()), |prior| prior.value.clone());
                values.insert(key, value);
                continue;
            }
            if let Some(change) = block.plan(key.clone(), &repeated, prior, diagnostics) {
                values.insert(key, change.after.clone());
                changes.push(change);
            }
        }
        for key in in_state {
            let instance = abs.instance(key.clone());
            if self.request.mode == Mode::RefreshOnly || !self.targeting.includes(&instance) {
                continue;
            }
            let Some(held) = self.state.instance(&instance) else { continue };
            let goes = self.request.mode == Mode::Destroy || !expansion.contains(&key);
            if goes && let Some(prior) = self.current.get(&instance) {
                let reason = match self.request.mode {
                    Mode::Normal => orphans::reason(&expansion, &key),
                    _ => Reason::None,
                };
                if resource.lifecycle.prevent_destroy {
                    diagnostics.push(instance::destruction_prevented(&instance, resource));
                }
                let needs = held.current.as_ref().map(|object| object.dependencies.clone());
                changes.push(orphans::deletion(
                    instance.clone(),
                    None,
                    reason,
                    provider_addr.clone(),
                    prior,
                    &schema,
                    &ty,
                    needs.unwrap_or_default(),
                ));
            }
            changes.extend(deposed_deletions(&instance, held, &provider_addr, &schema, &ty, &resource_type));
        }
        self.plan.changes.extend(changes);
        let value = Evaluator::assemble(&expansion, values);
        self.expansions.insert(abs.clone(), expansion);
        self.evaluator.set_resource(abs, value);
    }

    /// Decides for all instances of a data source block: which can be read now, and what the others
    /// are known to be.
    fn plan_data(
        &mut self,
        addr: &ConfigResource,
        diagnostics: &mut Diagnostics,
    ) -> Option<(DataBlock, Vec<Readable>, BTreeMap<InstanceKey, Value>)> {
        let config = self.request.config.clone();
        let node = config.module(&addr.module)?;
        let resource = node.module.resources.get(&addr.resource)?;
        let module = ModuleInstance::root();
        let abs = AbsResource::new(module.clone(), addr.resource.clone());
        if self.request.mode == Mode::Destroy {
            // Nothing that is planned depends on it: what the state remembers is dropped with the rest.
            self.state.resources.remove(&abs);
            return None;
        }
        let (expansion, found) = expansion::expand(&self.evaluator, &module, &resource.repetition);
        diagnostics.extend(found);
        let instances = expansion.instances();
        self.expansions.insert(abs.clone(), expansion.clone());
        if instances.is_empty() {
            self.evaluator
                .set_resource(abs, Evaluator::assemble(&expansion, BTreeMap::new()));
            return None;
        }
        let provider_addr = graph::provider_config(node, resource);
        let kind = &addr.resource.kind;
        let Some(provider) = self.request.providers.find(&provider_addr.provider).cloned() else {
            diagnostics.push(providers::not_available(self.request.providers, &provider_addr).at(resource.header));
            return None;
        };
        let schema = provider.schema().of(ResourceMode::Data, kind).cloned();
        let source = self
            .configured
            .get(&provider_addr)
            .and_then(|configured| configured.data_source(kind));
        let (Some(schema), Some(source)) = (schema, source) else {
            diagnostics.push(
                unsupported_type(&provider_addr, ResourceMode::Data, kind, self.request).at(resource.header),
            );
            return None;
        };
        let block = DataBlock {
            resource: abs,
            source,
            ty: schema.block.implied_type(),
            schema,
            provider: provider_addr,
        };
        let pending = self.request.mode == Mode::Normal
            && data::is_pending(self.plan, &data::waits_for(node, resource));
        let mut readable = Vec::new();
        let mut values = BTreeMap::new();
        for (key, repeated) in instances {
            let instance = block.resource.instance(key.clone());
            if !self.targeting.includes(&instance) {
                continue;
            }
            match block.decide(&self.evaluator, &*provider, resource, key.clone(), &repeated, pending, diagnostics) {
                Decision::Read(one) => readable.push(one),
                Decision::Defer(change) => {
                    values.insert(key, change.after.clone());
                    if self.request.mode == Mode::Normal {
                        self.plan.changes.push(*change);
                    }
                }
                Decision::Failed => {}
            }
        }
        Some((block, readable, values))
    }

    /// Reads the data sources of a wave together; answers the nodes that failed.
    async fn read_data(
        &mut self,
        blocks: Vec<(Node, Vec<Readable>, DataBlock, BTreeMap<InstanceKey, Value>)>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Node> {
        let observer = self.request.observer;
        let cx = &self.cx;
        let reads = blocks.into_iter().map(|(node, readable, block, values)| async move {
            let source = block.source.clone();
            let answers: Vec<_> = futures::stream::iter(readable)
                .map(|one| {
                    let source = source.clone();
                    async move {
                        let subject = |value: Option<&Value>| Subject {
                            addr: (*one.request.address).clone(),
                            deposed: None,
                            action: Action::Read,
                            identity: value.and_then(Identity::of),
                        };
                        observer.observe(Event::Started(subject(None)));
                        let answer = source.read(cx, one.request.clone()).await;
                        // Reads are told without their time: the planner has no clock.
                        if let Ok(value) = &answer {
                            observer.observe(Event::Done(subject(Some(value)), Duration::ZERO));
                        }
                        (one, answer)
                    }
                })
                .buffered(cx.parallelism.max(1))
                .collect()
                .await;
            (node, answers, block, values)
        });
        let done = join_all(reads).await;
        let mut failed = Vec::new();
        for (node, answers, block, mut values) in done {
            let mut found = Diagnostics::default();
            if let Some(resource) = declared(self.request, &block.resource) {
                for (one, answer) in answers {
                    let addr = one.request.address.clone();
                    if let Some(value) = data::settle(&block, resource, &addr, &one.marks, answer, &mut found) {
                        let object = StateObject::encode(&value, &block.ty, block.schema.version);
                        self.state
                            .set_instance(&addr, &block.provider, InstanceState::of(object));
                        values.insert(one.key, value);
                    }
                }
            }
            self.drop_lost_data(&block.resource, &values);
            if found.has_errors() {
                failed.push(node);
            }
            diagnostics.extend(found);
            if let Some(expansion) = self.expansions.get(&block.resource) {
                let value = Evaluator::assemble(expansion, values);
                self.evaluator.set_resource(block.resource, value);
            }
        }
        failed
    }

    /// Data instances that the configuration no longer makes leave the state in silence.
    fn drop_lost_data(&mut self, resource: &AbsResource, values: &BTreeMap<InstanceKey, Value>) {
        if self.targeting.is_active() {
            return;
        }
        if let Some(held) = self.state.resources.get_mut(resource) {
            held.instances.retain(|key, _| values.contains_key(key));
            if held.instances.is_empty() {
                self.state.resources.remove(resource);
            }
        }
    }

    /// Objects whose block is gone from the configuration.
    fn forgotten(&mut self, diagnostics: &mut Diagnostics) {
        let gone: Vec<AbsResource> = self
            .state
            .resources
            .keys()
            .filter(|addr| !declares(self.request, addr))
            .cloned()
            .collect();
        for addr in gone {
            if addr.resource.mode == ResourceMode::Data {
                if !self.targeting.is_active() {
                    self.state.resources.remove(&addr);
                }
                continue;
            }
            if self.request.mode == Mode::RefreshOnly {
                continue;
            }
            let Some(provider) = self.provider_of(&addr) else { continue };
            let kind = &addr.resource.kind;
            let schema = self.request.providers.schema(&provider.provider, ResourceMode::Managed, kind);
            let resource_type = self.configured.get(&provider).and_then(|configured| configured.resource_type(kind));
            let (Some(schema), Some(resource_type)) = (schema, resource_type) else {
                if self.request.providers.find(&provider.provider).is_none() {
                    diagnostics.push(providers::not_available(self.request.providers, &provider).with_address(addr.to_string()));
                }
                continue;
            };
            let ty = schema.block.implied_type();
            let reason = match self.request.mode {
                Mode::Normal if self.request.config.module(&addr.module.module()).is_none() => Reason::NoModule,
                Mode::Normal => Reason::NoResourceConfig,
                _ => Reason::None,
            };
            let Some(held) = self.state.resources.get(&addr) else { continue };
            for (key, instance) in &held.instances {
                let instance_addr = addr.instance(key.clone());
                if !self.targeting.includes(&instance_addr) {
                    continue;
                }
                if let Some(prior) = self.current.get(&instance_addr) {
                    let needs = instance.current.as_ref().map(|object| object.dependencies.clone());
                    self.plan.changes.push(orphans::deletion(
                        instance_addr.clone(),
                        None,
                        reason,
                        provider.clone(),
                        prior,
                        &schema,
                        &ty,
                        needs.unwrap_or_default(),
                    ));
                }
                self.plan.changes.extend(deposed_deletions(
                    &instance_addr,
                    instance,
                    &provider,
                    &schema,
                    &ty,
                    &resource_type,
                ));
            }
        }
    }
}

/// What a refresh gives when nothing is read: the objects as the state has them.
fn unread(batches: Vec<Batch>) -> Vec<Refreshed> {
    let mut all = Vec::new();
    for batch in batches {
        for object in batch.objects {
            all.push(Refreshed {
                addr: object.addr,
                deposed: object.deposed,
                schema: batch.schema.clone(),
                ty: batch.ty.clone(),
                now: Some(object.prior.clone()),
                prior: object.prior,
                failed: None,
            });
        }
    }
    all
}

fn stored(object: &StateObject, one: &Refreshed, now: &Prior) -> StateObject {
    let unchanged = object.schema_version == one.schema.version
        && now.object.value.raw_equals(&one.prior.object.value);
    let mut stored = if unchanged {
        object.clone()
    } else {
        object.with_value(&now.value, &one.ty, one.schema.version)
    };
    stored.private = now.object.private.clone();
    stored
}

fn deposed_deletions(
    addr: &AbsInstance,
    instance: &InstanceState,
    provider: &ProviderConfigAddr,
    schema: &trueup_schema::ResourceSchema,
    ty: &trueup_value::Type,
    resource_type: &Arc<dyn trueup_provider::ResourceType>,
) -> Vec<trueup_plan::ResourceChange> {
    instance
        .deposed
        .iter()
        .filter_map(|(key, object)| {
            let prior = prior::decode(addr, object, schema, ty, resource_type).ok()?;
            Some(orphans::deletion(
                addr.clone(),
                Some(key.clone()),
                Reason::None,
                provider.clone(),
                &prior,
                schema,
                ty,
                object.dependencies.clone(),
            ))
        })
        .collect()
}

fn declared<'a>(request: &'a Request<'_>, addr: &AbsResource) -> Option<&'a trueup_config::Resource> {
    request
        .config
        .module(&addr.module.module())?
        .module
        .resources
        .get(&addr.resource)
}

fn declares(request: &Request<'_>, addr: &AbsResource) -> bool {
    declared(request, addr).is_some()
}

/// The instances that the state has, where the configuration is not asked.
fn expansion_of_state(keys: &[InstanceKey]) -> Expansion {
    match keys.first() {
        None | Some(InstanceKey::None) => Expansion::Single,
        Some(InstanceKey::Int(_)) => {
            let last = keys.iter().filter_map(|key| match key {
                InstanceKey::Int(index) => Some(*index + 1),
                _ => None,
            });
            Expansion::Count(last.max().unwrap_or(0))
        }
        Some(InstanceKey::Str(_)) => {
            let elements = keys.iter().filter_map(|key| match key {
                InstanceKey::Str(key) => Some((key.clone(), Value::dynamic_unknown())),
                _ => None,
            });
            Expansion::ForEach(Arc::new(elements.collect()))
        }
    }
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
                Node::Resource(other) if other.resource.mode == ResourceMode::Managed => Some(other),
                _ => None,
            }));
            found.insert(addr);
        }
    }
    found
}

/// The provider has no such type.
fn unsupported_type(
    provider: &ProviderConfigAddr,
    mode: ResourceMode,
    kind: &str,
    request: &Request<'_>,
) -> Diagnostic {
    crate::validate::unsupported_type(request.providers, provider, mode, kind)
}
