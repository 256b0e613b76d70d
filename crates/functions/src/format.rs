//! `format` and `formatlist`: the verbs of format strings.

mod scan;
mod verbs;

use trueup_value::{Refinements, Type, Value, ops};

use crate::function::{
    Call, Function, FunctionError, Parameter, Shape, argument_error, call_error,
};

const FORMAT: Parameter = Parameter::string("format", "The text with verbs in it.");
const ARGS: Parameter = Parameter::any("args", "What the verbs stand for.")
    .nullable()
    .unknown();

/// `format`
pub static FORMAT_FUNCTION: Function = Function::new(
    "format",
    "A text in which verbs such as %s stand for the arguments.",
    &[FORMAT],
    Shape::String,
    |call| {
        let text = call.text(0);
        let args = &call.args[1..];
        if args.iter().any(|value| !value.is_wholly_known()) {
            return Ok(match text.find('%') {
                Some(at) if at > 0 => Value::unknown_refined(
                    Type::String,
                    Refinements::prefix(ops::safe_prefix(&text[..at])),
                ),
                _ => Value::unknown(Type::String),
            });
        }
        formatted(text, args)
            .map(Value::string)
            .map_err(|(at, message)| match at {
                Some(at) => argument_error(at + 1, message),
                None => call_error(message),
            })
    },
)
.variadic(ARGS);

/// `formatlist`
pub static FORMATLIST: Function = Function::new(
    "formatlist",
    "Formats once for each element of the lists among the arguments.",
    &[FORMAT],
    Shape::List(&Shape::String),
    format_list,
)
.variadic(ARGS);

fn format_list(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0);
    let args = &call.args[1..];
    if args.is_empty() {
        let only = formatted(text, args)
            .map_err(|(_, error)| call_error(format!("error on format iteration 0: {error}")))?;
        return Ok(Value::list(Type::String, vec![Value::string(only)]));
    }
    let is_sequence = |value: &Value| {
        !value.is_null() && matches!(value.ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_))
    };
    let mut rounds: Option<(usize, usize)> = None;
    let mut open = false;
    for (at, value) in args.iter().enumerate() {
        let length = match value.ty() {
            _ if !is_sequence(value) => {
                open |= !value.is_known() && value.ty() == Type::Dynamic;
                continue;
            }
            Type::Tuple(elements) => elements.len(),
            Type::Set(_) if !value.is_wholly_known() => {
                open = true;
                continue;
            }
            _ => match value.length() {
                Some(length) => length,
                None => {
                    open = true;
                    continue;
                }
            },
        };
        open |= !value.is_known();
        match rounds {
            None => rounds = Some((length, at)),
            Some((wanted, chooser)) if wanted != length => {
                return Err(argument_error(
                    at + 1,
                    format!(
                        "argument {} has length {length}, which is inconsistent with argument {} of length {wanted}",
                        at + 1,
                        chooser + 1
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    if open {
        return Ok(Value::unknown(call.ty.clone()));
    }
    let rounds = rounds.map_or(1, |(length, _)| length);
    let mut results = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let row: Vec<Value> = args
            .iter()
            .map(|value| {
                value
                    .as_slice()
                    .and_then(|elements| elements.get(round))
                    .unwrap_or(value)
                    .clone()
            })
            .collect();
        if row.iter().any(|value| !value.is_wholly_known()) {
            results.push(Value::unknown(Type::String).refine_not_null());
            continue;
        }
        let text = formatted(text, &row).map_err(|(_, error)| {
            call_error(format!("error on format iteration {round}: {error}"))
        })?;
        results.push(Value::string(text));
    }
    Ok(Value::list(Type::String, results))
}

/// The text; or what is wrong, and with which of the arguments where one is to blame.
fn formatted(text: &str, args: &[Value]) -> Result<String, (Option<usize>, String)> {
    let mut out = String::with_capacity(text.len());
    let mut next = 0;
    let mut used = 0;
    for part in scan::Parts::of(text) {
        match part.map_err(|error| (None, error))? {
            scan::Part::Text(text) => out.push_str(text),
            scan::Part::Verb(verb) => {
                let index = verb.index.unwrap_or(next);
                next = index + 1;
                used = used.max(next);
                verbs::append(&verb, index, args, &mut out).map_err(|error| (None, error))?;
            }
        }
    }
    if used < args.len() {
        let message = match used {
            0 => "too many arguments; no verbs in format string".to_owned(),
            used => format!("too many arguments; only {used} used by format string"),
        };
        return Err((Some(used), message));
    }
    Ok(out)
}
