//! Values seen with unset and zero as one: their text, the identity of a set's element.

use trueup_value::{Value, ValueRef};

use super::{Body, Holding, Nested};

/// The text of a scalar as old state files compared it: nothing for null, and nothing is "".
pub(super) fn flat(value: &Value) -> Option<String> {
    match value.view() {
        ValueRef::String(text) => Some(text.to_string()),
        ValueRef::Number(number) => Some(number.to_string()),
        ValueRef::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether a value is null, or the zero of its type.
fn is_zero(value: &Value) -> bool {
    match value.view() {
        ValueRef::Null(_) => true,
        ValueRef::Unknown(..) => false,
        ValueRef::Bool(value) => !value,
        ValueRef::Number(number) => number.to_i64() == Some(0),
        ValueRef::String(text) => text.is_empty(),
        _ => value.length() == Some(0),
    }
}

/// What an element of a set of blocks is told apart by: its name, or everything that the
/// configuration may say. `None` where that is not known yet.
pub(super) fn identity(nested: &Nested, element: &Value) -> Option<String> {
    let mut text = String::new();
    match nested.holding {
        Holding::Set(Some(name)) => member(element, name, &mut text)?,
        _ => whole(&nested.body, element, &mut text)?,
    }
    Some(text)
}

fn member(element: &Value, name: &str, text: &mut String) -> Option<()> {
    match element.as_members().and_then(|members| members.get(name)) {
        Some(value) => write(value, text),
        None => Some(()),
    }
}

fn whole(body: &Body, element: &Value, text: &mut String) -> Option<()> {
    for attribute in &body.attributes {
        if attribute.mode == super::Mode::Computed {
            continue;
        }
        text.push_str(attribute.name);
        text.push('=');
        let value = element
            .as_members()
            .and_then(|members| members.get(attribute.name));
        match (value, &attribute.default) {
            (Some(value), _) if !value.is_null() => write(value, text)?,
            (_, Some(default)) => write(default, text)?,
            _ => {}
        }
        text.push('\u{1}');
    }
    for nested in &body.blocks {
        text.push_str(nested.name);
        text.push('[');
        let inner = element
            .as_members()
            .and_then(|members| members.get(nested.name))
            .and_then(Value::as_slice)
            .unwrap_or(&[]);
        for inner in inner {
            whole(&nested.body, inner, text)?;
        }
        text.push(']');
    }
    Some(())
}

fn write(value: &Value, text: &mut String) -> Option<()> {
    if !value.is_wholly_known() {
        return None;
    }
    if is_zero(value) {
        return Some(());
    }
    match value.as_slice() {
        Some(elements) => {
            for element in elements {
                write(element, text)?;
                text.push('\u{2}');
            }
        }
        None => text.push_str(&flat(value).unwrap_or_default()),
    }
    Some(())
}
