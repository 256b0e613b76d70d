//! `removed` blocks: which objects leave the state without being destroyed, and that nothing is both
//! removed and declared.

use std::collections::BTreeMap;

use trueup_addrs::located::Removable;
use trueup_addrs::{ConfigResource, Module, Resource};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::{Action, Plan};

/// What the blocks of a configuration say, by absolute address: whether objects are destroyed.
#[derive(Default)]
pub(crate) struct Removals {
    resources: BTreeMap<ConfigResource, bool>,
    modules: BTreeMap<Module, bool>,
}

impl Removals {
    /// Gathers the blocks of all modules. Of several blocks for one address the first counts.
    pub(crate) fn of(config: &Config) -> Self {
        let mut found = Self::default();
        for node in config.modules() {
            for removed in &node.module.removed {
                match absolute(&node.path, &removed.from) {
                    Removable::Resource(addr) => {
                        found.resources.entry(addr).or_insert(removed.destroy);
                    }
                    Removable::Module(path) => {
                        found.modules.entry(path).or_insert(removed.destroy);
                    }
                }
            }
        }
        found
    }

    /// Whether the objects of a resource are destroyed, or only leave the state; where a block says so.
    pub(crate) fn destroys(&self, module: &Module, resource: &Resource) -> Option<bool> {
        if self.resources.is_empty() && self.modules.is_empty() {
            return None;
        }
        let addr = ConfigResource::new(module.clone(), resource.clone());
        let mut destroy = self.resources.get(&addr).copied();
        let mut at = Some(module.clone());
        while let Some(path) = at.filter(|_| destroy.is_none()) {
            destroy = self.modules.get(&path).copied();
            at = path.parent();
        }
        destroy
    }
}

/// Refuses blocks whose resource or module is still declared.
pub(crate) fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        for removed in &node.module.removed {
            let addr = absolute(&node.path, &removed.from);
            let still = match &addr {
                Removable::Resource(addr) => config
                    .module(&addr.module)
                    .and_then(|node| node.module.resources.get(&addr.resource))
                    .map(|resource| ("resource", resource.header)),
                Removable::Module(path) => config.call(path).map(|call| ("module", call.header)),
            };
            if let Some((what, header)) = still {
                diagnostics.push(
                    Diagnostic::error(
                        format!("Removed {what} still exists"),
                        format!("This statement declares that {addr} was removed, but it is still declared in configuration."),
                    )
                    .at(header),
                );
            }
        }
    }
    diagnostics
}

/// The address seen from the root module.
fn absolute(module: &Module, from: &Removable) -> Removable {
    let under =
        |inner: &Module| Module::from_names(module.names().iter().chain(inner.names()).cloned());
    match from {
        Removable::Resource(addr) => Removable::Resource(ConfigResource::new(
            under(&addr.module),
            addr.resource.clone(),
        )),
        Removable::Module(path) => Removable::Module(under(path)),
    }
}

/// Says which objects a plan lets go.
pub(crate) fn warning(plan: &Plan) -> Option<Diagnostic> {
    let forgotten = plan.changes.iter();
    let items: String = forgotten
        .filter(|change| change.action == Action::Forget)
        .map(|change| format!("\n - {}", change.addr))
        .collect();
    if items.is_empty() {
        return None;
    }
    Some(Diagnostic::warning(
        "Some objects will no longer be managed by Terraform",
        format!(
            "If you apply this plan, Terraform will discard its tracking information for the following objects, but it will not delete them:{items}\n\nAfter applying this plan, Terraform will no longer manage these objects. You will need to import them into Terraform to manage them again."
        ),
    ))
}
