//! A table item's value as plain Rust: which table, which key, which item.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Item;
use trueup_provider::{Object, Problem};
use trueup_value::{Path, Type, Value};

use super::json;
use super::key::KeyNames;
use crate::members::filled;

/// A table item, wholly known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// Name (or ARN) of the table.
    pub(crate) table: String,
    /// The names of the key attributes.
    pub(crate) names: KeyNames,
    /// The text of the item as it was written.
    pub(crate) text: Arc<str>,
    /// The item.
    pub(crate) item: Item,
    /// Its key.
    pub(crate) key: Item,
}

impl Said {
    /// Reads a value of the type. What is wrong is said with the attribute it is about.
    pub(crate) fn of(value: &Value) -> Result<Said, Problem> {
        let missing = |name: &'static str| {
            Problem::error(
                format!("{name} is not known"),
                format!("The table item has no {name}, so it can't be found."),
            )
            .at(Path::new().attr(name))
        };
        let table = filled(value, "table_name").ok_or_else(|| missing("table_name"))?;
        let names = names(value).ok_or_else(|| missing("hash_key"))?;
        let text = shared_text(value).ok_or_else(|| missing("item"))?;
        let item = json::read(&text).map_err(|reason| bad_item(&reason))?;
        let key = names.of(&item).map_err(|(argument, bad)| {
            Problem::error("Invalid key of a table item", bad.words(argument))
                .at(Path::new().attr("item"))
        })?;
        Ok(Said {
            table: table.to_owned(),
            names,
            text,
            item,
            key,
        })
    }

    /// The object that stands in state for this item.
    pub(crate) fn object(&self) -> Object {
        object(
            &self.table,
            &self.names,
            &self.item,
            Value::shared_string(self.text.clone()),
        )
    }
}

/// The object of an item whose text is `text`.
pub(crate) fn object(table: &str, names: &KeyNames, item: &Item, text: Value) -> Object {
    let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    members.insert("hash_key".into(), Value::string(&names.hash));
    members.insert("id".into(), Value::string(names.id(table, item)));
    members.insert("item".into(), text);
    members.insert(
        "range_key".into(),
        match &names.range {
            Some(range) => Value::string(range),
            None => Value::null(Type::String),
        },
    );
    members.insert("table_name".into(), Value::string(table));
    Object {
        value: Value::object(members),
        private: Some(private()),
    }
}

/// The bytes that stand beside a table item in state: a JSON null.
fn private() -> Arc<[u8]> {
    Arc::from(&b"null"[..])
}

/// The names of the key attributes, where they are known.
pub(crate) fn names(value: &Value) -> Option<KeyNames> {
    Some(KeyNames {
        hash: filled(value, "hash_key")?.to_owned(),
        range: filled(value, "range_key").map(str::to_owned),
    })
}

/// The known text of the item, shared with the value.
pub(crate) fn shared_text(value: &Value) -> Option<Arc<str>> {
    match value.as_members()?.get("item")?.view() {
        trueup_value::ValueRef::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The problem of a text that is no item.
pub(crate) fn bad_item(reason: &str) -> Problem {
    Problem::error(
        format!("Invalid format of \"item\": {reason}"),
        "The item is written in DynamoDB's JSON: an object in which each attribute has a value with its type, such as {\"pk\": {\"S\": \"a\"}, \"total\": {\"N\": \"10\"}}.",
    )
    .at(Path::new().attr("item"))
}
