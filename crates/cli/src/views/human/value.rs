//! Values as the language writes them: what the console and outputs show.

use trueup_value::{Marks, Type, Value, ValueRef};

use super::diff::quote;

/// The text of a value, as the language would write it where it can. Further lines begin with `indent`
/// spaces.
pub fn format_value(value: &Value, indent: usize) -> String {
    if value.has_mark(Marks::SENSITIVE) {
        return "(sensitive value)".to_owned();
    }
    if value.has_mark(Marks::EPHEMERAL) {
        return "(ephemeral value)".to_owned();
    }
    match value.view() {
        ValueRef::Unknown(..) => "(known after apply)".to_owned(),
        ValueRef::Null(ty) => null(ty),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Number(number) => number.to_string(),
        ValueRef::String(text) => string(text, indent),
        ValueRef::Object(_) => mapping(value, indent),
        ValueRef::Map { .. } => format!("tomap({})", mapping(value, indent)),
        ValueRef::Tuple(elements) => sequence(elements, indent),
        ValueRef::List { elements, .. } => format!("tolist({})", sequence(elements, indent)),
        ValueRef::Set { elements, .. } => format!("toset({})", sequence(elements, indent)),
    }
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".to_owned(),
        Type::String | Type::Number | Type::Bool => format!("to{}(null)", ty.kind_name()),
        Type::List(element) | Type::Set(element) | Type::Map(element) => format!(
            "to{}(null) /* of {} */",
            ty.kind_name(),
            element.friendly_name()
        ),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

fn string(text: &str, indent: usize) -> String {
    if !text.contains('\n') {
        return quote(text);
    }
    let start = " ".repeat(indent);
    let mut delimiter = "EOT".to_owned();
    while text.split('\n').any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    let operator = if indent > 0 { "<<-" } else { "<<" };
    let mut out = format!("{operator}{delimiter}\n");
    for line in text.split('\n') {
        out.push_str(&start);
        out.push_str(line);
        out.push('\n');
    }
    out + &start + &delimiter
}

fn mapping(value: &Value, indent: usize) -> String {
    let start = " ".repeat(indent + 2);
    let mut out = "{".to_owned();
    for (key, element) in value.as_members().into_iter().flatten() {
        let (key, element) = (string(key, indent + 2), format_value(element, indent + 2));
        out.push_str(&format!("\n{start}{key} = {element}"));
    }
    close(out, '}', indent)
}

fn sequence(elements: &[Value], indent: usize) -> String {
    let start = " ".repeat(indent + 2);
    let mut out = "[".to_owned();
    for element in elements {
        let element = format_value(element, indent + 2);
        out.push_str(&format!("\n{start}{element},"));
    }
    close(out, ']', indent)
}

fn close(mut out: String, bracket: char, indent: usize) -> String {
    if out.len() > 1 {
        out.push('\n');
        out.push_str(&" ".repeat(indent));
    }
    out.push(bracket);
    out
}

/// The text of a type, as the console shows what `type()` answers.
pub fn format_type(ty: &Type) -> String {
    let mut out = String::new();
    write_type(ty, 0, &mut out);
    out
}

fn write_type(ty: &Type, indent: usize, out: &mut String) {
    let inner = " ".repeat(indent + 4);
    let outer = " ".repeat(indent);
    match ty {
        Type::Object(object) => {
            out.push_str("object({");
            let members = &object.attributes;
            for (name, member) in members {
                out.push_str(&format!("\n{inner}{name}: "));
                write_type(member, indent + 4, out);
                out.push(',');
            }
            if !members.is_empty() {
                out.push_str(&format!("\n{outer}"));
            }
            out.push_str("})");
        }
        Type::Tuple(elements) => {
            out.push_str("tuple([");
            for element in elements.iter() {
                out.push_str(&format!("\n{inner}"));
                write_type(element, indent + 4, out);
                out.push(',');
            }
            if !elements.is_empty() {
                out.push_str(&format!("\n{outer}"));
            }
            out.push_str("])");
        }
        Type::List(element) | Type::Set(element) | Type::Map(element) => {
            out.push_str(&format!("{}(", ty.kind_name()));
            if element.is_primitive() || **element == Type::Dynamic {
                write_type(element, indent, out);
            } else {
                out.push_str(&format!("\n{inner}"));
                write_type(element, indent + 4, out);
                out.push_str(&format!(",\n{outer}"));
            }
            out.push(')');
        }
        Type::Dynamic => out.push_str("dynamic"),
        Type::String | Type::Number | Type::Bool => out.push_str(ty.kind_name()),
    }
}
