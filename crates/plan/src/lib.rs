//! The plan as data: changes with action and reason, drift, ordered steps; its saved file and the JSON
//! forms of plan and state that other tools read.
//!
//! Planner and executor know each other only through [`Plan`]. It carries the configuration text, the
//! variables and the backend settings it was made from, so that the executor can ask the same evaluator
//! again. Values keep their unknown parts and their marks, in memory and in the saved file.

mod change;
mod event;
pub mod json;
mod plan;
mod reason;
mod relevant;
mod saved;
mod schema_source;
mod step;

pub use change::{Action, OutputChange, ResourceChange};
pub use event::{Event, Identity, Observer, Silent, Subject};
pub use plan::{BackendRef, Counts, Mode, Plan, Relevant, Snapshot, VariableValue};
pub use reason::Reason;
pub use relevant::relevant_attributes;
pub use saved::PlanFileError;
pub use schema_source::SchemaSource;
pub use step::{Phase, Step};
pub use trueup_provider::Contents;
pub use trueup_state::{CheckKind, CheckObject, CheckResult, CheckStatus, DeposedKey, State};
