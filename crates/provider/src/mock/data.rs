//! Data sources whose answers, or some of them, a test gives.

use std::sync::Arc;

use trueup_value::Value;

use super::fill::{Which, With, fill};
use super::{Stage, StandIn};
use crate::{BoxFuture, Context, DataRequest, DataSource, Problem, Problems};

/// A data source with stand-ins before it.
pub(crate) struct MockedSource {
    pub(super) stage: Stage,
    /// The real data source; `None` where every answer is a stand-in.
    pub(super) inner: Option<Arc<dyn DataSource>>,
}

impl DataSource for MockedSource {
    fn read<'a>(
        &'a self,
        cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>> {
        let none = StandIn::default();
        let stand_in = match (self.stage.stand_in(&request.address), &self.inner) {
            (None, Some(inner)) => return inner.read(cx, request),
            (stand_in, _) => stand_in.unwrap_or(&none),
        };
        let (value, problems) = fill(
            &self.stage,
            stand_in,
            &request.address,
            &request.config,
            Which::Unset,
            With::Value,
        );
        let failed = problems.iter().any(Problem::is_error);
        Box::pin(async move { if failed { Err(problems) } else { Ok(value) } })
    }
}
