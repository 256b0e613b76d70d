//! Configuration and known values to instances, references and values.
//!
//! The evaluator knows the configuration and what has been found out so far ([`Evaluator`]); it answers
//! what an expression is worth now, which instances a block stands for, and what must be known first.
//! It is asked twice: by the planner with what the plan foresees, by the executor with what was made.

mod asserting;
pub mod body;
pub mod call_arguments;
mod condition_references;
pub mod conditions;
mod dynamic;
pub mod early;
mod evaluator;
pub mod expansion;
pub mod expression;
mod fuzz;
pub mod graph;
mod graph_calls;
pub mod instance;
pub mod instance_conditions;
pub mod locate;
pub mod marks;
mod module_call;
mod module_instances;
pub mod own_references;
mod place;
pub mod problems;
pub mod proposed;
pub mod protection;
pub mod provider_block;
pub mod record;
pub mod references;
mod resource_references;
mod scope;
mod settle;
pub mod testing;
pub mod type_constraint;
pub mod variables;

pub use evaluator::{Environment, Evaluator};
pub use expansion::{Expansion, Repeated};
pub use fuzz::fuzz_one;
pub use graph::Node;
pub use scope::{Bindings, Site};
