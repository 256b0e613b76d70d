//! Operations of the language on values: they know unknown, null and marks.
//!
//! Operands have to be of the right type already; converting them (and saying whose fault a wrong
//! type is) is the caller's part. Marks of operands pass to the result. Unknown operands give an
//! unknown result, refined as far as their refinements tell.

mod arithmetic;
mod comparison;
mod equality;

pub use arithmetic::{add, divide, multiply, negate, remainder, subtract};
pub use comparison::{
    and, greater_than, greater_than_or_equal, length, less_than, less_than_or_equal, not, or,
};
pub use equality::{equals, not_equals};

pub use crate::refining::safe_prefix;
pub use crate::set_order::order as set_order;

use crate::number::{Number, NumberError};
use crate::types::Type;
use crate::value::{Value, ValueRef};

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// An operand is null.
    #[error("argument must not be null")]
    Null,
    /// An operand has another type than the operation needs.
    #[error("{wanted} required")]
    WrongType {
        /// The type needed: `number` or `bool`.
        wanted: &'static str,
    },
    /// Numbers without a result.
    #[error(transparent)]
    Number(#[from] NumberError),
}

/// An operand: known, or unknown.
enum Operand<T> {
    Known(T),
    Unknown,
}

fn number_operand(value: &Value) -> Result<Operand<&Number>, OperationError> {
    match value.view() {
        ValueRef::Number(number) => Ok(Operand::Known(number)),
        ValueRef::Unknown(Type::Number | Type::Dynamic, _) => Ok(Operand::Unknown),
        ValueRef::Null(_) => Err(OperationError::Null),
        _ => Err(OperationError::WrongType { wanted: "number" }),
    }
}

fn bool_operand(value: &Value) -> Result<Operand<bool>, OperationError> {
    match value.view() {
        ValueRef::Bool(value) => Ok(Operand::Known(value)),
        ValueRef::Unknown(Type::Bool | Type::Dynamic, _) => Ok(Operand::Unknown),
        ValueRef::Null(_) => Err(OperationError::Null),
        _ => Err(OperationError::WrongType { wanted: "bool" }),
    }
}
