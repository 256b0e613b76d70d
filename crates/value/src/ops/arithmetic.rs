//! `+ - * / %` and negation on values.

use super::{Operand, OperationError, number_operand};
use crate::number::{Number, NumberError};
use crate::refinements::{Bound, Refinements};
use crate::types::Type;
use crate::value::{Value, ValueRef};

type Rule = fn(&Number, &Number) -> Result<Number, NumberError>;

/// `a + b`.
pub fn add(a: &Value, b: &Value) -> Result<Value, OperationError> {
    binary(a, b, Number::add, true)
}

/// `a - b`.
pub fn subtract(a: &Value, b: &Value) -> Result<Value, OperationError> {
    binary(a, b, Number::subtract, true)
}

/// `a * b`.
pub fn multiply(a: &Value, b: &Value) -> Result<Value, OperationError> {
    binary(a, b, Number::multiply, true)
}

/// `a / b`; division by zero gives infinity.
pub fn divide(a: &Value, b: &Value) -> Result<Value, OperationError> {
    binary(a, b, Number::divide, false)
}

/// `a % b`, with the sign of `a`.
pub fn remainder(a: &Value, b: &Value) -> Result<Value, OperationError> {
    binary(a, b, Number::remainder, false)
}

/// `-a`.
pub fn negate(a: &Value) -> Result<Value, OperationError> {
    let result = match number_operand(a)? {
        Operand::Known(number) => Value::number(number.negated()),
        Operand::Unknown => Value::unknown_refined(Type::Number, Refinements::not_null()),
    };
    Ok(result.with_marks(a.marks()))
}

fn binary(a: &Value, b: &Value, rule: Rule, bounded: bool) -> Result<Value, OperationError> {
    let result = match (number_operand(a)?, number_operand(b)?) {
        (Operand::Known(x), Operand::Known(y)) => Value::number(rule(x, y)?),
        _ if bounded => Value::unknown_refined(Type::Number, bounds_of(a, b, rule)),
        _ => Value::unknown_refined(Type::Number, Refinements::not_null()),
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

/// The lowest and highest a number can be, infinite where nothing is known.
pub(super) fn range_of(value: &Value) -> (Bound, Bound) {
    let open = |value: Number| Bound {
        value,
        inclusive: true,
    };
    match value.view() {
        ValueRef::Number(number) => (open(number.clone()), open(number.clone())),
        ValueRef::Unknown(_, refinements) => (
            refinements
                .number_min
                .clone()
                .unwrap_or_else(|| open(Number::NEG_INFINITY)),
            refinements
                .number_max
                .clone()
                .unwrap_or_else(|| open(Number::INFINITY)),
        ),
        _ => (open(Number::NEG_INFINITY), open(Number::INFINITY)),
    }
}

/// What is known of the result from the corners of the operands' ranges.
fn bounds_of(a: &Value, b: &Value, rule: Rule) -> Refinements {
    let mut refinements = Refinements::not_null();
    let (a_min, a_max) = range_of(a);
    let (b_min, b_max) = range_of(b);
    let mut corners = Vec::with_capacity(4);
    for x in [&a_min, &a_max] {
        for y in [&b_min, &b_max] {
            match rule(&x.value, &y.value) {
                Ok(value) => corners.push(value),
                Err(_) => return refinements,
            }
        }
    }
    let inclusive = a_min.inclusive && a_max.inclusive && b_min.inclusive && b_max.inclusive;
    let bound = |value: &Number| Bound {
        value: value.clone(),
        inclusive,
    };
    refinements.number_min = corners
        .iter()
        .min()
        .filter(|value| !value.is_infinite())
        .map(bound);
    refinements.number_max = corners
        .iter()
        .max()
        .filter(|value| !value.is_infinite())
        .map(bound);
    refinements
}
