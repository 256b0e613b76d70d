//! A target between its forms: what the service tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::autoscaling::{RegisterTarget, ScalableTarget, Suspended};
use trueup_value::Value;

use super::schema::{SUSPENDED, body};
use crate::autoscaling::{said_of, target_of};
use crate::members::{block, filled, flag, text_map, whole};
use crate::tags::{TagPolicy, Tags, to_value};

/// A target and the tags that it has.
pub(crate) struct Found {
    pub(super) target: ScalableTarget,
    pub(super) tags: Tags,
}

/// The registration that a planned value stands for; tags are for new targets only.
pub(super) fn registration(wanted: &Value, tags: Tags) -> RegisterTarget {
    RegisterTarget {
        name: target_of(wanted),
        min: whole(wanted, "min_capacity"),
        max: whole(wanted, "max_capacity"),
        role: filled(wanted, "role_arn").map(str::to_owned),
        suspended: block(wanted, "suspended_state").map(|state| {
            let [dynamic_in, dynamic_out, scheduled] =
                SUSPENDED.map(|name| flag(state, name) == Some(true));
            Suspended {
                dynamic_in,
                dynamic_out,
                scheduled,
            }
        }),
        tags,
    }
}

/// The value of a target that is there; `prior` is what was believed or planned of it.
pub(super) fn to_state(found: &Found, policy: &TagPolicy, prior: Option<&Value>) -> Value {
    let target = &found.target;
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    for (name, value) in said_of(&target.name) {
        say(name, value);
    }
    let arn = target.arn.as_deref().unwrap_or_default();
    say("arn", Value::string(arn));
    say("id", Value::string(&target.name.resource));
    say("max_capacity", Value::number(target.max));
    say("min_capacity", Value::number(target.min));
    say("role_arn", Value::string(&target.role));
    let state = target.suspended.map(|suspended| {
        let flags = [
            suspended.dynamic_in,
            suspended.dynamic_out,
            suspended.scheduled,
        ];
        Value::object_from(SUSPENDED.into_iter().zip(flags.map(Value::bool)))
    });
    if let Some(nested) = body().blocks.first() {
        say(nested.name, nested.of(state.into_iter().collect()));
    }
    let own = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, own) = policy.read(&found.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    body().value(said)
}
