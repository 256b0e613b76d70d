//! Ordering, cycles and bounded concurrent walks over petgraph, by key: what a node is stays with the caller.
mod cycle;
mod graph;
mod scheduler;
mod walk;

pub use cycle::Cycle;
pub use graph::Graph;
pub use scheduler::Scheduler;
pub use walk::{Failed, Outcome, walk};
