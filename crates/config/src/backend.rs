//! The `backend` and `encryption` blocks: their bodies, for the caller to evaluate.

use std::sync::Arc;

use trueup_diagnostics::Span;
use trueup_parser::Body;

/// A `backend` block.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The kind of backend, such as `s3`.
    pub kind: Arc<str>,
    /// Where the kind is written.
    pub kind_span: Span,
    /// The settings.
    pub body: Arc<Body>,
    /// The block's header.
    pub header: Span,
}

/// An `encryption` block, as OpenTofu has it: how states and plans are kept from other eyes.
#[derive(Clone, Debug)]
pub struct Encryption {
    /// What stands in it.
    pub body: Arc<Body>,
    /// The block's header.
    pub header: Span,
}
