//! Text to tokens to syntax tree and diagnostics, never failing.

mod analysis;
pub mod ast;

pub use analysis::Reference;
pub use ast::*;

/// How deep brackets, blocks and templates may be nested, and how high an expression may be. Deeper text is
/// reported, so that neither reading nor walking nor dropping a tree can overflow the stack.
pub const MAX_DEPTH: usize = 250;
