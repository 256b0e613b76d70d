//! The provider configurations of all modules in the section `configuration`, and the keys that resources
//! name them by. A module that uses its caller's configuration names the caller's.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::ProviderAddr;
use trueup_config::{Config, ModuleNode, ProviderBlock};

use super::configuration::body_by_syntax;
use super::{Fields, Json};

/// One provider configuration.
struct Configured {
    full_name: String,
    json: Json,
    /// The key of the configuration that stands for it, where it is only passed on.
    stands_for: Option<String>,
}

/// Every provider configuration by its key: `aws`, `aws.east`, in a child module `module.m:aws`.
pub(super) struct ProviderKeys(BTreeMap<String, Configured>);

fn raw_key(node: &ModuleNode, name: &str) -> String {
    if node.path.is_root() {
        name.to_owned()
    } else {
        format!("{}:{name}", node.path)
    }
}

fn named(name: &str, alias: Option<&str>) -> String {
    match alias {
        Some(alias) => format!("{name}.{alias}"),
        None => name.to_owned(),
    }
}

impl ProviderKeys {
    pub(super) fn of(config: &Config) -> Self {
        let mut keys = Self(BTreeMap::new());
        keys.add_module(&config.root, None);
        keys
    }

    /// The key that a resource of `node` names its provider configuration by.
    pub(super) fn key(&self, node: &ModuleNode, name: &str, alias: Option<&str>) -> String {
        let key = raw_key(node, &named(name, alias));
        match self.0.get(&key) {
            Some(Configured {
                stands_for: Some(other),
                ..
            }) => other.clone(),
            _ => key,
        }
    }

    /// The configurations that are not only passed on.
    pub(super) fn json(&self) -> BTreeMap<Arc<str>, Json> {
        let own = self.0.iter().filter(|(_, one)| one.stands_for.is_none());
        own.map(|(key, one)| (Arc::from(key.as_str()), one.json.clone()))
            .collect()
    }

    fn add_module(&mut self, node: &ModuleNode, parent: Option<&ModuleNode>) {
        let module = &node.module;
        for ((name, alias), block) in &module.providers {
            let key = raw_key(node, &named(name, alias.as_deref()));
            self.add(node, key, name, Some(block), None);
        }
        for (name, required) in &module.required_providers {
            for alias in &required.aliases {
                let name = named(&alias.name, alias.alias.as_deref());
                self.add_missing(node, &name, &alias.name, None);
            }
            self.add_missing(node, name, name, parent);
        }
        // What nothing declares is there because a resource needs it.
        for resource in module.resources.values() {
            let (name, _) = module.provider_of(resource);
            let provider = module.provider_addr(&name);
            self.add_missing(node, &provider.name, &name, parent);
        }
        for import in module.imports.iter().filter(|_| parent.is_none()) {
            let name = match &import.provider {
                Some((reference, _)) => reference.name.clone(),
                None if !import.to.module.is_empty() => continue,
                None => import.to.resource.implied_provider().into(),
            };
            let provider = module.provider_addr(&name);
            self.add_missing(node, &provider.name, &name, None);
        }
        for (name, call) in &module.calls {
            let Some(child) = node.children.get(name) else {
                continue;
            };
            for passed in call.providers.values() {
                let inner = passed.child.text();
                let provider = child.module.provider_addr(&passed.child.name);
                let above = raw_key(node, &passed.parent.text());
                self.insert(child, &inner, &provider, above);
            }
            self.add_module(child, Some(node));
        }
    }

    fn add(
        &mut self,
        node: &ModuleNode,
        key: String,
        name: &str,
        block: Option<&ProviderBlock>,
        stands_for: Option<String>,
    ) {
        let module = &node.module;
        let provider = module.provider_addr(name);
        let constraints = module
            .required_providers
            .get(name)
            .and_then(|required| required.constraints.as_ref());
        let alias = block.and_then(|block| block.alias.as_deref());
        let settings = block.map(|block| body_by_syntax(&block.body, &ProviderBlock::META));
        let json = Fields::new()
            .text("name", name)
            .text("full_name", provider.to_string())
            .with_some(
                "version_constraint",
                constraints.map(|constraints| Json::string(&constraints.text)),
            )
            .with_some("alias", alias.map(Json::string))
            .with_some("module_address", module_address(node))
            .with_some(
                "expressions",
                settings
                    .filter(|settings| !settings.is_empty())
                    .map(Json::object),
            )
            .json();
        self.0.insert(
            key,
            Configured {
                full_name: provider.to_string(),
                json,
                stands_for,
            },
        );
    }

    /// Adds a configuration without block, unless there is one; one that the caller has too is its.
    fn add_missing(
        &mut self,
        node: &ModuleNode,
        key_name: &str,
        name: &str,
        parent: Option<&ModuleNode>,
    ) {
        let key = raw_key(node, key_name);
        if self.0.contains_key(&key) {
            return;
        }
        let provider = node.module.provider_addr(name);
        let stands_for =
            parent.and_then(|parent| self.source(raw_key(parent, key_name), &provider));
        self.add(node, key, name, None, stands_for);
    }

    fn insert(&mut self, child: &ModuleNode, inner: &str, provider: &ProviderAddr, above: String) {
        let json = Fields::new()
            .text("name", inner)
            .text("full_name", provider.to_string())
            .with_some("module_address", module_address(child))
            .json();
        let stands_for = self.source(above, provider);
        self.0.insert(
            raw_key(child, inner),
            Configured {
                full_name: provider.to_string(),
                json,
                stands_for,
            },
        );
    }

    /// The configuration that a chain of passed ones begins with.
    fn source(&self, start: String, provider: &ProviderAddr) -> Option<String> {
        let full_name = provider.to_string();
        let mut found = None;
        let mut next = Some(start);
        while let Some(key) = next {
            let Some(one) = self.0.get(&key).filter(|one| one.full_name == full_name) else {
                break;
            };
            next = one.stands_for.clone();
            found = Some(key);
        }
        found
    }
}

fn module_address(node: &ModuleNode) -> Option<Json> {
    (!node.path.is_root()).then(|| Json::string(node.path.to_string()))
}
