//! The evaluator's tests in one binary.

mod cases;
mod depth;
mod recorded;
mod world;
