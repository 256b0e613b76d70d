//! A DynamoDB attribute value as plain data.
use std::collections::BTreeMap;

use bytes::Bytes;

/// An item: attribute names to values.
pub type Item = BTreeMap<String, AttributeValue>;

/// A typed value of an attribute. Numbers are the service's text, never
/// converted; sets keep the order they came in (the service does not).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeValue {
    /// A string.
    S(String),
    /// A number, as text.
    N(String),
    /// Bytes.
    B(Bytes),
    /// A boolean.
    Bool(bool),
    /// Null.
    Null,
    /// A list.
    L(Vec<AttributeValue>),
    /// A map.
    M(BTreeMap<String, AttributeValue>),
    /// A set of strings.
    Ss(Vec<String>),
    /// A set of numbers, as texts.
    Ns(Vec<String>),
    /// A set of byte strings.
    Bs(Vec<Bytes>),
}

impl AttributeValue {
    /// The text of a string.
    pub fn as_s(&self) -> Option<&str> {
        match self {
            Self::S(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a number.
    pub fn as_n(&self) -> Option<&str> {
        match self {
            Self::N(text) => Some(text),
            _ => None,
        }
    }
}
