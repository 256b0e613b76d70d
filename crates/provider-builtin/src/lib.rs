//! The builtin provider: `terraform_data`, which keeps values in state, and `terraform_remote_state`, which reads
//! the outputs of other states through a door that it is handed.

mod remote_states;
mod terraform_data;
mod terraform_remote_state;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_provider::{
    BoxFuture, Configured, Context, DataSource, MovedObject, Problem, Problems, Provider,
    ProviderSchema, ResourceType,
};
use trueup_schema::{Block, ResourceSchema};
use trueup_value::Value;

use remote_states::NoStates;
pub use remote_states::{Outputs, RemoteStates};
use terraform_data::TerraformData;
use terraform_remote_state::RemoteState;

/// Where new ids come from: each call gives another one. Random in use, counted in tests.
pub type NewId = Arc<dyn Fn() -> String + Send + Sync>;

/// `terraform.io/builtin/terraform`.
pub struct BuiltinProvider {
    schema: ProviderSchema,
    data: Arc<TerraformData>,
    remote: Arc<RemoteState>,
}

impl BuiltinProvider {
    /// The provider, with a source of ids. It reads no states until it is handed a door to them.
    pub fn new(new_id: NewId) -> Self {
        let schema = ResourceSchema::new(terraform_data::schema());
        let remote = ResourceSchema::new(terraform_remote_state::schema());
        Self {
            schema: ProviderSchema {
                config: Block::new(),
                resources: BTreeMap::from([(terraform_data::KIND.into(), Arc::new(schema))]),
                data_sources: BTreeMap::from([(
                    terraform_remote_state::KIND.into(),
                    Arc::new(remote),
                )]),
            },
            data: Arc::new(TerraformData::new(new_id)),
            remote: Arc::new(RemoteState {
                states: Arc::new(NoStates),
            }),
        }
    }

    /// The same, with the door to states of other configurations.
    #[must_use]
    pub fn with_states(mut self, states: Arc<dyn RemoteStates>) -> Self {
        self.remote = Arc::new(RemoteState { states });
        self
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

    fn validate(&self, mode: Mode, kind: &str, config: &Value) -> Problems {
        match (mode, kind) {
            (Mode::Data, terraform_remote_state::KIND) => self.remote.validate(config),
            _ => Problems::new(),
        }
    }

    fn move_state(&self, moved: MovedObject<'_>) -> Result<Value, Problem> {
        terraform_data::of_moved(moved)
    }

    fn configure<'a>(
        &'a self,
        _cx: &'a Context,
        _config: Value,
    ) -> BoxFuture<'a, Result<Arc<dyn Configured>, Problem>> {
        let configured: Arc<dyn Configured> = Arc::new(Ready {
            data: self.data.clone(),
            remote: self.remote.clone(),
        });
        Box::pin(std::future::ready(Ok(configured)))
    }
}

/// There is nothing to configure.
struct Ready {
    data: Arc<TerraformData>,
    remote: Arc<RemoteState>,
}

impl Configured for Ready {
    fn resource_type(&self, kind: &str) -> Option<Arc<dyn ResourceType>> {
        if kind == terraform_data::KIND {
            Some(self.data.clone())
        } else {
            None
        }
    }

    fn data_source(&self, kind: &str) -> Option<Arc<dyn DataSource>> {
        if kind == terraform_remote_state::KIND {
            Some(self.remote.clone())
        } else {
            None
        }
    }
}
