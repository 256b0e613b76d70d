//! Joining, splitting, replacing and indenting.

use trueup_value::{Type, Value};

use super::STR;
use crate::function::{
    Call, Function, FunctionError, Parameter, Shape, argument_error, call_error,
};
use crate::numeric::whole;

/// `join`
pub static JOIN: Function = Function::new(
    "join",
    "The strings of one or more lists with a separator between them.",
    &[Parameter::string("separator", "What stands between them.")],
    Shape::String,
    join,
)
.variadic(Parameter::new(
    "lists",
    Shape::List(&Shape::String),
    "The strings.",
));

fn join(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (separator, lists) = (call.text(0), &call.args[1..]);
    if lists.is_empty() {
        return Err(call_error("at least one list is required"));
    }
    if lists.iter().any(|list| !list.is_wholly_known()) {
        return Ok(Value::unknown(Type::String));
    }
    let mut joined = String::new();
    let mut first = true;
    for (number, list) in lists.iter().enumerate() {
        for (at, (_, element)) in list.elements().enumerate() {
            let Some(text) = element.as_str() else {
                let of_list = if lists.len() > 1 {
                    format!(" of list {}", number + 1)
                } else {
                    String::new()
                };
                return Err(argument_error(
                    number + 1,
                    format!("element {at}{of_list} is null; cannot concatenate null values"),
                ));
            };
            if !first {
                joined.push_str(separator);
            }
            first = false;
            joined.push_str(text);
        }
    }
    Ok(Value::string(joined))
}

/// `split`
pub static SPLIT: Function = Function::new(
    "split",
    "The parts of a string between separators.",
    &[
        Parameter::string("separator", "What stands between the parts."),
        STR,
    ],
    Shape::List(&Shape::String),
    |call| {
        let (separator, text) = (call.text(0), call.text(1));
        let parts: Vec<Value> = if separator.is_empty() {
            text.chars().map(|c| Value::string(c.to_string())).collect()
        } else {
            text.split(separator).map(Value::string).collect()
        };
        Ok(Value::list(Type::String, parts))
    },
);

/// `indent`
pub static INDENT: Function = Function::new(
    "indent",
    "Puts spaces before every line but the first.",
    &[Parameter::number("spaces", "How many spaces."), STR],
    Shape::String,
    |call| {
        let spaces = whole(&call.args[0]).map_err(call_error)?;
        let spaces = usize::try_from(spaces)
            .map_err(|_| call_error("the number of spaces must not be negative"))?;
        let text = call.text(1);
        let lines = text.matches('\n').count();
        if lines.saturating_mul(spaces) > LARGEST {
            return Err(call_error("the result would be too large"));
        }
        let ending = format!(
            "\n{}",
            if lines == 0 {
                String::new()
            } else {
                " ".repeat(spaces)
            }
        );
        Ok(Value::string(text.replace('\n', &ending)))
    },
);

/// How many bytes of spaces are given at most.
const LARGEST: usize = 1 << 28;

/// `replace`
pub static REPLACE: Function = Function::new(
    "replace",
    "Replaces every occurrence of a text; between slashes it is a regular expression.",
    &[
        STR,
        Parameter::string("substr", "What to replace."),
        Parameter::string("replace", "What to put in its place."),
    ],
    Shape::String,
    |call| {
        let (text, wanted, instead) = (call.text(0), call.text(1), call.text(2));
        if wanted.len() > 1 && wanted.starts_with('/') && wanted.ends_with('/') {
            let pattern = &wanted[1..wanted.len() - 1];
            return crate::patterns::replace_all(pattern, text, instead)
                .map(Value::string)
                .map_err(call_error);
        }
        Ok(Value::string(text.replace(wanted, instead)))
    },
);
