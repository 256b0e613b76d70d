//! The JSON forms of plan and state that other tools read.

mod change;
mod checks;
mod configuration;
mod configured_providers;
mod document;
mod expression;
mod folding;
mod modules;
mod read;
mod tree;
mod value;

pub use change::{ChangeTrees, output_trees, path_steps, with_schema_marks};
pub use document::{object_trees, object_value, outputs_document, plan_document, state_document};
pub use tree::{Fields, Json};
pub use value::{known, sensitive, unknown};
