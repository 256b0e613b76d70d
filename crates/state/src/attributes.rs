//! Attributes as text, and what they mean under a type.

use std::fmt;
use std::sync::{Arc, OnceLock};

use trueup_value::json::{self, Json};
use trueup_value::{Marks, Path, Type, Value};

use crate::file::text;

/// The attributes of an object as compact JSON text, shared between clones. Decoding is remembered
/// for the last type asked for first, so that a second look costs nothing.
#[derive(Clone, Default)]
pub struct Attributes(Option<Arc<Inner>>);

struct Inner {
    text: Box<str>,
    decoded: OnceLock<(Type, Value)>,
}

/// Why attributes do not make a value of the type asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored attributes do not fit the resource type: {0}")]
pub struct DecodeError(pub String);

impl Attributes {
    /// Attributes from JSON text in any layout. The caller knows it to be valid JSON; what does not
    /// fit is found when it is decoded.
    pub fn from_json(source: &str) -> Self {
        let mut compact = String::new();
        text::compact(source, &mut compact);
        Self::from_compact(compact)
    }

    fn from_compact(text: String) -> Self {
        Self(Some(Arc::new(Inner {
            text: text.into_boxed_str(),
            decoded: OnceLock::new(),
        })))
    }

    /// The compact text; `None` where the file had none.
    pub fn json(&self) -> Option<&str> {
        self.0.as_ref().map(|inner| &*inner.text)
    }

    /// The text of a value of type `ty`, and where it is sensitive. Unknown values become null.
    pub(crate) fn encode(value: &Value, ty: &Type) -> (Self, Vec<Path>) {
        let (plain, marks) = if value.contains_marked() {
            value.unmark_deep()
        } else {
            (value.clone(), Vec::new())
        };
        let plain = known(&plain);
        let sensitive = marks
            .into_iter()
            .filter(|(path, marks)| marks.contains(Marks::SENSITIVE) && !path.is_empty())
            .map(|(path, _)| path)
            .collect();
        // What does not fit its own type is kept as it is rather than lost.
        let text = json::marshal(&plain, ty)
            .or_else(|_| json::encode(&plain))
            .unwrap_or_else(|_| "{}".to_owned());
        let attributes = Self::from_compact(text);
        if let Some(inner) = &attributes.0
            && plain.ty() == *ty
        {
            // Nobody else has this text yet: the first to set it is we.
            let _ = inner.decoded.set((ty.clone(), plain));
        }
        (attributes, sensitive)
    }

    /// The value of type `ty` that the text stands for. What the text lacks is null; what the type
    /// lacks is passed over, as a newer or older provider may have written it.
    pub fn decode(&self, ty: &Type) -> Result<Value, DecodeError> {
        let Some(inner) = &self.0 else {
            return Err(DecodeError(
                "the state holds no attributes for it (one upgraded from a very old format may \
                 hold them in a form that only Terraform can upgrade)"
                    .to_owned(),
            ));
        };
        if let Some((known, value)) = inner.decoded.get()
            && known == ty
        {
            return Ok(value.clone());
        }
        let mut tree = json::parse(&inner.text).map_err(|error| DecodeError(error.to_string()))?;
        prune(&mut tree, ty);
        let value =
            json::unmarshal_tree(&tree, ty).map_err(|error| DecodeError(error.to_string()))?;
        // A second type asked for is decoded each time.
        let _ = inner.decoded.set((ty.clone(), value.clone()));
        Ok(value)
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.text == b.text,
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Attributes {}

/// Attributes may be secret: only their length is shown.
impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attributes({} bytes)", self.json().map_or(0, str::len))
    }
}

/// Removes members that the type has no attribute for.
fn prune(tree: &mut Json<'_>, ty: &Type) {
    match (tree, ty) {
        (Json::Object(members), Type::Object(object)) => {
            members.retain_mut(|(name, value)| match object.attributes.get(&**name) {
                Some(ty) => {
                    prune(value, ty);
                    true
                }
                None => false,
            });
        }
        (Json::Object(members), Type::Map(element)) => {
            for (_, value) in members {
                prune(value, element);
            }
        }
        (Json::Array(elements), Type::List(element) | Type::Set(element)) => {
            for value in elements {
                prune(value, element);
            }
        }
        (Json::Array(elements), Type::Tuple(types)) => {
            for (value, ty) in elements.iter_mut().zip(types.iter()) {
                prune(value, ty);
            }
        }
        _ => {}
    }
}

/// The value with null in place of what is unknown.
fn known(value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    if !value.is_known() {
        return Value::null(value.ty());
    }
    value.rebuilt(&mut |child| known(child))
}

/// The type of an output, from the file's notation.
pub(crate) fn output_type(text: &str) -> Result<Type, String> {
    Type::from_json(text).map_err(|error| format!("invalid type: {error}"))
}

/// The value of an output, from its JSON and its type.
pub(crate) fn output_value(text: &str, ty: &Type) -> Result<Value, String> {
    json::unmarshal(text, ty).map_err(|error| format!("the value does not fit its type: {error}"))
}

/// An output's value and type as compact JSON.
pub(crate) fn output_text(value: &Value) -> (String, String) {
    let plain = known(&value.without_marks_inside());
    let ty = plain.ty();
    let text = json::marshal(&plain, &ty).unwrap_or_else(|_| "null".to_owned());
    (text, ty.to_json())
}
