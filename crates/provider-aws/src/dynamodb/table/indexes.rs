//! Global indexes told by name, in plans and in updates: AWS knows no change of keys or projection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::dynamodb::{CreateIndex, UpdateIndex};
use trueup_value::{Type, Value};

use super::keys::{Keys, are_known};
use super::model::{index_named, index_to_create, throughput, types};
use super::throughput::{Limits, Warm};
use crate::members::{elements, filled, is_unknown, member, text, texts, whole};

/// The changes of global indexes, each kind in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexChanges {
    /// Indexes to delete: dropped, or to be built anew.
    pub(crate) delete: Vec<String>,
    /// Indexes of which only capacity or limits change.
    pub(crate) update: Vec<UpdateIndex>,
    /// Indexes that may have to be kept warmer than they are.
    pub(crate) warm: Vec<(String, Warm)>,
    /// Indexes to create.
    pub(crate) create: Vec<CreateIndex>,
}

/// Compares the indexes of two values of a table.
pub(crate) fn index_changes(old: &Value, new: &Value, provisioned: bool) -> IndexChanges {
    let by_name = |value: &Value| -> BTreeMap<String, Value> {
        elements(value, "global_secondary_index")
            .iter()
            .filter_map(|index| Some((text(index, "name")?.to_owned(), index.clone())))
            .collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    let retyped = retyped(old, new);
    let mode = |value: &Value| filled(value, "billing_mode").map(str::to_owned);
    let switched = mode(old) != mode(new);
    let mut changes = IndexChanges::default();
    for (name, index) in &before {
        let Some(wanted) = after.get(name) else {
            changes.delete.push(name.clone());
            continue;
        };
        if is_rebuilt(index, wanted, &retyped) {
            changes.delete.push(name.clone());
            changes.create.push(index_to_create(wanted, provisioned));
            continue;
        }
        let units =
            (provisioned && throughput(index) != throughput(wanted)).then(|| throughput(wanted));
        let limits = (!provisioned)
            .then(|| Limits::of(wanted).change_from(Limits::of(index)))
            .flatten();
        if units.is_some() || limits.is_some() {
            changes.update.push(UpdateIndex {
                name: name.clone(),
                throughput: units,
                on_demand: limits,
                warm: None,
            });
        }
        // With a switch of billing goes what AWS had given by itself.
        let warm = Warm::of(wanted);
        let covered = Warm::of(index).covers(warm, !provisioned);
        if warm != Warm::default() && (switched || !covered) {
            changes.warm.push((name.clone(), warm));
        }
    }
    for (name, index) in &after {
        if !before.contains_key(name) {
            changes.create.push(index_to_create(index, provisioned));
        }
    }
    changes.create.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Attributes that have another type than before.
pub(crate) fn retyped(old: &Value, new: &Value) -> BTreeSet<String> {
    let before = types(old);
    types(new)
        .into_iter()
        .filter(|(name, kind)| before.get(name).is_some_and(|before| before != kind))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Whether an index has to be built anew to become another.
pub(crate) fn is_rebuilt(old: &Value, new: &Value, retyped: &BTreeSet<String>) -> bool {
    let keys = Keys::of_index(new);
    Keys::of_index(old) != keys
        || filled(old, "projection_type") != filled(new, "projection_type")
        || sorted(old) != sorted(new)
        || keys.attributes().any(|name| retyped.contains(name))
        || Warm::of(new).lowers(Warm::of(old))
}

fn sorted(index: &Value) -> Vec<String> {
    let mut names = texts(index, "non_key_attributes");
    names.sort();
    names
}

/// The indexes that were proposed, each as it stands in `prior` where the configuration asks for
/// nothing else: a plan shows the indexes that change, and no others.
pub(crate) fn proposed(
    indexes: &Value,
    prior: Option<&Value>,
    on_demand: Option<bool>,
) -> Option<Value> {
    let (Some(blocks), Type::Set(element)) = (indexes.as_slice(), indexes.ty()) else {
        return None;
    };
    if !indexes.marks().is_empty() {
        return None;
    }
    // Only with the switch does capacity go; what is told of it later means nothing.
    let switched = on_demand == Some(true)
        && prior.and_then(|prior| text(prior, "billing_mode")) == Some("PROVISIONED");
    let blocks = blocks.iter().map(|index| {
        let index = with_both_key_forms(index);
        let before = prior
            .zip(text(&index, "name"))
            .and_then(|(prior, name)| index_named(prior, name));
        match before {
            Some(before) => beside(&index, before, on_demand, switched),
            None if on_demand == Some(true) => without_capacity(&index),
            None => index,
        }
    });
    Some(Value::set((*element).clone(), blocks.collect()))
}

/// An index that is written by blocks has `hash_key` and `range_key` too, where there is one of each.
fn with_both_key_forms(index: &Value) -> Value {
    if elements(index, "key_schema").is_empty() || !are_known(index) {
        return index.clone();
    }
    let keys = Keys::of_index(index);
    with(
        index,
        [
            (
                "hash_key",
                Value::string(keys.only_hash().unwrap_or_default()),
            ),
            (
                "range_key",
                Value::string(keys.only_range().unwrap_or_default()),
            ),
        ],
    )
}

/// An index beside the one of its name that is there.
fn beside(index: &Value, before: &Value, on_demand: Option<bool>, switched: bool) -> Value {
    let mut index = match on_demand {
        Some(true) => without_capacity(index),
        _ => index.clone(),
    };
    if on_demand == Some(false) {
        // Capacity that is not written is left as it is.
        for name in ["read_capacity", "write_capacity"] {
            if member(&index, name).is_none()
                && let Some(units) = whole(before, name).filter(|units| *units > 0)
            {
                index = with(&index, [(name, Value::number(units))]);
            }
        }
    }
    let same_warm = !is_unknown(&index, "warm_throughput") && Warm::of(&index) == Warm::default();
    if same_warm && let Some(kept) = member(before, "warm_throughput") {
        index = with(&index, [("warm_throughput", kept.clone())]);
    }
    if !index.is_wholly_known() {
        return index;
    }
    let units = |index: &Value| match on_demand {
        Some(true) if !switched => Default::default(),
        _ => throughput(index),
    };
    let same = !is_rebuilt(before, &index, &BTreeSet::new())
        && units(before) == units(&index)
        && Limits::of(before) == Limits::of(&index)
        && Warm::of(before) == Warm::of(&index);
    if same {
        return before.clone();
    }
    // Keys that are the same keep the form in which they stand.
    if Keys::of_index(before) == Keys::of_index(&index) {
        for name in ["hash_key", "range_key", "key_schema"] {
            if let Some(kept) = member(before, name) {
                index = with(&index, [(name, kept.clone())]);
            }
        }
    }
    index
}

/// A table on demand has no capacity to give to an index.
fn without_capacity(index: &Value) -> Value {
    let nothing = || Value::null(Type::Number);
    with(
        index,
        [("read_capacity", nothing()), ("write_capacity", nothing())],
    )
}

fn with<const N: usize>(index: &Value, changed: [(&'static str, Value); N]) -> Value {
    let Some(members) = index.as_members() else {
        return index.clone();
    };
    let mut members: BTreeMap<Arc<str>, Value> = members.clone();
    for (name, value) in changed {
        members.insert(name.into(), value);
    }
    Value::object(members)
}
