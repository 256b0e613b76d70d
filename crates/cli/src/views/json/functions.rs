//! What `metadata functions -json` prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_functions::{Function, Parameter};
use trueup_plan::json::{Fields, Json};

use super::diagnostic::result_type;
use super::schemas::ty;

/// The signatures of all functions, each by its own name and in its namespace, on one line.
pub fn functions() -> String {
    let mut signatures: BTreeMap<Arc<str>, Json> = BTreeMap::new();
    // `type` is there in the console only.
    for function in trueup_functions::all().filter(|function| function.name != "type") {
        let json = signature(function);
        signatures.insert(format!("core::{}", function.name).into(), json.clone());
        signatures.insert(function.name.into(), json);
    }
    Fields::new()
        .text("format_version", "1.0")
        .with("function_signatures", Json::object(signatures))
        .json()
        .to_line()
}

fn signature(function: &Function) -> Json {
    let parameters = function.parameters.iter().map(parameter);
    Fields::new()
        .text("description", function.doc)
        .with("return_type", ty(&result_type(function)))
        .with_some(
            "parameters",
            (!function.parameters.is_empty()).then(|| Json::array(parameters)),
        )
        .with_some(
            "variadic_parameter",
            function.variadic.as_ref().map(parameter),
        )
        .json()
}

fn parameter(parameter: &Parameter) -> Json {
    Fields::new()
        .text("name", parameter.name)
        .with_some(
            "description",
            (!parameter.doc.is_empty()).then(|| Json::string(parameter.doc)),
        )
        .with_some(
            "is_nullable",
            parameter.nullable.then_some(Json::Bool(true)),
        )
        .with("type", ty(&parameter.ty.to_type()))
        .json()
}
