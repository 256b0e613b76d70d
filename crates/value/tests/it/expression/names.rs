//! The variables and the functions that expressions may name.

use trueup_value::{Marks, Refinements, Type, Value, convert, json, ops};

use super::{Failure, Outcome, error};

/// What the recorded module's references stand for.
pub(super) fn references() -> Vec<(&'static str, Value)> {
    let unknown = Value::unknown_refined(Type::String, Refinements::not_null());
    let open = Value::dynamic_unknown;
    vec![
        ("local.unk", unknown),
        ("terraform_data.flag.output", Value::unknown(Type::Bool)),
        ("terraform_data.num.output", Value::unknown(Type::Number)),
        ("terraform_data.made.output", open()),
        (
            "var.secret_num",
            Value::number(42_i64).with_marks(Marks::SENSITIVE),
        ),
        (
            "var.secret_list",
            Value::list(Type::String, vec!["x".into(), "y".into()]).with_marks(Marks::SENSITIVE),
        ),
        (
            "var.secret",
            Value::string("s3cr3t").with_marks(Marks::SENSITIVE),
        ),
        (
            "var.users",
            Value::set(Type::String, vec!["b".into(), "a".into(), "c".into()]),
        ),
    ]
}

/// What a function gives.
pub(super) fn call(function: &str, argument: &Value) -> Outcome {
    let to = |ty: Type| {
        if argument.is_null() && argument.ty() == Type::Dynamic {
            return Ok(argument.clone());
        }
        convert(argument, &ty).map_err(error)
    };
    match function {
        "tostring" => to(Type::String),
        "tonumber" => to(Type::Number),
        "tobool" => to(Type::Bool),
        "tolist" => to(Type::list(Type::Dynamic)),
        "toset" => to(Type::set(Type::Dynamic)),
        "tomap" => to(Type::map(Type::Dynamic)),
        "issensitive" => Ok(Value::bool(argument.has_mark(Marks::SENSITIVE))),
        "sensitive" => Ok(argument.mark(Marks::SENSITIVE)),
        "abs" => argument
            .as_number()
            .map(|number| Value::number(number.abs()))
            .ok_or(Failure::Unsupported),
        "length" if argument.as_str().is_none() => ops::length(argument).map_err(error),
        "jsonencode" if argument.is_wholly_known() => {
            json::encode(argument).map(Value::string).map_err(error)
        }
        "jsondecode" => {
            let text = convert(argument, &Type::String).map_err(error)?;
            if text.is_null() {
                return Err(error("argument must not be null"));
            }
            let text = text.as_str().ok_or(Failure::Unsupported)?;
            Ok(json::decode(text)
                .map_err(error)?
                .with_marks(argument.marks()))
        }
        _ => Err(Failure::Unsupported),
    }
}
