//! Making values.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::marks::Marks;
use crate::number::Number;
use crate::refinements::Refinements;
use crate::types::Type;
use crate::value::{Inside, Kind, Members, Sequence, Value};

/// Values nested deeper than this collapse to an unknown of unknown type when they are made, so
/// that no walk over a value can overflow the stack. Anything that reads text refuses far earlier
/// (see [`MAX_DEPTH`](crate::MAX_DEPTH)).
const MAX_NESTING: u32 = 500;

/// The NFC form of a text, sharing it when it is already so.
fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Arc::from(text);
    }
    text.nfc().collect::<String>().into()
}

fn is_plain(key: &str) -> bool {
    key.is_ascii() || is_nfc_quick(key.chars()) == IsNormalized::Yes
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
        crate::refining::refined(ty.without_optional(), refinements)
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

impl From<i32> for Value {
    fn from(value: i32) -> Value {
        Value::number(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Value {
        Value::number(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Value {
        Value::number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::number(value)
    }
}
