//! The functions of the provider that is built in: values as text of the language, and back.
//!
//! They are called as `provider::NAME::…`, where NAME is what the module calls that provider. `decode_tfvars`
//! evaluates expressions and has its body in the evaluator.

use trueup_diagnostics::SourceId;
use trueup_parser::{format_body, is_identifier, parse_body, quoted};
use trueup_value::{Type, Value, ValueRef};

use crate::function::{Call, Function, FunctionError, Parameter, Refine, Shape, call_error};

const VALUE: Parameter = Parameter::any("value", "The value.");

static FUNCTIONS: &[&Function] = &[&DECODE_TFVARS, &ENCODE_EXPR, &ENCODE_TFVARS];

/// The function with this name, without the name of the provider.
pub fn lookup_builtin(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.name == name)
        .copied()
}

/// The functions in the order of their names.
pub fn all_builtin() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().copied()
}

/// `decode_tfvars`
pub static DECODE_TFVARS: Function = Function::evaluated(
    "decode_tfvars",
    "The variables that a text gives values to, in the form of a variables file.",
    &[Parameter::string("src", "The text.")],
)
.refined(Refine::Nothing);

/// `encode_expr`
pub static ENCODE_EXPR: Function = Function::new(
    "encode_expr",
    "An expression that gives the value.",
    &[VALUE],
    Shape::String,
    |call| {
        if !call.args[0].is_wholly_known() {
            return Ok(Value::unknown(Type::String));
        }
        let mut text = String::new();
        write_expression(&call.args[0], &mut text);
        Ok(Value::string(formatted(&text)))
    },
);

/// `encode_tfvars`
pub static ENCODE_TFVARS: Function = Function::new(
    "encode_tfvars",
    "A variables file that gives the attributes of an object to the variables of their names.",
    &[VALUE],
    Shape::String,
    encode_tfvars,
);

fn encode_tfvars(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = &call.args[0];
    if !value.is_wholly_known() {
        return Ok(Value::unknown(Type::String));
    }
    let Some(members) = value.as_members() else {
        return Err(call_error(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
        ));
    };
    if let Some(name) = members.keys().find(|name| !is_identifier(name)) {
        return Err(call_error(format!(
            "invalid variable name {}: must be a valid identifier, per Terraform's rules for input variable declarations",
            crate::strings::quoted(name)
        )));
    }
    let mut text = String::new();
    for (name, value) in members {
        text.push_str(name);
        text.push_str(" = ");
        write_expression(value, &mut text);
        text.push('\n');
    }
    Ok(Value::string(formatted(&text)))
}

/// The canonical form, also of an expression alone.
fn formatted(text: &str) -> String {
    let (nothing, _) = parse_body(SourceId(0), "");
    format_body(&nothing, text)
}

fn write_expression(value: &Value, out: &mut String) {
    match value.view() {
        ValueRef::Null(_) | ValueRef::Unknown(..) => out.push_str("null"),
        ValueRef::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        ValueRef::Number(number) => out.push_str(&number.to_string()),
        ValueRef::String(text) => out.push_str(&quoted(text)),
        ValueRef::List { elements, .. }
        | ValueRef::Set { elements, .. }
        | ValueRef::Tuple(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_expression(element, out);
            }
            out.push(']');
        }
        ValueRef::Map { elements, .. } | ValueRef::Object(elements) => {
            out.push('{');
            if !elements.is_empty() {
                out.push('\n');
            }
            for (name, value) in elements {
                if is_identifier(name) {
                    out.push_str(name);
                } else {
                    out.push_str(&quoted(name));
                }
                out.push_str(" = ");
                write_expression(value, out);
                out.push('\n');
            }
            out.push('}');
        }
    }
}
