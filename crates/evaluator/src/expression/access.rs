//! Looking into a value by attribute and by index, with the errors a user sees.

use trueup_diagnostics::{Diagnostic, Span};
use trueup_value::{Type, Value, ValueRef, convert};

use super::walker::unknown_with;

const UNSUPPORTED: &str = "Unsupported attribute";
const INVALID_INDEX: &str = "Invalid index";
const NOT_FOUND: &str = "The given key does not identify an element in this collection value";

/// `value.name`. Marks of the value pass to the result.
///
/// # Errors
/// What the user did wrong, at `span`.
pub fn get_attr(value: &Value, name: &str, span: Span) -> Result<Value, Diagnostic> {
    let fail = |summary: &str, detail: String| Err(Diagnostic::error(summary, detail).at(span));
    let no_attribute = || {
        fail(
            UNSUPPORTED,
            format!("This object does not have an attribute named {name:?}."),
        )
    };
    let found = match value.view() {
        ValueRef::Null(_) => {
            return fail(
                "Attempt to get attribute from null value",
                "This value is null, so it does not have any attributes.".to_owned(),
            );
        }
        ValueRef::Object(attributes) => match attributes.get(name) {
            Some(found) => found.clone(),
            None => return no_attribute(),
        },
        ValueRef::Map { elements, .. } => match elements.get(name) {
            Some(found) => found.clone(),
            None => {
                return fail(
                    "Missing map element",
                    format!("This map does not have an element with the key {name:?}."),
                );
            }
        },
        ValueRef::Unknown(Type::Dynamic, _) => Value::dynamic_unknown(),
        ValueRef::Unknown(Type::Map(element), _) => Value::unknown((**element).clone()),
        ValueRef::Unknown(Type::Object(object), _) => match object.attributes.get(name) {
            Some(ty) => Value::unknown(ty.clone()),
            None => return no_attribute(),
        },
        _ => return fail(UNSUPPORTED, without_attributes(&value.ty(), name)),
    };
    Ok(found.with_marks(value.marks()))
}

fn without_attributes(ty: &Type, name: &str) -> String {
    let of_objects = |element: &Type| element.as_object().map(|o| o.attributes.contains_key(name));
    match ty {
        Type::List(element) => match of_objects(element) {
            Some(true) => format!(
                "Can't access attributes on a list of objects. Did you mean to access attribute {name:?} for a specific element of the list, or across all elements of the list?"
            ),
            Some(false) => "Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list?".to_owned(),
            None => NO_ATTRIBUTES.to_owned(),
        },
        Type::Set(element) => match of_objects(element) {
            Some(true) => format!(
                "Can't access attributes on a set of objects. Did you mean to access attribute {name:?} across all elements of the set?"
            ),
            Some(false) => "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?".to_owned(),
            None => NO_ATTRIBUTES.to_owned(),
        },
        ty if ty.is_primitive() => format!(
            "Can't access attributes on a primitive-typed value ({}).",
            ty.friendly_name()
        ),
        _ => NO_ATTRIBUTES.to_owned(),
    }
}

const NO_ATTRIBUTES: &str = "This value does not have any attributes.";

