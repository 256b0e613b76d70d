//! The trait of a provider, before and after it is configured.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_functions::Function;
use trueup_schema::{Block, ResourceSchema};
use trueup_value::Value;

use crate::{BoxFuture, Context, DataSource, MovedObject, Problem, Problems, ResourceType};

/// The schemas of a provider: its own block, its resource types, its data sources.
#[derive(Clone, Debug, Default)]
pub struct ProviderSchema {
    /// The `provider` block.
    pub config: Block,
    /// Managed resource types by name.
    pub resources: BTreeMap<Arc<str>, Arc<ResourceSchema>>,
    /// Data sources by name.
    pub data_sources: BTreeMap<Arc<str>, Arc<ResourceSchema>>,
}

impl ProviderSchema {
    /// The schema of one type.
    pub fn of(&self, mode: Mode, kind: &str) -> Option<&Arc<ResourceSchema>> {
        match mode {
            Mode::Managed => self.resources.get(kind),
            Mode::Data => self.data_sources.get(kind),
        }
    }
}

/// A provider that is not configured yet: what it offers, and what can be checked without the world.
pub trait Provider: Send + Sync {
    /// The registry address it answers for; any registry host is accepted by the caller.
    fn address(&self) -> ProviderAddr;

    /// Its schemas.
    fn schema(&self) -> &ProviderSchema;

    /// The functions that it brings along; they need no configuration. By default none.
    fn functions(&self) -> &'static [&'static Function] {
        &[]
    }

    /// Checks a provider block; parts of it may be unknown.
    fn validate_provider(&self, config: &Value) -> Problems;

    /// Checks a block of a resource or data source; parts of it may be unknown.
    fn validate(&self, mode: Mode, kind: &str, config: &Value) -> Problems;

    /// What an object of another type is as an object of the type that it moved to.
    ///
    /// # Errors
    /// Such a move is not one that this provider knows; by default it knows none.
    fn move_state(&self, moved: MovedObject<'_>) -> Result<Value, Problem> {
        Err(Problem::error(
            "Move Resource State Not Supported",
            format!(
                "The {:?} resource type does not support moving resource state across resource types.",
                moved.target
            ),
        ))
    }

    /// What an object is called in the world: names that a survey ([`Configured::survey`]) may tell, none for objects
    /// that surveys don't look for.
    fn stands_for(&self, _kind: &str, _value: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Makes it ready to reach the world. Opens no connection that is not needed to answer.
    fn configure<'a>(
        &'a self,
        cx: &'a Context,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>>;
}

/// A provider under one configuration.
pub trait Configured: Send + Sync {
    /// The managed resource type of that name.
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>>;

    /// The data source of that name.
    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>>;

    /// What there is of the world under this configuration, whoever made it; nothing where the provider can't tell.
    fn survey<'a>(&'a self, _cx: &'a Context) -> BoxFuture<'a, Result<Vec<Sighting>, Problem>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

/// An object of the world that a survey saw.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sighting {
    /// Its name in the world, by which [`Provider::stands_for`] knows it again.
    pub name: String,
    /// The resource type that it would be of.
    pub kind: Arc<str>,
    /// The id by which it is imported.
    pub id: String,
    /// Where it is, for people: such as the region.
    pub place: String,
}
