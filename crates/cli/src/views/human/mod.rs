//! Views for people.

pub mod diff;
mod plan;
mod plan_comment;
mod wrap;

pub use plan::{PlanLook, difference, plan_body};
pub use wrap::{WIDTH, rule, wrap};
