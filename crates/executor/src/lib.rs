//! Recovery of open intents; a plan to applied steps to state, journalled.
//!
//! The executor evaluates the configuration again with what was really created, makes the plan's changes
//! in the plan's order, batched where a resource type can take batches, and writes what became of them:
//! each batch to the journal before and after, the state at intervals and at the end.

mod apply;
mod conditions;
mod dispatch;
mod husks;
mod intents;
mod jobs;
mod outputs;
mod queue;
mod recover;
mod settle;
mod still_going;
mod taken;
mod work;

pub use apply::{Applied, Request, apply, apply_with_scope};
pub use recover::{Recovery, recover};
