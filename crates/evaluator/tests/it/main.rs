//! The evaluator's tests in one binary.

mod cases;
mod depth;
mod marks;
mod merging;
mod places;
mod recorded;
mod rooms;
mod world;
