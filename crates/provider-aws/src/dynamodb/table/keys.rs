//! The keys of an index, however they are written: `hash_key` and `range_key`, or `key_schema` blocks.

use trueup_aws::dynamodb::KeyElement;
use trueup_value::Value;

use crate::members::{elements, filled, is_unknown, member, text};

/// The key attributes of a table or an index, each kind in the order that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// What items are distributed by: one for a table, up to four for a global index.
    pub(crate) hash: Vec<String>,
    /// What items are sorted by: at most one for a table, up to four for a global index.
    pub(crate) range: Vec<String>,
}

impl Keys {
    /// The keys of a global index's block. `key_schema` wins where both are there, as in state.
    pub(crate) fn of_index(index: &Value) -> Self {
        let blocks = elements(index, "key_schema");
        if blocks.is_empty() {
            let one = |name: &str| filled(index, name).map(str::to_owned).into_iter().collect();
            return Self {
                hash: one("hash_key"),
                range: one("range_key"),
            };
        }
        let of = |kind: &str| {
            blocks
                .iter()
                .filter(|block| text(block, "key_type") == Some(kind))
                .filter_map(|block| filled(block, "attribute_name").map(str::to_owned))
                .collect()
        };
        Self {
            hash: of("HASH"),
            range: of("RANGE"),
        }
    }

    /// The keys of a key schema as AWS describes it.
    pub(crate) fn of_schema(schema: &[KeyElement]) -> Self {
        let of = |kind: &str| {
            schema
                .iter()
                .filter(|element| element.kind == kind)
                .map(|element| element.attribute.clone())
                .collect()
        };
        Self {
            hash: of("HASH"),
            range: of("RANGE"),
        }
    }

    /// Whether `hash_key` and `range_key` can say them.
    pub(crate) fn is_plain(&self) -> bool {
        self.hash.len() == 1 && self.range.len() <= 1
    }

    /// The hash key, where there is exactly one.
    pub(crate) fn only_hash(&self) -> Option<&str> {
        match self.hash.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The range key, where there is exactly one.
    pub(crate) fn only_range(&self) -> Option<&str> {
        match self.range.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// All attributes that the keys use.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.hash.iter().chain(&self.range).map(String::as_str)
    }

    /// The key schema for AWS, hash keys first.
    pub(crate) fn schema(&self) -> Vec<KeyElement> {
        let element = |kind: &str| {
            let kind = kind.to_owned();
            move |attribute: &String| KeyElement {
                attribute: attribute.clone(),
                kind: kind.clone(),
            }
        };
        let hash = self.hash.iter().map(element("HASH"));
        hash.chain(self.range.iter().map(element("RANGE")))
            .collect()
    }

    /// The blocks that say them.
    pub(crate) fn blocks(&self) -> Vec<Value> {
        let block = |kind: &'static str| {
            move |attribute: &String| {
                Value::object_from([
                    ("attribute_name", Value::string(attribute)),
                    ("key_type", Value::string(kind)),
                ])
            }
        };
        let hash = self.hash.iter().map(block("HASH"));
        hash.chain(self.range.iter().map(block("RANGE"))).collect()
    }
}

/// Whether the keys of a global index's block are known.
pub(crate) fn are_known(index: &Value) -> bool {
    ["hash_key", "range_key"]
        .iter()
        .all(|name| member(index, name).is_none_or(Value::is_known))
        && !is_unknown(index, "key_schema")
}
