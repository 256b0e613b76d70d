//! Block and attribute schemas, and the value types they imply.

mod coerce;
mod model;
mod shape;
mod write_only;

pub use coerce::SchemaError;
pub use model::{Attribute, Block, NestedBlock, Nesting, ResourceSchema};
