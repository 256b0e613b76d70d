//! Views for programs.

pub mod diagnostic;
mod functions;
mod history;
mod outputs;
mod schemas;
pub mod stream;
pub mod test;
pub mod test_made;
mod validate;

pub use functions::functions;
pub use history::history;
pub use outputs::{output_value, outputs};
pub use schemas::schemas;
pub use validate::validate;
