//! Plan, apply, destroy, drift and the rest as functions over structs.
//!
//! An operation reads a [`Project`], opens its state ([`storage`]), and works under one lock from then to
//! its end ([`Run`]). It prints nothing and asks nobody: what a person must see or decide goes through
//! the caller, between the calls.

mod backend_block;
pub mod backend_change;
mod backend_creation;
mod beforehand;
mod by_hand;
mod called_modules;
pub mod console;
pub mod drawing;
pub mod drift;
pub mod encryption;
pub mod formatting;
mod given;
mod importing;
pub mod inputs;
pub mod installation;
mod project;
mod recorded;
mod run;
pub mod state_edit;
mod state_migration;
pub mod storage;
pub mod testing;
mod unsaved;
pub mod workspaces;
mod world;

pub use by_hand::{ByHand, Locking};
pub use given::Given;
pub use importing::generated_file;
pub use project::Project;
pub use run::{PlanOptions, Run, RunOptions, Stale};
pub use world::World;
