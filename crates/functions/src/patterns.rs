//! Regular expressions in the syntax of RE2, which is how configuration writes them.

mod classes;
mod translate;

use std::sync::Arc;

use regex::{Captures, Regex};
use trueup_value::{Type, Value};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, argument_error, call_error,
};
use translate::PatternError;

const PATTERN: Parameter = Parameter::string("pattern", "The pattern.");
const STRING: Parameter = Parameter::string("string", "What to search in.");

/// `regex`
pub static REGEX: Function = Function::computed(
    "regex",
    "The first match of a pattern: the whole of it, or its groups.",
    &[PATTERN, STRING],
    |args| {
        let Some(pattern) = pattern_of_interest(args) else {
            return Ok(Type::Dynamic);
        };
        result_type(&compiled(pattern)?)
    },
    |call| {
        let regex = compiled(call.text(0))?;
        let ty = result_type(&regex)?;
        regex
            .captures(call.text(1))
            .map(|found| result(&regex, &ty, &found))
            .ok_or_else(|| call_error("pattern did not match any part of the given string"))
    },
)
.refined(Refine::NotNull);

/// `regexall`
pub static REGEXALL: Function = Function::computed(
    "regexall",
    "All matches of a pattern, each as regex gives it.",
    &[PATTERN, STRING],
    |args| {
        let Some(pattern) = pattern_of_interest(args) else {
            return Ok(Type::Dynamic);
        };
        result_type(&compiled(pattern)?).map(Type::list)
    },
    regexall,
)
.refined(Refine::NotNull);

/// The pattern, where the type of the result has to be told without the body: it is known, the string is not.
fn pattern_of_interest(args: &[Value]) -> Option<&str> {
    args[0].as_str().filter(|_| !args[1].is_known())
}

fn regexall(call: &Call<'_>) -> Result<Value, FunctionError> {
    let regex = compiled(call.text(0))?;
    let ty = result_type(&regex)?;
    let all = regex
        .captures_iter(call.text(1))
        .map(|found| result(&regex, &ty, &found))
        .collect();
    Ok(Value::list(ty, all))
}

fn regex_of(pattern: &str) -> Result<Regex, PatternError> {
    let translated = translate::translate(pattern)?;
    Regex::new(&translated).map_err(|_| PatternError {
        what: "expression too large or not supported",
        text: pattern.to_owned(),
    })
}

fn compiled(pattern: &str) -> Result<Regex, FunctionError> {
    regex_of(pattern).map_err(|error| {
        argument_error(
            0,
            format!("invalid regexp pattern: {} in {}", error.what, error.text),
        )
    })
}

/// Replaces every match; `$1` and `${name}` in the replacement stand for groups.
pub(crate) fn replace_all(pattern: &str, text: &str, instead: &str) -> Result<String, String> {
    let regex = regex_of(pattern)
        .map_err(|error| format!("error parsing regexp: {}: `{}`", error.what, error.text))?;
    Ok(regex.replace_all(text, instead).into_owned())
}

fn names(regex: &Regex) -> impl Iterator<Item = Option<&str>> {
    regex.capture_names().skip(1)
}

fn result_type(regex: &Regex) -> Result<Type, FunctionError> {
    let named: Vec<Arc<str>> = names(regex).flatten().map(Arc::from).collect();
    let groups = names(regex).count();
    if groups == 0 {
        Ok(Type::String)
    } else if named.is_empty() {
        Ok(Type::tuple(vec![Type::String; groups]))
    } else if named.len() == groups {
        Ok(Type::object(
            named.into_iter().map(|name| (name, Type::String)),
        ))
    } else {
        Err(argument_error(
            0,
            "invalid regexp pattern: cannot mix both named and unnamed capture groups",
        ))
    }
}

fn result(regex: &Regex, ty: &Type, found: &Captures<'_>) -> Value {
    let group = |at: usize| match found.get(at) {
        Some(text) => Value::string(text.as_str()),
        None => Value::null(Type::String),
    };
    match ty {
        Type::Tuple(elements) => Value::tuple((1..=elements.len()).map(group).collect()),
        Type::Object(_) => Value::object_from(
            names(regex)
                .enumerate()
                .filter_map(|(at, name)| name.map(|name| (name, group(at + 1)))),
        ),
        _ => group(0),
    }
}
