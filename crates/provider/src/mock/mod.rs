//! Stand-ins for tests: providers that touch nothing, and objects whose values a test gives.
//!
//! A mocked provider keeps its schemas and checks, so that configurations are held to the same rules; what
//! it would ask the world is made up: given values where the test has some, made ones elsewhere.

mod data;
mod fill;
mod resources;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Mode, ModuleInstance, ProviderConfigAddr, Target};
use trueup_value::{Type, Value};

use crate::{Configured, DataSource, Provider, ResourceType};
use data::MockedSource;
use resources::MockedType;
pub use values::Made;

/// Values that stand in for what a provider would decide.
#[derive(Clone, Debug, Default)]
pub struct StandIn {
    /// The values: an object, or nothing where all are to be made up.
    pub values: Option<Value>,
    /// Whether they are known while planning.
    pub during_plan: bool,
    /// Where they are written, as messages show it.
    pub place: Arc<str>,
}

/// An override: values for the objects that a target names.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which objects, or which module.
    pub target: Target,
    /// Their values; for a module, its outputs.
    pub stand_in: StandIn,
    /// The mocked provider configuration whose objects it is for; `None` for those of any.
    pub provider: Option<ProviderConfigAddr>,
}

/// Values for the objects of each type of a mocked provider.
pub type Defaults = BTreeMap<(Mode, Arc<str>), StandIn>;

/// All that is made up in one run.
#[derive(Clone, Debug, Default)]
pub struct Mocks {
    /// Mocked provider configurations, with the values for objects of a type.
    pub providers: BTreeMap<ProviderConfigAddr, Arc<Defaults>>,
    /// Overrides; of two for the same target the first is taken.
    pub overrides: Vec<Override>,
    /// What made-up texts follow from, beside their place: the same seed gives the same texts.
    pub seed: [u8; 16],
}

impl Mocks {
    /// Whether nothing is made up.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty() && self.overrides.is_empty()
    }

    /// Whether a provider configuration is mocked.
    pub fn mocks(&self, addr: &ProviderConfigAddr) -> bool {
        self.providers.contains_key(addr)
    }

    /// The override of a module instance itself.
    pub fn module(&self, module: &ModuleInstance) -> Option<&StandIn> {
        let exact = self
            .overrides
            .iter()
            .find(|one| matches!(&one.target, Target::Module(target) if target == module));
        let found = exact.or_else(|| {
            self.overrides.iter().find(
                |one| matches!(&one.target, Target::Module(target) if is_call_of(target, module)),
            )
        });
        found.map(|one| &one.stand_in)
    }

    /// The value of an output of an overridden module; `None` where the module is not overridden.
    /// An output that the override does not name is null.
    pub fn module_output(&self, module: &ModuleInstance, name: &str) -> Option<Value> {
        let stand_in = self.module(module)?;
        let given = stand_in
            .values
            .as_ref()
            .and_then(|values| values.member(name).cloned());
        Some(given.unwrap_or_else(|| Value::null(Type::Dynamic)))
    }

    fn of_instance(&self, addr: &AbsInstance, provider: &ProviderConfigAddr) -> Option<&StandIn> {
        let fits = |one: &&Override| {
            one.provider
                .as_ref()
                .is_none_or(|wanted| wanted == provider)
        };
        let mut usable = self.overrides.iter().filter(fits);
        let exact = usable
            .clone()
            .find(|one| matches!(&one.target, Target::Instance(target) if target == addr));
        let found = exact.or_else(|| {
            usable.find(
                |one| matches!(&one.target, Target::Resource(target) if *target == addr.resource),
            )
        });
        found.map(|one| &one.stand_in)
    }

    fn touches(&self, mode: Mode, kind: &str) -> bool {
        self.overrides.iter().any(|one| {
            let resource = match &one.target {
                Target::Module(_) => return false,
                Target::Resource(resource) => &resource.resource,
                Target::Instance(instance) => &instance.resource.resource,
            };
            resource.mode == mode && &*resource.kind == kind
        })
    }
}

/// Whether `target` names the call that `module` is an instance of.
fn is_call_of(target: &ModuleInstance, module: &ModuleInstance) -> bool {
    let (Some((call, outer)), Some((step, around))) =
        (target.steps().split_last(), module.steps().split_last())
    else {
        return false;
    };
    outer == around && call.name == step.name && call.key == trueup_addrs::InstanceKey::None
}

/// A provider configuration with stand-ins in it.
pub(crate) struct Mocked {
    /// Its schemas.
    pub(crate) provider: Arc<dyn Provider>,
    /// Which configuration it is.
    pub(crate) addr: ProviderConfigAddr,
    /// The real thing; `None` where the provider is mocked as a whole.
    pub(crate) inner: Option<Arc<dyn Configured>>,
    pub(crate) mocks: Arc<Mocks>,
}

/// What the stand-ins of one type have in common.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) mocks: Arc<Mocks>,
    pub(crate) addr: ProviderConfigAddr,
    pub(crate) schema: Arc<trueup_schema::ResourceSchema>,
    /// What stands in for objects without an override; `None` where the provider is real.
    pub(crate) default: Option<StandIn>,
}

impl Stage {
    /// What stands in for an instance, if anything does.
    pub(crate) fn stand_in(&self, addr: &AbsInstance) -> Option<&StandIn> {
        self.mocks
            .of_instance(addr, &self.addr)
            .or(self.default.as_ref())
    }
}

impl Mocked {
    fn stage(&self, mode: Mode, kind: &str) -> Option<Stage> {
        let schema = self.provider.schema().of(mode, kind)?.clone();
        let default = self.mocks.providers.get(&self.addr).map(|defaults| {
            defaults
                .get(&(mode, kind.into()))
                .cloned()
                .unwrap_or_default()
        });
        Some(Stage {
            mocks: self.mocks.clone(),
            addr: self.addr.clone(),
            schema,
            default,
        })
    }
}

impl Configured for Mocked {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        let inner = match &self.inner {
            Some(inner) => Some(inner.resource_type(kind)?),
            None => None,
        };
        if inner.is_some() && !self.mocks.touches(Mode::Managed, kind) {
            return inner;
        }
        let stage = self.stage(Mode::Managed, kind)?;
        Some(Arc::new(MockedType { stage, inner }))
    }

    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>> {
        let inner = match &self.inner {
            Some(inner) => Some(inner.data_source(kind)?),
            None => None,
        };
        if inner.is_some() && !self.mocks.touches(Mode::Data, kind) {
            return inner;
        }
        let stage = self.stage(Mode::Data, kind)?;
        Some(Arc::new(MockedSource { stage, inner }))
    }
}
