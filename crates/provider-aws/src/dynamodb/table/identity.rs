//! How a table is found again after a crash, and what its creation is recognised by.

use std::collections::BTreeMap;

use trueup_aws::dynamodb::TableDescription;
use trueup_value::Value;

use super::model::{definitions, keys};
use crate::digest::digest_of_text;
use crate::members::{filled, is_unknown};

/// The member of an identity that holds the table's name.
pub(crate) const NAME: &str = "table_name";

/// Name and region; nothing while the name is unknown.
pub(crate) fn identity(value: &Value, region: &str) -> BTreeMap<String, String> {
    match filled(value, "name") {
        Some(name) => BTreeMap::from([
            (NAME.to_owned(), name.to_owned()),
            ("region".to_owned(), region.to_owned()),
        ]),
        None => BTreeMap::new(),
    }
}

/// The digest of what can't be changed about a table: its name and its keys with their types.
pub(crate) fn digest(value: &Value) -> String {
    let types: BTreeMap<String, String> = if is_unknown(value, "attribute") {
        BTreeMap::new()
    } else {
        definitions(value)
            .into_iter()
            .map(|definition| (definition.name, definition.kind))
            .collect()
    };
    of(
        filled(value, "name"),
        filled(value, "hash_key"),
        filled(value, "range_key"),
        &types,
    )
}

/// The same of a table that is there.
pub(crate) fn digest_of(table: &TableDescription) -> String {
    let types = table
        .attributes
        .iter()
        .map(|definition| (definition.name.clone(), definition.kind.clone()))
        .collect();
    let (hash, range) = keys(&table.key_schema);
    of(Some(&table.name), hash.as_deref(), range.as_deref(), &types)
}

fn of(
    name: Option<&str>,
    hash: Option<&str>,
    range: Option<&str>,
    types: &BTreeMap<String, String>,
) -> String {
    let mut text = format!("table {:?}", name.unwrap_or_default());
    for key in [hash, range].into_iter().flatten() {
        let kind = types.get(key).map_or("", String::as_str);
        text.push_str(&format!(" {key:?} {kind}"));
    }
    digest_of_text(&text)
}
