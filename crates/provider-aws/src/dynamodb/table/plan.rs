//! The plan of a table: the draft that all types share, and what only tables know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_provider::{PlanRequest, Planned, Problem, Problems};
use trueup_value::{Path, Type, Value};

use super::checks::check;
use super::keys::Keys;
use super::model::types;
use super::private::written;
use super::schema::body;
use super::sources::{self, takes_all};
use super::throughput::{Limits, Warm};
use super::{features, fixed, indexes, scaled};
use crate::members::{elements, flag, is_unknown, member, text};
use crate::rules::{Draft, draft};
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one table.
pub(crate) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let alone = scaled::left_alone(request.proposed, request.prior);
    let proposed = alone.as_ref().unwrap_or(request.proposed);
    let proposed = without_differences_that_are_none(proposed, request.config, prior);
    let mut draft = draft(body(), prior, &proposed);
    let mut problems = Problems::new();
    if let Some(object) = request.prior {
        let before = &object.value;
        let written = written(object.private.as_deref());
        problems.extend(features::removed(
            &mut draft,
            request.config,
            before,
            &written,
        ));
        problems.extend(fixed::changes(&mut draft, &proposed, before));
        super::replicas::witness_goes(&mut draft, request.config, before);
        super::replicas::unchanged_stay(&mut draft, &proposed, request.config, before);
        sources::replacement(&mut draft, before);
        let planned = Value::object(draft.members.clone());
        if Warm::of(&planned).lowers(Warm::of(before)) {
            draft.replaces.push(Path::new().attr("warm_throughput"));
        }
        problems.extend(sources::without_effect(request.config, before));
    } else if takes_all(request.config) {
        left_to_the_restore(&mut draft, request.config);
    }
    streams(&mut draft, prior);
    on_demand_capacity(&mut draft, prior, request.config);
    plan_tags_all(policy, &mut draft, prior, &proposed);
    let value = Value::object(draft.members.clone());
    problems.extend(check(&value, request.config, prior));
    if let Some(prior) = prior {
        problems.extend(features::renamed_time_to_live(&value, prior));
        problems.extend(protection(&draft, &value, prior));
    }
    Planned {
        problems,
        ..draft.planned(prior, &proposed)
    }
}

/// A protected table that has to make room for another is refused before anything is touched. Where
/// the same change lifts the protection it may go.
fn protection(draft: &Draft, planned: &Value, prior: &Value) -> Option<Problem> {
    let protected = |value: &Value| flag(value, "deletion_protection_enabled") == Some(true);
    if draft.replaces.is_empty() || !protected(prior) || !protected(planned) {
        return None;
    }
    let name = text(prior, "name").unwrap_or_default();
    let problem = Problem::error(
        "Replacement of a protected table",
        format!(
            "The table {name:?} has deletion protection, so AWS would refuse to delete it for its replacement. Set deletion_protection_enabled = false to let it be replaced, or undo the change that can't be made in place."
        ),
    );
    Some(problem.at(Path::new().attr("deletion_protection_enabled")))
}

/// What a restore brings along where the block says nothing of keys.
fn left_to_the_restore(draft: &mut Draft, config: &Value) {
    for name in ["global_secondary_index", "local_secondary_index"] {
        if elements(config, name).is_empty()
            && let Some(nested) = body().blocks.iter().find(|nested| nested.name == name)
        {
            draft.set(nested.name, Value::unknown(nested.ty()), None);
        }
    }
}

