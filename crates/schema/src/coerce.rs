//! Bringing any value into the shape of a block.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{ConvertError, Path, Type, Value, ValueRef, convert, json};

use crate::model::{Block, NestedBlock, Nesting};

/// Why a value cannot take the shape of a block.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct SchemaError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong, without a full stop: `attribute "name" is required`.
    pub message: String,
}

impl SchemaError {
    fn new(path: &Path, message: impl Into<String>) -> SchemaError {
        SchemaError {
            path: path.clone(),
            message: message.into(),
        }
    }

    fn converting(path: &Path, error: ConvertError) -> SchemaError {
        let mut steps = path.0.clone();
        steps.extend(error.path.0);
        SchemaError {
            path: Path(steps),
            message: error.message,
        }
    }
}

impl Block {
    /// The value in the shape of this block: attributes converted, missing ones null, missing
    /// blocks empty. An error for what the block does not have, and for a required attribute that
    /// is missing (null is accepted there: configuration has been checked before).
    pub fn coerce(&self, value: Value) -> Result<Value, SchemaError> {
        self.coerce_at(&value, &Path::new())
    }

    fn coerce_at(&self, value: &Value, path: &Path) -> Result<Value, SchemaError> {
        let marks = value.marks();
        let members = match value.view() {
            ValueRef::Null(_) => return Ok(Value::null(self.implied_type()).with_marks(marks)),
            ValueRef::Unknown(Type::Dynamic | Type::Object(_) | Type::Map(_), _) => {
                return Ok(Value::unknown(self.implied_type()).with_marks(marks));
            }
            ValueRef::Object(members)
            | ValueRef::Map {
                elements: members, ..
            } => members,
            _ => return Err(SchemaError::new(path, "an object is required")),
        };
        if let Some(name) = members
            .keys()
            .find(|name| !self.attributes.contains_key(*name) && !self.blocks.contains_key(*name))
        {
            return Err(SchemaError::new(
                path,
                format!("unexpected attribute {}", json::quote(name)),
            ));
        }
        let mut coerced: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (name, attribute) in &self.attributes {
            let value = match members.get(name) {
                Some(value) => {
                    let path = path.attr(name.clone());
                    convert(value, &attribute.ty)
                        .map_err(|error| SchemaError::converting(&path, error))?
                }
                None if attribute.optional || attribute.computed => {
                    Value::null(attribute.ty.clone())
                }
                None => {
                    return Err(SchemaError::new(
                        path,
                        format!("attribute {} is required", json::quote(name)),
                    ));
                }
            };
            coerced.insert(name.clone(), value);
        }
        for (name, nested) in &self.blocks {
            let value = match members.get(name) {
                Some(value) => nested.coerce_at(value, &path.attr(name.clone()))?,
                None => nested.empty_value(),
            };
            coerced.insert(name.clone(), value);
        }
        Ok(Value::object(coerced).with_marks(marks))
    }
}

impl NestedBlock {
    fn coerce_at(&self, value: &Value, path: &Path) -> Result<Value, SchemaError> {
        let marks = value.marks();
        let inner = self.block.implied_type();
        if matches!(self.nesting, Nesting::Single | Nesting::Group) {
            if value.is_null() && self.nesting == Nesting::Group {
                return Ok(self.empty_value().with_marks(marks));
            }
            return self.block.coerce_at(value, path);
        }
        if !value.is_known() {
            return Ok(Value::unknown(self.implied_type()).with_marks(marks));
        }
        if value.is_null() {
            return Ok(self.empty_value().with_marks(marks));
        }
        let wanted = match self.nesting {
            Nesting::Map => value.as_members().is_some(),
            _ => value.as_slice().is_some(),
        };
        if !wanted {
            return Err(SchemaError::new(
                path,
                match self.nesting {
                    Nesting::List => "must be a list",
                    Nesting::Set => "must be a set",
                    _ => "must be a map",
                },
            ));
        }
        let mut keys = Vec::new();
        let mut blocks = Vec::new();
        for (key, element) in value.elements() {
            blocks.push(self.block.coerce_at(element, &path.index(key.to_value()))?);
            if let trueup_value::ElementKey::Name(name) = key {
                keys.push(name.clone());
            }
        }
        Ok(match self.nesting {
            Nesting::Set => Value::set(inner, blocks),
            Nesting::List if inner.has_dynamic() => Value::tuple(blocks),
            Nesting::List => Value::list(inner, blocks),
            _ if inner.has_dynamic() => Value::object(keys.into_iter().zip(blocks).collect()),
            _ => Value::map(inner, keys.into_iter().zip(blocks).collect()),
        }
        .with_marks(marks))
    }
}
