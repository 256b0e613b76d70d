//! How a replica is found again after a crash.

use std::collections::BTreeMap;

use trueup_value::Value;

use super::Main;
use crate::digest::digest_of_text;
use crate::members::filled;

/// The member of an identity that holds the id: table and main region.
const ID: &str = "id";

/// Table, main region and own region; nothing while the main table's ARN is unknown.
pub(super) fn identity(value: &Value, region: &str) -> BTreeMap<String, String> {
    match Main::of(value) {
        Some(main) => BTreeMap::from([
            (ID.to_owned(), main.id()),
            ("region".to_owned(), region.to_owned()),
        ]),
        None => BTreeMap::new(),
    }
}

/// A value that says as much as an identity does.
pub(super) fn named(identity: &BTreeMap<String, String>) -> Option<Value> {
    let main = Main::of_id(identity.get(ID)?)?;
    Some(Value::object_from([("id", Value::string(main.id()))]))
}

/// The digest of what can't be changed about a replica.
pub(super) fn digest(value: &Value) -> String {
    let text = |name: &str| filled(value, name).unwrap_or_default();
    let main = Main::of(value).map(|main| main.id());
    digest_of_text(&format!(
        "replica {:?} {:?} {:?}",
        main.unwrap_or_default(),
        text("kms_key_arn"),
        text("table_class_override")
    ))
}
