//! The value itself: what it holds and how it is looked into.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use crate::marks::Marks;
use crate::number::Number;
use crate::refinements::{Refinements, UNREFINED};
use crate::types::Type;

/// A value of the language: typed, perhaps null, perhaps unknown, perhaps marked.
///
/// Compound values are shared: cloning never copies a collection. Equality (`==`) is
/// [`raw_equals`](Value::raw_equals), marks included.
#[derive(Clone)]
pub struct Value {
    pub(crate) kind: Kind,
    pub(crate) marks: Marks,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Null(Type),
    Unknown(Type, Option<Arc<Refinements>>),
    Bool(bool),
    Number(Number),
    String(Arc<str>),
    List(Arc<Sequence>),
    Set(Arc<Sequence>),
    Map(Arc<Members>),
    Tuple(Arc<Sequence>),
    Object(Arc<Members>),
}

/// What is remembered about everything inside a compound value.
#[derive(Clone, Copy)]
pub(crate) struct Inside {
    pub(crate) depth: u32,
    pub(crate) wholly_known: bool,
    pub(crate) marks: Marks,
}

/// The elements of a list, set or tuple. `element` is `Dynamic` and unused for a tuple.
pub(crate) struct Sequence {
    pub(crate) element: Type,
    pub(crate) elements: Vec<Value>,
    pub(crate) inside: Inside,
    pub(crate) ty: OnceLock<Type>,
}

/// The members of a map or object. `element` is `Dynamic` and unused for an object.
pub(crate) struct Members {
    pub(crate) element: Type,
    pub(crate) members: BTreeMap<Arc<str>, Value>,
    pub(crate) inside: Inside,
    pub(crate) ty: OnceLock<Type>,
}

