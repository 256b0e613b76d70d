//! Defaults of optional attributes in a type constraint, and filling them in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::convert::{convert, unify};
use crate::types::Type;
use crate::value::{Value, ValueRef};

/// The tree of defaults beside a type constraint. Made while the constraint is read, applied to a
/// value before it is converted to the constraint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// For an object constraint: the defaults of its optional attributes, already converted to
    /// the attributes' types.
    pub values: BTreeMap<Arc<str>, Value>,
    /// For an object constraint: defaults inside its attributes.
    pub attributes: BTreeMap<Arc<str>, Defaults>,
    /// For a list, set or map constraint: defaults inside every element.
    pub element: Option<Box<Defaults>>,
    /// For a tuple constraint: defaults inside elements, by position.
    pub positions: BTreeMap<usize, Defaults>,
}

impl Defaults {
    /// Whether there is nothing to fill in.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.attributes.is_empty()
            && self.positions.is_empty()
            && self.element.is_none()
    }

    /// The value with defaults in place of attributes that are missing or null, outer ones first,
    /// then inside them. Null and unknown values stay as they are. Marks are kept.
    pub fn apply(&self, value: &Value) -> Value {
        if self.is_empty() || !value.is_known() || value.is_null() {
            return value.clone();
        }
        let inside = |defaults: Option<&Defaults>, value: &Value| {
            defaults.map_or_else(|| value.clone(), |defaults| defaults.apply(value))
        };
        let filled = match value.view() {
            ValueRef::List { elem, elements } => {
                let elements = self.apply_to_all(elements);
                match same_type(elem, elements) {
                    Ok((elem, elements)) => Value::list(elem, elements),
                    Err(elements) => Value::tuple(elements),
                }
            }
            ValueRef::Set { elem, elements } => {
                let elements = self.apply_to_all(elements);
                match same_type(elem, elements) {
                    Ok((elem, elements)) => Value::set(elem, elements),
                    Err(elements) => Value::tuple(elements),
                }
            }
            ValueRef::Tuple(elements) => Value::tuple(self.apply_to_all(elements)),
            ValueRef::Map { elem, elements } => {
                let members = self.apply_to_members(elements, &inside);
                let (keys, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
                match same_type(elem, values) {
                    Ok((elem, values)) => Value::map(elem, keys.into_iter().zip(values).collect()),
                    Err(values) => Value::object(keys.into_iter().zip(values).collect()),
                }
            }
            ValueRef::Object(attributes) => {
                Value::object(self.apply_to_members(attributes, &inside))
            }
            _ => return value.clone(),
        };
        filled.with_marks(value.marks())
    }

    fn apply_to_all(&self, elements: &[Value]) -> Vec<Value> {
        elements
            .iter()
            .enumerate()
            .map(|(position, element)| {
                match self.element.as_deref().or(self.positions.get(&position)) {
                    Some(defaults) => defaults.apply(element),
                    None => element.clone(),
                }
            })
            .collect()
    }

    fn apply_to_members(
        &self,
        members: &BTreeMap<Arc<str>, Value>,
        inside: &dyn Fn(Option<&Defaults>, &Value) -> Value,
    ) -> BTreeMap<Arc<str>, Value> {
        let child = |name: &str| self.element.as_deref().or(self.attributes.get(name));
        let mut filled: BTreeMap<Arc<str>, Value> = members
            .iter()
            .map(|(name, value)| (name.clone(), inside(child(name), value)))
            .collect();
        for (name, default) in &self.values {
            if filled.get(name).is_none_or(Value::is_null) {
                filled.insert(name.clone(), inside(child(name), default));
            }
        }
        filled
    }
}

/// The elements brought to one type, or as they are where they have none in common.
fn same_type(before: &Type, elements: Vec<Value>) -> Result<(Type, Vec<Value>), Vec<Value>> {
    if elements.is_empty() {
        return Ok((before.clone(), elements));
    }
    let types: Vec<Type> = elements.iter().map(Value::ty).collect();
    let Some(ty) = unify(&types) else {
        return Err(elements);
    };
    let converted: Result<Vec<Value>, _> = elements
        .iter()
        .map(|element| convert(element, &ty))
        .collect();
    match converted {
        Ok(converted) => Ok((ty, converted)),
        Err(_) => Err(elements),
    }
}
