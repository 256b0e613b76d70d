//! Comparing values that have no schema: outputs, attributes of any type, JSON inside strings.

use std::collections::{BTreeMap, HashSet};

use trueup_plan::Action;
use trueup_plan::json::Json;

use super::compare::{hidden, not_known_yet};
use super::sequence::walk;
use super::{Change, Diff, Kind, combine};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

fn shape(value: &Json) -> Shape {
    match value {
        Json::Null => Shape::Null,
        Json::Bool(_) => Shape::Bool,
        Json::Number(_) => Shape::Number,
        Json::String(_) => Shape::Text,
        Json::Array(_) => Shape::Array,
        Json::Object(_) | Json::Fields(_) => Shape::Object,
    }
}

/// Compares a value by the shape that it has. Terraform does not say of such a value, once it is known, that
/// it forces a replacement.
pub fn compare(change: &Change) -> Diff {
    if let Some(diff) = hidden(change, &compare) {
        return diff;
    }
    if let Some(diff) = not_known_yet(change, Json::Bool(false), &compare) {
        return diff;
    }
    let (before, after) = (shape(&change.before), shape(&change.after));
    let created = before == Shape::Null && !change.before_explicit;
    let deleted = after == Shape::Null && !change.after_explicit;
    if before == after || created || deleted {
        let shape = if before == Shape::Null { after } else { before };
        return of_shape(change, shape);
    }
    let gone = of_shape(&change.as_delete(), before);
    let made = of_shape(&change.as_create(), after);
    Diff::new(
        Action::Update,
        Kind::TypeChange(Box::new(gone), Box::new(made)),
        false,
    )
}

fn of_shape(change: &Change, shape: Shape) -> Diff {
    let (before, after) = (change.before.clone(), change.after.clone());
    match shape {
        Shape::Null | Shape::Bool | Shape::Number => {
            Diff::new(change.action(), Kind::Scalar { before, after }, false)
        }
        Shape::Text => Diff::new(change.action(), Kind::Text { before, after }, false),
        Shape::Object => {
            let mut action = change.action_of_whole();
            let mut members = BTreeMap::new();
            for key in change.keys() {
                let diff = compare(&change.member(&key).if_relevant());
                action = combine(action, diff.action);
                members.insert(key.to_string(), diff);
            }
            Diff::new(action, Kind::Object(members), false)
        }
        Shape::Array => {
            let mut action = change.action_of_whole();
            let mut elements = Vec::new();
            let mut visit = |before: Option<usize>, after: Option<usize>| {
                let diff = compare(&change.element(before, after));
                action = combine(action, diff.action);
                elements.push(diff);
            };
            let (before, after) = (change.elements_before(), change.elements_after());
            let present: HashSet<&Json> = after.iter().collect();
            let lost_some = || before.iter().any(|element| !present.contains(element));
            // Terraform compares arrays of one length position by position, unless all that was there is
            // still there somewhere.
            if before.len() == after.len() && lost_some() {
                (0..before.len()).for_each(|at| visit(Some(at), Some(at)));
            } else {
                let is_object = |value: &Json| self::shape(value) == Shape::Object;
                walk(before, after, is_object, visit);
            }
            Diff::new(action, Kind::List(elements), false)
        }
    }
}
