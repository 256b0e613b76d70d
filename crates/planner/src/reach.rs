//! Reaching the world: provider configurations made ready, and the objects behind them read again.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsResource, Mode as ResourceMode, ProviderConfigAddr};
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{graph, provider_block};
use trueup_state::Object as StateObject;

use crate::prior::{self, Prior};
use crate::refresh::{self, Batch, Refreshed, Subjected};
use crate::walk::{Walk, declared};
use crate::{providers, validate};

impl Walk<'_> {
    /// Makes provider configurations ready, and reads again what the state holds of their objects.
    /// Answers those that failed.
    pub(crate) async fn configure(
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
            let (config, found) =
                provider_block::provider_config(&self.evaluator, &*provider, &addr);
            let broken = found.has_errors();
            diagnostics.extend(found);
            if broken {
                failed.push(addr);
                continue;
            }
            if !config.is_wholly_known() {
                diagnostics.push(providers::not_known(&self.request.config, &addr));
                failed.push(addr);
                continue;
            }
            if addr.alias.is_some() && provider_block::block(&self.request.config, &addr).is_none()
            {
                diagnostics.push(providers::not_configured(&addr));
                failed.push(addr);
                continue;
            }
            match self
                .request
                .providers
                .configure(&addr, &provider, &self.cx, config)
                .await
            {
                Ok(configured) => {
                    self.configured.insert(addr.clone(), configured);
                }
                Err(problem) => {
                    let block = provider_block::block(&self.request.config, &addr);
                    let written = block.map(|block| &*block.body);
                    place_problems([problem], Some(&addr), written, diagnostics);
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
    pub(crate) fn provider_of(&self, addr: &AbsResource) -> Option<ProviderConfigAddr> {
        let node = self.request.config.module(&addr.module.module());
        let declared =
            node.and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)));
        match declared {
            Some((node, resource)) => {
                Some(graph::provider_config(&self.request.config, node, resource))
            }
            None => self.request.state.provider_of(addr).cloned(),
        }
    }

    /// Reads again, or only decodes, every object under one provider configuration.
    pub(crate) async fn refresh(&mut self, provider: &ProviderConfigAddr) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        if !self.configured.contains_key(provider) {
            return diagnostics;
        }
        let mut batches: BTreeMap<Arc<str>, Batch> = BTreeMap::new();
        for (addr, resource) in &self.request.state.resources {
            if addr.resource.mode != ResourceMode::Managed
                || self.provider_of(addr).as_ref() != Some(provider)
            {
                continue;
            }
            let let_go = self.removal(addr) == Some(false);
            let kind = &addr.resource.kind;
            let Some((schema, resource_type)) = self.managed_type(provider, kind) else {
                diagnostics.push(validate::unsupported_type(
                    self.request.providers,
                    provider,
                    ResourceMode::Managed,
                    kind,
                ));
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
                    let left_out = instance.current.as_ref().and_then(|object| {
                        let (ty, resource_type) = (&batch.ty, &batch.resource_type);
                        prior::decode(&instance_addr, object, &batch.schema, ty, resource_type).ok()
                    });
                    if let Some(prior) = left_out {
                        batch.resource_type.left_out(&prior.object.value);
                    }
                    continue;
                }
                let current = instance.current.iter().map(|object| (None, object));
                let deposed = instance
                    .deposed
                    .iter()
                    .map(|(key, object)| (Some(key.clone()), object));
                for (deposed, object) in current.chain(deposed) {
                    match prior::decode(
                        &instance_addr,
                        object,
                        &batch.schema,
                        &batch.ty,
                        &batch.resource_type,
                    ) {
                        Ok(prior) if let_go && deposed.is_none() => {
                            // What is only forgotten is not looked at again.
                            self.current.insert(instance_addr.clone(), prior);
                        }
                        Ok(_) if let_go => {}
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

    pub(crate) fn settle_refreshed(&mut self, one: Refreshed, diagnostics: &mut Diagnostics) {
        if let Some(problem) = one.failed {
            let declared = declared(self.request, &one.addr.resource);
            let written = declared.map(|resource| &*resource.body);
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
