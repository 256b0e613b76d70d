//! Order of numbers, logic on bools, length of collections.

use super::arithmetic::range_of;
use super::equality::equals;
use super::{Operand, OperationError, bool_operand, number_operand};
use crate::refinements::{Bound, Refinements};
use crate::types::Type;
use crate::value::{Value, ValueRef};

fn unknown_bool() -> Value {
    Value::unknown_refined(Type::Bool, Refinements::not_null())
}

/// `a < b`.
pub fn less_than(a: &Value, b: &Value) -> Result<Value, OperationError> {
    let result = match (number_operand(a)?, number_operand(b)?) {
        (Operand::Known(x), Operand::Known(y)) => Value::bool(x < y),
        _ => {
            // As Terraform does, a bound that only just touches decides nothing.
            let (a_min, a_max) = range_of(a);
            let (b_min, b_max) = range_of(b);
            if a_max.value < b_min.value {
                Value::bool(true)
            } else if a_min.value > b_max.value {
                Value::bool(false)
            } else {
                unknown_bool()
            }
        }
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

/// `a > b`.
pub fn greater_than(a: &Value, b: &Value) -> Result<Value, OperationError> {
    less_than(b, a)
}

/// `a <= b`.
pub fn less_than_or_equal(a: &Value, b: &Value) -> Result<Value, OperationError> {
    either(&less_than(a, b)?, &equals(a, b))
}

/// `a >= b`.
pub fn greater_than_or_equal(a: &Value, b: &Value) -> Result<Value, OperationError> {
    either(&greater_than(a, b)?, &equals(a, b))
}

/// True where one is true; for a known order and equality that is all there is to know.
fn either(a: &Value, b: &Value) -> Result<Value, OperationError> {
    let marks = a.marks() | b.marks();
    if a.as_bool() == Some(true) || b.as_bool() == Some(true) {
        return Ok(Value::bool(true).with_marks(marks));
    }
    or(a, b)
}

/// `!a`.
pub fn not(a: &Value) -> Result<Value, OperationError> {
    let result = match bool_operand(a)? {
        Operand::Known(value) => Value::bool(!value),
        Operand::Unknown => unknown_bool(),
    };
    Ok(result.with_marks(a.marks()))
}

/// `a && b`; unknown as soon as one of them is.
pub fn and(a: &Value, b: &Value) -> Result<Value, OperationError> {
    let result = match (bool_operand(a)?, bool_operand(b)?) {
        (Operand::Known(x), Operand::Known(y)) => Value::bool(x && y),
        _ => unknown_bool(),
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

/// `a || b`; unknown as soon as one of them is.
pub fn or(a: &Value, b: &Value) -> Result<Value, OperationError> {
    let result = match (bool_operand(a)?, bool_operand(b)?) {
        (Operand::Known(x), Operand::Known(y)) => Value::bool(x || y),
        _ => unknown_bool(),
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

/// The number of elements of a collection, tuple or object, as a value: unknown with bounds for
/// unknown collections and for sets whose unknown elements may turn out equal. Marks of the
/// collection itself pass to the result, those of elements do not.
pub fn length(value: &Value) -> Result<Value, OperationError> {
    let bounded = |min: usize, max: Option<usize>| {
        let bound = |value: usize| Bound {
            value: value.into(),
            inclusive: true,
        };
        Value::unknown_refined(
            Type::Number,
            Refinements {
                not_null: true,
                number_min: Some(bound(min)),
                number_max: max.map(bound),
                ..Refinements::default()
            },
        )
    };
    let result = match value.view() {
        ValueRef::Null(_) => return Err(OperationError::Null),
        ValueRef::Set { elements, .. } if elements.len() > 1 && !value.is_wholly_known() => {
            bounded(1, Some(elements.len()))
        }
        ValueRef::Unknown(Type::Tuple(elements), _) => Value::from(elements.len()),
        ValueRef::Unknown(Type::Object(object), _) => Value::from(object.attributes.len()),
        ValueRef::Unknown(Type::List(_) | Type::Set(_) | Type::Map(_), refinements) => {
            bounded(refinements.length_min.unwrap_or(0), refinements.length_max)
        }
        ValueRef::Unknown(Type::Dynamic, _) => bounded(0, None),
        _ => match value.length() {
            Some(length) => Value::from(length),
            None => {
                return Err(OperationError::WrongType {
                    wanted: "collection",
                });
            }
        },
    };
    Ok(result.with_marks(value.marks()))
}
