//! The plan of a VPC.

use trueup_provider::{PlanRequest, Planned};
use trueup_value::{Path, Type, Value};

use super::schema::body;
use crate::members::{flag, text, whole};
use crate::rules::{Draft, draft};
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one VPC.
pub(crate) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let mut draft = draft(body(), prior, request.proposed);
    if let Some(before) = prior {
        range(&mut draft, before);
        tenancy(&mut draft, before);
        ipv6(&mut draft, before);
    }
    plan_tags_all(policy, &mut draft, prior, request.proposed);
    draft.planned(prior, request.proposed)
}

/// Another range needs another VPC, unless a pool gives the range.
fn range(draft: &mut Draft, before: &Value) {
    let planned = draft.get("cidr_block");
    if planned.is_known() && planned.as_str() == text(before, "cidr_block") {
        return;
    }
    let by_pool = draft.get("ipv4_netmask_length").as_number().is_some()
        && whole(before, "ipv4_netmask_length").is_some_and(|length| length != 0);
    if by_pool {
        let kept = text(before, "cidr_block").unwrap_or_default();
        draft.set("cidr_block", Value::string(kept), Some(before));
    } else {
        draft.replaces.push(Path::new().attr("cidr_block"));
    }
}

/// Of the tenancy, only the way from dedicated to default needs no other VPC.
fn tenancy(draft: &mut Draft, before: &Value) {
    let planned = draft.get("instance_tenancy");
    let old = text(before, "instance_tenancy");
    if planned.is_known() && planned.as_str() == old {
        return;
    }
    let loosened = old == Some("dedicated") && planned.as_str() == Some("default");
    if !loosened {
        draft.replaces.push(Path::new().attr("instance_tenancy"));
    }
}

/// A range that Amazon gives or takes back is not known before.
fn ipv6(draft: &mut Draft, before: &Value) {
    let name = "assign_generated_ipv6_cidr_block";
    let planned = draft.get(name);
    let on = |value: Option<bool>| value == Some(true);
    if planned.is_known() && on(planned.as_bool()) == on(flag(before, name)) {
        return;
    }
    for name in ["ipv6_association_id", "ipv6_cidr_block"] {
        draft.set(name, Value::unknown(Type::String), Some(before));
    }
}
