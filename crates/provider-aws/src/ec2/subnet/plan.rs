//! The plan of a subnet.

use trueup_provider::{PlanRequest, Planned};
use trueup_value::{Type, Value};

use super::schema::body;
use crate::members::text;
use crate::rules::draft;
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one subnet.
pub(crate) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let mut draft = draft(body(), prior, request.proposed);
    if let Some(before) = prior {
        let planned = draft.get("ipv6_cidr_block");
        let planned_text = planned.as_str().unwrap_or_default();
        let same = text(before, "ipv6_cidr_block").unwrap_or_default() == planned_text;
        // Another range has another association.
        if !planned.is_known() || !same {
            let unknown = Value::unknown(Type::String);
            draft.set("ipv6_cidr_block_association_id", unknown, prior);
        }
    }
    plan_tags_all(policy, &mut draft, prior, request.proposed);
    draft.planned(prior, request.proposed)
}
