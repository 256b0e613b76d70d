//! Views for people.

pub mod diagnostic;
pub mod diff;
pub mod folding;
pub mod history;
mod outputs;
mod plan;
mod plan_comment;
mod plan_frame;
pub mod progress;
mod state;
mod table_items;
pub mod taken_away;
pub mod test;
mod value;
mod wrap;

pub use diff::quote;
pub use folding::FOLD_ABOVE;
pub use outputs::{output_lines, outputs_block};
pub use plan::{Part, PlanLook, parts, plan_body};
pub use state::{object_text, state};
pub use value::{format_type, format_value};
pub use wrap::rule;
