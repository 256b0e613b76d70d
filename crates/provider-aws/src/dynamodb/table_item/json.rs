//! DynamoDB JSON: the text of an item, read strictly.
//!
//! Strictly, but for what earlier releases took and what still means something: names of types in any
//! case (`{"s": "a"}`), members that are null or no type at all beside the one that counts.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use trueup_aws::{AttributeValue, Item};

use super::number;
pub(crate) use super::written::{write, write_value};

/// How deep maps and lists may nest: DynamoDB's own limit.
const DEEPEST: usize = 32;

/// Reads the text of an item. The message of the error says where and what.
pub(crate) fn read(text: &str) -> Result<Item, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let item = Members(0)
        .deserialize(&mut reader)
        .and_then(|item| reader.end().map(|()| item))
        .map_err(|error| error.to_string())?;
    Ok(item)
}

/// An object of typed values, at a depth.
struct Members(usize);

impl<'de> DeserializeSeed<'de> for Members {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of typed attribute values, such as {\"pk\": {\"S\": \"a\"}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut members = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Typed {
                depth: self.0 + 1,
                name: &name,
            })?;
            // Of two attributes with one name the last counts, as in every reader of JSON here.
            members.insert(name, value);
        }
        Ok(members)
    }
}

/// One typed value: an object with one member that counts, named after the type.
#[derive(Clone, Copy)]
struct Typed<'n> {
    depth: usize,
    name: &'n str,
}

impl<'de> DeserializeSeed<'de> for Typed<'_> {
    type Value = AttributeValue;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<AttributeValue, D::Error> {
        if self.depth > DEEPEST {
            return Err(de::Error::custom(format!(
                "attribute {:?} nests deeper than the {DEEPEST} levels that DynamoDB allows",
                self.name
            )));
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an object with a type for attribute {:?}, such as {{\"S\": \"text\"}}",
            self.name
        )
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
        let mut found: Option<(&'static str, AttributeValue)> = None;
        let mut strange = None;
        while let Some(tag) = map.next_key::<String>()? {
            let Some(kind) = TYPES
                .into_iter()
                .find(|kind| kind.eq_ignore_ascii_case(&tag))
            else {
                map.next_value::<de::IgnoredAny>()?;
                strange.get_or_insert(tag);
                continue;
            };
            let Some(value) = map.next_value_seed(OfType { kind, at: self })? else {
                continue;
            };
            match &found {
                Some((other, _)) if *other != kind => {
                    return Err(self.wrong(&format!(
                        "has the types {other:?} and {kind:?}; an attribute has exactly one"
                    )));
                }
                _ => found = Some((kind, value)),
            }
        }
        match (found, strange) {
            (Some((_, value)), _) => Ok(value),
            (None, Some(other)) => Err(self.wrong(&format!(
                "{other:?} is no type of DynamoDB (S, N, B, BOOL, NULL, M, L, SS, NS, BS)"
            ))),
            (None, None) => Err(de::Error::custom(format!(
                "attribute {:?} has no type: give it one of S, N, B, BOOL, NULL, M, L, SS, NS, BS",
                self.name
            ))),
        }
    }
}

/// DynamoDB's types, as JSON names them.
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

impl Typed<'_> {
    fn wrong<E: de::Error>(self, what: &str) -> E {
        E::custom(format!("attribute {:?}: {what}", self.name))
    }
}

/// The value of a type; nothing where it is null.
#[derive(Clone, Copy)]
struct OfType<'n> {
    kind: &'static str,
    at: Typed<'n>,
}

impl<'de> DeserializeSeed<'de> for OfType<'_> {
    type Value = Option<AttributeValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OfType<'_> {
    type Value = Option<AttributeValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a value of type {} for attribute {:?}",
            self.kind, self.at.name
        )
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, given: D) -> Result<Self::Value, D::Error> {
        let at = self.at;
        let numeric = |text: &str| {
            number::canonical(text)
                .map_err(|reason| at.wrong(&format!("{text:?} {}", reason.words())))
        };
        let value = match self.kind {
            "S" => AttributeValue::S(String::deserialize(given)?),
            "N" => {
                let text = String::deserialize(given)?;
                numeric(&text)?;
                AttributeValue::N(text)
            }
            "B" => AttributeValue::B(
                binary(&String::deserialize(given)?)
                    .ok_or_else(|| at.wrong("a value of type B must be base64 text"))?,
            ),
            "BOOL" => AttributeValue::Bool(bool::deserialize(given)?),
            "NULL" => {
                if !bool::deserialize(given)? {
                    return Err(at.wrong("NULL can only be true"));
                }
                AttributeValue::Null
            }
            "M" => AttributeValue::M(Members(at.depth).deserialize(given)?),
            "L" => AttributeValue::L(
                List {
                    depth: at.depth,
                    name: at.name,
                }
                .deserialize(given)?,
            ),
            "SS" => AttributeValue::Ss(
                set(Vec::deserialize(given)?, str::cmp).map_err(|what| at.wrong(what))?,
            ),
            "NS" => {
                let texts: Vec<String> = Vec::deserialize(given)?;
                let seen = texts
                    .iter()
                    .map(|text| numeric(text))
                    .collect::<Result<_, _>>()?;
                set(seen, str::cmp).map_err(|what| at.wrong(what))?;
                AttributeValue::Ns(texts)
            }
            _ => {
                let texts: Vec<String> = Vec::deserialize(given)?;
                let parts = texts
                    .iter()
                    .map(|text| {
                        binary(text)
                            .ok_or_else(|| at.wrong("the members of BS must be base64 texts"))
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                let seen = parts.iter().map(|part| STANDARD.encode(part)).collect();
                set(seen, str::cmp).map_err(|what| at.wrong(what))?;
                AttributeValue::Bs(parts)
            }
        };
        Ok(Some(value))
    }
}

struct List<'n> {
    depth: usize,
    name: &'n str,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<AttributeValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<AttributeValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of typed values in attribute {:?}", self.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Typed {
            depth: self.depth + 1,
            name: self.name,
        })? {
            values.push(value);
        }
        Ok(values)
    }
}

/// Base64 as it is read: with or without padding, whatever its last bits say.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of a base64 text; line breaks in it mean nothing.
pub(crate) fn binary(text: &str) -> Option<Bytes> {
    let decoded = if text.contains(['\r', '\n']) {
        LENIENT.decode(text.replace(['\r', '\n'], ""))
    } else {
        LENIENT.decode(text)
    };
    decoded.ok().map(Bytes::from)
}

fn set(
    members: Vec<String>,
    order: impl Fn(&str, &str) -> std::cmp::Ordering,
) -> Result<Vec<String>, &'static str> {
    if members.is_empty() {
        return Err("a set may not be empty");
    }
    let mut sorted: Vec<&str> = members.iter().map(String::as_str).collect();
    sorted.sort_by(|a, b| order(a, b));
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("a set may not hold a member twice");
    }
    Ok(members)
}
