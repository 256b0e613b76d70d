//! Taking something off the ends of a string.

use trueup_value::Value;

use super::STR;
use crate::function::{Function, Parameter, Shape};

/// `chomp`
pub static CHOMP: Function = Function::new(
    "chomp",
    "The string without line ends at its end.",
    &[STR],
    Shape::String,
    |call| Ok(Value::string(call.text(0).trim_end_matches(['\r', '\n']))),
);

/// `trim`
pub static TRIM: Function = Function::new(
    "trim",
    "The string without any of some characters at both ends.",
    &[
        STR,
        Parameter::string("cutset", "The characters to take off."),
    ],
    Shape::String,
    |call| {
        let cutset: Vec<char> = call.text(1).chars().collect();
        Ok(Value::string(call.text(0).trim_matches(&cutset[..])))
    },
);

/// `trimspace`
pub static TRIMSPACE: Function = Function::new(
    "trimspace",
    "The string without white space at both ends.",
    &[STR],
    Shape::String,
    |call| Ok(Value::string(call.text(0).trim())),
);

/// `trimprefix`
pub static TRIMPREFIX: Function = Function::new(
    "trimprefix",
    "The string without a text at its beginning.",
    &[STR, Parameter::string("prefix", "The text to take off.")],
    Shape::String,
    |call| {
        let text = call.text(0);
        Ok(Value::string(
            text.strip_prefix(call.text(1)).unwrap_or(text),
        ))
    },
);

/// `trimsuffix`
pub static TRIMSUFFIX: Function = Function::new(
    "trimsuffix",
    "The string without a text at its end.",
    &[STR, Parameter::string("suffix", "The text to take off.")],
    Shape::String,
    |call| {
        let text = call.text(0);
        Ok(Value::string(
            text.strip_suffix(call.text(1)).unwrap_or(text),
        ))
    },
);
