//! The types a value can have, and how they are named to people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The type of a [`Value`](crate::Value). Cloning is cheap: nested types are shared.
///
/// In a type *constraint* `Dynamic` stands for "any type"; as the type of a value it is only
/// seen on unknowns and nulls whose type is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Not known yet, or any.
    Dynamic,
    /// True or false.
    Bool,
    /// A number with 512 bits of mantissa.
    Number,
    /// Unicode text, normalised to NFC.
    String,
    /// A sequence whose elements share one type.
    List(Arc<Type>),
    /// Distinct elements of one type, in the fixed set order.
    Set(Arc<Type>),
    /// String keys to elements of one type.
    Map(Arc<Type>),
    /// A sequence of known length with a type for each position.
    Tuple(Arc<[Type]>),
    /// Named attributes with a type for each name.
    Object(Arc<ObjectType>),
}

/// The attributes of an object type. `optional` names attributes that conversion may leave out;
/// it is only filled in type constraints, never in the type of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectType {
    /// Attribute names and their types.
    pub attributes: BTreeMap<Arc<str>, Type>,
    /// Names, each also in `attributes`, that a converted value may lack.
    pub optional: BTreeSet<Arc<str>>,
}

impl Type {
    /// `list(element)`.
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    /// `set(element)`.
    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    /// `map(element)`.
    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    /// `tuple([...])`.
    pub fn tuple(elements: impl Into<Vec<Type>>) -> Type {
        Type::Tuple(elements.into().into())
    }

    /// `object({...})` without optional attributes.
    pub fn object<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Type)>) -> Type {
        Type::Object(Arc::new(ObjectType {
            attributes: attributes
                .into_iter()
                .map(|(name, ty)| (name.into(), ty))
                .collect(),
            optional: BTreeSet::new(),
        }))
    }

    /// `object({...})` where the attributes named in `optional` may be left out.
    pub fn object_with_optional<K: Into<Arc<str>>, O: Into<Arc<str>>>(
        attributes: impl IntoIterator<Item = (K, Type)>,
        optional: impl IntoIterator<Item = O>,
    ) -> Type {
        Type::Object(Arc::new(ObjectType {
            attributes: attributes
                .into_iter()
                .map(|(name, ty)| (name.into(), ty))
                .collect(),
            optional: optional.into_iter().map(Into::into).collect(),
        }))
    }

    /// Bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// List, set or map.
    pub fn is_collection(&self) -> bool {
        matches!(self, Type::List(_) | Type::Set(_) | Type::Map(_))
    }

    /// Tuple or object.
    pub fn is_structural(&self) -> bool {
        matches!(self, Type::Tuple(_) | Type::Object(_))
    }

    /// Object or map: what has named members.
    pub fn is_object_or_map(&self) -> bool {
        matches!(self, Type::Object(_) | Type::Map(_))
    }

    /// The element type of a list, set or map.
    pub fn element_type(&self) -> Option<&Type> {
        match self {
            Type::List(element) | Type::Set(element) | Type::Map(element) => Some(element),
            _ => None,
        }
    }

    /// The type of an object's attribute.
    pub fn attribute_type(&self, name: &str) -> Option<&Type> {
        match self {
            Type::Object(object) => object.attributes.get(name),
            _ => None,
        }
    }

    /// The attributes of an object type.
    pub fn as_object(&self) -> Option<&ObjectType> {
        match self {
            Type::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The element types of a tuple type.
    pub fn as_tuple(&self) -> Option<&[Type]> {
        match self {
            Type::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// Whether `Dynamic` occurs anywhere inside.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::Bool | Type::Number | Type::String => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
            Type::Object(object) => object.attributes.values().any(Type::has_dynamic),
        }
    }

    /// Whether an object type with optional attributes occurs anywhere inside.
    pub fn has_optional(&self) -> bool {
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_optional(),
            Type::Tuple(elements) => elements.iter().any(Type::has_optional),
            Type::Object(object) => {
                !object.optional.is_empty() || object.attributes.values().any(Type::has_optional)
            }
        }
    }

    /// The same type with no attribute optional: the type that values converted to it have.
    pub fn without_optional(&self) -> Type {
        if !self.has_optional() {
            return self.clone();
        }
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String => self.clone(),
            Type::List(element) => Type::list(element.without_optional()),
            Type::Set(element) => Type::set(element.without_optional()),
            Type::Map(element) => Type::map(element.without_optional()),
            Type::Tuple(elements) => {
                Type::Tuple(elements.iter().map(Type::without_optional).collect())
            }
            Type::Object(object) => Type::object(
                object
                    .attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.without_optional())),
            ),
        }
    }

    /// Levels of nesting: 0 for a primitive, 1 for `list(string)`.
    pub fn depth(&self) -> usize {
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String => 0,
            Type::List(element) | Type::Set(element) | Type::Map(element) => 1 + element.depth(),
            Type::Tuple(elements) => 1 + elements.iter().map(Type::depth).max().unwrap_or(0),
            Type::Object(object) => {
                1 + object
                    .attributes
                    .values()
                    .map(Type::depth)
                    .max()
                    .unwrap_or(0)
            }
        }
    }

    /// The name used in messages: `string`, `list of string`, `object`, `dynamic`.
    pub fn friendly_name(&self) -> String {
        match self {
            Type::Dynamic => "dynamic".into(),
            Type::List(element) => format!("list of {}", element.friendly_name()),
            Type::Set(element) => format!("set of {}", element.friendly_name()),
            Type::Map(element) => format!("map of {}", element.friendly_name()),
            _ => self.kind_name().into(),
        }
    }

    /// As [`friendly_name`](Type::friendly_name), with `Dynamic` said as a constraint:
    /// `any type`, `list of any single type`.
    pub fn friendly_name_for_constraint(&self) -> String {
        let element = |element: &Type| match element {
            Type::Dynamic => "any single type".to_owned(),
            other => other.friendly_name_for_constraint(),
        };
        match self {
            Type::Dynamic => "any type".into(),
            Type::List(ty) => format!("list of {}", element(ty)),
            Type::Set(ty) => format!("set of {}", element(ty)),
            Type::Map(ty) => format!("map of {}", element(ty)),
            _ => self.kind_name().into(),
        }
    }

    /// The bare word for the kind of type: `list`, `object`, `string`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Type::Dynamic => "dynamic",
            Type::Bool => "bool",
            Type::Number => "number",
            Type::String => "string",
            Type::List(_) => "list",
            Type::Set(_) => "set",
            Type::Map(_) => "map",
            Type::Tuple(_) => "tuple",
            Type::Object(_) => "object",
        }
    }
}

/// Writes the type as a type constraint is written in configuration: `list(string)`,
/// `object({a=number,b=optional(string)})`, `any`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dynamic => f.write_str("any"),
            Type::Bool | Type::Number | Type::String => f.write_str(self.kind_name()),
            Type::List(element) | Type::Set(element) | Type::Map(element) => {
                write!(f, "{}({element})", self.kind_name())
            }
            Type::Tuple(elements) => {
                f.write_str("tuple([")?;
                for (position, element) in elements.iter().enumerate() {
                    if position > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{element}")?;
                }
                f.write_str("])")
            }
            Type::Object(object) => {
                f.write_str("object({")?;
                for (position, (name, ty)) in object.attributes.iter().enumerate() {
                    if position > 0 {
                        f.write_str(",")?;
                    }
                    if object.optional.contains(name) {
                        write!(f, "{name}=optional({ty})")?;
                    } else {
                        write!(f, "{name}={ty}")?;
                    }
                }
                f.write_str("})")
            }
        }
    }
}
