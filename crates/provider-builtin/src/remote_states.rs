//! The door to the states of other configurations. Where states live is not known here.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{BoxFuture, Problem, Problems};
use trueup_schema::Block;
use trueup_value::Value;

/// The outputs of a state by name, marks removed.
pub type Outputs = BTreeMap<Arc<str>, Value>;

/// Reads states that other configurations keep.
///
/// Problems have a path into the value of the data source's block: `backend`, `config`, `workspace`, or the
/// root where no argument is to blame.
pub trait RemoteStates: Send + Sync {
    /// The schema of a backend's settings.
    ///
    /// # Errors
    /// In words, why there is no such backend.
    fn schema(&self, backend: &str) -> Result<Block, String>;

    /// Checks settings in the shape of the backend's schema. They may be unknown in part.
    fn check(&self, backend: &str, config: &Value) -> Problems;

    /// The outputs of the state of a workspace; `None` where there is no such state. `asker` is the data source's name,
    /// below the root with its module before it: encrypted states may have keys of their own for it.
    fn outputs<'a>(
        &'a self,
        backend: &'a str,
        config: &'a Value,
        workspace: &'a str,
        asker: &'a str,
    ) -> BoxFuture<'a, Result<Option<Outputs>, Problems>>;
}

/// No states can be read: what the provider has until it is handed a reader.
pub(crate) struct NoStates;

impl RemoteStates for NoStates {
    fn schema(&self, backend: &str) -> Result<Block, String> {
        Err(format!(
            "There is no backend type named {backend:?}: no states can be read here."
        ))
    }

    fn check(&self, _backend: &str, _config: &Value) -> Problems {
        Problems::new()
    }

    fn outputs<'a>(
        &'a self,
        _backend: &'a str,
        _config: &'a Value,
        _workspace: &'a str,
        _asker: &'a str,
    ) -> BoxFuture<'a, Result<Option<Outputs>, Problems>> {
        let problem = Problem::error("No states can be read here", "");
        Box::pin(std::future::ready(Err(vec![problem])))
    }
}
