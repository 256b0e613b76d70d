//! The plan of a resource policy: texts that mean the same policy are no difference.

use trueup_provider::{PlanRequest, Planned, Problems};
use trueup_value::{Path, Type, Value};

use crate::iam_policy::equivalent;
use crate::members::{member, text};
use crate::satellite::with;

const CONFIRM: &str = "confirm_remove_self_resource_access";

/// Plans one policy.
pub(super) fn plan(request: &PlanRequest<'_>) -> Planned {
    let config = request.config;
    let unknown = || Value::unknown(Type::String);
    let confirm = match member(config, CONFIRM) {
        Some(said) => said.clone(),
        None => Value::bool(false),
    };
    let Some(prior) = request.prior.map(|object| &object.value) else {
        return Planned::new(with(
            config,
            [
                (CONFIRM, confirm),
                ("id", unknown()),
                ("revision_id", unknown()),
            ],
        ));
    };
    let same = |name: &str, after: &Value| {
        member(prior, name).is_some_and(|before| before.raw_equals(after))
    };
    let get = |name: &str| member(config, name).cloned().unwrap_or_else(unknown);
    let (arn, mut policy) = (get("resource_arn"), get("policy"));
    let mut replaces = Vec::new();
    if !same("resource_arn", &arn) {
        replaces.push(Path::new().attr("resource_arn"));
    }
    if let (Some(before), Some(after)) = (text(prior, "policy"), policy.as_str())
        && equivalent(before, after)
    {
        policy = Value::string(before);
    }
    // States of imported policies hold no word of it.
    let same_confirm = same(CONFIRM, &confirm)
        || (member(prior, CONFIRM).is_none() && confirm.as_bool() == Some(false));
    if replaces.is_empty() && same("policy", &policy) && same_confirm {
        return Planned::new(prior.clone());
    }
    let id = match replaces.is_empty() {
        true => member(prior, "id").cloned().unwrap_or_else(unknown),
        false => unknown(),
    };
    Planned {
        value: with(
            prior,
            [
                (CONFIRM, confirm),
                ("id", id),
                ("policy", policy),
                ("resource_arn", arn),
                ("revision_id", unknown()),
            ],
        ),
        requires_replace: replaces,
        problems: Problems::new(),
    }
}
