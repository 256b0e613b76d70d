//! The plan of a global table.

use trueup_provider::{PlanRequest, Planned};

use super::schema::body;
use crate::rules::draft;

/// Plans one global table.
pub(crate) fn plan(request: &PlanRequest<'_>) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let draft = draft(body(), prior, request.proposed);
    draft.planned(prior, request.proposed)
}
