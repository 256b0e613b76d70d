//! Targets: what `-target` and `-exclude` name.

use std::fmt;

use crate::{AbsInstance, AbsResource, ModuleInstance};

/// A set of instances named by one address: a module's, a resource's, or a single one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// All that lies within a module instance. A step without key stands for every instance of its call.
    Module(ModuleInstance),
    /// Every instance of a resource.
    Resource(AbsResource),
    /// One instance.
    Instance(AbsInstance),
}

impl Target {
    /// Whether the instance is among those that this target names.
    pub fn covers(&self, instance: &AbsInstance) -> bool {
        match self {
            Self::Module(module) => module_covers(module, &instance.resource.module),
            Self::Resource(resource) => {
                same_module(&resource.module, &instance.resource.module)
                    && resource.resource == instance.resource.resource
            }
            Self::Instance(wanted) => {
                same_module(&wanted.resource.module, &instance.resource.module)
                    && wanted.resource.resource == instance.resource.resource
                    && wanted.key == instance.key
            }
        }
    }
}

/// Whether `inner` lies within `outer`, where a step of `outer` without key stands for every key.
fn module_covers(outer: &ModuleInstance, inner: &ModuleInstance) -> bool {
    let (outer, inner) = (outer.steps(), inner.steps());
    outer.len() <= inner.len()
        && outer
            .iter()
            .zip(inner)
            .all(|(o, i)| o.name == i.name && (o.key == crate::InstanceKey::None || o.key == i.key))
}

fn same_module(wanted: &ModuleInstance, module: &ModuleInstance) -> bool {
    wanted.steps().len() == module.steps().len() && module_covers(wanted, module)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(module) => write!(f, "{module}"),
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::Instance(instance) => write!(f, "{instance}"),
        }
    }
}
