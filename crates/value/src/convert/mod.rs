//! Conversion of values between types, and finding one type for several.

mod message;
mod possible;
mod replace;
mod run;
mod unify;

pub use message::mismatch_message;
pub use unify::{unify, unify_safe};

use crate::MAX_DEPTH;
use crate::path::Path;
use crate::types::Type;
use crate::value::Value;

/// Why a value cannot be converted. `Display` gives the message alone.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where in the value; empty where the type as a whole does not fit.
    pub path: Path,
    /// What is wrong, without a full stop: `a number is required`, `element 0: string required`.
    pub message: String,
}

impl ConvertError {
    /// An error at the value itself.
    pub fn new(message: impl Into<String>) -> ConvertError {
        ConvertError {
            path: Path::new(),
            message: message.into(),
        }
    }

    /// The message with the path before it, where there is one: `.a[0]: a number is required`;
    /// `prefix` stands before the path.
    pub fn with_prefix(&self, prefix: &str) -> String {
        if prefix.is_empty() && self.path.is_empty() {
            self.message.clone()
        } else {
            format!("{prefix}{}: {}", self.path, self.message)
        }
    }
}

/// Converts a value to a type constraint. `Dynamic` in the constraint accepts anything; attributes
/// the constraint has not are dropped, optional ones that are missing become null. Unknowns and
/// nulls keep being so and take the new type; marks stay where they are.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    if matches!(ty, Type::Dynamic) {
        return Ok(value.clone());
    }
    if value.depth() > MAX_DEPTH || ty.depth() > MAX_DEPTH {
        return Err(ConvertError::new("value is nested too deeply"));
    }
    let from = value.ty();
    let plain = ty.without_optional();
    if from == plain {
        return Ok(value.clone());
    }
    if !possible::exists(&from, ty, true) {
        return Err(ConvertError::new(mismatch_message(&from, ty)));
    }
    run::convert_known_possible(value, ty)
}

/// Whether some values of type `from` can be converted to `to` (string to number: `"5"` can).
pub fn conversion_exists(from: &Type, to: &Type) -> bool {
    *from == to.without_optional() || possible::exists(from, to, true)
}

/// Whether all values of type `from` can be converted to `to` without loss.
pub fn safe_conversion_exists(from: &Type, to: &Type) -> bool {
    *from == to.without_optional() || possible::exists(from, to, false)
}
