//! Values to JSON text.

use std::fmt::Write as _;

use super::writer::write_string;
use crate::MAX_DEPTH;
use crate::convert::{ConvertError, convert};
use crate::types::Type;
use crate::value::{Value, ValueRef};

/// Why a value has no JSON text.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// Something in it is unknown.
    #[error("value is not known")]
    Unknown,
    /// A number in it is infinite.
    #[error("cannot serialize infinity as JSON")]
    Infinite,
    /// It is nested deeper than [`MAX_DEPTH`].
    #[error("value is nested too deeply")]
    TooDeep,
    /// It does not fit the type.
    #[error(transparent)]
    Type(#[from] ConvertError),
}

/// The value as plain JSON, as `jsonencode` gives it: compact, keys in byte order. Marks are
/// passed over.
pub fn encode(value: &Value) -> Result<String, EncodeError> {
    check(value)?;
    let mut out = String::new();
    write(value, None, &mut out)?;
    Ok(out)
}

/// The value as JSON for a type, as state and plan files have it: like [`encode`], but where the
/// type says `Dynamic` the value is wrapped as `{"value":…,"type":…}` (a null without type stays `null`). The
/// value is converted to the type first. Marks are passed over.
pub fn marshal(value: &Value, ty: &Type) -> Result<String, EncodeError> {
    check(value)?;
    let converted = convert(value, ty)?;
    let mut out = String::new();
    write(&converted, Some(ty), &mut out)?;
    Ok(out)
}

fn check(value: &Value) -> Result<(), EncodeError> {
    if value.depth() > MAX_DEPTH {
        return Err(EncodeError::TooDeep);
    }
    if !value.is_wholly_known() {
        return Err(EncodeError::Unknown);
    }
    Ok(())
}

/// Writes a value; with a type, wraps what the type leaves open.
fn write(value: &Value, ty: Option<&Type>, out: &mut String) -> Result<(), EncodeError> {
    let dynamic = ty == Some(&Type::Dynamic);
    if value.is_null() && (!dynamic || value.ty() == Type::Dynamic) {
        out.push_str("null");
        return Ok(());
    }
    if dynamic {
        out.push_str("{\"value\":");
        let actual = value.ty();
        write(value, Some(&actual), out)?;
        out.push_str(",\"type\":");
        actual.write_json(out);
        out.push('}');
        return Ok(());
    }
    let element_type = ty.and_then(Type::element_type);
    match value.view() {
        ValueRef::Null(_) => out.push_str("null"),
        ValueRef::Unknown(..) => return Err(EncodeError::Unknown),
        ValueRef::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        ValueRef::Number(number) if number.is_infinite() => return Err(EncodeError::Infinite),
        ValueRef::Number(number) => {
            let _ = write!(out, "{number}");
        }
        ValueRef::String(text) => write_string(text, out),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(element, element_type, out)?;
            }
            out.push(']');
        }
        ValueRef::Tuple(elements) => {
            let types = ty.and_then(Type::as_tuple);
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(element, types.and_then(|types| types.get(position)), out)?;
            }
            out.push(']');
        }
        ValueRef::Map { elements, .. } => {
            out.push('{');
            for (position, (key, element)) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(element, element_type, out)?;
            }
            out.push('}');
        }
        ValueRef::Object(attributes) => {
            out.push('{');
            for (position, (name, attribute)) in attributes.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write(attribute, ty.and_then(|ty| ty.attribute_type(name)), out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}
