//! The builtin provider: `terraform_data`, which keeps values in state and touches nothing else.

mod terraform_data;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_provider::{
    BoxFuture, Configured, Context, DataSource, Problem, Problems, Provider, ProviderSchema,
    ResourceType,
};
use trueup_schema::{Block, ResourceSchema};
use trueup_value::Value;

use terraform_data::TerraformData;

/// Where new ids come from: each call gives another one. Random in use, counted in tests.
pub type NewId = Arc<dyn Fn() -> String + Send + Sync>;

/// `terraform.io/builtin/terraform`.
pub struct BuiltinProvider {
    schema: ProviderSchema,
    data: Arc<TerraformData>,
}

impl BuiltinProvider {
    /// The provider, with a source of ids.
    pub fn new(new_id: NewId) -> Self {
        let schema = ResourceSchema::new(terraform_data::schema());
        Self {
            schema: ProviderSchema {
                config: Block::new(),
                resources: BTreeMap::from([(terraform_data::KIND.into(), Arc::new(schema))]),
                data_sources: BTreeMap::new(),
            },
            data: Arc::new(TerraformData::new(new_id)),
        }
    }
}

impl Provider for BuiltinProvider {
    fn address(&self) -> ProviderAddr {
        ProviderAddr::builtin("terraform")
    }

    fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    fn validate_provider(&self, _config: &Value) -> Problems {
        Problems::new()
    }

    fn validate(&self, _mode: Mode, _kind: &str, _config: &Value) -> Problems {
        Problems::new()
    }

    fn configure<'a>(
        &'a self,
        _cx: &'a Context,
        _config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>> {
        let configured: Arc<dyn Configured> = Arc::new(Ready(self.data.clone()));
        Box::pin(std::future::ready(Ok(configured)))
    }
}

/// There is nothing to configure.
struct Ready(Arc<TerraformData>);

impl Configured for Ready {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        if kind == terraform_data::KIND {
            Some(self.0.clone())
        } else {
            None
        }
    }

    fn data_source(&self, _kind: &str) -> Option<Arc<dyn DataSource>> {
        None
    }
}
