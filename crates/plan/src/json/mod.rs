//! The JSON forms of plan and state that other tools read.

mod change;
mod read;
mod tree;
mod value;

pub use change::{ChangeTrees, output_trees, path_steps, with_schema_marks};
pub use tree::{Fields, Json};
pub use value::{known, sensitive, unknown};
