//! JSON: a reader that keeps every digit, and values to JSON and back.

mod decode;
mod encode;
mod reader;
mod writer;

pub use decode::{decode, implied, unmarshal, unmarshal_tree};
pub use encode::{EncodeError, encode, marshal};
pub use reader::{Json, JsonError, parse};
pub use writer::{compact, indent, quote, write_string};
