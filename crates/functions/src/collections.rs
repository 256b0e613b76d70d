//! Functions of lists, tuples, sets, maps and objects.

pub mod choosing;
pub mod measuring;
pub mod members;
pub mod sequences;
pub mod sets;
pub mod shaping;
