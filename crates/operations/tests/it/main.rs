//! Whole runs over folders on disk: plan, apply, drift, saved plans, variables, the choice of a backend.

mod bed;
mod inputs;
#[path = "../../../provider/tests/lab/mod.rs"]
mod lab;
mod runs;
mod state_edit;
mod storage;
