//! The JSON form of the language: JSON text into the same tree as the native form.
//!
//! JSON does not tell arguments from blocks, nor templates from references written as strings: a [`Shape`]
//! says so for the blocks of the language. What a provider's schema decides stays an argument until
//! [`Body::with_json_blocks`](crate::Body::with_json_blocks) is told which names are blocks. Errors have the
//! summaries and places that Terraform gives.

mod read;
mod reading;
mod scalars;
mod scan;
mod shape;
mod strings;

use std::sync::Arc;

use trueup_diagnostics::{Diagnostics, SourceId, Sources};

pub use reading::Reading;
pub use shape::{BlockShape, Shape};

use crate::ast::Body;
use crate::entry::decode;

/// Keeps the bytes of a JSON file as a source and reads it as a body of the given shape.
pub fn parse_json_file(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    shape: &Shape,
) -> (SourceId, Body, Diagnostics) {
    let (text, bad_bytes) = decode(bytes);
    let text: Arc<str> = text.into();
    let source = sources.add(name, text.clone());
    let (root, mut diagnostics) = read::root(sources, source, &text, &bad_bytes);
    let body = shape::file_body(&root, shape, sources, &mut diagnostics);
    (source, body, diagnostics)
}
