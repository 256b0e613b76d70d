//! `decode_tfvars`: a text in the form of a variables file, as an object.

use trueup_diagnostics::{Diagnostics, Sources};
use trueup_functions::{FunctionError, argument_error, call_error};
use trueup_parser::parse_source;
use trueup_value::Value;

use super::scope::EmptyScope;
use super::walker::{Frame, Walker};

/// What places in the text are named after.
const NAME: &str = "<decode_tfvars argument>";

/// The values that the text gives, by the names of the variables.
///
/// # Errors
/// What is wrong with the text, with its place there.
pub(super) fn decode_tfvars(text: &Value) -> Result<Value, FunctionError> {
    if text.is_null() {
        return Err(argument_error(0, "argument must not be null"));
    }
    let (text, marks) = text.unmark();
    let Some(text) = text.as_str() else {
        return Ok(Value::dynamic_unknown().with_marks(marks));
    };
    let mut sources = Sources::new();
    let id = sources.add(NAME, text);
    let (body, diagnostics) = parse_source(&sources, id);
    refuse(&diagnostics, &sources, "invalid tfvars syntax")?;
    if let Some(block) = body.blocks.first() {
        return Err(call_error(format!(
            "invalid tfvars content: {}: Unexpected {:?} block; Blocks are not allowed here.",
            sources.place(block.kind.span),
            &*block.kind.name
        )));
    }
    let mut members = Vec::with_capacity(body.attributes.len());
    for attribute in &body.attributes {
        let mut inner = Walker::new(&EmptyScope { functions: None }, false);
        let value = inner.eval(&attribute.expr, &Frame::OUTERMOST);
        let what = format!("invalid expression for variable {:?}", &*attribute.name);
        refuse(&inner.into_diagnostics(), &sources, &what)?;
        members.push((attribute.name.clone(), value));
    }
    Ok(Value::object_from(members).with_marks(marks))
}

/// The first error, where there is one, as the message of the call.
fn refuse(diagnostics: &Diagnostics, sources: &Sources, what: &str) -> Result<(), FunctionError> {
    let Some(first) = diagnostics.errors().next() else {
        return Ok(());
    };
    let place = first
        .subject
        .map(|span| format!("{}: ", sources.place(span)))
        .unwrap_or_default();
    let more = match diagnostics.len() {
        0 | 1 => String::new(),
        count => format!(", and {} other diagnostic(s)", count - 1),
    };
    Err(call_error(format!(
        "{what}: {place}{}; {}{more}",
        first.summary, first.detail
    )))
}
