//! Data source blocks: which of their instances are read now, the reads themselves, and what follows.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use trueup_addrs::{
    AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode, ModuleInstance,
};
use trueup_config::{ModuleNode, Resource};
use trueup_diagnostics::{Diagnostics, Severity};
use trueup_evaluator::instance_conditions::Reports;
use trueup_evaluator::record::object_address;
use trueup_evaluator::{Evaluator, Expansion, Node, expansion, graph};
use trueup_plan::{Action, Event, Identity, Mode, Reason, Subject};
use trueup_state::{CheckKind, InstanceState, Object as StateObject};
use trueup_value::Value;

use crate::conditions;
use crate::data::{self, DataBlock, Decision, Readable};
use crate::walk::{Walk, declared};
use crate::{providers, validate};

/// A data source block of a wave: what can be read, and what is known of the others.
pub(crate) struct ToRead {
    node: Node,
    readable: Vec<Readable>,
    block: DataBlock,
    values: BTreeMap<InstanceKey, Value>,
}

impl Walk<'_> {
    /// Decides for all instances of a data source block, in every instance of its module: which can be
    /// read now, and what the others are known to be.
    pub(crate) fn plan_data(
        &mut self,
        addr: &ConfigResource,
        diagnostics: &mut Diagnostics,
    ) -> Vec<ToRead> {
        let config = self.request.config.clone();
        let declared = config
            .module(&addr.module)
            .and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)));
        let Some((node, resource)) = declared else {
            return Vec::new();
        };
        // One instance of the block is not waited for by the others.
        let pending = self.request.mode == Mode::Normal
            && data::waits_for(&config, &self.graph, node, resource)
                .iter()
                .any(|needed| self.pending.contains(needed));
        let modules = self.evaluator.module_instances(&addr.module);
        let found = modules
            .iter()
            .filter_map(|module| self.plan_data_in(node, resource, module, pending, diagnostics));
        found.collect()
    }

    fn plan_data_in(
        &mut self,
        node: &ModuleNode,
        resource: &Resource,
        module: &ModuleInstance,
        pending: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<ToRead> {
        let config = self.request.config.clone();
        let abs = AbsResource::new(module.clone(), resource.addr.clone());
        if self.request.mode == Mode::Destroy {
            // Nothing that is planned depends on it: what the state remembers is dropped with the rest.
            self.state.resources.remove(&abs);
            return None;
        }
        let (expansion, found) = expansion::expand(&self.evaluator, module, &resource.repetition);
        diagnostics.extend(found);
        let instances = expansion.instances();
        self.expansions.insert(abs.clone(), expansion.clone());
        if !matches!(expansion, Expansion::Unknown) {
            let keys = instances.iter().map(|(key, _)| abs.instance(key.clone()));
            let block = abs.config();
            conditions::expanded(&mut self.evaluator, resource, keys, &block);
        }
        if instances.is_empty() {
            self.evaluator
                .set_resource(abs, Evaluator::assemble(&expansion, BTreeMap::new()));
            return None;
        }
        let provider_addr = graph::provider_config(&config, node, resource);
        let kind = &resource.addr.kind;
        let Some(provider) = self
            .request
            .providers
            .find(&provider_addr.provider)
            .cloned()
        else {
            diagnostics.push(
                providers::not_available(self.request.providers, &provider_addr)
                    .at(resource.header),
            );
            return None;
        };
        let schema = provider.schema().of(ResourceMode::Data, kind).cloned();
        let source = self
            .configured
            .get(&provider_addr)
            .and_then(|configured| configured.data_source(kind));
        let (Some(schema), Some(source)) = (schema, source) else {
            diagnostics.push(
                validate::unsupported_type(
                    self.request.providers,
                    &provider_addr,
                    ResourceMode::Data,
                    kind,
                )
                .at(resource.header),
            );
            return None;
        };
        let block = DataBlock {
            resource: abs,
            source,
            ty: schema.block.implied_type(),
            schema,
            provider: provider_addr,
            served_by: provider,
            pending,
        };
        let mut readable = Vec::new();
        let mut values = BTreeMap::new();
        let mut reports = Reports::default();
        for (key, repeated) in instances {
            let instance = block.resource.instance(key.clone());
            if !self.targeting.includes(&instance) {
                continue;
            }
            match block.decide(
                &self.evaluator,
                resource,
                key.clone(),
                &repeated,
                &mut reports,
                diagnostics,
            ) {
                Decision::Read(one) => readable.push(one),
                Decision::Defer(change) => {
                    values.insert(key, change.after.clone());
                    if self.request.mode == Mode::Normal {
                        self.pending.insert(block.resource.config());
                        self.plan.changes.push(*change);
                    }
                }
                Decision::Failed => {}
            }
        }
        reports.record(&mut self.evaluator);
        Some(ToRead {
            node: Node::Resource(block.resource.config()),
            readable,
            block,
            values,
        })
    }

    /// Reads the data sources of a wave together; answers the nodes that failed.
    pub(crate) async fn read_data(
        &mut self,
        blocks: Vec<ToRead>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Node> {
        let observer = self.request.observer;
        let cx = &self.cx;
        let reads = blocks.into_iter().map(
            |ToRead {
                 node,
                 readable,
                 block,
                 values,
             }| async move {
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
            },
        );
        let done = join_all(reads).await;
        let mut failed = Vec::new();
        for (node, answers, block, mut values) in done {
            let mut found = Diagnostics::default();
            let mut reports = Reports::default();
            if let Some(resource) = declared(self.request, &block.resource) {
                for (one, answer) in answers {
                    let addr = one.request.address.clone();
                    if let Some(check) = &resource.check {
                        let value =
                            self.read_for_check(check, &block, resource, one, answer, &mut found);
                        values.insert(InstanceKey::None, value);
                        continue;
                    }
                    if let Some(value) =
                        data::settle(&block, resource, &addr, &one.marks, answer, &mut found)
                    {
                        let object = StateObject::encode(&value, &block.ty, block.schema.version);
                        self.state
                            .set_instance(&addr, &block.provider, InstanceState::of(object));
                        let (evaluator, repeated) = (&self.evaluator, &one.repeated);
                        reports.after(evaluator, resource, &addr, repeated, &value, &mut found);
                        values.insert(one.key, value);
                    }
                }
            }
            reports.record(&mut self.evaluator);
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

    /// The data source of a `check` block: it is read again at apply, and what is wrong with it is the
    /// check's to tell, as a warning.
    fn read_for_check(
        &mut self,
        check: &str,
        block: &DataBlock,
        resource: &Resource,
        one: Readable,
        answer: Result<Value, trueup_provider::Problems>,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let addr = one.request.address.clone();
        let unread = block.unread(&one);
        let mut found = Diagnostics::default();
        let value = data::settle(block, resource, &addr, &one.marks, answer, &mut found);
        if found.has_errors() {
            let why = conditions::said_of(&found);
            self.evaluator
                .checked_data_failed(&addr.resource.module, check, why);
        }
        let object = object_address(&addr.resource.module, CheckKind::Check, check);
        for diagnostic in found.iter_mut() {
            diagnostic.severity = Severity::Warning;
            diagnostic.checked = Some(object.clone());
        }
        diagnostics.extend(found);
        if let Some(value) = &value {
            let object = StateObject::encode(value, &block.ty, block.schema.version);
            self.state
                .set_instance(&addr, &block.provider, InstanceState::of(object));
        }
        let value = value.unwrap_or(unread);
        if self.request.mode == Mode::Normal {
            let change = block.reading((*addr).clone(), Reason::ReadCheckNested, value.clone());
            self.plan.changes.push(change);
        }
        value
    }

    /// Data instances that the configuration no longer makes leave the state in silence.
    pub(crate) fn drop_lost_data(
        &mut self,
        resource: &AbsResource,
        values: &BTreeMap<InstanceKey, Value>,
    ) {
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
}
