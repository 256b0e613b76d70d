//! The last touch on a value: where null and empty compete, the side that was promised wins.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{Object, ReadOutcome};
use trueup_value::{Type, Value, ValueRef};

/// Which value is being finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
    /// A planned value beside what was proposed, or a value that was read beside the prior one.
    PlanOrRead,
    /// A result beside what was planned.
    Apply,
}

/// What was read of an object beside what was believed of it, which stands where both are the same.
pub(crate) fn read_beside(prior: Object, value: &Value) -> ReadOutcome {
    let value = settle(value, &prior.value, Moment::PlanOrRead);
    if value.raw_equals(&prior.value) {
        return ReadOutcome::Present(prior);
    }
    ReadOutcome::Present(Object {
        value,
        private: prior.private,
    })
}

/// `value` with null and empty as in `promised` where the difference means nothing.
pub(crate) fn settle(value: &Value, promised: &Value, moment: Moment) -> Value {
    let apply = moment == Moment::Apply;
    if !promised.is_known() {
        if value.is_null() && !apply {
            return promised.clone();
        }
        return value.clone();
    }
    let collection = matches!(value.ty(), Type::List(_) | Type::Set(_) | Type::Map(_));
    if collection && apply {
        let empty = |v: &Value| v.length() == Some(0);
        if (promised.is_null() && empty(value)) || (empty(promised) && value.is_null()) {
            return promised.clone();
        }
    }
    if promised.is_null() || !value.is_known() {
        return value.clone();
    }
    match promised.view() {
        ValueRef::Object(wanted) => {
            let have = value.as_members();
            let members = wanted.iter().map(|(name, wanted)| {
                let before = have
                    .and_then(|have| have.get(name))
                    .cloned()
                    .unwrap_or_else(|| Value::null(wanted.ty()));
                (name.clone(), settle(&before, wanted, moment))
            });
            let mut all: BTreeMap<Arc<str>, Value> = members.collect();
            for (name, value) in have.into_iter().flatten() {
                all.entry(name.clone()).or_insert_with(|| value.clone());
            }
            Value::object(all)
        }
        ValueRef::Map { elements, .. } => {
            if value.is_null() && elements.is_empty() && !apply {
                return promised.clone();
            }
            value.clone()
        }
        ValueRef::Set { elements, .. } => {
            if promised.is_wholly_known() && apply {
                return promised.clone();
            }
            if value.is_null() && elements.is_empty() && !apply {
                return promised.clone();
            }
            value.clone()
        }
        ValueRef::List { elem, elements } => {
            if value.is_null() && elements.is_empty() && !apply {
                return promised.clone();
            }
            match value.as_slice() {
                Some(have) if have.len() == elements.len() && !have.is_empty() => Value::list(
                    elem.clone(),
                    have.iter()
                        .zip(elements)
                        .map(|(have, wanted)| settle(have, wanted, moment))
                        .collect(),
                ),
                _ => value.clone(),
            }
        }
        ValueRef::String(text) if text.is_empty() && value.is_null() => promised.clone(),
        _ => value.clone(),
    }
}
