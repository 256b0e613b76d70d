//! Functions that say something about a collection: its length, whether something is in it.

use trueup_diagnostics::grapheme_count;
use trueup_value::{Refinements, Type, Value, ops};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, Returns, Shape, call_error,
};

/// `length`
pub static LENGTH: Function = Function {
    returns: Returns::Computed(|args| match args[0].ty() {
        Type::Bool | Type::Number => Err(call_error(
            "argument must be a string, a collection type, or a structural type",
        )),
        _ => Ok(Type::Number),
    }),
    ..Function::new(
        "length",
        "How many elements a collection has, or characters a string.",
        &[Parameter::any("value", "The collection or string.")
            .unknown()
            .dynamic()
            .marked()],
        Shape::Number,
        length,
    )
}
.refined(Refine::NotNegative);

fn length(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (value, marks) = call.args[0].unmark();
    let length = match value.ty() {
        Type::Dynamic => Value::unknown(Type::Number),
        Type::Tuple(elements) => Value::from(elements.len()),
        Type::Object(object) => Value::from(object.attributes.len()),
        Type::String => match value.as_str() {
            Some(text) => Value::from(grapheme_count(text)),
            None => {
                let known = value
                    .refinements()
                    .and_then(|refinements| refinements.string_prefix.as_deref())
                    .map_or(0, grapheme_count);
                Value::unknown_refined(Type::Number, Refinements::at_least(known))
            }
        },
        _ => ops::length(&value).map_err(|error| call_error(error.to_string()))?,
    };
    Ok(length.with_marks(marks))
}

const BOOLS: Shape = Shape::List(&Shape::Bool);

/// `alltrue`
pub static ALLTRUE: Function = Function::new(
    "alltrue",
    "Whether every element is true; null counts as false.",
    &[Parameter::new("list", BOOLS, "The elements.")],
    Shape::Bool,
    |call| {
        for (_, element) in call.args[0].elements() {
            if !element.is_known() {
                return Ok(Value::unknown(Type::Bool));
            }
            if element.as_bool() != Some(true) {
                return Ok(Value::bool(false));
            }
        }
        Ok(Value::bool(true))
    },
);

/// `anytrue`
pub static ANYTRUE: Function = Function::new(
    "anytrue",
    "Whether an element is true; null counts as false.",
    &[Parameter::new("list", BOOLS, "The elements.")],
    Shape::Bool,
    |call| {
        let mut unknown = false;
        for (_, element) in call.args[0].elements() {
            unknown |= !element.is_known();
            if element.as_bool() == Some(true) {
                return Ok(Value::bool(true));
            }
        }
        Ok(if unknown {
            Value::unknown(Type::Bool)
        } else {
            Value::bool(false)
        })
    },
);

/// `contains`
pub static CONTAINS: Function = Function::new(
    "contains",
    "Whether a value is an element of a list, tuple or set.",
    &[
        Parameter::any("list", "The elements."),
        Parameter::any("value", "What to look for."),
    ],
    Shape::Bool,
    contains,
);

fn contains(call: &Call<'_>) -> Result<Value, FunctionError> {
    let elements = call.args[0]
        .as_slice()
        .ok_or_else(|| call_error("argument must be list, tuple, or set"))?;
    let mut unknown = false;
    for element in elements {
        match ops::equals(element, &call.args[1]).as_bool() {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => unknown = true,
        }
    }
    Ok(if unknown {
        Value::unknown(Type::Bool)
    } else {
        Value::bool(false)
    })
}

/// `index`
pub static INDEX: Function = Function::new(
    "index",
    "The position of the first element that equals a value.",
    &[
        Parameter::any("list", "The elements."),
        Parameter::any("value", "What to look for."),
    ],
    Shape::Number,
    index,
);

fn index(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = &call.args[0];
    if !matches!(list.ty(), Type::List(_) | Type::Tuple(_)) {
        return Err(call_error("argument must be a list or tuple"));
    }
    let elements = list.as_slice().unwrap_or_default();
    if elements.is_empty() {
        return Err(call_error("cannot search an empty list"));
    }
    for (position, element) in elements.iter().enumerate() {
        match ops::equals(element, &call.args[1]).as_bool() {
            Some(true) => return Ok(Value::from(position)),
            Some(false) => {}
            None => return Ok(Value::unknown(Type::Number)),
        }
    }
    Err(call_error("item not found"))
}
