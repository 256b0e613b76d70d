//! Values in the notation of a saved plan.
//!
//! Bools, strings, numbers, tuples, objects and the untyped null are what JSON has for them, an object as
//! `{"o": {…}}`. Everything else is an object with short keys, types given as numbers into a table:
//! `{"z": T}` null, `{"u": T, "r": …}` unknown with what is known of it, `{"l": […], "t": T}` list,
//! `{"s": …}` set, `{"m": …}` map, `{"n": "0.1", "p": 53}` a number of another precision or an infinite
//! one, `{"v": V, "k": "s"}` a value with marks.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use trueup_value::json::write_string;
use trueup_value::{Bound, Marks, Number, Path, Refinements, Step, Type, Value, ValueRef};

/// The marks and their letters.
pub(super) const MARKS: [(char, Marks); 3] = [
    ('s', Marks::SENSITIVE),
    ('e', Marks::EPHEMERAL),
    ('d', Marks::DEPRECATED),
];

/// The precision that numbers have unless said otherwise, in bits.
pub(super) const PRECISION: u16 = 512;

/// Writes values and gathers the table of their types.
#[derive(Default)]
pub(super) struct ValueWriter {
    numbers: HashMap<Type, usize>,
    types: Vec<String>,
}

impl ValueWriter {
    /// The table of types as a JSON array of texts.
    pub(super) fn types(&self) -> String {
        let mut out = String::new();
        list(&mut out, &self.types, |out, text| write_string(text, out));
        out
    }

    fn ty(&mut self, ty: &Type) -> usize {
        if let Some(number) = self.numbers.get(ty) {
            return *number;
        }
        let number = self.types.len();
        self.types.push(ty.to_json());
        self.numbers.insert(ty.clone(), number);
        number
    }

    /// Appends a value.
    pub(super) fn value(&mut self, out: &mut String, value: &Value) {
        let (plain, marks) = value.unmark();
        if marks.is_empty() {
            self.plain(out, value);
            return;
        }
        out.push_str("{\"v\":");
        self.plain(out, &plain);
        out.push_str(",\"k\":\"");
        out.extend(
            MARKS
                .iter()
                .filter(|(_, mark)| marks.contains(*mark))
                .map(|(letter, _)| *letter),
        );
        out.push_str("\"}");
    }

    fn plain(&mut self, out: &mut String, value: &Value) {
        // Writing to a String never fails.
        let _ = match value.view() {
            ValueRef::Null(Type::Dynamic) => write!(out, "null"),
            ValueRef::Null(ty) => write!(out, "{{\"z\":{}}}", self.ty(ty)),
            ValueRef::Unknown(ty, refinements) => {
                let _ = write!(out, "{{\"u\":{}", self.ty(ty));
                if !refinements.is_empty() {
                    out.push_str(",\"r\":");
                    refined(out, refinements);
                }
                write!(out, "}}")
            }
            ValueRef::Bool(value) => write!(out, "{value}"),
            ValueRef::Number(value) => {
                number(out, value);
                Ok(())
            }
            ValueRef::String(text) => {
                write_string(text, out);
                Ok(())
            }
            ValueRef::Tuple(elements) => {
                list(out, elements, |out, element| self.value(out, element));
                Ok(())
            }
            ValueRef::List { elem, elements } => {
                out.push_str("{\"l\":");
                list(out, elements, |out, element| self.value(out, element));
                write!(out, ",\"t\":{}}}", self.ty(elem))
            }
            ValueRef::Set { elem, elements } => {
                out.push_str("{\"s\":");
                list(out, elements, |out, element| self.value(out, element));
                write!(out, ",\"t\":{}}}", self.ty(elem))
            }
            ValueRef::Map { elem, elements } => {
                out.push_str("{\"m\":");
                self.members(out, elements);
                write!(out, ",\"t\":{}}}", self.ty(elem))
            }
            ValueRef::Object(attributes) => {
                out.push_str("{\"o\":");
                self.members(out, attributes);
                write!(out, "}}")
            }
        };
    }

    fn members(&mut self, out: &mut String, members: &BTreeMap<Arc<str>, Value>) {
        out.push('{');
        for (n, (key, member)) in members.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            write_string(key, out);
            out.push(':');
            self.value(out, member);
        }
        out.push('}');
    }

    /// Appends a path: names as strings, keys as a value in an array of one.
    pub(super) fn path(&mut self, out: &mut String, path: &Path) {
        list(out, path.steps(), |out, step| match step {
            Step::Attr(name) => write_string(name, out),
            Step::Index(key) => {
                out.push('[');
                self.value(out, key);
                out.push(']');
            }
        });
    }
}

/// Appends an array.
pub(super) fn list<T>(
    out: &mut String,
    elements: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (n, element) in elements.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        each(out, element);
    }
    out.push(']');
}

fn number(out: &mut String, number: &Number) {
    // Writing to a String never fails.
    let _ = if number.is_infinite() || number.precision() != PRECISION && !number.is_integer() {
        let precision = number.precision();
        write!(out, "{{\"n\":\"{number}\",\"p\":{precision}}}")
    } else {
        write!(out, "{number}")
    };
}

fn refined(out: &mut String, refinements: &Refinements) {
    let mut fields: Vec<String> = Vec::new();
    if refinements.not_null {
        fields.push("\"not_null\":true".to_owned());
    }
    if let Some(prefix) = &refinements.string_prefix {
        let mut field = "\"prefix\":".to_owned();
        write_string(prefix, &mut field);
        fields.push(field);
    }
    let mut bound = |name: &str, bound: &Option<Bound>| {
        if let Some(bound) = bound {
            let mut field = format!("\"{name}\":[");
            number(&mut field, &bound.value);
            fields.push(format!("{field},{}]", bound.inclusive));
        }
    };
    bound("min", &refinements.number_min);
    bound("max", &refinements.number_max);
    let mut length = |name: &str, length: Option<usize>| {
        fields.extend(length.map(|length| format!("\"{name}\":{length}")));
    };
    length("min_length", refinements.length_min);
    length("max_length", refinements.length_max);
    out.push('{');
    out.push_str(&fields.join(","));
    out.push('}');
}
