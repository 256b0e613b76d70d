//! DynamoDB JSON (`{"S": "x"}`) in and out, as `item` arguments and the CLI of AWS write it.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{AttributeValue, Item};

/// What is wrong with a piece of DynamoDB JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct ValueJsonError {
    /// Attribute names and list positions, joined by dots; `item` for the whole.
    pub at: String,
    /// What is wrong.
    pub problem: String,
}

impl AttributeValue {
    /// The value with its one type tag.
    pub fn to_json(&self) -> Value {
        match self {
            Self::S(text) => json!({ "S": text }),
            Self::N(text) => json!({ "N": text }),
            Self::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
            Self::Bool(yes) => json!({ "BOOL": yes }),
            Self::Null => json!({ "NULL": true }),
            Self::L(list) => json!({ "L": list.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::M(map) => json!({ "M": item_to_json(map) }),
            Self::Ss(set) => json!({ "SS": set }),
            Self::Ns(set) => json!({ "NS": set }),
            Self::Bs(set) => {
                json!({ "BS": set.iter().map(|b| STANDARD.encode(b)).collect::<Vec<_>>() })
            }
        }
    }

    /// Reads a value: an object with exactly one type tag.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(value: &Value) -> Result<Self, ValueJsonError> {
        read(value, &mut Vec::new())
    }

    /// The attributes as one JSON object, names sorted.
    pub fn item_to_json(item: &Item) -> Value {
        item_to_json(item)
    }

    /// Reads an item: an object of attribute names to tagged values.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn item_from_json(value: &Value) -> Result<Item, ValueJsonError> {
        read_item(value, &mut Vec::new())
    }
}

fn item_to_json(item: &Item) -> Value {
    Value::Object(
        item.iter()
            .map(|(k, v)| (k.clone(), v.to_json()))
            .collect::<Map<_, _>>(),
    )
}

fn wrong(path: &[String], problem: impl Into<String>) -> ValueJsonError {
    ValueJsonError {
        at: if path.is_empty() {
            "item".to_owned()
        } else {
            path.join(".")
        },
        problem: problem.into(),
    }
}

fn read_item(value: &Value, path: &mut Vec<String>) -> Result<Item, ValueJsonError> {
    let Value::Object(members) = value else {
        return Err(wrong(path, "an object of attributes is wanted"));
    };
    let mut item = BTreeMap::new();
    for (name, member) in members {
        path.push(name.clone());
        item.insert(name.clone(), read(member, path)?);
        path.pop();
    }
    Ok(item)
}

fn read(value: &Value, path: &mut Vec<String>) -> Result<AttributeValue, ValueJsonError> {
    let Value::Object(members) = value else {
        return Err(wrong(
            path,
            "a value with its type is wanted, such as {\"S\": \"text\"}",
        ));
    };
    let mut tags = members.iter();
    let (Some((tag, inner)), None) = (tags.next(), tags.next()) else {
        return Err(wrong(
            path,
            format!("exactly one type is wanted, not {}", members.len()),
        ));
    };
    Ok(match tag.as_str() {
        "S" => AttributeValue::S(text(inner, tag, path)?),
        "N" => AttributeValue::N(text(inner, tag, path)?),
        "B" => AttributeValue::B(binary(inner, tag, path)?),
        "BOOL" => match inner {
            Value::Bool(yes) => AttributeValue::Bool(*yes),
            _ => return Err(wrong(path, "BOOL wants true or false")),
        },
        "NULL" => match inner {
            Value::Bool(_) => AttributeValue::Null,
            _ => return Err(wrong(path, "NULL wants true")),
        },
        "L" => AttributeValue::L(elements(inner, tag, path, read)?),
        "M" => AttributeValue::M(read_item(inner, path)?),
        "SS" => AttributeValue::Ss(elements(inner, tag, path, |v, p| text(v, tag, p))?),
        "NS" => AttributeValue::Ns(elements(inner, tag, path, |v, p| text(v, tag, p))?),
        "BS" => AttributeValue::Bs(elements(inner, tag, path, |v, p| binary(v, tag, p))?),
        other => {
            return Err(wrong(
                path,
                format!("\"{other}\" is not a type: S, N, B, BOOL, NULL, L, M, SS, NS or BS"),
            ));
        }
    })
}

fn text(value: &Value, tag: &str, path: &[String]) -> Result<String, ValueJsonError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => Err(wrong(path, format!("{tag} wants text in quotes"))),
    }
}

fn binary(value: &Value, tag: &str, path: &[String]) -> Result<Bytes, ValueJsonError> {
    let text = text(value, tag, path)?;
    STANDARD
        .decode(text)
        .map(Bytes::from)
        .map_err(|e| wrong(path, format!("{tag} wants base64: {e}")))
}

fn elements<T>(
    value: &Value,
    tag: &str,
    path: &mut Vec<String>,
    mut each: impl FnMut(&Value, &mut Vec<String>) -> Result<T, ValueJsonError>,
) -> Result<Vec<T>, ValueJsonError> {
    let Value::Array(list) = value else {
        return Err(wrong(path, format!("{tag} wants an array")));
    };
    let mut read = Vec::with_capacity(list.len());
    for (place, element) in list.iter().enumerate() {
        path.push(place.to_string());
        read.push(each(element, path)?);
        path.pop();
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back_as_written() {
        let text = r#"{"b":{"B":"AAE="},"bs":{"BS":["AA=="]},"f":{"BOOL":false},
            "l":{"L":[{"S":"x"},{"L":[]}]},"m":{"M":{"k":{"N":"1e3"}}},"n":{"N":"1.0"},
            "ns":{"NS":["2","1"]},"nul":{"NULL":true},"s":{"S":""},"ss":{"SS":["z","a"]}}"#;
        let value: Value = serde_json::from_str(text).expect("JSON");
        let item = AttributeValue::item_from_json(&value).expect("an item");
        assert_eq!(item.len(), 10);
        assert_eq!(AttributeValue::item_to_json(&item), value);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, want) in [
            (r#"[]"#, "item: an object of attributes is wanted"),
            (
                r#"{"a":1}"#,
                "a: a value with its type is wanted, such as {\"S\": \"text\"}",
            ),
            (r#"{"a":{}}"#, "a: exactly one type is wanted, not 0"),
            (
                r#"{"a":{"S":"x","N":"1"}}"#,
                "a: exactly one type is wanted, not 2",
            ),
            (r#"{"a":{"N":1}}"#, "a: N wants text in quotes"),
            (
                r#"{"a":{"L":[{"M":{"k":{"SS":"x"}}}]}}"#,
                "a.0.k: SS wants an array",
            ),
            (
                r#"{"a":{"X":"x"}}"#,
                "a: \"X\" is not a type: S, N, B, BOOL, NULL, L, M, SS, NS or BS",
            ),
        ] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let error = AttributeValue::item_from_json(&value).expect_err(text);
            assert_eq!(error.to_string(), want);
        }
    }
}
