//! DynamoDB JSON: items written as the provider always wrote them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use trueup_aws::{AttributeValue, Item};

/// Writes an item: compact, attribute names sorted, as it stands in state files.
pub(crate) fn write(item: &Item) -> String {
    let mut text = String::new();
    members(item, &mut text);
    text
}

fn members(members: &BTreeMap<String, AttributeValue>, text: &mut String) {
    text.push('{');
    for (position, (name, value)) in members.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        quote(name, text);
        text.push(':');
        typed(value, text);
    }
    text.push('}');
}

fn typed(value: &AttributeValue, text: &mut String) {
    match value {
        AttributeValue::S(value) => one("S", text, |text| quote(value, text)),
        AttributeValue::N(value) => one("N", text, |text| quote(value, text)),
        AttributeValue::B(value) => one("B", text, |text| quote(&STANDARD.encode(value), text)),
        AttributeValue::Bool(value) => {
            one("BOOL", text, |text| {
                text.push_str(if *value { "true" } else { "false" })
            });
        }
        AttributeValue::Null => one("NULL", text, |text| text.push_str("true")),
        AttributeValue::L(values) => one("L", text, |text| list(values, text, typed)),
        AttributeValue::M(values) => one("M", text, |text| members(values, text)),
        AttributeValue::Ss(values) => {
            one("SS", text, |text| {
                list(values, text, |v, text| quote(v, text))
            });
        }
        AttributeValue::Ns(values) => {
            one("NS", text, |text| {
                list(values, text, |v, text| quote(v, text))
            });
        }
        AttributeValue::Bs(values) => one("BS", text, |text| {
            list(values, text, |v, text| quote(&STANDARD.encode(v), text));
        }),
    }
}

fn one(tag: &str, text: &mut String, value: impl FnOnce(&mut String)) {
    text.push_str("{\"");
    text.push_str(tag);
    text.push_str("\":");
    value(text);
    text.push('}');
}

fn list<T>(values: &[T], text: &mut String, write: impl Fn(&T, &mut String)) {
    text.push('[');
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        write(value, text);
    }
    text.push(']');
}

/// A JSON string with `<`, `>` and `&` escaped, as `jsonencode` writes them.
fn quote(value: &str, text: &mut String) {
    use std::fmt::Write;
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String can't fail.
                let _ = write!(text, "\\u{:04x}", c as u32);
            }
            c if (c as u32) < 0x20 => {
                let _ = write!(text, "\\u{:04x}", c as u32);
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

/// The text of one typed value: `{"S":"a"}`.
pub(crate) fn write_value(value: &AttributeValue) -> String {
    let mut text = String::new();
    typed(value, &mut text);
    text
}
