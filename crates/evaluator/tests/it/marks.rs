//! Every registered function with unknown, null, sensitive and ephemeral in every argument, and in elements.
//!
//! `tests/marks/as_terraform.calls` holds what Terraform 1.11 makes of each call, `otherwise.calls` what is otherwise on
//! purpose. A result is written as JSON with `?` for what is not known and `!` before what is sensitive; a call within
//! `ephemeralasnull` gives null where its result is ephemeral.

use std::collections::BTreeSet;
use std::path::Path;

use trueup_functions::{all, all_builtin};
use trueup_value::{Marks, Value, ValueRef, json};

use crate::cases::evaluated;
use crate::world::World;

/// Functions that only the console knows: no expression of a configuration can call them.
const OF_THE_CONSOLE: &str = "type";

fn written(value: &Value, out: &mut String) {
    if value.marks().contains(Marks::SENSITIVE) {
        out.push('!');
    }
    match value.view() {
        ValueRef::Unknown(..) => out.push('?'),
        ValueRef::List { elements, .. }
        | ValueRef::Set { elements, .. }
        | ValueRef::Tuple(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                written(element, out);
            }
            out.push(']');
        }
        ValueRef::Map { elements, .. } | ValueRef::Object(elements) => {
            out.push('{');
            for (at, (name, element)) in elements.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&format!("\"{name}\":"));
                written(element, out);
            }
            out.push('}');
        }
        _ => {
            let plain = json::encode(&value.without_marks_inside()).expect("it is known");
            // The JSON of plans is compared as it reads, not as its writer escapes.
            let plain = plain.replace("\\u003c", "<").replace("\\u003e", ">");
            out.push_str(&plain.replace("\\u0026", "&"));
        }
    }
}

fn outcome(world: &mut World, expr: &str) -> String {
    let (value, diagnostics) = evaluated(world, expr);
    if let Some(error) = diagnostics.errors().next() {
        let (summary, detail) = (&error.summary, error.detail.replace('\n', "\\n"));
        return format!("error: {summary}: {detail}");
    }
    let mut text = String::new();
    written(&value, &mut text);
    text
}

/// The words before opening parentheses.
fn names_called(expr: &str) -> impl Iterator<Item = String> {
    expr.match_indices('(').map(|(at, _)| {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let start = expr[..at].rfind(|c| !is_of_name(c)).map_or(0, |at| at + 1);
        expr[start..at].to_owned()
    })
}

#[test]
fn every_function_treats_every_mark_as_written() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/marks");
    let mut world = World::read(&directory);
    let mut called = BTreeSet::new();
    let mut differing = Vec::new();
    for file in ["as_terraform.calls", "otherwise.calls"] {
        let text = std::fs::read_to_string(directory.join(file)).expect("the table is there");
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (expr, want) = line.split_once(" => ").expect("a line has a result");
            called.extend(names_called(expr));
            let got = outcome(&mut world, expr);
            if got != want {
                differing.push(format!("{expr}\n  want {want}\n  got  {got}"));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let plain = all().map(|function| function.name.to_owned());
    let builtin = all_builtin().map(|function| format!("provider::terraform::{}", function.name));
    for name in plain.chain(builtin) {
        assert!(
            called.contains(&name) || name == OF_THE_CONSOLE,
            "{name} is not in the table"
        );
    }
}
