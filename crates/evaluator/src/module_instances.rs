//! The instances of modules, and what is known in each of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use trueup_addrs::{Module, ModuleInstance, Resource};
use trueup_value::Value;

use crate::{Expansion, Repeated};

/// What is known in one instance of a module.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Whether the configuration makes this instance; a state may know of others.
    expanded: bool,
    /// Input variables.
    pub(crate) variables: HashMap<Arc<str>, Value>,
    /// Local values.
    pub(crate) locals: HashMap<Arc<str>, Value>,
    /// What all instances of a resource together are.
    pub(crate) resources: HashMap<Resource, Value>,
    /// Outputs.
    pub(crate) outputs: HashMap<Arc<str>, Value>,
    /// Which instances the module calls of this instance have.
    pub(crate) calls: HashMap<Arc<str>, Expansion>,
    /// What module calls as a whole are worth, once all of their outputs are known.
    pub(crate) whole: HashMap<Arc<str>, Value>,
}

/// Every instance of every module, so far as their calls have been expanded. The root module has one.
#[derive(Debug)]
pub(crate) struct Instances {
    known: HashMap<ModuleInstance, Known>,
    /// For which instance of its call the arguments of a module instance are evaluated.
    repeated: HashMap<ModuleInstance, Repeated>,
    of_module: BTreeMap<Module, Arc<[ModuleInstance]>>,
}

impl Default for Instances {
    fn default() -> Self {
        let root = ModuleInstance::root();
        Self {
            known: HashMap::from([(
                root.clone(),
                Known {
                    expanded: true,
                    ..Known::default()
                },
            )]),
            repeated: HashMap::new(),
            of_module: BTreeMap::from([(Module::root(), Arc::from([root]))]),
        }
    }
}

impl Instances {
    /// What is known in an instance, if there is one.
    pub(crate) fn known(&self, module: &ModuleInstance) -> Option<&Known> {
        self.known.get(module)
    }

    /// What is known in an instance, to be added to.
    pub(crate) fn known_mut(&mut self, module: &ModuleInstance) -> &mut Known {
        if !self.known.contains_key(module) {
            self.known.insert(module.clone(), Known::default());
        }
        self.known
            .get_mut(module)
            .expect("it was put there if it was missing")
    }

    /// Whether there is such an instance.
    pub(crate) fn contains(&self, module: &ModuleInstance) -> bool {
        self.known.get(module).is_some_and(|known| known.expanded)
    }

    /// The instances of a module, in order; none where its call has not been expanded.
    pub(crate) fn of(&self, module: &Module) -> Arc<[ModuleInstance]> {
        self.of_module
            .get(module)
            .cloned()
            .unwrap_or_else(|| Arc::from([]))
    }

    /// For which instance of its call a module instance is.
    pub(crate) fn repeated(&self, module: &ModuleInstance) -> &Repeated {
        self.repeated.get(module).unwrap_or(&Repeated::None)
    }

    /// Says which instances a module has.
    pub(crate) fn set(&mut self, module: Module, instances: Vec<(ModuleInstance, Repeated)>) {
        let mut all = Vec::with_capacity(instances.len());
        for (instance, repeated) in instances {
            self.known.entry(instance.clone()).or_default().expanded = true;
            if !matches!(repeated, Repeated::None) {
                self.repeated.insert(instance.clone(), repeated);
            }
            all.push(instance);
        }
        self.of_module.insert(module, all.into());
    }
}
