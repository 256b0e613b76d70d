//! The module tree: what one folder declares, and which modules it calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{
    Module as ModulePath, ModuleInstance, ProviderAddr, ProviderConfigAddr,
    Resource as ResourceAddr,
};
use trueup_diagnostics::Span;

use crate::{
    Backend, Check, Constraints, Encryption, Ephemeral, Import, Local, ModuleCall, Moved, Output,
    ProviderBlock, Removed, RequiredProvider, Resource, Variable,
};

/// A whole configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The root module and, below it, the modules that it calls.
    pub root: ModuleNode,
}

impl Config {
    /// The module at `path`, if the configuration has it.
    pub fn module(&self, path: &ModulePath) -> Option<&ModuleNode> {
        path.names()
            .iter()
            .try_fold(&self.root, |node, name| node.children.get(name))
    }

    /// The module that `instance` is an instance of, if the configuration has it.
    pub fn module_of(&self, instance: &ModuleInstance) -> Option<&ModuleNode> {
        instance
            .steps()
            .iter()
            .try_fold(&self.root, |node, step| node.children.get(&step.name))
    }

    /// The call that leads to the module at `path`; `None` for the root module.
    pub fn call(&self, path: &ModulePath) -> Option<&ModuleCall> {
        let name = path.names().last()?;
        self.module(&path.parent()?)?.module.calls.get(name)
    }

    /// The provider configuration that a local name and an alias stand for in the module at `path`: its
    /// own block, what its caller passes, or the default configuration of the nearest module above.
    pub fn provider_config(
        &self,
        path: &ModulePath,
        name: &Arc<str>,
        alias: Option<&Arc<str>>,
    ) -> ProviderConfigAddr {
        let provider = self.module(path).map_or_else(
            || ProviderAddr::implied(name),
            |node| node.module.provider_addr(name),
        );
        let own = |module: ModulePath, alias: Option<&Arc<str>>| ProviderConfigAddr {
            module,
            provider: provider.clone(),
            alias: alias.cloned(),
        };
        let (mut path, mut name, mut alias) = (path.clone(), name.clone(), alias.cloned());
        loop {
            let (Some(node), Some(parent), Some(call)) =
                (self.module(&path), path.parent(), self.call(&path))
            else {
                return own(path, alias.as_ref());
            };
            let key = (name.clone(), alias.clone());
            let passed = call.providers.get(&key);
            match node.module.providers.get(&key) {
                // An empty block only says that a configuration is expected.
                Some(block) if passed.is_none() || !block.is_empty() => {
                    return own(path, alias.as_ref());
                }
                _ => {}
            }
            match passed {
                Some(passed) => {
                    name = passed.parent.name.clone();
                    alias = passed.parent.alias.clone();
                }
                None if alias.is_some() => return own(path, alias.as_ref()),
                None => {
                    if let Some(above) = self.module(&parent) {
                        name = above.module.local_name(&provider);
                    }
                }
            }
            path = parent;
        }
    }

    /// The provider configuration that serves a resource of the module at `path`.
    pub fn provider_of(&self, path: &ModulePath, resource: &Resource) -> ProviderConfigAddr {
        match &resource.provider {
            Some(reference) => {
                self.provider_config(path, &reference.name, reference.alias.as_ref())
            }
            None => self.provider_config(path, &resource.addr.implied_provider().into(), None),
        }
    }

    /// Every module, parents before children, siblings by name.
    pub fn modules(&self) -> Vec<&ModuleNode> {
        let mut found = Vec::new();
        let mut waiting = vec![&self.root];
        while let Some(node) = waiting.pop() {
            found.push(node);
            waiting.extend(node.children.values().rev());
        }
        found
    }
}

/// One module of the tree.
#[derive(Clone, Debug, Default)]
pub struct ModuleNode {
    /// The calls that lead to it.
    pub path: ModulePath,
    /// Its folder, relative to the root module; `"."` for the root itself.
    pub dir: Arc<str>,
    /// What it declares.
    pub module: Module,
    /// The modules that it calls, by the name of the call.
    pub children: BTreeMap<Arc<str>, ModuleNode>,
}

/// What one module declares.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// `required_version` constraints.
    pub required_version: Vec<Constraints>,
    /// `required_providers`, by local name.
    pub required_providers: BTreeMap<Arc<str>, RequiredProvider>,
    /// The `required_providers` block, where there is one.
    pub required_providers_header: Option<Span>,
    /// The `backend` block.
    pub backend: Option<Backend>,
    /// The `encryption` block.
    pub encryption: Option<Encryption>,
    /// `provider` blocks, by local name and alias.
    pub providers: BTreeMap<(Arc<str>, Option<Arc<str>>), ProviderBlock>,
    /// `variable` blocks by name.
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// Local values by name.
    pub locals: BTreeMap<Arc<str>, Local>,
    /// `output` blocks by name.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// `module` blocks by name.
    pub calls: BTreeMap<Arc<str>, ModuleCall>,
    /// `ephemeral` blocks by type and name.
    pub ephemerals: BTreeMap<(Arc<str>, Arc<str>), Ephemeral>,
    /// `check` blocks by name.
    pub checks: BTreeMap<Arc<str>, Check>,
    /// `resource` and `data` blocks by address, those in `check` blocks included.
    pub resources: BTreeMap<ResourceAddr, Resource>,
    /// `import` blocks in order; only the root module may have some.
    pub imports: Vec<Import>,
    /// `moved` blocks in order.
    pub moved: Vec<Moved>,
    /// `removed` blocks in order.
    pub removed: Vec<Removed>,
}

impl Module {
    /// The provider that a local name stands for in this module.
    pub fn provider_addr(&self, local_name: &str) -> ProviderAddr {
        self.required_providers
            .get(local_name)
            .and_then(|required| required.source.clone())
            .unwrap_or_else(|| ProviderAddr::implied(local_name))
    }

    /// The local name of a provider in this module.
    pub fn local_name(&self, provider: &ProviderAddr) -> Arc<str> {
        self.required_providers
            .iter()
            .find(|(_, required)| required.source.as_ref() == Some(provider))
            .map_or_else(|| provider.name.clone(), |(name, _)| name.clone())
    }

    /// The local name and alias of the provider configuration that serves a resource.
    pub fn provider_of(&self, resource: &Resource) -> (Arc<str>, Option<Arc<str>>) {
        match &resource.provider {
            Some(reference) => (reference.name.clone(), reference.alias.clone()),
            None => (resource.addr.implied_provider().into(), None),
        }
    }
}
