//! JSON.

use trueup_value::{Refinements, Type, Value, json};

use crate::function::{Call, Function, FunctionError, Parameter, Refine, Shape, call_error};

/// `jsonencode`
pub static JSONENCODE: Function = Function::new(
    "jsonencode",
    "A value as JSON.",
    &[Parameter::any("val", "The value.")
        .nullable()
        .unknown()
        .dynamic()],
    Shape::String,
    encode,
);

fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = &call.args[0];
    if value.is_wholly_known() {
        return json::encode(value)
            .map(Value::string)
            .map_err(|error| call_error(error.to_string()));
    }
    // The first character tells the kind of value, where it cannot turn out null.
    let first = match value.ty() {
        _ if !value.is_known() && !value.is_definitely_not_null() => None,
        Type::String => Some("\""),
        Type::Object(_) | Type::Map(_) => Some("{"),
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => Some("["),
        _ => None,
    };
    Ok(match first {
        Some(first) => Value::unknown_refined(Type::String, Refinements::prefix(first)),
        None => Value::unknown(Type::String),
    })
}

/// `jsondecode`
pub static JSONDECODE: Function = Function::computed(
    "jsondecode",
    "The value that a text says in JSON.",
    &[Parameter::string("str", "The JSON.")],
    // The body tells: reading the text once is enough.
    |_| Ok(Type::Dynamic),
    |call| decode(call.text(0)),
)
.refined(Refine::Nothing);

fn decode(text: &str) -> Result<Value, FunctionError> {
    json::decode(text).map_err(|error| call_error(error.message))
}
