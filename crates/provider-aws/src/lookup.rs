//! Data sources: each is one look at AWS, which makes a value of a block.

use trueup_provider::{BoxFuture, Context, DataRequest, DataSource, Problems};
use trueup_value::Value;

/// What only one data source knows. [`Looking`] makes a data source of it.
pub(crate) trait Lookup: Send + Sync + 'static {
    /// The whole value for a block that is wholly known.
    ///
    /// # Errors
    /// What AWS refused, and what of the block it can't be asked for.
    fn look_up(&self, config: &Value) -> impl Future<Output = Result<Value, Problems>> + Send;
}

/// A data source made of a look.
pub(crate) struct Looking<L>(pub(crate) L);

impl<L: Lookup> DataSource for Looking<L> {
    fn read<'a>(
        &'a self,
        _cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>> {
        Box::pin(async move { self.0.look_up(&request.config).await })
    }
}
