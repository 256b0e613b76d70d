//! Walking and indexing compound values without copying them.

use std::collections::btree_map;
use std::sync::Arc;

use crate::convert::convert;
use crate::number::Number;
use crate::types::Type;
use crate::value::{AccessError, Kind, Value};

/// The key beside an element in [`Value::elements`].
#[derive(Clone, Copy, Debug)]
pub enum ElementKey<'a> {
    /// Position in a list or tuple.
    Position(usize),
    /// Key of a map or name of an object's attribute.
    Name(&'a Arc<str>),
    /// In a set an element is its own key.
    Element(&'a Value),
}

impl ElementKey<'_> {
    /// The key as a value: number, string, or the set's element.
    pub fn to_value(self) -> Value {
        match self {
            ElementKey::Position(position) => Value::from(position),
            ElementKey::Name(name) => Value::shared_string(name.clone()),
            ElementKey::Element(element) => element.clone(),
        }
    }
}

/// Iterator over the elements of a compound value, in its order.
pub struct Elements<'a>(Inner<'a>);

enum Inner<'a> {
    None,
    Sequence(std::iter::Enumerate<std::slice::Iter<'a, Value>>),
    Set(std::slice::Iter<'a, Value>),
    Members(btree_map::Iter<'a, Arc<str>, Value>),
}

impl<'a> Iterator for Elements<'a> {
    type Item = (ElementKey<'a>, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::None => None,
            Inner::Sequence(iter) => iter
                .next()
                .map(|(position, value)| (ElementKey::Position(position), value)),
            Inner::Set(iter) => iter.next().map(|value| (ElementKey::Element(value), value)),
            Inner::Members(iter) => iter
                .next()
                .map(|(name, value)| (ElementKey::Name(name), value)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = match &self.0 {
            Inner::None => 0,
            Inner::Sequence(iter) => iter.len(),
            Inner::Set(iter) => iter.len(),
            Inner::Members(iter) => iter.len(),
        };
        (length, Some(length))
    }
}

impl ExactSizeIterator for Elements<'_> {}

fn failed(text: impl Into<String>) -> AccessError {
    AccessError(text.into())
}

impl Value {
    /// The elements with their keys, in order: positions, byte order of keys, set order. Nothing
    /// for null, unknown and primitive values. Marks of the value itself are not put on elements.
    pub fn elements(&self) -> Elements<'_> {
        Elements(match &self.kind {
            Kind::List(sequence) | Kind::Tuple(sequence) => {
                Inner::Sequence(sequence.elements.iter().enumerate())
            }
            Kind::Set(sequence) => Inner::Set(sequence.elements.iter()),
            Kind::Map(members) | Kind::Object(members) => Inner::Members(members.members.iter()),
            _ => Inner::None,
        })
    }

    /// The attribute of an object, or the element of a map, by name. An unknown object gives an
    /// unknown of the attribute's type. Marks of the value pass to the result.
    pub fn get_attr(&self, name: &str) -> Result<Value, AccessError> {
        let found = match &self.kind {
            Kind::Object(members) => members.members.get(name).cloned().ok_or_else(|| {
                failed(format!(
                    "This object does not have an attribute named {}",
                    crate::json::quote(name)
                ))
            }),
            Kind::Map(members) => members.members.get(name).cloned().ok_or_else(|| {
                failed(format!(
                    "This map does not have an element with the key {}",
                    crate::json::quote(name)
                ))
            }),
            Kind::Unknown(Type::Dynamic, _) => Ok(Value::dynamic_unknown()),
            Kind::Unknown(Type::Map(element), _) => Ok(Value::unknown((**element).clone())),
            Kind::Unknown(Type::Object(object), _) => object
                .attributes
                .get(name)
                .map(|ty| Value::unknown(ty.clone()))
                .ok_or_else(|| {
                    failed(format!(
                        "This object does not have an attribute named {}",
                        crate::json::quote(name)
                    ))
                }),
            Kind::Null(_) => Err(failed(
                "This value is null, so it does not have any attributes",
            )),
            _ if self.shallow_type().is_primitive() => Err(failed(format!(
                "Can't access attributes on a primitive-typed value ({})",
                self.shallow_type().kind_name()
            ))),
            _ => Err(failed("This value does not have any attributes")),
        };
        found.map(|value| value.with_marks(self.marks))
    }

    /// The attribute of a known object or element of a known map, borrowed, marks not passed on.
    pub fn member(&self, name: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Map(members) | Kind::Object(members) => members.members.get(name),
            _ => None,
        }
    }

    /// The element of a known list or tuple at a position, borrowed, marks not passed on.
    pub fn at(&self, position: usize) -> Option<&Value> {
        match &self.kind {
            Kind::List(sequence) | Kind::Tuple(sequence) => sequence.elements.get(position),
            _ => None,
        }
    }

    /// `value[key]`: the key is converted to a number for lists and tuples, to a string for maps
    /// and objects. Unknown value or key gives an unknown of the element's type (of unknown type
    /// for tuples and objects under an unknown key). Marks of value and key pass to the result.
    pub fn index(&self, key: &Value) -> Result<Value, AccessError> {
        const NOT_FOUND: &str =
            "The given key does not identify an element in this collection value";
        let marks = self.marks | key.marks;
        if self.is_null() {
            return Err(failed(
                "This value is null, so it does not have any indices",
            ));
        }
        if key.is_null() {
            return Err(failed("Can't use a null value as an indexing key"));
        }
        let ty = self.shallow_type();
        if matches!(ty, Type::Dynamic) || matches!(key.kind, Kind::Unknown(Type::Dynamic, _)) {
            return Ok(Value::dynamic_unknown().with_marks(marks));
        }
        let wanted = match ty {
            Type::List(_) | Type::Tuple(_) => Type::Number,
            Type::Map(_) | Type::Object(_) => Type::String,
            Type::Set(_) => {
                return Err(failed(
                    "Elements of a set are identified only by their value and don't have any \
                     separate index or key to select with, so it's only possible to perform \
                     operations across all elements of the set",
                ));
            }
            _ => return Err(failed("This value does not have any indices")),
        };
        let key = convert(key, &wanted)
            .map_err(|error| failed(format!("{NOT_FOUND}: {}", error.message)))?;
        let element_unknown = || {
            Value::unknown(match &ty {
                Type::List(element) | Type::Map(element) => (**element).clone(),
                _ => Type::Dynamic,
            })
        };
        let found = match (&self.kind, &key.kind) {
            (_, Kind::Unknown(..)) => element_unknown(),
            (Kind::List(sequence) | Kind::Tuple(sequence), Kind::Number(number)) => {
                let position = sequence_position(number)
                    .map_err(|why| failed(format!("{NOT_FOUND}: {why}")))?;
                position
                    .and_then(|position| sequence.elements.get(position))
                    .cloned()
                    .ok_or_else(|| failed(NOT_FOUND))?
            }
            (Kind::Unknown(Type::Tuple(elements), _), Kind::Number(number)) => {
                let position = sequence_position(number)
                    .map_err(|why| failed(format!("{NOT_FOUND}: {why}")))?;
                position
                    .and_then(|position| elements.get(position))
                    .map(|ty| Value::unknown(ty.clone()))
                    .ok_or_else(|| failed(NOT_FOUND))?
            }
            (Kind::Map(members) | Kind::Object(members), Kind::String(name)) => members
                .members
                .get(&**name)
                .cloned()
                .ok_or_else(|| failed(NOT_FOUND))?,
            (Kind::Unknown(Type::Object(object), _), Kind::String(name)) => object
                .attributes
                .get(&**name)
                .map(|ty| Value::unknown(ty.clone()))
                .ok_or_else(|| failed(NOT_FOUND))?,
            _ => element_unknown(),
        };
        Ok(found.with_marks(marks))
    }

    /// The type without computing the parts of an object or tuple.
    fn shallow_type(&self) -> Type {
        match &self.kind {
            Kind::Tuple(_) => Type::tuple(Vec::new()),
            Kind::Object(_) => Type::Object(Arc::default()),
            _ => self.ty(),
        }
    }
}

/// A position in a sequence; `None` when it is a whole number beyond any length.
fn sequence_position(number: &Number) -> Result<Option<usize>, &'static str> {
    if !number.is_integer() {
        return Err(
            "indexing a sequence requires a whole number, but the given index has a \
             fractional part",
        );
    }
    if number.is_negative() {
        return Err("a negative number is not a valid index for a sequence");
    }
    Ok(number.to_u64().and_then(|n| usize::try_from(n).ok()))
}
