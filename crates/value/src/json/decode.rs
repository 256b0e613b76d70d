//! JSON text to values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reader::{Json, JsonError, parse};
use crate::convert::{convert, unify};
use crate::number::Number;
use crate::types::Type;
use crate::types_json;
use crate::value::Value;

fn fail(message: impl Into<String>) -> JsonError {
    JsonError {
        message: message.into(),
        offset: 0,
    }
}

/// Reads JSON as `jsondecode` does: objects become objects, arrays tuples, `null` an untyped null.
pub fn decode(text: &str) -> Result<Value, JsonError> {
    implied(&parse(text)?)
}

/// The value a JSON tree implies; see [`decode`].
pub fn implied(json: &Json<'_>) -> Result<Value, JsonError> {
    Ok(match json {
        Json::Null => Value::dynamic_null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(text) => Value::number(number(text)?),
        Json::String(text) => Value::string(text),
        Json::Array(elements) => {
            Value::tuple(elements.iter().map(implied).collect::<Result<_, _>>()?)
        }
        Json::Object(members) => {
            let mut attributes = BTreeMap::new();
            for (name, value) in members {
                attributes.insert(Arc::from(&**name), implied(value)?);
            }
            Value::object(attributes)
        }
    })
}

fn number(text: &str) -> Result<Number, JsonError> {
    Number::parse(text).map_err(|error| fail(error.to_string()))
}

/// Reads JSON that [`marshal`](super::marshal) wrote for the same type. Attributes that are
/// missing become null; attributes the type does not have are an error.
pub fn unmarshal(text: &str, ty: &Type) -> Result<Value, JsonError> {
    unmarshal_tree(&parse(text)?, ty)
}

/// As [`unmarshal`], from a tree.
pub fn unmarshal_tree(json: &Json<'_>, ty: &Type) -> Result<Value, JsonError> {
    if matches!(json, Json::Null) {
        return Ok(Value::null(ty.clone()));
    }
    Ok(match ty {
        Type::Dynamic => return wrapped(json),
        Type::Bool => match json {
            Json::Bool(value) => Value::bool(*value),
            Json::String(text) => convert(&Value::string(text), &Type::Bool)
                .map_err(|error| fail(error.to_string()))?,
            _ => return Err(fail("bool is required")),
        },
        Type::Number => match json {
            Json::Number(text) => Value::number(number(text)?),
            Json::String(text) => Value::number(number(text)?),
            _ => return Err(fail("number is required")),
        },
        Type::String => match json {
            Json::String(text) => Value::string(text),
            Json::Number(text) => Value::string(text),
            Json::Bool(value) => Value::string(if *value { "true" } else { "false" }),
            _ => return Err(fail("string is required")),
        },
        Type::List(element) => {
            let elements = sequence(json, element)?;
            let (element, elements) = one_type(element, elements)?;
            Value::list(element, elements)
        }
        Type::Set(element) => {
            let elements = sequence(json, element)?;
            let (element, elements) = one_type(element, elements)?;
            Value::set(element, elements)
        }
        Type::Map(element) => {
            let Json::Object(members) = json else {
                return Err(fail("map is required"));
            };
            let mut read: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for (key, value) in members {
                let value = unmarshal_tree(value, element).map_err(|error| at(key, error))?;
                read.insert(Arc::from(&**key), value);
            }
            let (keys, values): (Vec<_>, Vec<_>) = read.into_iter().unzip();
            let (element, values) = one_type(element, values)?;
            Value::map(element, keys.into_iter().zip(values).collect())
        }
        Type::Tuple(types) => {
            let Json::Array(elements) = json else {
                return Err(fail("tuple is required"));
            };
            if elements.len() != types.len() {
                return Err(fail(format!(
                    "wrong number of tuple elements: {} instead of {}",
                    elements.len(),
                    types.len()
                )));
            }
            Value::tuple(
                elements
                    .iter()
                    .zip(types.iter())
                    .map(|(element, ty)| unmarshal_tree(element, ty))
                    .collect::<Result<_, _>>()?,
            )
        }
        Type::Object(object) => {
            let Json::Object(members) = json else {
                return Err(fail("object is required"));
            };
            let mut read: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for (name, value) in members {
                let Some((name, ty)) = object.attributes.get_key_value(&**name) else {
                    return Err(fail(format!(
                        "unsupported attribute {}",
                        super::quote(name)
                    )));
                };
                let value = unmarshal_tree(value, ty).map_err(|error| at(name, error))?;
                read.insert(name.clone(), value);
            }
            for (name, ty) in &object.attributes {
                if !read.contains_key(name) {
                    read.insert(name.clone(), Value::null(ty.clone()));
                }
            }
            Value::object(read)
        }
    })
}

/// Says in which member an error is.
fn at(name: &str, error: JsonError) -> JsonError {
    JsonError {
        message: if error.message.starts_with('.') {
            format!(".{name}{}", error.message)
        } else {
            format!(".{name}: {}", error.message)
        },
        offset: error.offset,
    }
}

fn sequence(json: &Json<'_>, element: &Type) -> Result<Vec<Value>, JsonError> {
    let Json::Array(elements) = json else {
        return Err(fail("array is required"));
    };
    elements
        .iter()
        .map(|value| unmarshal_tree(value, element))
        .collect()
}

/// Elements under an element type with open parts: each may have brought its own type.
fn one_type(element: &Type, elements: Vec<Value>) -> Result<(Type, Vec<Value>), JsonError> {
    if elements.is_empty() || !element.has_dynamic() {
        return Ok((element.clone(), elements));
    }
    let types: Vec<Type> = elements.iter().map(Value::ty).collect();
    let ty = unify(&types).ok_or_else(|| fail("elements must all have the same type"))?;
    let elements = elements
        .iter()
        .map(|value| convert(value, &ty))
        .collect::<Result<_, _>>()
        .map_err(|error| fail(error.to_string()))?;
    Ok((ty, elements))
}

/// `{"value": …, "type": …}`, as a value of open type is written.
fn wrapped(json: &Json<'_>) -> Result<Value, JsonError> {
    let (Some(value), Some(ty)) = (json.get("value"), json.get("type")) else {
        return Err(fail(
            "missing \"value\" or \"type\" in dynamically-typed value",
        ));
    };
    let ty = types_json::from_tree(ty).map_err(|error| fail(error.to_string()))?;
    unmarshal_tree(value, &ty)
}
