//! Targets: what `-target` and `-exclude` name.

use std::fmt;

use crate::{AbsInstance, AbsResource, ModuleInstance};

/// A set of instances named by one address: a module's, a resource's, or a single one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// All that lies within a module instance. A last step without key stands for every instance of its call.
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
            Self::Resource(resource) => *resource == instance.resource,
            Self::Instance(wanted) => wanted == instance,
        }
    }
}

/// Whether `inner` lies within `outer`. The last step of `outer` stands for every instance of its call where
/// it has no key; the steps before it are meant as they are.
fn module_covers(outer: &ModuleInstance, inner: &ModuleInstance) -> bool {
    let (outer, inner) = (outer.steps(), inner.steps());
    let Some((last, before)) = outer.split_last() else {
        return true;
    };
    let Some(own) = inner.get(before.len()) else {
        return false;
    };
    inner.starts_with(before)
        && last.name == own.name
        && (last.key == crate::InstanceKey::None || last.key == own.key)
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
