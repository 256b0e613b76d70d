//! Blocks for objects that were found and have none: what a person would write to keep them as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trueup_parser::quoted;
use trueup_schema::{Attribute, Block, Nesting};
use trueup_value::{Value, ValueRef, json};

use super::alone::Found;
use trueup_provider::{Part, is_zero};

/// The block of a found object, formatted, without a line end.
pub fn block(found: &Found, provider: Option<&str>) -> String {
    let resource = &found.addr.resource.resource;
    let mut out = format!("resource {:?} {:?} {{\n", &*resource.kind, &*resource.name);
    if let Some(provider) = provider {
        let _ = writeln!(out, "  provider = {provider}");
    }
    let schema = &found.schema.block;
    body(&mut out, schema, &found.said, 1, Unset::of(schema));
    out.push('}');
    trueup_parser::format(&out).unwrap_or(out)
}

/// A nested block that says what a value holds, formatted, without a line end. What is not set is left out.
pub fn nested(kind: &str, schema: &Block, value: &Value) -> String {
    let mut out = format!("{kind} {{\n");
    body(&mut out, schema, value, 1, Unset::LeftOut);
    out.push('}');
    trueup_parser::format(&out).unwrap_or(out)
}

/// A value as an expression of the language, formatted.
pub fn value(value: &Value) -> String {
    let mut out = String::new();
    expression(&mut out, value, 0);
    out
}

/// A value as an expression of the language, on one line.
pub fn value_on_one_line(value: &Value) -> String {
    let joined = |elements: &mut dyn Iterator<Item = &Value>| {
        let elements: Vec<String> = elements.map(value_on_one_line).collect();
        format!("[{}]", elements.join(", "))
    };
    match value.view() {
        ValueRef::List { elements, .. }
        | ValueRef::Set { elements, .. }
        | ValueRef::Tuple(elements) => joined(&mut elements.iter()),
        ValueRef::Map { elements, .. } | ValueRef::Object(elements) if !elements.is_empty() => {
            let members: Vec<String> = elements
                .iter()
                .map(|(key, value)| match trueup_parser::is_identifier(key) {
                    true => format!("{key} = {}", value_on_one_line(value)),
                    false => format!("{} = {}", quoted(key), value_on_one_line(value)),
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        _ => self::value(value),
    }
}

/// What becomes of arguments that are not set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unset {
    /// They are written, as null: whoever reads the block sees what else there is.
    AsNull,
    /// The same, and so is 0 where the type's plugin is of the older kit, which keeps 0 for what is not set: there
    /// are arguments that refuse it.
    AsNullWithZero,
    /// They are not written.
    LeftOut,
}

impl Unset {
    /// How the arguments of a type are written that are not set.
    fn of(schema: &Block) -> Self {
        match schema.attributes.get("id").is_some_and(is_older_id) {
            true => Self::AsNullWithZero,
            false => Self::AsNull,
        }
    }

    /// Whether an argument that holds this is written as null.
    fn includes(self, attribute: &Attribute, held: &Value) -> bool {
        // Older plugins keep "" for what is not set.
        let empty =
            held.as_str() == Some("") || self == Self::AsNullWithZero && is_number_zero(held);
        attribute.optional && empty
    }
}

/// The id of older plugins is declared so that it could be set, but never may be.
fn is_older_id(id: &Attribute) -> bool {
    id.optional && id.computed
}

/// Whether a block of this schema says nothing of an attribute that holds this.
pub(super) fn is_unset(schema: &Block, name: &str, attribute: &Attribute, held: &Value) -> bool {
    let argument = attribute.required || attribute.optional;
    !argument
        || name == "id" && is_older_id(attribute)
        || Unset::of(schema).includes(attribute, held)
}

/// Blocks for what lies within a found object, by type: the objects as a local value, a resource over them, and an
/// import of each. Nothing where nothing does.
pub fn parts(found: &Found) -> String {
    let mut kinds: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in &found.parts {
        kinds.entry(&part.kind).or_default().push(part);
    }
    let owner = &found.addr.resource.resource;
    let mut out = String::new();
    for (kind, parts) in kinds {
        let name = &*owner.name;
        let short = kind.rsplit('_').next().unwrap_or(kind);
        let local = format!("{name}_{short}s");
        let _ = writeln!(out, "\nlocals {{\n  {local} = {{");
        for part in &parts {
            let _ = write!(
                out,
                "    {} = {{\n      id = {}\n      {} = ",
                quoted(&part.key),
                quoted(&part.id),
                part.own.0
            );
            match structured(&part.own.1) {
                Some(said) => expression(&mut out, &said, 3),
                None => out.push_str(&quoted(&part.own.1)),
            }
            out.push_str("\n    }\n");
        }
        let _ = writeln!(
            out,
            "  }}\n}}\n\nresource {kind:?} {name:?} {{\n  for_each = local.{local}"
        );
        let Some(first) = parts.first() else { continue };
        for (argument, (value, follows)) in &first.shared {
            let said = match follows {
                Some(attribute) => format!("{}.{name}.{attribute}", owner.kind),
                None => self::value(value),
            };
            let _ = writeln!(out, "  {argument} = {said}");
        }
        let own = &first.own.0;
        let said = match structured(&first.own.1) {
            Some(_) => format!("jsonencode(each.value.{own})"),
            None => format!("each.value.{own}"),
        };
        let _ = writeln!(out, "  {own} = {said}\n}}");
        let _ = write!(
            out,
            "\nimport {{\n  for_each = local.{local}\n  to = {kind}.{name}[each.key]\n  id = each.value.id\n}}\n"
        );
    }
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

fn body(out: &mut String, schema: &Block, value: &Value, depth: usize, unset: Unset) {
    let indent = "  ".repeat(depth);
    for (name, attribute) in &schema.attributes {
        if !attribute.required && !attribute.optional {
            continue;
        }
        if depth == 1 && &**name == "id" && is_older_id(attribute) {
            continue;
        }
        let held = value
            .member(name)
            .cloned()
            .unwrap_or_else(|| Value::null(attribute.ty.clone()));
        let (held, marks) = held.unmark();
        if unset == Unset::LeftOut && !attribute.required && is_zero(&held) {
            continue;
        }
        let _ = write!(out, "{indent}{name} = ");
        if attribute.sensitive || !marks.is_empty() {
            out.push_str("null # sensitive");
        } else if unset.includes(attribute, &held) {
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
            body(out, &nested.block, held, depth + 1, unset);
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

fn is_number_zero(value: &Value) -> bool {
    matches!(value.view(), ValueRef::Number(_)) && is_zero(value)
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
