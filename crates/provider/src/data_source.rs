//! The trait of a data source.

use std::sync::Arc;

use trueup_addrs::AbsInstance;
use trueup_value::Value;

use crate::{BoxFuture, Context, Problems};

/// One data source instance to read.
#[derive(Clone, Debug)]
pub struct DataRequest {
    /// Whose it is; for logs and errors only.
    pub address: Arc<AbsInstance>,
    /// Its configuration, wholly known, unset arguments null.
    pub config: Value,
}

/// A data source under one provider configuration.
pub trait DataSource: Send + Sync {
    /// Reads one instance: the whole value, or what went wrong.
    fn read<'a>(
        &'a self,
        cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>>;
}
