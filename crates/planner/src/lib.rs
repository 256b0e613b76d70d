//! Desired, prior and remote to a plan.
//!
//! The planner walks the configuration's graph in waves: what is ready is evaluated, what must be asked of
//! the world is asked in batches. Its answer is plain data ([`trueup_plan::Plan`]); it changes nothing.

mod conditions;
mod data;
mod dependencies;
mod destroy;
mod drift;
mod ephemeral;
mod gone;
mod imports;
mod instance;
mod managed;
mod moves;
mod orphans;
mod outputs;
mod prior;
mod providers;
mod reach;
mod reads;
mod refresh;
mod removed;
mod run;
mod steps;
mod targets;
mod triggers;
pub mod validate;
mod walk;

pub use imports::alone::{Found, find_one, find_without_block, survey};
pub use imports::generate;
pub use run::{Given, Request, TARGETING, plan, plan_with_scope};
pub use validate::declarations as check_declarations;
