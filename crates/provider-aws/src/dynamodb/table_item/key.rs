//! Keys of table items: out of the item, into an id, and checked before anything is sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use trueup_aws::{AttributeValue, Item};

use super::compare::canonical_value;
use super::json::write_value;

/// The attributes that make up a table's key, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KeyNames {
    /// The hash key.
    pub(crate) hash: String,
    /// The range key, where the table has one.
    pub(crate) range: Option<String>,
}

/// What is wrong with an item's key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum BadKey {
    /// The item does not have the attribute.
    Missing(String),
    /// The attribute has a type that no key can have.
    Type(String, &'static str),
    /// The attribute is empty.
    Empty(String),
}

impl BadKey {
    /// What is wrong, and what to do, as a sentence or two.
    pub(crate) fn words(&self, argument: &str) -> String {
        match self {
            BadKey::Missing(name) => format!(
                "The item has no attribute {name:?}, which {argument} names. {argument} takes the name of the table's key attribute, not its value, and every item must have it."
            ),
            BadKey::Type(name, tag) => format!(
                "The key attribute {name:?} has the type {tag}; a key attribute is of type S, N or B."
            ),
            BadKey::Empty(name) => {
                format!("The key attribute {name:?} is empty, which DynamoDB does not allow.")
            }
        }
    }
}

impl KeyNames {
    /// The key attributes with the arguments that name them.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        std::iter::once(("hash_key", self.hash.as_str()))
            .chain(self.range.as_deref().map(|range| ("range_key", range)))
    }

    /// The key of an item: just its key attributes.
    pub(crate) fn of(&self, item: &Item) -> Result<Item, (&'static str, BadKey)> {
        let mut key = Item::new();
        for (argument, name) in self.named() {
            let Some(value) = item.get(name) else {
                return Err((argument, BadKey::Missing(name.to_owned())));
            };
            let empty = match value {
                AttributeValue::S(text) => text.is_empty(),
                AttributeValue::B(bytes) => bytes.is_empty(),
                AttributeValue::N(_) => false,
                other => {
                    return Err((argument, BadKey::Type(name.to_owned(), type_name(other))));
                }
            };
            if empty {
                return Err((argument, BadKey::Empty(name.to_owned())));
            }
            key.insert(name.to_owned(), value.clone());
        }
        Ok(key)
    }

    /// The id in one of its forms.
    pub(crate) fn id_in(&self, form: Form, table: &str, item: &Item) -> String {
        match form {
            Form::Bars => self.id(table, item),
            Form::Commas => {
                let mut id = table.to_owned();
                for (_, name) in self.named() {
                    id.push(',');
                    id.push_str(&item.get(name).map(plain).unwrap_or_default());
                }
                id
            }
        }
    }

    /// The id that stands in state: table, then for each key attribute its name and three places for
    /// a value of type B, S or N, all joined by bars.
    pub(crate) fn id(&self, table: &str, item: &Item) -> String {
        let mut id = table.to_owned();
        for (_, name) in self.named() {
            id.push('|');
            id.push_str(name);
            match item.get(name) {
                Some(AttributeValue::B(bytes)) => {
                    id.push('|');
                    match already_base64(bytes) {
                        Some(text) => id.push_str(text),
                        None => id.push_str(&STANDARD.encode(bytes)),
                    }
                    id.push_str("||");
                }
                Some(AttributeValue::S(text)) => {
                    id.push_str("||");
                    id.push_str(text);
                    id.push('|');
                }
                Some(AttributeValue::N(text)) => {
                    id.push_str("|||");
                    id.push_str(text);
                }
                _ => id.push_str("|||"),
            }
        }
        id
    }
}

/// How ids of table items are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// As all releases up to 6.51 do: `orders|pk||alice||sk|||42`.
    Bars,
    /// As later ones do: `orders,alice,42`, with the values of the key as attributes of their own.
    Commas,
}

/// Bytes that are base64 text as they are: old ids hold such as they are.
fn already_base64(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    STANDARD.decode(text).is_ok().then_some(text)
}

/// The value of a key attribute as plain text: binary in base64.
pub(crate) fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::B(bytes) => STANDARD.encode(bytes),
        other => write_value(other),
    }
}

/// A text by which equal keys are equal, however their numbers are spelled.
pub(crate) fn fingerprint(key: &Item) -> String {
    let mut text = String::new();
    for (name, value) in key {
        text.push_str(name);
        text.push('\u{1}');
        text.push_str(&write_value(&canonical_value(value)));
        text.push('\u{1}');
    }
    text
}

/// A key for people: `pk = "a", sk = 42`.
pub(crate) fn words(key: &Item) -> String {
    key.iter()
        .map(|(name, value)| match value {
            AttributeValue::S(text) => format!("{name} = {text:?}"),
            AttributeValue::N(text) => format!("{name} = {text}"),
            other => format!("{name} = {}", write_value(other)),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// DynamoDB's name of a value's type.
pub(crate) fn type_name(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::B(_) => "B",
        AttributeValue::Bool(_) => "BOOL",
        AttributeValue::Null => "NULL",
        AttributeValue::L(_) => "L",
        AttributeValue::M(_) => "M",
        AttributeValue::Ss(_) => "SS",
        AttributeValue::Ns(_) => "NS",
        AttributeValue::Bs(_) => "BS",
    }
}
