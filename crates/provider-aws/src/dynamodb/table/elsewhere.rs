//! Global indexes of a table that are objects of their own in the same state: the table's block need not
//! speak of them, and a plan of the table leaves them alone.
//!
//! Which they are is known once they were read, and kept beside the table from then on, so that a run
//! that looks at the table alone knows it too.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_provider::Object;
use trueup_value::Value;

use super::model::blocks;
use crate::members::{elements, member, text};

const INDEXES: &str = "global_secondary_index";

/// The key under which their names stand; other programs pass it over.
const KEY: &str = "trueup_elsewhere";

/// The names that the bytes beside a table tell of.
pub(super) fn kept(private: Option<&[u8]>) -> BTreeSet<String> {
    private
        .and_then(|bytes| serde_json::from_slice::<Json>(bytes).ok())
        .and_then(|kept| {
            let names = kept.get(KEY)?.as_array()?;
            let names = names.iter().filter_map(|name| name.as_str());
            Some(names.map(str::to_owned).collect())
        })
        .unwrap_or_default()
}

/// The object with those of the `known` names kept beside it that its value has as indexes. It is the
/// very same where nothing is to be added.
pub(super) fn remembered(object: Object, known: BTreeSet<String>) -> Object {
    if known.is_empty() {
        return object;
    }
    let before = kept(object.private.as_deref());
    let there = elements(&object.value, INDEXES);
    let names: BTreeSet<String> = there
        .iter()
        .filter_map(|index| text(index, "name"))
        .filter(|name| known.contains(*name) || before.contains(*name))
        .map(str::to_owned)
        .collect();
    if names == before {
        return object;
    }
    let bytes = object.private.as_deref().unwrap_or(b"{}");
    let Ok(Json::Object(mut members)) = serde_json::from_slice::<Json>(bytes) else {
        return object;
    };
    members.insert(KEY.to_owned(), json!(names));
    Object {
        private: Some(Arc::from(Json::Object(members).to_string().into_bytes())),
        ..object
    }
}

/// A block's value with those indexes of the prior object that are objects of their own, so that it says
/// of them what is there.
pub(super) fn with_theirs(value: &Value, prior: &Object) -> Option<Value> {
    let theirs = kept(prior.private.as_deref());
    if theirs.is_empty() || member(value, INDEXES).is_some_and(|all| !all.is_known()) {
        return None;
    }
    let own = elements(value, INDEXES);
    let is_own = |name: &str| own.iter().any(|index| text(index, "name") == Some(name));
    let added: Vec<Value> = elements(&prior.value, INDEXES)
        .iter()
        .filter(|index| {
            text(index, "name").is_some_and(|name| theirs.contains(name) && !is_own(name))
        })
        .cloned()
        .collect();
    if added.is_empty() {
        return None;
    }
    let mut members = value.as_members()?.clone();
    let all = own.iter().cloned().chain(added).collect();
    members.insert(INDEXES.into(), blocks(INDEXES, all));
    Some(Value::object(members))
}
