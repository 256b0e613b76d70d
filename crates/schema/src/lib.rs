//! Block and attribute schemas, and the value types they imply.

mod coerce;
mod model;
mod shape;

pub use coerce::SchemaError;
pub use model::{Attribute, Block, NestedBlock, Nesting, ResourceSchema};
