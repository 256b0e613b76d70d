//! `==` as the language has it: strict about types, aware of unknowns.

use crate::refinements::Refinements;
use crate::types::Type;
use crate::value::{Value, ValueRef};

/// What is known about an equality.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    NotYet,
}

/// `a == b`: a bool, or an unknown bool. Values of different types are unequal, except that nulls
/// of all types are equal. Marks anywhere inside pass to the result.
pub fn equals(a: &Value, b: &Value) -> Value {
    let marks = a.marks_inside() | b.marks_inside();
    let result = match answer(a, b, false) {
        Answer::Yes => Value::bool(true),
        Answer::No => Value::bool(false),
        Answer::NotYet => Value::unknown_refined(Type::Bool, Refinements::not_null()),
    };
    result.with_marks(marks)
}

/// `a != b`.
pub fn not_equals(a: &Value, b: &Value) -> Value {
    let equal = equals(a, b);
    match equal.as_bool() {
        Some(equal_known) => Value::bool(!equal_known).with_marks(equal.marks()),
        None => equal,
    }
}

/// `one_type` says that both are of one type already, which saves working the types out: parts of
/// values of one type are.
fn answer(a: &Value, b: &Value, one_type: bool) -> Answer {
    if a.is_wholly_known() && a.is_same(b) {
        // Shared parts; a dynamic null inside makes no difference to this.
        return Answer::Yes;
    }
    if (a.is_null() && b.is_definitely_not_null()) || (b.is_null() && a.is_definitely_not_null()) {
        return Answer::No;
    }
    match (a.view(), b.view()) {
        (ValueRef::Unknown(..), ValueRef::Unknown(..)) => return Answer::NotYet,
        (ValueRef::Unknown(ty, refinements), _) => return with_unknown(ty, refinements, b),
        (_, ValueRef::Unknown(ty, refinements)) => return with_unknown(ty, refinements, a),
        (ValueRef::Null(_), ValueRef::Null(_)) => return Answer::Yes,
        _ => {}
    }
    if one_type {
        return compare_parts(a, b, true);
    }
    let (a_type, b_type) = (a.ty(), b.ty());
    if a_type != b_type {
        let open = a_type.has_dynamic() || b_type.has_dynamic();
        return if open && (fits(&a_type, &b_type) || fits(&b_type, &a_type)) {
            // A null without a type is as known as it will ever be.
            if a.is_wholly_known() && b.is_wholly_known() {
                compare_parts(a, b, false)
            } else {
                Answer::NotYet
            }
        } else {
            Answer::No
        };
    }
    compare_parts(a, b, true)
}

fn compare_parts(a: &Value, b: &Value, one_type: bool) -> Answer {
    let plain = |equal: bool| if equal { Answer::Yes } else { Answer::No };
    match (a.view(), b.view()) {
        (ValueRef::Bool(a), ValueRef::Bool(b)) => plain(a == b),
        (ValueRef::Number(a), ValueRef::Number(b)) => plain(a == b),
        (ValueRef::String(a), ValueRef::String(b)) => plain(a == b),
        (ValueRef::List { elements: a, .. }, ValueRef::List { elements: b, .. })
        | (ValueRef::Tuple(a), ValueRef::Tuple(b)) => {
            if a.len() != b.len() {
                return Answer::No;
            }
            for (x, y) in a.iter().zip(b) {
                match answer(x, y, one_type) {
                    Answer::Yes => {}
                    other => return other,
                }
            }
            Answer::Yes
        }
        (
            ValueRef::Map { elements: left, .. },
            ValueRef::Map {
                elements: right, ..
            },
        )
        | (ValueRef::Object(left), ValueRef::Object(right)) => {
            if left.len() != right.len() || !left.keys().eq(right.keys()) {
                return Answer::No;
            }
            let mut open = false;
            for (x, y) in left.values().zip(right.values()) {
                match answer(x, y, one_type) {
                    Answer::Yes => {}
                    Answer::No => return Answer::No,
                    Answer::NotYet => open = true,
                }
            }
            if open { Answer::NotYet } else { Answer::Yes }
        }
        (
            ValueRef::Set { elements: left, .. },
            ValueRef::Set {
                elements: right, ..
            },
        ) => {
            if !a.is_wholly_known() || !b.is_wholly_known() {
                return Answer::NotYet;
            }
            // Both are distinct and in one order, but elements that share an order key may be
            // swapped; only then is a search needed.
            if left.len() != right.len() {
                return Answer::No;
            }
            if left
                .iter()
                .zip(right)
                .all(|(x, y)| answer(x, y, one_type) == Answer::Yes)
            {
                return Answer::Yes;
            }
            plain(left.iter().all(|x| {
                let start = right
                    .partition_point(|y| crate::set_order::order(y, x) == std::cmp::Ordering::Less);
                right[start..]
                    .iter()
                    .take_while(|y| crate::set_order::order(y, x) == std::cmp::Ordering::Equal)
                    .any(|y| answer(x, y, one_type) == Answer::Yes)
            }))
        }
        _ => Answer::No,
    }
}

/// A known value against an unknown one.
fn with_unknown(ty: &Type, refinements: &Refinements, known: &Value) -> Answer {
    if known.is_null() {
        return Answer::NotYet;
    }
    if !may_be(refinements, known) {
        return Answer::No;
    }
    if ty.has_dynamic() || *ty == known.ty() {
        return Answer::NotYet;
    }
    let known_type = known.ty();
    if known_type.has_dynamic() && (fits(ty, &known_type) || fits(&known_type, ty)) {
        return Answer::NotYet;
    }
    Answer::No
}

/// Whether the refinements leave room for a known value.
fn may_be(refinements: &Refinements, known: &Value) -> bool {
    match known.view() {
        ValueRef::String(text) => refinements
            .string_prefix
            .as_deref()
            .is_none_or(|prefix| text.starts_with(prefix)),
        ValueRef::Number(number) => {
            let above = refinements.number_min.as_ref().is_none_or(|bound| {
                *number > bound.value || (bound.inclusive && *number == bound.value)
            });
            let below = refinements.number_max.as_ref().is_none_or(|bound| {
                *number < bound.value || (bound.inclusive && *number == bound.value)
            });
            above && below
        }
        ValueRef::List { elements, .. } => length_fits(refinements, elements.len()),
        ValueRef::Map { elements, .. } => length_fits(refinements, elements.len()),
        ValueRef::Set { elements, .. } if known.is_wholly_known() => {
            length_fits(refinements, elements.len())
        }
        _ => true,
    }
}

fn length_fits(refinements: &Refinements, length: usize) -> bool {
    refinements.length_min.is_none_or(|min| length >= min)
        && refinements.length_max.is_none_or(|max| length <= max)
}

/// Whether a type could be that of a value of the constraint: `Dynamic` there accepts anything.
fn fits(ty: &Type, constraint: &Type) -> bool {
    match (ty, constraint) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => fits(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| fits(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.len() == b.attributes.len()
                && a.attributes
                    .iter()
                    .zip(&b.attributes)
                    .all(|((name_a, a), (name_b, b))| name_a == name_b && fits(a, b))
        }
        (a, b) => a == b,
    }
}
