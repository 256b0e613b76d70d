//! The plan of a global table.

use trueup_provider::{PlanRequest, Planned, Problems};
use trueup_value::Value;

use super::schema::body;
use crate::rules::{Moment, draft, settle};

/// Plans one global table.
pub(crate) fn plan(request: &PlanRequest<'_>) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let draft = draft(body(), prior, request.proposed);
    let value = match prior {
        Some(prior) if !draft.changed => prior.clone(),
        _ => settle(
            &Value::object(draft.members.clone()),
            request.proposed,
            Moment::PlanOrRead,
        ),
    };
    Planned {
        value,
        requires_replace: draft.replaces,
        problems: Problems::new(),
    }
}
