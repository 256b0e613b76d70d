//! Resources: by mode, type and name, alone, in a module, and in a module instance.

use std::fmt;
use std::sync::Arc;

use crate::{AbsInstance, InstanceKey, Module, ModuleInstance};

/// How an object is kept: read only, or created, updated and deleted. Data sources sort first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mode {
    /// A data source: read, never changed.
    Data,
    /// A managed resource.
    Managed,
}

/// A resource or data source within its module.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Resource {
    /// Whether it is read or managed.
    pub mode: Mode,
    /// The resource type, such as `aws_dynamodb_table`.
    pub kind: Arc<str>,
    /// The name of the block.
    pub name: Arc<str>,
}

impl Resource {
    /// The managed resource `kind.name`.
    pub fn managed(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self {
            mode: Mode::Managed,
            kind: kind.into(),
            name: name.into(),
        }
    }

    /// The data source `data.kind.name`.
    pub fn data(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self {
            mode: Mode::Data,
            kind: kind.into(),
            name: name.into(),
        }
    }

    /// The local name of the provider that serves the type by default: the part before the first `_`.
    pub fn implied_provider(&self) -> &str {
        self.kind
            .split_once('_')
            .map_or(&*self.kind, |(head, _)| head)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = match self.mode {
            Mode::Managed => "",
            Mode::Data => "data.",
        };
        write!(f, "{data}{}.{}", self.kind, self.name)
    }
}

/// A resource block in the module tree, before expansion.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConfigResource {
    /// The module that holds the block.
    pub module: Module,
    /// The resource within that module.
    pub resource: Resource,
}

impl ConfigResource {
    /// The block of `resource` in `module`.
    pub fn new(module: Module, resource: Resource) -> Self {
        Self { module, resource }
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.module.is_root() {
            write!(f, "{}", self.resource)
        } else {
            write!(f, "{}.{}", self.module, self.resource)
        }
    }
}

/// A resource within a module instance: all the instances that its `count` or `for_each` makes there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AbsResource {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource within it.
    pub resource: Resource,
}

impl AbsResource {
    /// `resource` in the module instance `module`.
    pub fn new(module: ModuleInstance, resource: Resource) -> Self {
        Self { module, resource }
    }

    /// Its instance `key`.
    pub fn instance(&self, key: InstanceKey) -> AbsInstance {
        AbsInstance::new(self.clone(), key)
    }

    /// The configuration block that this is an expansion of.
    pub fn config(&self) -> ConfigResource {
        ConfigResource::new(self.module.module(), self.resource.clone())
    }
}

impl fmt::Display for AbsResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.module.is_root() {
            write!(f, "{}", self.resource)
        } else {
            write!(f, "{}.{}", self.module, self.resource)
        }
    }
}
