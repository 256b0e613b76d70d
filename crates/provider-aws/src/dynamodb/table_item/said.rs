//! A table item's value as plain Rust: which table, which key, which item.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Item;
use trueup_provider::{Object, Problem};
use trueup_value::{Path, Type, Value};

use super::json;
use super::key::{Form, KeyNames, plain};
use super::schema::{HASH_VALUE, RANGE_VALUE};
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
    /// How its id is written.
    pub(crate) form: Form,
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
            form: form(value),
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
            self.form,
        )
    }
}

/// How the id of an instance is written. A new one gets the form that every release can read; one that
/// a later release wrote keeps its own.
pub(crate) fn form(value: &Value) -> Form {
    if filled(value, HASH_VALUE).is_some() {
        return Form::Commas;
    }
    let table = filled(value, "table_name").unwrap_or_default();
    let rest = filled(value, "id").and_then(|id| id.strip_prefix(table));
    match rest {
        Some(rest) if rest.starts_with(',') => Form::Commas,
        _ => Form::Bars,
    }
}

/// What follows from the item: the id, and the values of the key where the form has them.
pub(crate) fn derived(
    form: Form,
    table: &str,
    names: &KeyNames,
    item: &Item,
) -> [(&'static str, Value); 3] {
    let value = |name: Option<&String>| match (form, name.and_then(|name| item.get(name))) {
        (Form::Commas, Some(value)) => Value::string(plain(value)),
        _ => Value::null(Type::String),
    };
    [
        ("id", Value::string(names.id_in(form, table, item))),
        (HASH_VALUE, value(Some(&names.hash))),
        (RANGE_VALUE, value(names.range.as_ref())),
    ]
}

/// The object of an item whose text is `text`.
pub(crate) fn object(
    table: &str,
    names: &KeyNames,
    item: &Item,
    text: Value,
    form: Form,
) -> Object {
    let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    members.insert("hash_key".into(), Value::string(&names.hash));
    for (name, value) in derived(form, table, names, item) {
        members.insert(name.into(), value);
    }
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
