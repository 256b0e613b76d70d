//! Views for programs.

pub mod diagnostic;
pub mod stream;
mod validate;

pub use validate::validate;