/// A borrowed look at a value, for matching. Marks are not part of it.
#[derive(Clone, Copy)]
pub enum ValueRef<'a> {
    /// Null of a type.
    Null(&'a Type),
    /// Not known yet.
    Unknown(&'a Type, &'a Refinements),
    /// A bool.
    Bool(bool),
    /// A number.
    Number(&'a Number),
    /// A string, in NFC.
    String(&'a Arc<str>),
    /// A list.
    List {
        /// Type of the elements.
        elem: &'a Type,
        /// The elements.
        elements: &'a [Value],
    },
    /// A set.
    Set {
        /// Type of the elements.
        elem: &'a Type,
        /// Distinct elements in set order.
        elements: &'a [Value],
    },
    /// A map.
    Map {
        /// Type of the elements.
        elem: &'a Type,
        /// The elements by key.
        elements: &'a BTreeMap<Arc<str>, Value>,
    },
    /// A tuple.
    Tuple(&'a [Value]),
    /// An object.
    Object(&'a BTreeMap<Arc<str>, Value>),
}

/// Why a value cannot be looked into that way; the text is a full sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccessError(pub String);

impl Inside {
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Inside {
        let mut inside = Inside {
            depth: 1,
            wholly_known: true,
            marks: Marks::NONE,
        };
        for value in values {
            let below = value.inside();
            inside.depth = inside.depth.max(below.depth + 1);
            inside.wholly_known &= below.wholly_known;
            inside.marks |= below.marks;
        }
        inside
    }
}

/// Looking into values.
impl Value {
    pub(crate) fn inside(&self) -> Inside {
        let mut inside = match &self.kind {
            Kind::List(sequence) | Kind::Set(sequence) | Kind::Tuple(sequence) => sequence.inside,
            Kind::Map(members) | Kind::Object(members) => members.inside,
            Kind::Unknown(..) => Inside {
                depth: 0,
                wholly_known: false,
                marks: Marks::NONE,
            },
            _ => Inside {
                depth: 0,
                wholly_known: true,
                marks: Marks::NONE,
            },
        };
        inside.marks |= self.marks;
        inside
    }

    /// What the value is, for matching.
    pub fn view(&self) -> ValueRef<'_> {
        match &self.kind {
            Kind::Null(ty) => ValueRef::Null(ty),
            Kind::Unknown(ty, refinements) => {
                ValueRef::Unknown(ty, refinements.as_deref().unwrap_or(&UNREFINED))
            }
            Kind::Bool(value) => ValueRef::Bool(*value),
            Kind::Number(value) => ValueRef::Number(value),
            Kind::String(text) => ValueRef::String(text),
            Kind::List(sequence) => ValueRef::List {
                elem: &sequence.element,
                elements: &sequence.elements,
            },
            Kind::Set(sequence) => ValueRef::Set {
                elem: &sequence.element,
                elements: &sequence.elements,
            },
            Kind::Map(members) => ValueRef::Map {
                elem: &members.element,
                elements: &members.members,
            },
            Kind::Tuple(sequence) => ValueRef::Tuple(&sequence.elements),
            Kind::Object(members) => ValueRef::Object(&members.members),
        }
    }

    /// The type. Computed once for a compound value and then shared.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) | Kind::Unknown(ty, _) => ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(sequence) => sequence
                .ty
                .get_or_init(|| Type::list(sequence.element.clone()))
                .clone(),
            Kind::Set(sequence) => sequence
                .ty
                .get_or_init(|| Type::set(sequence.element.clone()))
                .clone(),
            Kind::Map(members) => members
                .ty
                .get_or_init(|| Type::map(members.element.clone()))
                .clone(),
            Kind::Tuple(sequence) => sequence
                .ty
                .get_or_init(|| Type::Tuple(sequence.elements.iter().map(Value::ty).collect()))
                .clone(),
            Kind::Object(members) => members
                .ty
                .get_or_init(|| {
                    Type::object(
                        members
                            .members
                            .iter()
                            .map(|(name, value)| (name.clone(), value.ty())),
                    )
                })
                .clone(),
        }
    }

    /// Whether the value is null (unknowns are not).
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself is known; elements may still be unknown.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(..))
    }

    /// Whether nothing inside is unknown. Takes constant time.
    pub fn is_wholly_known(&self) -> bool {
        self.inside().wholly_known
    }

    /// Levels of nesting: 0 for a primitive, 1 for a flat collection.
    pub fn depth(&self) -> usize {
        self.inside().depth as usize
    }

    /// Whether the value cannot turn out null: it is known and not null, or refined so.
    pub fn is_definitely_not_null(&self) -> bool {
        match &self.kind {
            Kind::Null(_) => false,
            Kind::Unknown(_, refinements) => refinements.as_deref().is_some_and(|r| r.not_null),
            _ => true,
        }
    }

    /// The text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// A known bool.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A known number.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple.
    pub fn as_slice(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(sequence) | Kind::Set(sequence) | Kind::Tuple(sequence) => {
                Some(&sequence.elements)
            }
            _ => None,
        }
    }

    /// The members of a known map or object.
    pub fn as_members(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match &self.kind {
            Kind::Map(members) | Kind::Object(members) => Some(&members.members),
            _ => None,
        }
    }

    /// How many elements or attributes a known compound value has. For a set with unknown
    /// elements this is the number stored; see [`ops::length`](crate::ops::length).
    pub fn length(&self) -> Option<usize> {
        match &self.kind {
            Kind::List(sequence) | Kind::Set(sequence) | Kind::Tuple(sequence) => {
                Some(sequence.elements.len())
            }
            Kind::Map(members) | Kind::Object(members) => Some(members.members.len()),
            _ => None,
        }
    }

    /// Whether both are the same in type, null-ness, unknown-ness with refinements, marks and
    /// content. Shared parts are not walked.
    pub fn raw_equals(&self, other: &Value) -> bool {
        self.marks == other.marks && self.raw_equals_ignoring_marks_here(other)
    }

    fn raw_equals_ignoring_marks_here(&self, other: &Value) -> bool {
        fn sequences(a: &Arc<Sequence>, b: &Arc<Sequence>) -> bool {
            Arc::ptr_eq(a, b) || (a.element == b.element && a.elements == b.elements)
        }
        fn members(a: &Arc<Members>, b: &Arc<Members>) -> bool {
            Arc::ptr_eq(a, b) || (a.element == b.element && a.members == b.members)
        }
        match (&self.kind, &other.kind) {
            (Kind::Null(a), Kind::Null(b)) => a == b,
            (Kind::Unknown(a, ra), Kind::Unknown(b, rb)) => a == b && ra == rb,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::List(a), Kind::List(b))
            | (Kind::Set(a), Kind::Set(b))
            | (Kind::Tuple(a), Kind::Tuple(b)) => sequences(a, b),
            (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => members(a, b),
            _ => false,
        }
    }

    /// Whether both are clones of one compound value, or equal scalars: a quick "certainly equal".
    pub fn is_same(&self, other: &Value) -> bool {
        self.marks == other.marks
            && match (&self.kind, &other.kind) {
                (Kind::List(a), Kind::List(b))
                | (Kind::Set(a), Kind::Set(b))
                | (Kind::Tuple(a), Kind::Tuple(b)) => Arc::ptr_eq(a, b),
                (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => {
                    Arc::ptr_eq(a, b)
                }
                _ => self.raw_equals(other),
            }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.raw_equals(other)
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.marks.hash(state);
        std::mem::discriminant(&self.kind).hash(state);
        match &self.kind {
            Kind::Null(ty) => ty.hash(state),
            Kind::Unknown(ty, refinements) => {
                ty.hash(state);
                refinements.hash(state);
            }
            Kind::Bool(value) => value.hash(state),
            Kind::Number(value) => value.hash(state),
            Kind::String(text) => text.hash(state),
            Kind::List(sequence) | Kind::Set(sequence) | Kind::Tuple(sequence) => {
                sequence.elements.hash(state);
            }
            Kind::Map(members) | Kind::Object(members) => members.members.hash(state),
        }
    }
}

/// Shows structure and content for tests and assertions. It shows sensitive content: never log it.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.view() {
            ValueRef::Null(ty) => write!(f, "null({ty})")?,
            ValueRef::Unknown(ty, refinements) if refinements.is_empty() => {
                write!(f, "unknown({ty})")?;
            }
            ValueRef::Unknown(ty, refinements) => write!(f, "unknown({ty}, {refinements:?})")?,
            ValueRef::Bool(value) => write!(f, "{value}")?,
            ValueRef::Number(value) => write!(f, "{value}")?,
            ValueRef::String(text) => write!(f, "{text:?}")?,
            ValueRef::List { elements, .. } => {
                f.write_str("list")?;
                f.debug_list().entries(elements).finish()?;
            }
            ValueRef::Set { elements, .. } => {
                f.write_str("set")?;
                f.debug_list().entries(elements).finish()?;
            }
            ValueRef::Map { elements, .. } => {
                f.write_str("map")?;
                f.debug_map().entries(elements).finish()?;
            }
            ValueRef::Tuple(elements) => f.debug_list().entries(elements).finish()?,
            ValueRef::Object(attributes) => f.debug_map().entries(attributes).finish()?,
        }
        if !self.marks.is_empty() {
            write!(f, " marked {:?}", self.marks)?;
        }
        Ok(())
    }
}
