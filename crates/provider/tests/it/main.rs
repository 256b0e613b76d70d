//! The seam: what its defaults do, and the contract that providers are held to.

mod contract;
mod defaults;
#[path = "../lab/mod.rs"]
mod lab;
