//! What can't be changed in place and is told apart by name alone: local indexes, types of attributes.
//!
//! The published provider compares these by their names and silently ignores any other change.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::indexes::retyped;
use super::keys::Keys;
use crate::members::{elements, filled, is_unknown, member, text, texts};
use crate::rules::Draft;

/// Brings changes behind names into a draft: a key of the table or of a local index takes another
/// table, a key of a global index takes another index.
pub(crate) fn changes(draft: &mut Draft, proposed: &Value, prior: &Value) -> Problems {
    local_indexes(draft, proposed, prior);
    attribute_types(draft, proposed, prior)
}

fn local_indexes(draft: &mut Draft, proposed: &Value, prior: &Value) {
    const NAME: &str = "local_secondary_index";
    if is_unknown(proposed, NAME) {
        return;
    }
    let said = |index: &Value| {
        let mut names = texts(index, "non_key_attributes");
        names.sort();
        (
            filled(index, "range_key").map(str::to_owned),
            filled(index, "projection_type").map(str::to_owned),
            names,
        )
    };
    let differs = elements(proposed, NAME).iter().any(|index| {
        let before = elements(prior, NAME)
            .iter()
            .find(|before| text(before, "name") == text(index, "name"));
        before.is_some_and(|before| said(before) != said(index))
    });
    if differs && let Some(wanted) = member(proposed, NAME) {
        draft.set(NAME, wanted.clone(), Some(prior));
        let path = Path::new().attr(NAME);
        if !draft.replaces.contains(&path) {
            draft.replaces.push(path);
        }
    }
}

fn attribute_types(draft: &mut Draft, proposed: &Value, prior: &Value) -> Problems {
    const NAME: &str = "attribute";
    let mut said = Problems::new();
    if is_unknown(proposed, NAME) {
        return said;
    }
    let retyped = retyped(prior, proposed);
    let Some(wanted) = member(proposed, NAME).filter(|_| !retyped.is_empty()) else {
        return said;
    };
    draft.set(NAME, wanted.clone(), Some(prior));
    let planned = Value::object(draft.members.clone());
    let fixed = [&planned]
        .into_iter()
        .chain(elements(&planned, "local_secondary_index"))
        .flat_map(|value| ["hash_key", "range_key"].map(|name| filled(value, name)))
        .flatten()
        .any(|name| retyped.contains(name));
    if fixed {
        draft.replaces.push(Path::new().attr(NAME));
        return said;
    }
    for index in elements(&planned, "global_secondary_index") {
        let name = text(index, "name").unwrap_or_default();
        let is_there = elements(prior, "global_secondary_index")
            .iter()
            .any(|before| text(before, "name") == Some(name));
        let uses = Keys::of_index(index)
            .attributes()
            .any(|name| retyped.contains(name));
        if is_there && uses {
            said.push(
                Problem::warning(
                    format!("The index {name:?} is built anew"),
                    "The type of an attribute in its keys changes, so the index is deleted and created again; it can't be queried meanwhile.",
                )
                .at(Path::new().attr("global_secondary_index")),
            );
        }
    }
    said
}
