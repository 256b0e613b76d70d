//! YAML: `yamldecode` and `yamlencode`, with a reader and a writer of our own, as the language has its own choice of
//! what scalars mean, of merge keys and of how strings are written.

mod blocks;
mod collections;
mod decode;
mod encode;
mod names;
mod resolve;
mod scalars;
mod scanner;
mod timestamp;
mod tokens;

use trueup_value::{Type, Value};

use crate::function::{Call, Function, FunctionError, Parameter, Refine, Shape, call_error};

/// `yamlencode`
pub static YAMLENCODE: Function = Function::new(
    "yamlencode",
    "A value as YAML.",
    &[Parameter::any("value", "The value.")
        .nullable()
        .unknown()
        .dynamic()],
    Shape::String,
    |call| {
        let value = &call.args[0];
        if !value.is_wholly_known() {
            return Ok(Value::unknown(Type::String));
        }
        encode::encode(value).map(Value::string).map_err(call_error)
    },
);

/// `yamldecode`
pub static YAMLDECODE: Function = Function::computed(
    "yamldecode",
    "The value that a text says in YAML.",
    &[Parameter::string("src", "The YAML.")],
    // The body tells: reading the text once is enough.
    |_| Ok(Type::Dynamic),
    yamldecode,
)
.refined(Refine::Nothing);

fn yamldecode(call: &Call<'_>) -> Result<Value, FunctionError> {
    decode::decode(call.text(0)).map_err(|problem| {
        call_error(match problem.line {
            0 => problem.message,
            line => format!(
                "on line {line}, column {}: {}",
                problem.column, problem.message
            ),
        })
    })
}
