//! The fixed order of set elements, which shows in display, JSON and iteration.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::ops::equals;
use crate::value::{Value, ValueRef};

/// The elements in set order, of equal ones only the first kept. Unknown elements are never equal.
pub(crate) fn distinct_in_order(mut elements: Vec<Value>) -> Vec<Value> {
    if elements.len() < 2 {
        return elements;
    }
    let compound = elements.iter().any(|element| {
        !matches!(
            element.view(),
            ValueRef::Bool(_)
                | ValueRef::Number(_)
                | ValueRef::String(_)
                | ValueRef::Null(_)
                | ValueRef::Unknown(..)
        )
    });
    if !compound {
        elements.sort_by(order);
        elements.dedup_by(|later, first| surely_equal(first, later));
        return elements;
    }
    let mut keyed: Vec<(String, Value)> = elements
        .into_iter()
        .map(|element| (order_key(&element), element))
        .collect();
    keyed.sort_by(|(key_a, a), (key_b, b)| {
        rank(a).cmp(&rank(b)).then_with(|| {
            if rank(a) == 0 {
                key_a.cmp(key_b)
            } else {
                Ordering::Equal
            }
        })
    });
    // Different values may share a key (numbers beyond ten digits), so a run of one key is
    // searched; runs are short.
    let mut kept: Vec<Value> = Vec::with_capacity(keyed.len());
    let mut run_key = String::new();
    let mut run_start = 0;
    for (key, element) in keyed {
        if kept.is_empty() || key != run_key {
            run_start = kept.len();
            run_key = key;
        }
        if !kept[run_start..]
            .iter()
            .any(|earlier| surely_equal(earlier, &element))
        {
            kept.push(element);
        }
    }
    kept
}

fn surely_equal(a: &Value, b: &Value) -> bool {
    equals(a, b).as_bool() == Some(true)
}

/// Known before unknown before null.
fn rank(value: &Value) -> u8 {
    match value.view() {
        ValueRef::Null(_) => 2,
        ValueRef::Unknown(..) => 1,
        _ => 0,
    }
}

/// The order of two set elements of one type: strings by bytes, numbers by value, false before
/// true, compound values by a serialised form; unknowns after these, nulls last.
pub fn order(a: &Value, b: &Value) -> Ordering {
    match (a.view(), b.view()) {
        (ValueRef::String(a), ValueRef::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (ValueRef::Number(a), ValueRef::Number(b)) => a.cmp(b),
        (ValueRef::Bool(a), ValueRef::Bool(b)) => a.cmp(&b),
        _ => match (rank(a), rank(b)) {
            (0, 0) => order_key(a).cmp(&order_key(b)),
            (a, b) => a.cmp(&b),
        },
    }
}

/// The serialised form that orders compound elements.
fn order_key(value: &Value) -> String {
    let mut key = String::new();
    write_key(value, &mut key);
    key
}

fn write_key(value: &Value, out: &mut String) {
    fn sequence(open: char, elements: &[Value], close: char, out: &mut String) {
        out.push(open);
        for element in elements {
            write_key(element, out);
            out.push(';');
        }
        out.push(close);
    }
    match value.view() {
        ValueRef::Null(_) => out.push('~'),
        ValueRef::Unknown(..) => out.push('?'),
        ValueRef::Bool(true) => out.push('T'),
        ValueRef::Bool(false) => out.push('F'),
        ValueRef::Number(number) => out.push_str(&number.format('g', Some(10))),
        ValueRef::String(text) => write_quoted(text, out),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            sequence('[', elements, ']', out);
        }
        ValueRef::Tuple(elements) => sequence('<', elements, '>', out),
        ValueRef::Map { elements, .. } => {
            out.push('{');
            for (name, element) in elements {
                write_quoted(name, out);
                out.push(':');
                write_key(element, out);
                out.push(';');
            }
            out.push('}');
        }
        ValueRef::Object(attributes) => {
            out.push('<');
            for element in attributes.values() {
                write_key(element, out);
                out.push(';');
            }
            out.push('>');
        }
    }
}

/// A quoted string as Go's `%q` writes it.
fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' '..='~' => out.push(c),
            c if u32::from(c) < 0x80 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if is_printable(c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

/// Letters, marks, numbers, punctuation and symbols, but no spaces other than ASCII's.
fn is_printable(c: char) -> bool {
    if c.is_whitespace() || c.is_control() {
        return false;
    }
    // `escape_debug` escapes what the standard library's table does not call printable, and also
    // combining marks, which print here.
    c.escape_debug().len() == 1 || unicode_normalization::char::is_combining_mark(c)
}
