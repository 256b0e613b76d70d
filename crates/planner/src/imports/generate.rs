//! Blocks for objects that were found and have none: what a person would write to keep them as they are.

use std::fmt::Write as _;

use trueup_parser::quoted;
use trueup_schema::{Block, Nesting};
use trueup_value::{Value, ValueRef, json};

use super::alone::Found;

/// The block of a found object, formatted, without a line end.
pub fn block(found: &Found, provider: Option<&str>) -> String {
    let resource = &found.addr.resource.resource;
    let mut out = format!("resource {:?} {:?} {{\n", &*resource.kind, &*resource.name);
    if let Some(provider) = provider {
        let _ = writeln!(out, "  provider = {provider}");
    }
    body(&mut out, &found.schema.block, &found.value, 1);
    out.push('}');
    trueup_parser::format(&out).unwrap_or(out)
}

/// A file of such blocks: each with the id of its object and its text.
pub fn file<'a>(blocks: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::from(
        "# __generated__ by Terraform\n# Please review these resources and move them into your main configuration files.\n",
    );
    for (id, block) in blocks {
        let _ = write!(out, "\n# __generated__ by Terraform from {id:?}\n{block}\n");
    }
    out
}

fn body(out: &mut String, schema: &Block, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    for (name, attribute) in &schema.attributes {
        if !attribute.required && !attribute.optional {
            continue;
        }
        // The id of older plugins is declared so that it could be set, but never may be.
        if depth == 1 && &**name == "id" && attribute.optional && attribute.computed {
            continue;
        }
        let held = value
            .member(name)
            .cloned()
            .unwrap_or_else(|| Value::null(attribute.ty.clone()));
        let (held, marks) = held.unmark();
        let _ = write!(out, "{indent}{name} = ");
        if attribute.sensitive || !marks.is_empty() {
            out.push_str("null # sensitive");
        } else if attribute.optional && held.as_str() == Some("") {
            // Such plugins keep "" for what is not set.
            out.push_str("null");
        } else {
            match held.as_str().and_then(structured) {
                Some(inner) => {
                    out.push_str("jsonencode(");
                    expression(out, &inner, depth);
                    out.push(')');
                }
                None => expression(out, &held, depth),
            }
        }
        out.push('\n');
    }
    for (name, nested) in &schema.blocks {
        let Some(held) = value.member(name) else {
            continue;
        };
        let (held, _) = held.unmark();
        let mut one = |label: Option<&str>, held: &Value| {
            if held.is_null() {
                return;
            }
            let label = label
                .map(|label| format!(" {}", quoted(label)))
                .unwrap_or_default();
            let _ = writeln!(out, "{indent}{name}{label} {{");
            body(out, &nested.block, held, depth + 1);
            let _ = writeln!(out, "{indent}}}");
        };
        match (&nested.nesting, held.view()) {
            (Nesting::Map, ValueRef::Map { elements, .. }) => {
                elements.iter().for_each(|(key, held)| one(Some(key), held));
            }
            (Nesting::Map, ValueRef::Object(elements)) => {
                elements.iter().for_each(|(key, held)| one(Some(key), held));
            }
            _ => match held.as_slice() {
                Some(elements) => elements.iter().for_each(|held| one(None, held)),
                None => match held.view() {
                    ValueRef::Set { elements, .. } => {
                        elements.iter().for_each(|held| one(None, held));
                    }
                    _ => one(None, &held),
                },
            },
        }
    }
}

/// The value of a text that is a JSON document of parts.
fn structured(text: &str) -> Option<Value> {
    let decoded = json::decode(text).ok()?;
    matches!(decoded.view(), ValueRef::Object(_) | ValueRef::Tuple(_)).then_some(decoded)
}

fn expression(out: &mut String, value: &Value, depth: usize) {
    let list = |out: &mut String, elements: &mut dyn Iterator<Item = &Value>| {
        out.push('[');
        for (n, element) in elements.enumerate() {
            out.push_str(if n > 0 { ", " } else { "" });
            expression(out, element, depth);
        }
        out.push(']');
    };
    let members = |out: &mut String, members: &mut dyn Iterator<Item = (&str, &Value)>| {
        let mut any = false;
        out.push('{');
        for (key, member) in members {
            any = true;
            let _ = write!(out, "\n{}", "  ".repeat(depth + 1));
            match trueup_parser::is_identifier(key) {
                true => out.push_str(key),
                false => out.push_str(&quoted(key)),
            }
            out.push_str(" = ");
            expression(out, member, depth + 1);
        }
        if any {
            let _ = write!(out, "\n{}", "  ".repeat(depth));
        }
        out.push('}');
    };
    match value.view() {
        ValueRef::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        ValueRef::Number(number) => {
            let _ = write!(out, "{number}");
        }
        ValueRef::String(text) => out.push_str(&quoted(text)),
        ValueRef::List { elements, .. } | ValueRef::Tuple(elements) => {
            list(out, &mut elements.iter());
        }
        ValueRef::Set { elements, .. } => list(out, &mut elements.iter()),
        ValueRef::Map { elements, .. } | ValueRef::Object(elements) => {
            members(
                out,
                &mut elements.iter().map(|(key, value)| (&**key, value)),
            );
        }
        _ => out.push_str("null"),
    }
}
