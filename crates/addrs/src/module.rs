//! Module paths: static ones (calls) and dynamic ones (calls with instance keys).

use std::fmt;
use std::sync::Arc;

use crate::InstanceKey;

/// A module by the names of the calls that lead to it, without instance keys. The root is empty.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Module(Arc<[Arc<str>]>);

impl Module {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// The module reached by the named calls, outermost first.
    pub fn from_names(names: impl IntoIterator<Item = Arc<str>>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the calls, outermost first.
    pub fn names(&self) -> &[Arc<str>] {
        &self.0
    }

    /// The module that the call `name` in this one leads to.
    pub fn child(&self, name: impl Into<Arc<str>>) -> Self {
        Self(self.0.iter().cloned().chain([name.into()]).collect())
    }

    /// The module that contains the last call, unless this is the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.into()))
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.0.iter().enumerate() {
            let dot = if n == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}")?;
        }
        Ok(())
    }
}

/// One step of a [`ModuleInstance`]: the call's name and which of its instances.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModuleStep {
    /// The name of the module call.
    pub name: Arc<str>,
    /// Which instance of the call.
    pub key: InstanceKey,
}

/// An instance of a module, as a run meets it. The root is empty.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModuleInstance(Arc<[ModuleStep]>);

impl ModuleInstance {
    /// The root module's only instance.
    pub fn root() -> Self {
        Self::default()
    }

    /// The instance reached by the given steps, outermost first.
    pub fn from_steps(steps: impl IntoIterator<Item = ModuleStep>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// The instance `key` of the call `name` made in this instance.
    pub fn child(&self, name: impl Into<Arc<str>>, key: InstanceKey) -> Self {
        let step = ModuleStep {
            name: name.into(),
            key,
        };
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The instance that contains the last call, unless this is the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.into()))
    }

    /// The static module that this is an instance of.
    pub fn module(&self) -> Module {
        Module::from_names(self.0.iter().map(|step| step.name.clone()))
    }

    /// Whether `other` is this instance or lies within it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            let dot = if n == 0 { "" } else { "." };
            write!(f, "{dot}module.{}{}", step.name, step.key)?;
        }
        Ok(())
    }
}
