//! `terraform_remote_state`: the outputs of another configuration's state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::AbsInstance;
use trueup_provider::{BoxFuture, Context, DataRequest, DataSource, Problem, Problems};
use trueup_schema::{Attribute, Block};
use trueup_value::{Path, Type, Value, ValueRef};

use crate::RemoteStates;

/// The name of the data source.
pub(crate) const KIND: &str = "terraform_remote_state";

/// The workspace that is read where none is named.
const DEFAULT_WORKSPACE: &str = "default";

/// What the block may say, and what is read.
pub(crate) fn schema() -> Block {
    Block::new()
        .attribute("backend", Attribute::required(Type::String))
        .attribute("config", Attribute::optional(Type::Dynamic))
        .attribute("defaults", Attribute::optional(Type::Dynamic))
        .attribute("outputs", Attribute::computed(Type::Dynamic))
        .attribute("workspace", Attribute::optional(Type::String))
}

/// The data source, with the door to states.
pub(crate) struct RemoteState {
    pub(crate) states: Arc<dyn RemoteStates>,
}

/// What is to be read.
struct Asked {
    backend: String,
    config: Value,
}

impl RemoteState {
    /// Checks a block that may be unknown in part.
    pub(crate) fn validate(&self, block: &Value) -> Problems {
        match self.asked(block) {
            Ok(Some(asked)) => self.states.check(&asked.backend, &asked.config),
            Ok(None) => Problems::new(),
            Err(problem) => vec![problem],
        }
    }

    /// The backend and its settings in the shape of its schema; `None` while the backend is not known.
    fn asked(&self, block: &Value) -> Result<Option<Asked>, Problem> {
        let named = member(block, "backend");
        let Some(backend) = named.as_str() else {
            return Ok(None);
        };
        let defaults = member(block, "defaults");
        let is_object = matches!(
            defaults.view(),
            ValueRef::Null(_) | ValueRef::Unknown(..) | ValueRef::Object(_) | ValueRef::Map { .. }
        );
        if !is_object {
            return Err(Problem::error(
                "Invalid default values",
                "Defaults must be given in an object value.",
            )
            .at(Path::new().attr("defaults")));
        }
        let invalid = "Invalid backend configuration";
        let schema = self
            .states
            .schema(backend)
            .map_err(|reason| Problem::error(invalid, reason).at(Path::new().attr("backend")))?;
        let given = member(block, "config");
        let given = if given.is_null() {
            Value::object(BTreeMap::new())
        } else {
            given
        };
        let config = schema.coerce(given).map_err(|error| {
            let place = match error.path.0.is_empty() {
                true => String::new(),
                false => format!("{}: ", error.path),
            };
            Problem::error(
                invalid,
                format!(
                    "The given configuration is not valid for backend {backend:?}: {place}{error}."
                ),
            )
            .at(Path::new().attr("config"))
        })?;
        Ok(Some(Asked {
            backend: backend.to_owned(),
            config,
        }))
    }

    async fn look_up(&self, block: Value, asker: String) -> Result<Value, Problems> {
        let asked = self.asked(&block).map_err(|problem| vec![problem])?;
        let Some(asked) = asked else {
            return Err(vec![
                Problem::error(
                    "Invalid backend configuration",
                    "The backend type must be a string.",
                )
                .at(Path::new().attr("backend")),
            ]);
        };
        let named = member(&block, "workspace");
        let workspace = match named.as_str() {
            // A file needs no name of a workspace.
            Some("") if asked.backend == "local" => DEFAULT_WORKSPACE,
            Some(named) => named,
            None => DEFAULT_WORKSPACE,
        };
        let found = self
            .states
            .outputs(&asked.backend, &asked.config, workspace, &asker)
            .await?;
        let Some(found) = found else {
            return Err(vec![
                Problem::error(
                    "Unable to find remote state",
                    "No stored state was found for the given workspace in the given backend.",
                )
                .at(Path::new().attr("workspace")),
            ]);
        };
        let mut outputs = member(&block, "defaults")
            .as_members()
            .cloned()
            .unwrap_or_default();
        outputs.extend(found);
        let mut members = block.as_members().cloned().unwrap_or_default();
        members.insert("outputs".into(), Value::object(outputs));
        Ok(Value::object(members))
    }
}

impl DataSource for RemoteState {
    fn read<'a>(
        &'a self,
        _cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>> {
        Box::pin(self.look_up(request.config, name_of(&request.address)))
    }
}

/// What an encryption configuration calls a data source: its name, behind its module where it has one.
fn name_of(address: &AbsInstance) -> String {
    let name = &address.resource.resource.name;
    match address.resource.module.to_string() {
        root if root.is_empty() => name.to_string(),
        module => format!("{module}.{name}"),
    }
}

fn member(block: &Value, name: &str) -> Value {
    block
        .as_members()
        .and_then(|members| members.get(name))
        .cloned()
        .unwrap_or_else(Value::dynamic_null)
}
