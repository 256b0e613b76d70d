//! The value itself: what it holds, how it is made, how it is looked into.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use crate::marks::Marks;
use crate::number::Number;
use crate::refinements::{Refinements, UNREFINED};
use crate::types::Type;

/// Values nested deeper than this collapse to an unknown of unknown type when they are made, so
/// that no walk over a value can overflow the stack. Anything that reads text refuses far earlier
/// (see [`MAX_DEPTH`](crate::MAX_DEPTH)).
const MAX_NESTING: u32 = 500;

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
    ty: OnceLock<Type>,
}

/// The members of a map or object. `element` is `Dynamic` and unused for an object.
pub(crate) struct Members {
    pub(crate) element: Type,
    pub(crate) members: BTreeMap<Arc<str>, Value>,
    pub(crate) inside: Inside,
    ty: OnceLock<Type>,
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
    fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Inside {
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

/// The NFC form of a text, sharing it when it is already so.
fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        return Arc::from(text);
    }
    text.nfc().collect::<String>().into()
}

fn is_plain(key: &str) -> bool {
    key.is_ascii() || is_nfc_quick(key.chars()) == unicode_normalization::IsNormalized::Yes
}

fn with_nfc_keys(members: BTreeMap<Arc<str>, Value>) -> BTreeMap<Arc<str>, Value> {
    if members.keys().all(|key| is_plain(key)) {
        return members;
    }
    members
        .into_iter()
        .map(|(key, value)| (nfc(&key), value))
        .collect()
}

/// Making values.
impl Value {
    fn plain(kind: Kind) -> Value {
        let value = Value {
            kind,
            marks: Marks::NONE,
        };
        if value.depth() > MAX_NESTING as usize {
            let marks = value.inside().marks;
            return Value::dynamic_unknown().with_marks(marks);
        }
        value
    }

    /// Null of a type.
    pub fn null(ty: Type) -> Value {
        Value::plain(Kind::Null(ty.without_optional()))
    }

    /// Unknown of a type, nothing else said.
    pub fn unknown(ty: Type) -> Value {
        Value::plain(Kind::Unknown(ty.without_optional(), None))
    }

    /// Unknown with what is known about it. Where that says everything the result is known: equal
    /// inclusive bounds, a collection of length zero, a list of an exact length (of unknowns).
    /// Refinements that make no sense for the type are dropped; for `Dynamic` all of them are.
    pub fn unknown_refined(ty: Type, refinements: Refinements) -> Value {
        crate::marking::refined(ty.without_optional(), refinements)
    }

    pub(crate) fn unknown_exactly(ty: Type, refinements: Refinements) -> Value {
        let refinements = (!refinements.is_empty()).then(|| Arc::new(refinements));
        Value::plain(Kind::Unknown(ty, refinements))
    }

    /// A bool.
    pub fn bool(value: bool) -> Value {
        Value::plain(Kind::Bool(value))
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Value {
        Value::plain(Kind::Number(value.into()))
    }

    /// A string, normalised to NFC.
    pub fn string(text: impl AsRef<str>) -> Value {
        Value::plain(Kind::String(nfc(text.as_ref())))
    }

    /// A string that shares `text` when it is already in NFC.
    pub fn shared_string(text: Arc<str>) -> Value {
        if is_plain(&text) {
            Value::plain(Kind::String(text))
        } else {
            Value::string(text)
        }
    }

    /// A list. The caller gives elements of type `elem`.
    pub fn list(elem: Type, elements: Vec<Value>) -> Value {
        let inside = Inside::of(elements.iter());
        Value::plain(Kind::List(Arc::new(Sequence {
            element: elem.without_optional(),
            elements,
            inside,
            ty: OnceLock::new(),
        })))
    }

    /// A set: equal elements are merged, the rest put in set order. Marks of elements move to the
    /// set itself.
    pub fn set(elem: Type, elements: Vec<Value>) -> Value {
        let mut marks = Marks::NONE;
        let elements: Vec<Value> = if elements.iter().any(Value::contains_marked) {
            elements
                .into_iter()
                .map(|element| {
                    marks |= element.marks_inside();
                    element.without_marks_inside()
                })
                .collect()
        } else {
            elements
        };
        let elements = crate::set_order::distinct_in_order(elements);
        let inside = Inside::of(elements.iter());
        Value::plain(Kind::Set(Arc::new(Sequence {
            element: elem.without_optional(),
            elements,
            inside,
            ty: OnceLock::new(),
        })))
        .with_marks(marks)
    }

    /// A map. The caller gives elements of type `elem`.
    pub fn map(elem: Type, elements: BTreeMap<Arc<str>, Value>) -> Value {
        let members = with_nfc_keys(elements);
        let inside = Inside::of(members.values());
        Value::plain(Kind::Map(Arc::new(Members {
            element: elem.without_optional(),
            members,
            inside,
            ty: OnceLock::new(),
        })))
    }

    /// A tuple.
    pub fn tuple(elements: Vec<Value>) -> Value {
        let inside = Inside::of(elements.iter());
        Value::plain(Kind::Tuple(Arc::new(Sequence {
            element: Type::Dynamic,
            elements,
            inside,
            ty: OnceLock::new(),
        })))
    }

    /// An object.
    pub fn object(attributes: BTreeMap<Arc<str>, Value>) -> Value {
        let members = with_nfc_keys(attributes);
        let inside = Inside::of(members.values());
        Value::plain(Kind::Object(Arc::new(Members {
            element: Type::Dynamic,
            members,
            inside,
            ty: OnceLock::new(),
        })))
    }

    /// An object from pairs; a later pair of the same name wins.
    pub fn object_from<K: Into<Arc<str>>>(
        attributes: impl IntoIterator<Item = (K, Value)>,
    ) -> Value {
        Value::object(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// A map from pairs; a later pair of the same key wins.
    pub fn map_from<K: Into<Arc<str>>>(
        elem: Type,
        elements: impl IntoIterator<Item = (K, Value)>,
    ) -> Value {
        Value::map(
            elem,
            elements
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// Unknown, of a type that is not known either.
    pub fn dynamic_unknown() -> Value {
        Value {
            kind: Kind::Unknown(Type::Dynamic, None),
            marks: Marks::NONE,
        }
    }

    /// The literal `null`, which has no type yet.
    pub fn dynamic_null() -> Value {
        Value {
            kind: Kind::Null(Type::Dynamic),
            marks: Marks::NONE,
        }
    }

    /// `{}`.
    pub fn empty_object() -> Value {
        Value::object(BTreeMap::new())
    }

    /// `[]`.
    pub fn empty_tuple() -> Value {
        Value::tuple(Vec::new())
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

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::string(text)
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Value {
        Value::shared_string(text)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Value {
        Value::number(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::number(value)
    }
}
