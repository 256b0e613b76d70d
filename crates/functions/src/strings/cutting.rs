//! Parts of a string, counted in what a reader takes for one character.

use trueup_diagnostics::{grapheme_count, graphemes};
use trueup_value::Value;

use super::STR;
use crate::function::{Call, Function, FunctionError, Parameter, Shape, call_error};
use crate::numeric::whole;

/// `strrev`
pub static STRREV: Function = Function::new(
    "strrev",
    "The characters of a string from last to first.",
    &[STR.dynamic()],
    Shape::String,
    |call| {
        Ok(Value::string(
            graphemes(call.text(0))
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect::<String>(),
        ))
    },
);

/// `substr`
pub static SUBSTR: Function = Function::new(
    "substr",
    "A part of a string, from a character on and so many characters long.",
    &[
        STR.dynamic(),
        Parameter::number(
            "offset",
            "The first character; below zero counted from the end.",
        )
        .dynamic(),
        Parameter::number("length", "How many characters; below zero all of the rest.").dynamic(),
    ],
    Shape::String,
    substr,
);

fn substr(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0);
    let mut offset = whole(&call.args[1]).map_err(call_error)?;
    let length = whole(&call.args[2]).map_err(call_error)?;
    if offset < 0 {
        let all = grapheme_count(text);
        offset = offset.saturating_add(i64::try_from(all).unwrap_or(i64::MAX));
    } else if length == 0 {
        return Ok(Value::string(""));
    }
    let start = usize::try_from(offset).unwrap_or(0);
    let rest = graphemes(text).skip(start);
    // A length of zero after an offset from the end means the rest, as it does in Terraform.
    Ok(Value::string(match usize::try_from(length) {
        Ok(length) if length > 0 => rest.take(length).collect::<String>(),
        _ => rest.collect::<String>(),
    }))
}
