//! Ends of moves: which addresses of the state a statement's `from` stands for, and where its `to` puts them.

use std::fmt;
use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, InstanceKey, Module, ModuleInstance, ModuleStep, Resource, Target,
};

/// One step of a module path: the call's name, and the key where only one instance of it is meant.
type Step = (Arc<str>, Option<InstanceKey>);

/// What an end names within its module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Object {
    /// Every instance of the call that the last step names; each keeps its key.
    Call,
    /// The module instance that the steps name.
    Module,
    /// Every instance of a resource; each keeps its key.
    Resource(Resource),
    /// One instance of a resource.
    Instance(Resource, InstanceKey),
}

/// One end of a move, in every instance of the module that states it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// How many of the steps lead to the module that states the move; they stand for any instance.
    declared_in: usize,
    steps: Vec<Step>,
    object: Object,
}

/// An end as one address: what diagnostics name and compare.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Absolute {
    /// All instances of a call, by the instance that makes it.
    Call(ModuleInstance, Arc<str>),
    /// One module instance.
    Module(ModuleInstance),
    /// All instances of a resource.
    Resource(AbsResource),
    /// One instance.
    Instance(AbsInstance),
}

impl fmt::Display for Absolute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(within, name) if within.is_root() => write!(f, "module.{name}"),
            Self::Call(within, name) => write!(f, "{within}.module.{name}"),
            Self::Module(module) => write!(f, "{module}"),
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::Instance(instance) => write!(f, "{instance}"),
        }
    }
}

impl Absolute {
    /// What kind of thing it is, in full and in short.
    pub(crate) fn nouns(&self) -> (&'static str, &'static str) {
        match self {
            Self::Call(..) => ("module call", "call"),
            Self::Module(_) => ("module instance", "instance"),
            Self::Resource(_) => ("resource", "resource"),
            Self::Instance(_) => ("resource instance", "instance"),
        }
    }
}

/// Both ends of a statement of the module `declared_in`. Where one end is a single instance, so is the other.
pub(crate) fn unify(declared_in: &Module, from: &Target, to: &Target) -> (Endpoint, Endpoint) {
    let single = [from, to].into_iter().any(|target| match target {
        Target::Instance(_) => true,
        Target::Resource(_) => false,
        Target::Module(module) => module
            .steps()
            .last()
            .is_some_and(|step| step.key != InstanceKey::None),
    });
    (
        Endpoint::new(declared_in, from, single),
        Endpoint::new(declared_in, to, single),
    )
}

impl Endpoint {
    fn new(declared_in: &Module, target: &Target, single: bool) -> Self {
        let (module, object) = match target {
            Target::Module(module) if single => (module, Object::Module),
            Target::Module(module) => (module, Object::Call),
            Target::Resource(resource) if single => (
                &resource.module,
                Object::Instance(resource.resource.clone(), InstanceKey::None),
            ),
            Target::Resource(resource) => (
                &resource.module,
                Object::Resource(resource.resource.clone()),
            ),
            Target::Instance(instance) => (
                &instance.resource.module,
                Object::Instance(instance.resource.resource.clone(), instance.key.clone()),
            ),
        };
        let names = declared_in.names();
        let mut steps: Vec<Step> = names.iter().map(|name| (name.clone(), None)).collect();
        for step in module.steps() {
            steps.push((step.name.clone(), Some(step.key.clone())));
        }
        if object == Object::Call
            && let Some((_, key)) = steps.last_mut()
        {
            *key = None;
        }
        Self {
            declared_in: names.len(),
            steps,
            object,
        }
    }

    /// The end that is exactly one instance.
    pub(crate) fn exactly(instance: &AbsInstance) -> Self {
        Self::new(&Module::root(), &Target::Instance(instance.clone()), true)
    }

    /// What it names.
    pub(crate) fn object(&self) -> &Object {
        &self.object
    }

    /// Whether it names a module rather than a resource.
    pub(crate) fn is_module(&self) -> bool {
        matches!(self.object, Object::Call | Object::Module)
    }

    /// The only module instance whose resources it can name, where there is only one.
    pub(crate) fn only_module(&self) -> Option<ModuleInstance> {
        if self.is_module() {
            return None;
        }
        let steps: Option<Vec<ModuleStep>> = self
            .steps
            .iter()
            .map(|(name, key)| {
                Some(ModuleStep {
                    name: name.clone(),
                    key: key.clone()?,
                })
            })
            .collect();
        steps.map(ModuleInstance::from_steps)
    }

    /// The module that the statement stands in.
    pub(crate) fn declared_in(&self) -> Module {
        let names = self.steps[..self.declared_in].iter();
        Module::from_names(names.map(|(name, _)| name.clone()))
    }

    /// The address in one instance of the module that the statement stands in.
    pub(crate) fn within(&self, module: &ModuleInstance) -> Absolute {
        let mut steps: Vec<ModuleStep> = module.steps().to_vec();
        for (name, key) in &self.steps[self.declared_in.min(self.steps.len())..] {
            steps.push(ModuleStep {
                name: name.clone(),
                key: key.clone().unwrap_or_default(),
            });
        }
        match &self.object {
            Object::Call => {
                let name = steps.pop().map(|step| step.name).unwrap_or_default();
                Absolute::Call(ModuleInstance::from_steps(steps), name)
            }
            Object::Module => Absolute::Module(ModuleInstance::from_steps(steps)),
            Object::Resource(resource) => Absolute::Resource(AbsResource::new(
                ModuleInstance::from_steps(steps),
                resource.clone(),
            )),
            Object::Instance(resource, key) => Absolute::Instance(
                AbsResource::new(ModuleInstance::from_steps(steps), resource.clone())
                    .instance(key.clone()),
            ),
        }
    }

