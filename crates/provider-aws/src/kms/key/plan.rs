//! The plan of a key.

use trueup_provider::{PlanRequest, Planned};
use trueup_value::{Type, Value};

use super::schema::body;
use crate::members::{flag, member};
use crate::rules::{Draft, draft};
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one key.
pub(crate) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let mut draft = draft(body(), prior, request.proposed);
    rotation_period(&mut draft, prior, request.config);
    plan_tags_all(policy, &mut draft, prior, request.proposed);
    draft.planned(prior, request.proposed)
}

/// AWS gives a key a period of its own where rotation is turned on without one, and none where it is off.
fn rotation_period(draft: &mut Draft, prior: Option<&Value>, config: &Value) {
    let Some(before) = prior else { return };
    let planned = draft.get("enable_key_rotation");
    let same = planned.as_bool() == flag(before, "enable_key_rotation") && planned.is_known();
    if !same && member(config, "rotation_period_in_days").is_none() {
        draft.set(
            "rotation_period_in_days",
            Value::unknown(Type::Number),
            prior,
        );
    }
}
