//! The dynamic value: types, unknowns, marks, 512-bit numbers, conversion.

pub mod convert;
mod defaults;
mod elements;
pub mod json;
mod making;
mod marking;
mod marks;
mod number;
pub mod ops;
mod path;
mod refinements;
mod refining;
mod set_order;
mod types;
mod types_json;
mod value;

pub use convert::{ConvertError, conversion_exists, convert, unify};
pub use defaults::Defaults;
pub use elements::{ElementKey, Elements};
pub use marks::Marks;
pub use number::{Number, NumberError};
pub use path::{Path, PathError, Step};
pub use refinements::{Bound, Refinements};
pub use types::{ObjectType, Type};
pub use types_json::TypeNotationError;
pub use value::{AccessError, Value, ValueRef};

/// How deep values and types may nest where they are converted, read or written.
pub const MAX_DEPTH: usize = 250;