/// What was proposed, less what would look like a difference and is none: features that are off
/// before and after, limits written in another way, indexes that stay as they are.
fn without_differences_that_are_none(
    proposed: &Value,
    config: &Value,
    prior: Option<&Value>,
) -> Value {
    let Some(members) = proposed.as_members() else {
        return proposed.clone();
    };
    let mut changed: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let on_demand = text(proposed, "billing_mode").map(|mode| mode == "PAY_PER_REQUEST");
    let on_demand = match member(proposed, "billing_mode") {
        None => Some(false),
        Some(_) => on_demand,
    };
    if let Some(indexes) = member(proposed, "global_secondary_index")
        && let Some(indexes) = indexes::proposed(indexes, prior, on_demand)
    {
        changed.insert("global_secondary_index".into(), indexes);
    }
    if let Some(prior) = prior {
        let same = features::same(proposed, prior);
        changed.extend(same.into_iter().map(|(name, value)| (name.into(), value)));
        let keep = |name: &str| Some((Arc::from(name), member(prior, name)?.clone()));
        if !is_unknown(proposed, "on_demand_throughput")
            && Limits::of(proposed) == Limits::of(prior)
        {
            changed.extend(keep("on_demand_throughput"));
        }
        // Without a word of it AWS does as it likes, and what it has done covers smaller wishes.
        if !is_unknown(proposed, "warm_throughput") {
            let (wanted, before) = (Warm::of(proposed), Warm::of(prior));
            let nothing_new = if before == Warm::default() {
                before.covers(wanted, on_demand == Some(true))
            } else {
                wanted == Warm::default() || wanted == before
            };
            if nothing_new {
                changed.extend(keep("warm_throughput"));
            }
        }
        if takes_all(config) {
            for name in ["global_secondary_index", "local_secondary_index"] {
                if elements(config, name).is_empty() {
                    changed.extend(keep(name));
                }
            }
        }
        let indexes_stay = member(prior, "global_secondary_index").is_some_and(|before| {
            changed
                .get("global_secondary_index")
                .or(member(proposed, "global_secondary_index"))
                .is_some_and(|after| after.raw_equals(before))
        });
        if indexes_stay && defines_less(proposed, config, prior) {
            changed.extend(keep("attribute"));
        }
        if let Some(replicas) = super::replicas::same_where_unset(proposed, Some(prior)) {
            changed.insert("replica".into(), replicas);
        }
        changed.extend(super::replicas::stream_of_replicas(proposed, Some(prior)));
    }
    if changed.is_empty() {
        return proposed.clone();
    }
    let mut members = members.clone();
    members.extend(changed);
    Value::object(members)
}

/// Whether only definitions are missing that indexes use which are managed elsewhere: such indexes
/// bring their definitions themselves. They are those whose changes are ignored, so that they stand in
/// the configuration exactly as they are there.
fn defines_less(proposed: &Value, config: &Value, prior: &Value) -> bool {
    if is_unknown(proposed, "attribute") || elements(proposed, "attribute").is_empty() {
        return false;
    }
    let (before, after) = (types(prior), types(proposed));
    let there = elements(prior, "global_secondary_index");
    let used: BTreeSet<String> = elements(config, "global_secondary_index")
        .iter()
        .filter(|index| there.iter().any(|before| before.raw_equals(index)))
        .flat_map(|index| {
            let keys = Keys::of_index(index);
            keys.attributes().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let same = after
        .iter()
        .all(|(name, kind)| before.get(name) == Some(kind));
    let left = before.keys().filter(|name| !after.contains_key(*name));
    same && left.into_iter().all(|name| used.contains(*name))
}

/// A stream that is turned on, or gets another view, is a new stream with a name of its own.
fn streams(draft: &mut Draft, prior: Option<&Value>) {
    let Some(before) = prior else { return };
    let on = |value: Option<&Value>| match value {
        Some(value) if !value.is_known() => None,
        Some(value) => Some(value.as_bool().unwrap_or(false)),
        None => Some(false),
    };
    let was = on(member(before, "stream_enabled"));
    let planned = draft.get("stream_enabled");
    let will = on(Some(&planned).filter(|value| !value.is_null()));
    let view_was = text(before, "stream_view_type").unwrap_or_default();
    let view = draft.get("stream_view_type");
    let same_view = view.as_str().unwrap_or_default() == view_was && view.is_known();
    let unknown = || Value::unknown(Type::String);
    if was != will {
        draft.set("stream_arn", unknown(), prior);
    }
    let renewed = match (was, will) {
        (Some(true), Some(true)) => !same_view,
        (_, Some(true) | None) => true,
        _ => false,
    };
    if renewed {
        draft.set("stream_arn", unknown(), prior);
        draft.set("stream_label", unknown(), prior);
    }
}

/// A table that goes on demand has no capacity any more: 0 on AWS, while emulators keep the old one.
fn on_demand_capacity(draft: &mut Draft, prior: Option<&Value>, config: &Value) {
    let mode = draft.get("billing_mode");
    let before = prior.and_then(|prior| text(prior, "billing_mode"));
    if mode.as_str() != Some("PAY_PER_REQUEST") || before != Some("PROVISIONED") {
        return;
    }
    for name in ["read_capacity", "write_capacity"] {
        if member(config, name).is_none() {
            draft.set(name, Value::unknown(Type::Number), prior);
        }
    }
}
