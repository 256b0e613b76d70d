//! Diagnostics for programs: the object that validate and the event stream share.

use trueup_diagnostics::{Diagnostic, FunctionCallNote, Pos, Severity, Source, Sources};
use trueup_functions::{Function, Parameter, Returns};
use trueup_plan::json::{Fields, Json};
use trueup_value::{Type, Value};

use super::schemas::ty;
use crate::views::enclosing::enclosing;
use crate::views::located::{Located, notes};

/// The object of one diagnostic.
pub fn diagnostic(one: &Diagnostic, sources: &Sources) -> Json {
    let located = Located::of(one, sources);
    let range = located
        .as_ref()
        .map(|(located, _)| range(&located.filename, &located.start, &located.end));
    let snippet = located
        .as_ref()
        .map(|(located, source)| snippet(one, located, source));
    let hints = one.hints.iter().map(Json::string);
    Fields::new()
        .text("severity", severity(one))
        .text("summary", &one.summary)
        .text("detail", &one.detail)
        .with_some("address", one.address.as_ref().map(Json::string))
        .with_some("range", range)
        .with_some("snippet", snippet)
        .with_some("hints", (!one.hints.is_empty()).then(|| Json::array(hints)))
        .json()
}

/// The word for its severity.
pub fn severity(one: &Diagnostic) -> &'static str {
    match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A part of a file.
pub fn range(filename: &str, start: &Pos, end: &Pos) -> Json {
    let pos = |pos: &Pos| {
        Fields::new()
            .with("line", Json::number(pos.line.into()))
            .with("column", Json::number(pos.column.into()))
            .with("byte", Json::number(pos.byte.into()))
            .json()
    };
    Fields::new()
        .text("filename", filename)
        .with("start", pos(start))
        .with("end", pos(end))
        .json()
}

/// The lines around the marked text. Empty lines are left out, as other readers of this form expect.
fn snippet(one: &Diagnostic, located: &Located, source: &Source) -> Json {
    let text = source.text();
    let lines = located.lines.iter().filter(|line| !line.is_empty());
    let first = lines.clone().next().map_or(0, |line| line.start);
    let code: Vec<&str> = lines.filter_map(|line| text.get(line.clone())).collect();
    let code = code.join("\n");
    let start = located.marked.start.saturating_sub(first);
    let end = start + located.marked.len();
    let within = |at: usize| Json::number(at.min(code.len()) as u64);
    let values = notes(one).into_iter().map(|note| {
        Fields::new()
            .text("traversal", &note.expression)
            .text("statement", &note.statement)
            .json()
    });
    let place = enclosing(source, located.marked.start).or_else(|| one.place.clone());
    Fields::new()
        .with("context", place.map_or(Json::Null, Json::string))
        .text("code", &code)
        .with("start_line", Json::number(located.first_line.into()))
        .with("highlight_start_offset", within(start))
        .with("highlight_end_offset", within(end))
        .with("values", Json::array(values))
        .with_some("function_call", one.function_call.as_ref().map(call))
        .json()
}

/// The function that was called, with what it takes where it is one of ours.
fn call(call: &FunctionCallNote) -> Json {
    let name = call.name.rsplit("::").next().unwrap_or(&call.name);
    let signature = trueup_functions::lookup(name).map(|function| {
        let parameters = function.parameters.iter().map(parameter);
        Fields::new()
            .text("name", name)
            .with("params", Json::array(parameters))
            .with_some("variadic_param", function.variadic.as_ref().map(parameter))
            .with("return_type", ty(&result_type(function)))
            .json()
    });
    Fields::new()
        .text("called_as", &call.name)
        .with_some("signature", signature)
        .json()
}

/// The type of the result, as far as the parameters' types tell it.
pub(super) fn result_type(function: &Function) -> Type {
    let arguments: Vec<Value> = function
        .parameters
        .iter()
        .chain(&function.variadic)
        .map(|parameter| Value::unknown(parameter.ty.to_type()))
        .collect();
    match function.returns {
        Returns::Fixed(shape) => shape.to_type(),
        Returns::Computed(find) => find(&arguments).unwrap_or(Type::Dynamic),
    }
}

fn parameter(parameter: &Parameter) -> Json {
    Fields::new()
        .text("name", parameter.name)
        .with("type", ty(&parameter.ty.to_type()))
        .json()
}
