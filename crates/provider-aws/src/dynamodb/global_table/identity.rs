//! How a global table is found again after a crash.

use std::collections::BTreeMap;

use trueup_value::Value;

use super::state::regions;
use crate::digest::digest_of_text;
use crate::members::filled;

/// The member of an identity that holds the name.
const NAME: &str = "name";

/// The name; nothing while it is unknown.
pub(super) fn identity(value: &Value) -> BTreeMap<String, String> {
    filled(value, "name")
        .map(|name| (NAME.to_owned(), name.to_owned()))
        .into_iter()
        .collect()
}

/// A value that says as much as an identity does.
pub(super) fn named(identity: &BTreeMap<String, String>) -> Option<Value> {
    let name = identity.get(NAME)?;
    Some(Value::object_from([("name", Value::string(name))]))
}

/// The digest of name and regions.
pub(super) fn digest(value: &Value) -> String {
    let name = filled(value, "name").unwrap_or_default();
    digest_of_text(&format!("global table {name:?} {:?}", regions(value)))
}
