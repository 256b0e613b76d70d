//! Whether a string begins with, ends with or contains another.

use trueup_value::{Type, Value};

use super::STR;
use crate::function::{Function, Parameter, Shape};

/// `startswith`
pub static STARTSWITH: Function = Function::new(
    "startswith",
    "Whether a string begins with another.",
    &[
        STR.unknown(),
        Parameter::string("prefix", "What it should begin with."),
    ],
    Shape::Bool,
    |call| {
        let prefix = call.text(1);
        let Some(text) = call.args[0].as_str() else {
            let known = call.args[0]
                .refinements()
                .and_then(|refinements| refinements.string_prefix.as_deref())
                .unwrap_or("");
            return Ok(if known.starts_with(prefix) {
                Value::bool(true)
            } else if known.len() >= prefix.len() {
                Value::bool(false)
            } else {
                Value::unknown(Type::Bool)
            });
        };
        Ok(Value::bool(text.starts_with(prefix)))
    },
);

/// `endswith`
pub static ENDSWITH: Function = Function::new(
    "endswith",
    "Whether a string ends with another.",
    &[STR, Parameter::string("suffix", "What it should end with.")],
    Shape::Bool,
    |call| Ok(Value::bool(call.text(0).ends_with(call.text(1)))),
);

/// `strcontains`
pub static STRCONTAINS: Function = Function::new(
    "strcontains",
    "Whether a string contains another.",
    &[STR, Parameter::string("substr", "What to look for.")],
    Shape::Bool,
    |call| Ok(Value::bool(call.text(0).contains(call.text(1)))),
);