/// `value[key]`. Marks of the value pass to the result, those of the key too except into an object, as in
/// Terraform.
///
/// # Errors
/// What the user did wrong, at `span`.
pub fn index(value: &Value, key: &Value, span: Span) -> Result<Value, Diagnostic> {
    let fail = |summary: &str, detail: &str| Err(Diagnostic::error(summary, detail).at(span));
    if value.is_null() {
        return fail(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        );
    }
    if key.is_null() {
        return fail(INVALID_INDEX, "Can't use a null value as an indexing key.");
    }
    let marks = value.marks() | key.marks();
    let dynamic = |value: &Value| matches!(value.view(), ValueRef::Unknown(Type::Dynamic, _));
    if dynamic(value) || dynamic(key) {
        return Ok(unknown_with(marks));
    }
    let kind = kind_of(value);
    let wanted = match kind {
        Kind::Sequence => Type::Number,
        Kind::Map | Kind::Object => Type::String,
        Kind::Set => {
            return fail(
                INVALID_INDEX,
                "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
            );
        }
        Kind::Other => return fail(INVALID_INDEX, "This value does not have any indices."),
    };
    let converted = convert(key, &wanted).map_err(|error| {
        Diagnostic::error(INVALID_INDEX, format!("{NOT_FOUND}: {error}.")).at(span)
    })?;
    match element(value, &converted) {
        Found::Value(found) => Ok(found.with_marks(match kind {
            Kind::Object if key.is_known() => value.marks(),
            _ => marks,
        })),
        Found::Missing => {
            let because = match kind {
                Kind::Sequence => why_missing(value, &converted),
                Kind::Object if key.as_number().is_some() => {
                    ". An object only supports looking up attributes by name, not by numeric index."
                }
                _ => ".",
            };
            fail(INVALID_INDEX, &format!("{NOT_FOUND}{because}"))
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Sequence,
    Map,
    Object,
    Set,
    Other,
}

fn kind_of(value: &Value) -> Kind {
    match value.view() {
        ValueRef::List { .. } | ValueRef::Tuple(_) => Kind::Sequence,
        ValueRef::Map { .. } => Kind::Map,
        ValueRef::Object(_) => Kind::Object,
        ValueRef::Set { .. } => Kind::Set,
        ValueRef::Unknown(Type::List(_) | Type::Tuple(_), _) => Kind::Sequence,
        ValueRef::Unknown(Type::Map(_), _) => Kind::Map,
        ValueRef::Unknown(Type::Object(_), _) => Kind::Object,
        ValueRef::Unknown(Type::Set(_), _) => Kind::Set,
        _ => Kind::Other,
    }
}

enum Found {
    Value(Value),
    Missing,
}

fn element(value: &Value, key: &Value) -> Found {
    let some = |found: Option<Value>| found.map_or(Found::Missing, Found::Value);
    let position = || {
        key.as_number()
            .and_then(trueup_value::Number::to_usize)
            .unwrap_or(usize::MAX)
    };
    let name = || key.as_str().unwrap_or_default();
    match value.view() {
        ValueRef::List { elem, .. } | ValueRef::Map { elem, .. } if !key.is_known() => {
            Found::Value(Value::unknown(elem.clone()))
        }
        ValueRef::Tuple(_) | ValueRef::Object(_) if !key.is_known() => {
            Found::Value(Value::dynamic_unknown())
        }
        ValueRef::List { elements, .. } | ValueRef::Tuple(elements) => {
            some(elements.get(position()).cloned())
        }
        ValueRef::Map { elements, .. } | ValueRef::Object(elements) => {
            some(elements.get(name()).cloned())
        }
        ValueRef::Unknown(Type::List(element), refinements) => {
            let beyond = refinements
                .length_max
                .is_some_and(|most| position() >= most);
            if key.is_known() && beyond {
                Found::Missing
            } else {
                Found::Value(Value::unknown((**element).clone()))
            }
        }
        ValueRef::Unknown(Type::Map(element), _) => {
            Found::Value(Value::unknown((**element).clone()))
        }
        ValueRef::Unknown(Type::Tuple(elements), _) if key.is_known() => {
            some(elements.get(position()).cloned().map(Value::unknown))
        }
        // Of an object that is not known its type is not asked either, as in Terraform.
        _ => Found::Value(Value::dynamic_unknown()),
    }
}

/// Why a sequence has no such element, as far as it can be said without showing the index: it may be marked.
fn why_missing(value: &Value, key: &Value) -> &'static str {
    let Some(number) = key.as_number() else {
        return ".";
    };
    if !number.is_integer() {
        return ": indexing a sequence requires a whole number, but the given index has a fractional part.";
    }
    if number.is_negative() {
        return ": a negative number is not a valid index for a sequence.";
    }
    let length = match value.ty() {
        Type::Tuple(elements) => Some(elements.len()),
        _ => value.length(),
    };
    // Only an index just past the end gets the longer words, as in Terraform.
    match (number.to_usize(), length) {
        (Some(0), Some(0)) => ": the collection has no elements.",
        (Some(at), Some(length)) if at == length && value.marks().is_empty() => {
            ": the given index is greater than or equal to the length of the collection."
        }
        _ => ".",
    }
}