    /// Whether the first steps of a module path are this end's.
    fn leads(&self, steps: &[ModuleStep]) -> bool {
        self.steps.len() <= steps.len()
            && self.steps.iter().zip(steps).all(|((name, key), step)| {
                *name == step.name && key.as_ref().is_none_or(|key| *key == step.key)
            })
    }

    /// Where a module instance that this end names, or that lies in such a one, goes.
    pub(crate) fn module_destination(
        &self,
        to: &Endpoint,
        module: &ModuleInstance,
    ) -> Option<ModuleInstance> {
        if !self.is_module() || !self.leads(module.steps()) {
            return None;
        }
        Some(self.relocated(to, module))
    }

    /// The module of an object in `module`, which this end leads to, once it has moved.
    fn relocated(&self, to: &Endpoint, module: &ModuleInstance) -> ModuleInstance {
        let old = module.steps();
        let mut steps: Vec<ModuleStep> = old[..self.declared_in].to_vec();
        for (name, key) in &to.steps[to.declared_in..] {
            steps.push(ModuleStep {
                name: name.clone(),
                key: key.clone().unwrap_or_default(),
            });
        }
        if self.object == Object::Call
            && let Some(step) = steps.last_mut()
            && let Some(moved) = old.get(self.steps.len() - 1)
        {
            step.key = moved.key.clone();
        }
        steps.extend_from_slice(&old[self.steps.len()..]);
        ModuleInstance::from_steps(steps)
    }

    /// Where a resource of which this end names an instance or all goes: the new resource, and the keys
    /// before and after where one instance is meant.
    pub(crate) fn resource_destination<'a>(
        &'a self,
        to: &'a Endpoint,
        addr: &AbsResource,
    ) -> Option<(AbsResource, Option<(&'a InstanceKey, &'a InstanceKey)>)> {
        let steps = addr.module.steps();
        if steps.len() != self.steps.len() || !self.leads(steps) {
            return None;
        }
        let module = || self.relocated(to, &addr.module);
        match (&self.object, &to.object) {
            (Object::Resource(from), Object::Resource(to)) if *from == addr.resource => {
                Some((AbsResource::new(module(), to.clone()), None))
            }
            (Object::Instance(from, old), Object::Instance(to, new)) if *from == addr.resource => {
                Some((AbsResource::new(module(), to.clone()), Some((old, new))))
            }
            _ => None,
        }
    }

    /// Whether it names a resource or an instance of it.
    pub(crate) fn selects(&self, addr: &AbsResource) -> bool {
        let steps = addr.module.steps();
        let resource = match &self.object {
            Object::Resource(resource) | Object::Instance(resource, _) => resource,
            Object::Call | Object::Module => return false,
        };
        *resource == addr.resource && steps.len() == self.steps.len() && self.leads(steps)
    }

    /// Whether the two can name the same object.
    pub(crate) fn meets(&self, other: &Endpoint) -> bool {
        let same = match (&self.object, &other.object) {
            (Object::Resource(a) | Object::Instance(a, _), Object::Resource(b))
            | (Object::Resource(a), Object::Instance(b, _)) => a == b,
            (Object::Instance(a, x), Object::Instance(b, y)) => a == b && x == y,
            (Object::Call | Object::Module, Object::Call | Object::Module) => true,
            _ => false,
        };
        same && self.steps.len() == other.steps.len() && self.follows(other)
    }

    /// Whether what this end names lies within what the other one names.
    pub(crate) fn lies_within(&self, other: &Endpoint) -> bool {
        match (&self.object, &other.object) {
            (_, Object::Call | Object::Module) => {
                let deeper = self.steps.len() > other.steps.len() || !self.is_module();
                deeper && self.follows(other)
            }
            (Object::Instance(a, _), Object::Resource(b)) => {
                a == b && self.steps.len() == other.steps.len() && self.follows(other)
            }
            _ => false,
        }
    }

    /// Whether the first steps can be the other's.
    fn follows(&self, other: &Endpoint) -> bool {
        self.steps.len() >= other.steps.len()
            && self
                .steps
                .iter()
                .zip(&other.steps)
                .all(|((a, x), (b, y))| a == b && (x.is_none() || y.is_none() || x == y))
    }

    /// Whether a move from here to `to` changes keys of module instances and nothing else.
    pub(crate) fn only_rekeys_modules(&self, to: &Endpoint) -> bool {
        let names = |end: &Endpoint| -> Vec<Arc<str>> {
            end.steps.iter().map(|(name, _)| name.clone()).collect()
        };
        names(self) == names(to) && (self.is_module() || self.object == to.object)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (name, key)) in self.steps.iter().enumerate() {
            let dot = if n == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}")?;
            match key {
                None => f.write_str("[*]")?,
                Some(key) => write!(f, "{key}")?,
            }
        }
        let dot = if self.steps.is_empty() { "" } else { "." };
        match &self.object {
            Object::Call | Object::Module => Ok(()),
            Object::Resource(resource) => write!(f, "{dot}{resource}[*]"),
            Object::Instance(resource, key) => write!(f, "{dot}{resource}{key}"),
        }
    }
}
