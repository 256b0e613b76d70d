//! Types in JSON notation: `"string"`, `["list","string"]`, `["object",{"a":"number"},["a"]]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::{self, Json};
use crate::types::{ObjectType, Type};

/// Why a text is not a type in JSON notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TypeNotationError(pub String);

impl Type {
    /// The type in JSON notation, as state files and plan JSON have it. Names of optional
    /// attributes follow in a third element.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    /// As [`to_json`](Type::to_json), appended to a text.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Type::Dynamic => out.push_str("\"dynamic\""),
            Type::Bool => out.push_str("\"bool\""),
            Type::Number => out.push_str("\"number\""),
            Type::String => out.push_str("\"string\""),
            Type::List(element) | Type::Set(element) | Type::Map(element) => {
                out.push_str("[\"");
                out.push_str(self.kind_name());
                out.push_str("\",");
                element.write_json(out);
                out.push(']');
            }
            Type::Tuple(elements) => {
                out.push_str("[\"tuple\",[");
                for (position, element) in elements.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    element.write_json(out);
                }
                out.push_str("]]");
            }
            Type::Object(object) => {
                out.push_str("[\"object\",{");
                for (position, (name, ty)) in object.attributes.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    json::write_string(name, out);
                    out.push(':');
                    ty.write_json(out);
                }
                out.push('}');
                if !object.optional.is_empty() {
                    out.push_str(",[");
                    for (position, name) in object.optional.iter().enumerate() {
                        if position > 0 {
                            out.push(',');
                        }
                        json::write_string(name, out);
                    }
                    out.push(']');
                }
                out.push(']');
            }
        }
    }

    /// Reads a type in JSON notation.
    pub fn from_json(text: &str) -> Result<Type, TypeNotationError> {
        let json = json::parse(text).map_err(|error| TypeNotationError(error.to_string()))?;
        from_tree(&json)
    }
}

pub(crate) fn from_tree(json: &Json<'_>) -> Result<Type, TypeNotationError> {
    let wrong = |text: &str| TypeNotationError(text.to_owned());
    match json {
        Json::String(word) => match &**word {
            "dynamic" => Ok(Type::Dynamic),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            other => Err(TypeNotationError(format!(
                "invalid primitive type name {}",
                json::quote(other)
            ))),
        },
        Json::Array(parts) => {
            let (Some(Json::String(kind)), Some(inner)) = (parts.first(), parts.get(1)) else {
                return Err(wrong("invalid complex type description"));
            };
            if parts.len() > 2 && !(parts.len() == 3 && kind == "object") {
                return Err(wrong("unexpected extra data in type"));
            }
            match &**kind {
                "list" => Ok(Type::list(from_tree(inner)?)),
                "set" => Ok(Type::set(from_tree(inner)?)),
                "map" => Ok(Type::map(from_tree(inner)?)),
                "tuple" => {
                    let Json::Array(elements) = inner else {
                        return Err(wrong("a tuple type needs an array of types"));
                    };
                    let elements: Result<Arc<[Type]>, _> = elements.iter().map(from_tree).collect();
                    Ok(Type::Tuple(elements?))
                }
                "object" => {
                    let Json::Object(attributes) = inner else {
                        return Err(wrong("an object type needs an object of types"));
                    };
                    let mut object = ObjectType::default();
                    let mut read = BTreeMap::new();
                    for (name, ty) in attributes {
                        read.insert(Arc::from(&**name), from_tree(ty)?);
                    }
                    object.attributes = read;
                    if let Some(optional) = parts.get(2) {
                        let Json::Array(names) = optional else {
                            return Err(wrong("optional attributes must be an array of names"));
                        };
                        for name in names {
                            match name {
                                Json::String(name) if object.attributes.contains_key(&**name) => {
                                    object.optional.insert(Arc::from(&**name));
                                }
                                _ => return Err(wrong("undeclared optional attribute")),
                            }
                        }
                    }
                    Ok(Type::Object(Arc::new(object)))
                }
                other => Err(TypeNotationError(format!(
                    "invalid complex type kind {}",
                    json::quote(other)
                ))),
            }
        }
        _ => Err(wrong("a type is a string or an array")),
    }
}
