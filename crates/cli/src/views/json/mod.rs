//! Views for programs.

pub mod diagnostic;
mod outputs;
pub mod stream;
mod validate;

pub use outputs::{output_value, outputs};
pub use validate::validate;
