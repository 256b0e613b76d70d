//! Objects whose block, or whose instance of a module, is gone from the configuration.

use trueup_addrs::{AbsResource, Mode as ResourceMode};
use trueup_diagnostics::Diagnostics;
use trueup_plan::{Mode, Reason};

use crate::orphans::Leaving;
use crate::providers;
use crate::walk::{Walk, declares};

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
                resource_type: &resource_type,
                destroyed: self.removal(&addr),
            };
            let Some(held) = self.state.resources.get(&addr) else {
                continue;
            };
            for (key, instance) in &held.instances {
                let instance_addr = addr.instance(key.clone());
                if !self.targeting.includes(&instance_addr) {
                    continue;
                }
                let reason = match reason {
                    Reason::NoResourceConfig if self.moves.contains_key(&instance_addr) => {
                        Reason::NoMoveTarget
                    }
                    reason => reason,
                };
                let current = self.current.get(&instance_addr);
                let current = current.map(|prior| (reason, prior));
                let deletions = leaving.deletions(&instance_addr, instance, current);
                self.plan.changes.extend(deletions);
            }
        }
    }
}
