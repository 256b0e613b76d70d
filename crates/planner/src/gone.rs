//! Objects whose block, or whose instance of a module, is gone from the configuration.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, Mode as ResourceMode};
use trueup_diagnostics::Diagnostics;
use trueup_plan::{Action, Mode, Reason, ResourceChange};
use trueup_provider::ResourceType;
use trueup_state::InstanceState;

use crate::orphans::Leaving;
use crate::walk::{Walk, declares};
use crate::{prior, providers};

impl Walk<'_> {
    /// Objects whose block is gone from the configuration.
    pub(crate) fn forgotten(&mut self, diagnostics: &mut Diagnostics) {
        let gone: Vec<AbsResource> = self
            .state
            .resources
            .keys()
            .filter(|addr| {
                !declares(self.request, addr) || !self.evaluator.has_module_instance(&addr.module)
            })
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
            let Some(provider) = self.provider_of(&addr) else {
                continue;
            };
            let kind = &addr.resource.kind;
            let Some((schema, resource_type)) = self.managed_type(&provider, kind) else {
                if self.request.providers.find(&provider.provider).is_none() {
                    diagnostics.push(
                        providers::not_available(self.request.providers, &provider)
                            .with_address(addr.to_string()),
                    );
                }
                continue;
            };
            let ty = schema.block.implied_type();
            let reason = match self.request.mode {
                Mode::Normal if declares(self.request, &addr) => Reason::NoModule,
                Mode::Normal => Reason::NoResourceConfig,
                _ => Reason::None,
            };
            let leaving = Leaving {
                provider: &provider,
                schema: &schema,
                ty: &ty,
                action: match self.lets_go(&addr) {
                    true => Action::Forget,
                    false => Action::Delete,
                },
            };
            let Some(held) = self.state.resources.get(&addr) else {
                continue;
            };
            for (key, instance) in &held.instances {
                let instance_addr = addr.instance(key.clone());
                if !self.targeting.includes(&instance_addr) {
                    continue;
                }
                if let Some(prior) = self.current.get(&instance_addr) {
                    let needs = instance
                        .current
                        .as_ref()
                        .map(|object| object.dependencies.clone());
                    let reason = match reason {
                        Reason::NoResourceConfig if self.moves.contains_key(&instance_addr) => {
                            Reason::NoMoveTarget
                        }
                        reason => reason,
                    };
                    self.plan.changes.push(leaving.deletion(
                        instance_addr.clone(),
                        None,
                        reason,
                        prior,
                        needs.unwrap_or_default(),
                    ));
                }
                self.plan.changes.extend(deposed_deletions(
                    &leaving,
                    &instance_addr,
                    instance,
                    &resource_type,
                ));
            }
        }
    }
}

/// The deletions of what earlier replacements of an instance left.
pub(crate) fn deposed_deletions(
    leaving: &Leaving<'_>,
    addr: &AbsInstance,
    instance: &InstanceState,
    resource_type: &Arc<dyn ResourceType>,
) -> Vec<ResourceChange> {
    instance
        .deposed
        .iter()
        .filter_map(|(key, object)| {
            let prior =
                prior::decode(addr, object, leaving.schema, leaving.ty, resource_type).ok()?;
            Some(leaving.deletion(
                addr.clone(),
                Some(key.clone()),
                Reason::None,
                &prior,
                object.dependencies.clone(),
            ))
        })
        .collect()
}
