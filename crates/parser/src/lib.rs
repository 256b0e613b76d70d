//! Text to tokens to syntax tree and diagnostics, never failing.
//!
//! [`parse_file`] reads a configuration file, [`parse_expression`], [`parse_template`] and
//! [`parse_traversal`] read smaller things, [`tokens`] is the text in pieces for tools that rewrite it, and
//! [`format`] its canonical form; [`edit`] changes a text at the spans of its tree. Each reader gives a tree as far as there is one, and diagnostics with the summaries and places Terraform gives.

mod analysis;
pub mod ast;
pub mod edit;
mod entry;
mod format;
mod fuzz;
mod json;
mod lexer;
mod parser;
mod quoting;

pub use analysis::Reference;
pub use ast::*;
pub use entry::{
    parse_body, parse_bytes, parse_expression, parse_file, parse_source, parse_template,
    parse_traversal, parse_traversal_pattern,
};
pub use format::{format, format_body};
#[doc(hidden)]
pub use fuzz::{fuzz_format, fuzz_json, fuzz_one};
pub use json::{BlockShape, Reading, Shape, parse_json_file};
pub use lexer::{Start, Token, TokenKind, is_identifier, tokens};
pub use quoting::{escaped, is_invisible, quoted};

/// How deep brackets, blocks and templates may be nested, and how high an expression may be. Deeper text is
/// reported, so that neither reading nor walking nor dropping a tree can overflow the stack.
pub const MAX_DEPTH: usize = 250;
