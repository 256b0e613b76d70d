//! A provider for tests, `hashicorp/lab`: its world is a map in memory, and whoever runs it says what goes wrong.
//!
//! Other crates' tests take it in by path. `lab_table` is changed one at a time, `lab_item` in batches;
//! a `lab_network` is found by its id alone, which the lab makes.

mod table;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_provider::{
    BoxFuture, Configured, Context, DataRequest, DataSource, Problem, Problems, Provider,
    ProviderSchema, ResourceType,
};
use trueup_schema::{Attribute, Block, ResourceSchema};
use trueup_value::{Path, Type, Value};

pub(crate) use table::{schema, text};
pub(crate) use world::Shared;

/// The provider.
pub(crate) struct Lab {
    schema: ProviderSchema,
    world: Shared,
}

impl Lab {
    /// The provider over a world.
    pub(crate) fn new(world: Shared) -> Self {
        let resource = Arc::new(ResourceSchema::new(schema()));
        let lookup = Block::new()
            .attribute("name", Attribute::required(Type::String))
            .attribute("value", Attribute::computed(Type::String));
        Self {
            schema: ProviderSchema {
                config: Block::new().attribute("endpoint", Attribute::optional(Type::String)),
                resources: BTreeMap::from([
                    ("lab_table".into(), resource.clone()),
                    ("lab_item".into(), resource.clone()),
                    ("lab_network".into(), resource),
                ]),
                data_sources: BTreeMap::from([(
                    "lab_lookup".into(),
                    Arc::new(ResourceSchema::new(lookup)),
                )]),
            },
            world,
        }
    }
}

impl Provider for Lab {
    fn address(&self) -> ProviderAddr {
        ProviderAddr::implied("lab")
    }

    fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    fn validate_provider(&self, _config: &Value) -> Problems {
        Problems::new()
    }

    /// A name of blanks is refused.
    fn validate(&self, _mode: Mode, _kind: &str, config: &Value) -> Problems {
        match text(config, "name") {
            Some(name) if name.trim().is_empty() => {
                let problem = Problem::error("Name is blank", "A table has a name.");
                vec![problem.at(Path::new().attr("name"))]
            }
            _ => Problems::new(),
        }
    }

    /// The endpoint `nowhere` can't be reached.
    fn configure<'a>(
        &'a self,
        _cx: &'a Context,
        config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>> {
        Box::pin(async move {
            let endpoint = config.member("endpoint");
            if endpoint.is_some_and(|endpoint| !endpoint.is_known()) {
                self.world.lock().note("configure with an unknown endpoint");
            }
            if text(&config, "endpoint").as_deref() == Some("nowhere") {
                let problem = Problem::error("Endpoint not reachable", "Nobody answers.");
                return Err(problem.at(Path::new().attr("endpoint")));
            }
            let configured: Arc<dyn Configured> = Arc::new(Reached(self.world.clone()));
            Ok(configured)
        })
    }
}

struct Reached(Shared);

impl Configured for Reached {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        match kind {
            "lab_table" => Some(Arc::new(table::Table::single(self.0.clone()))),
            "lab_network" => Some(Arc::new(table::Table::nameless(self.0.clone()))),
            "lab_item" => Some(Arc::new(table::Table::batched(self.0.clone()))),
            _ => None,
        }
    }

    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>> {
        match kind {
            "lab_lookup" => Some(Arc::new(Lookup(self.0.clone()))),
            _ => None,
        }
    }
}

/// `lab_lookup`: answers `value of NAME`; there is nothing called `missing`.
struct Lookup(Shared);

impl DataSource for Lookup {
    fn read<'a>(
        &'a self,
        _cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>> {
        Box::pin(async move {
            self.0.lock().note(format!("read {}", request.address));
            let name = text(&request.config, "name").unwrap_or_default();
            if name == "missing" {
                let problem = Problem::error("No such table", "There is no table \"missing\".");
                return Err(vec![problem.at(Path::new().attr("name"))]);
            }
            Ok(Value::object_from([
                ("value", Value::string(format!("value of {name}"))),
                ("name", Value::string(name)),
            ]))
        })
    }
}
