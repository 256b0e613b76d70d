//! Resources gathered by the module instance that holds them, as nested JSON.

use std::collections::BTreeMap;

use trueup_addrs::ModuleInstance;

use super::{Fields, Json};

/// Resources by the module instance that holds them, each with its address as text.
#[derive(Default)]
pub(super) struct Modules {
    pub(super) by_name: BTreeMap<ModuleInstance, Vec<(String, Json)>>,
}

impl Modules {
    /// Adds a resource.
    pub(super) fn add(&mut self, module: &ModuleInstance, address: String, json: Json) {
        let mut above = module.parent();
        while let Some(parent) = above {
            above = parent.parent();
            self.by_name.entry(parent).or_default();
        }
        self.by_name
            .entry(module.clone())
            .or_default()
            .push((address, json));
    }

    /// The root module and all below it.
    pub(super) fn json(&self) -> Json {
        let mut children: BTreeMap<ModuleInstance, Vec<&ModuleInstance>> = BTreeMap::new();
        for child in self.by_name.keys() {
            if let Some(parent) = child.parent() {
                children.entry(parent).or_default().push(child);
            }
        }
        self.module(&ModuleInstance::root(), &children)
    }

    fn module(
        &self,
        module: &ModuleInstance,
        children: &BTreeMap<ModuleInstance, Vec<&ModuleInstance>>,
    ) -> Json {
        let resources = self.by_name.get(module).map(Vec::as_slice);
        let resources = resources.unwrap_or_default().iter();
        let resources: Vec<Json> = resources.map(|(_, json)| json.clone()).collect();
        let mut below: Vec<(String, Json)> = children
            .get(module)
            .into_iter()
            .flatten()
            .map(|child| (child.to_string(), self.module(child, children)))
            .collect();
        below.sort_by(|left, right| left.0.cmp(&right.0));
        let below: Vec<Json> = below.into_iter().map(|(_, json)| json).collect();
        Fields::new()
            .with_some(
                "resources",
                (!resources.is_empty()).then(|| Json::array(resources)),
            )
            .with_some(
                "address",
                (!module.is_root()).then(|| Json::string(module.to_string())),
            )
            .with_some(
                "child_modules",
                (!below.is_empty()).then(|| Json::array(below)),
            )
            .json()
    }
}
