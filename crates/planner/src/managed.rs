//! Managed resource blocks: all of their instances planned, and what they no longer ask for taken away.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode, ProviderConfigAddr,
};
use trueup_config::{ModuleNode, Repetition, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::instance_conditions::Reports;
use trueup_evaluator::{Evaluator, Expansion, Repeated, expansion, graph};
use trueup_plan::{Action, Mode, Reason};
use trueup_provider::{Provider, ResourceType};
use trueup_schema::ResourceSchema;
use trueup_value::{Type, Value};

use crate::instance::{self, BlockPlan};
use crate::orphans::Leaving;
use crate::walk::Walk;
use crate::{conditions, dependencies, orphans, prior, providers, validate};

/// Who serves a block, and what all of its instances have in common.
struct Served {
    provider_addr: ProviderConfigAddr,
    provider: Arc<dyn Provider>,
    schema: Arc<ResourceSchema>,
    resource_type: Arc<dyn ResourceType>,
    ty: Type,
    dependencies: Arc<[ConfigResource]>,
    /// All that the block needs, directly or not; found out where it is asked for.
    reach: OnceCell<BTreeSet<ConfigResource>>,
    create_before_destroy: bool,
}

/// A block in one instance of its module: what the configuration wants of it, and what the state holds.
struct Planned {
    abs: AbsResource,
    in_state: Vec<InstanceKey>,
    expansion: Expansion,
    instances: Vec<(InstanceKey, Repeated)>,
}

impl Walk<'_> {
    /// Plans all instances of a managed resource block, in every instance of its module.
    pub(crate) fn plan_managed(&mut self, addr: &ConfigResource, diagnostics: &mut Diagnostics) {
        let config = self.request.config.clone();
        let Some(node) = config.module(&addr.module) else {
            return;
        };
        let Some(resource) = node.module.resources.get(&addr.resource) else {
            return;
        };
        let mut served = None;
        for module in self.evaluator.module_instances(&addr.module).iter() {
            let abs = AbsResource::new(module.clone(), addr.resource.clone());
            let in_state: Vec<InstanceKey> = self
                .state
                .resources
                .get(&abs)
                .map(|resource| resource.instances.keys().cloned().collect())
                .unwrap_or_default();
            let expansion = if self.request.mode == Mode::Normal {
                let (expansion, found) =
                    expansion::expand(&self.evaluator, module, &resource.repetition);
                diagnostics.extend(found);
                expansion
            } else {
                expansion_of_state(&in_state, &resource.repetition)
            };
            if matches!(expansion, Expansion::Unknown) {
                continue;
            }
            let instances = expansion.instances();
            if self.request.mode != Mode::Destroy {
                let keys = instances.iter().map(|(key, _)| abs.instance(key.clone()));
                conditions::expanded(&mut self.evaluator, resource, keys, addr);
            }
            if !matches!(expansion, Expansion::Single) {
                self.warn_of_whole(&abs, &instances, diagnostics);
            }
            if self.request.mode == Mode::Normal && instances.is_empty() && in_state.is_empty() {
                self.expansions.insert(abs.clone(), expansion.clone());
                let value = Evaluator::assemble(&expansion, BTreeMap::new());
                self.evaluator.set_resource(abs, value);
                continue;
            }
            if served.is_none() {
                let wanted = !instances.is_empty();
                served = self.served(addr, node, resource, wanted, diagnostics);
            }
            let Some(served) = &served else {
                return;
            };
            let planned = Planned {
                abs,
                in_state,
                expansion,
                instances,
            };
            self.plan_in(resource, served, planned, diagnostics);
        }
    }

    /// Who serves a block, and what all of its instances have in common; says so where nobody does.
    fn served(
        &self,
        addr: &ConfigResource,
        node: &ModuleNode,
        resource: &Resource,
        wanted: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Served> {
        let provider_addr = graph::provider_config(&self.request.config, node, resource);
        let kind = &addr.resource.kind;
        let found = self.request.providers.find(&provider_addr.provider);
        let Some(provider) = found.cloned() else {
            if wanted {
                diagnostics.push(
                    providers::not_available(self.request.providers, &provider_addr)
                        .at(resource.header),
                );
            }
            return None;
        };
        let schema = provider.schema().of(ResourceMode::Managed, kind).cloned();
        let resource_type = self
            .configured
            .get(&provider_addr)
            .and_then(|configured| configured.resource_type(kind));
        let (Some(schema), Some(resource_type)) = (schema, resource_type) else {
            diagnostics.push(
                validate::unsupported_type(
                    self.request.providers,
                    &provider_addr,
                    ResourceMode::Managed,
                    kind,
                )
                .at(resource.header),
            );
            return None;
        };
        Some(Served {
            ty: schema.block.implied_type(),
            dependencies: self.dependencies_of(addr),
            reach: OnceCell::new(),
            create_before_destroy: self.create_before_destroy.contains(addr),
            provider_addr,
            provider,
            schema,
            resource_type,
        })
    }

    /// Plans the instances of a block in one instance of its module.
    fn plan_in(
        &mut self,
        resource: &Resource,
        served: &Served,
        planned: Planned,
        diagnostics: &mut Diagnostics,
    ) {
        let Planned {
            abs,
            in_state,
            expansion,
            instances,
        } = planned;
        let Served {
            schema,
            resource_type,
            ty,
            ..
        } = served;
        let prevent_destroy = trueup_evaluator::protection::prevents_destruction(
            &self.evaluator,
            &abs.module,
            resource,
            diagnostics,
        );
        let block = BlockPlan {
            evaluator: &self.evaluator,
            module: &abs.module,
            resource,
            provider: &*served.provider,
            provider_addr: &served.provider_addr,
            resource_type,
            schema,
            ty,
            create_before_destroy: served.create_before_destroy,
            dependencies: &served.dependencies,
            replace: &self.request.replace,
            prevent_destroy,
        };
        let mut values = BTreeMap::new();
        let mut changes = Vec::new();
        let mut kept = Vec::new();
        let mut reports = Reports::default();
        let wanted = self.instances_with_conditions(&abs, resource, &instances);
        for (key, repeated) in instances {
            let instance = abs.instance(key.clone());
            if self.unreadable.contains(&instance) {
                continue;
            }
            let planned = self.request.mode == Mode::Normal && self.targeting.includes(&instance);
            if !planned {
                let value = self.as_it_is(&instance, served);
                if let Some(repeated) = wanted.get(&key) {
                    // Nothing is planned, but what was found is held against the conditions.
                    let evaluator = &self.evaluator;
                    let found = &mut *diagnostics;
                    reports.before(evaluator, resource, &instance, repeated, found);
                    reports.after(evaluator, resource, &instance, repeated, &value, found);
                }
                values.insert(key, value);
                continue;
            }
            let Some(triggered) = self.is_triggered(resource, &abs.module, &repeated, diagnostics)
            else {
                continue;
            };
            let found = &mut *diagnostics;
            let planned = block.plan(
                key.clone(),
                &repeated,
                self.current.get(&instance),
                triggered,
                &mut reports,
                found,
            );
            if let Some(mut change) = planned {
                change.importing = self.importing.get(&instance).cloned();
                values.insert(key.clone(), change.after.clone());
                kept.push((key, change.action));
                changes.push(change);
            }
        }
        for (key, action) in kept {
            self.remember(&abs, &key, action, served);
        }
        let leaving = Leaving {
            provider: &served.provider_addr,
            schema,
            ty,
            resource_type,
            destroyed: None,
        };
        let mut refused = Vec::new();
        for key in in_state {
            let instance = abs.instance(key.clone());
            if self.request.mode == Mode::RefreshOnly || !self.targeting.includes(&instance) {
                continue;
            }
            let Some(held) = self.state.instance(&instance) else {
                continue;
            };
            let reason = match self.request.mode {
                Mode::Destroy => Some(Reason::None),
                _ => (!expansion.contains(&key)).then(|| orphans::reason(&expansion, &key)),
            };
            let current = reason.zip(self.current.get(&instance));
            if current.is_some() {
                refused.extend(instance::refusal(&instance, resource, prevent_destroy));
            }
            changes.extend(leaving.deletions(&instance, held, current));
        }
        // A destruction that is refused keeps nothing else from being planned: nothing waits for it.
        match self.request.mode {
            Mode::Destroy => self.refused.extend(refused),
            _ => diagnostics.extend(refused),
        }
        if changes.iter().any(|change| change.action != Action::NoOp) {
            self.pending.insert(abs.config());
        }
        let from = self.plan.changes.len();
        self.plan.changes.extend(changes);
        self.planned
            .insert(abs.clone(), from..self.plan.changes.len());
        reports.record(&mut self.evaluator);
        let value = Evaluator::assemble(&expansion, values);
        self.expansions.insert(abs.clone(), expansion);
        self.evaluator.set_resource(abs, value);
    }

    /// An instance of which nothing is planned, as it was found or as the state has it.
    fn as_it_is(&self, instance: &AbsInstance, served: &Served) -> Value {
        if let Some(prior) = self.current.get(instance) {
            return prior.value.clone();
        }
        let held = self.state.instance(instance);
        held.filter(|_| self.targeting.is_active())
            .and_then(|held| held.current.as_ref())
            .and_then(|object| {
                let Served {
                    schema,
                    ty,
                    resource_type,
                    ..
                } = served;
                prior::decode(instance, object, schema, ty, resource_type).ok()
            })
            // Nothing is there, and nothing is planned: it is not known what it would be.
            .map_or_else(|| Value::unknown(served.ty.clone()), |held| held.value)
    }

    /// Keeps in the refreshed state what the configuration now says that an object needs. Where nothing is
    /// done to it this is the last word; otherwise it still remembers what it needed before.
    fn remember(&mut self, abs: &AbsResource, key: &InstanceKey, action: Action, served: &Served) {
        let Some(object) = self
            .state
            .resources
            .get_mut(abs)
            .and_then(|held| held.instances.get_mut(key))
            .and_then(|instance| instance.current.as_mut())
        else {
            return;
        };
        let new = &served.dependencies;
        if !self.request.refresh && action != Action::NoOp {
            return;
        }
        let graph = &self.graph;
        let reach = || {
            served
                .reach
                .get_or_init(|| graph::all_dependencies(graph, &abs.config()))
        };
        if action != Action::NoOp {
            let both: BTreeSet<&ConfigResource> =
                object.dependencies.iter().chain(new.iter()).collect();
            if both.len() != object.dependencies.len() {
                object.dependencies = both.into_iter().cloned().collect();
            }
        } else if !dependencies::order_the_same(&object.dependencies, new, reach) {
            object.dependencies = new.clone();
        }
        if self.request.refresh {
            object.create_before_destroy = served.create_before_destroy;
        }
    }

    /// A `-replace` option that names a block of several instances reaches none of them.
    fn warn_of_whole(
        &self,
        addr: &AbsResource,
        instances: &[(InstanceKey, Repeated)],
        diagnostics: &mut Diagnostics,
    ) {
        let whole = addr.instance(InstanceKey::None);
        if instances.is_empty() || !self.request.replace.contains(&whole) {
            return;
        }
        let options: Vec<String> = instances
            .iter()
            .map(|(key, _)| format!("\n  -replace={:?}", addr.instance(key.clone()).to_string()))
            .collect();
        diagnostics.push(Diagnostic::warning(
            "Incompletely-matched force-replace resource instance",
            format!("Your force-replace request for {whole} doesn't match any resource instances because it lacks an instance key.\n\nTo force replacement of particular instances, use one or more of the following options instead:{}", options.concat()),
        ));
    }
}

/// The instances that the state has, where the configuration is not asked.
fn expansion_of_state(keys: &[InstanceKey], repetition: &Repetition) -> Expansion {
    match keys.first() {
        None => match repetition {
            Repetition::None => Expansion::Single,
            Repetition::Count(_) => Expansion::Count(0),
            Repetition::ForEach(_) => Expansion::ForEach(Arc::default()),
        },
        Some(InstanceKey::None) => Expansion::Single,
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
