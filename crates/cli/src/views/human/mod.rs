//! Views for people.

pub mod diagnostic;
pub mod diff;
mod plan;
mod plan_comment;
pub mod progress;
mod wrap;

pub use plan::{PlanLook, difference, plan_body};
pub use wrap::{WIDTH, rule, wrap};
