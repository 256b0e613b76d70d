//! The module tree: what one folder declares, and which modules it calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Module as ModulePath, ProviderAddr, Resource as ResourceAddr};

use crate::{
    Backend, Constraints, Local, Output, ProviderBlock, RequiredProvider, Resource, Variable,
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
    /// The `backend` block.
    pub backend: Option<Backend>,
    /// `provider` blocks, by local name and alias.
    pub providers: BTreeMap<(Arc<str>, Option<Arc<str>>), ProviderBlock>,
    /// `variable` blocks by name.
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// Local values by name.
    pub locals: BTreeMap<Arc<str>, Local>,
    /// `output` blocks by name.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// `resource` and `data` blocks by address.
    pub resources: BTreeMap<ResourceAddr, Resource>,
}

impl Module {
    /// The provider that a local name stands for in this module.
    pub fn provider_addr(&self, local_name: &str) -> ProviderAddr {
        self.required_providers
            .get(local_name)
            .and_then(|required| required.source.clone())
            .unwrap_or_else(|| ProviderAddr::implied(local_name))
    }

    /// The local name and alias of the provider configuration that serves a resource.
    pub fn provider_of(&self, resource: &Resource) -> (Arc<str>, Option<Arc<str>>) {
        match &resource.provider {
            Some(reference) => (reference.name.clone(), reference.alias.clone()),
            None => (resource.addr.implied_provider().into(), None),
        }
    }
}
