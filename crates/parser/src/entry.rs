//! The ways into the parser.

use std::borrow::Cow;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, SourceId, Sources};

use crate::ast::{Body, Expr, Traversal};
use crate::lexer::{Start, TokenKind};
use crate::parser::{Input, Parser};

/// Texts are addressed by 32-bit offsets; a file longer than this is refused.
const MAX_BYTES: usize = 1 << 31;

/// Keeps the bytes of a file as a source and reads it as a body. Bytes that are not UTF-8 are reported where
/// they are not in a comment, and stand in the kept text as `U+001A`.
pub fn parse_file(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
) -> (SourceId, Body, Diagnostics) {
    let (text, bad_bytes) = decode(bytes);
    let text: Arc<str> = text.into();
    let source = sources.add(name, text.clone());
    let (body, diagnostics) = body(Input {
        source,
        name,
        text: &text,
        offset: 0,
        bad_bytes: &bad_bytes,
    });
    (source, body, diagnostics)
}

/// Reads a source that is kept already as a body.
pub fn parse_source(sources: &Sources, id: SourceId) -> (Body, Diagnostics) {
    let source = sources.get(id);
    body(Input {
        source: id,
        name: source.name(),
        text: source.text(),
        offset: 0,
        bad_bytes: &[],
    })
}

/// Reads a text as a body. Messages that refer to another place in it do so without a file name; where that
/// matters use [`parse_file`] or [`parse_source`].
pub fn parse_body(source: SourceId, text: &str) -> (Body, Diagnostics) {
    body(Input {
        source,
        name: "",
        text,
        offset: 0,
        bad_bytes: &[],
    })
}

/// Reads bytes as a body, as [`parse_body`] does.
pub fn parse_bytes(source: SourceId, bytes: &[u8]) -> (Body, Diagnostics) {
    let (text, bad_bytes) = decode(bytes);
    body(Input {
        source,
        name: "",
        text: &text,
        offset: 0,
        bad_bytes: &bad_bytes,
    })
}

/// Reads a text as one expression, in which line endings do not count. `offset` is where the text starts in
/// its source.
pub fn parse_expression(source: SourceId, text: &str, offset: u32) -> (Expr, Diagnostics) {
    let mut parser = Parser::new(
        Input {
            source,
            name: "",
            text,
            offset,
            bad_bytes: &[],
        },
        Start::Main,
        false,
    );
    let expr = parser.whole_expression();
    (expr, parser.into_diagnostics())
}

/// Reads a text as a template, as `templatefile` does with a whole file. `name` is how messages call it.
pub fn parse_template(
    source: SourceId,
    name: &str,
    text: &str,
    offset: u32,
) -> (Expr, Diagnostics) {
    let mut parser = Parser::new(
        Input {
            source,
            name,
            text,
            offset,
            bad_bytes: &[],
        },
        Start::Template,
        true,
    );
    let expr = parser.whole_template();
    (expr, parser.into_diagnostics())
}

/// Reads a text as a reference with constant steps only, such as `aws_dynamodb_table.orders["k"][0]`. Nothing
/// where it does not begin with a name; with other errors, what was read before.
pub fn parse_traversal(
    source: SourceId,
    text: &str,
    offset: u32,
) -> (Option<Traversal>, Diagnostics) {
    traversal(source, text, offset, false)
}

/// As [`parse_traversal`], with `[*]` allowed as a step.
pub fn parse_traversal_pattern(
    source: SourceId,
    text: &str,
    offset: u32,
) -> (Option<Traversal>, Diagnostics) {
    traversal(source, text, offset, true)
}

fn traversal(
    source: SourceId,
    text: &str,
    offset: u32,
    wildcards: bool,
) -> (Option<Traversal>, Diagnostics) {
    let mut parser = Parser::new(
        Input {
            source,
            name: "",
            text,
            offset,
            bad_bytes: &[],
        },
        Start::Main,
        false,
    );
    let traversal = parser.whole_traversal(wildcards);
    (traversal, parser.into_diagnostics())
}

fn body(input: Input<'_>) -> (Body, Diagnostics) {
    if input.text.len() >= MAX_BYTES {
        let input = Input { text: "", ..input };
        let (body, mut diagnostics) = body(input);
        diagnostics.push(Diagnostic::error(
            "File too large",
            format!("A configuration file can have at most {MAX_BYTES} bytes."),
        ));
        return (body, diagnostics);
    }
    let mut parser = Parser::new(input, Start::Main, true);
    let body = parser.body(TokenKind::End);
    (body, parser.into_diagnostics())
}

/// The text of some bytes, of the same length, and the offsets of those that are not UTF-8.
pub(crate) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Vec<u32>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut text = String::with_capacity(bytes.len());
    let mut bad = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            bad.push(text.len() as u32);
            text.push('\u{1a}');
        }
    }
    (Cow::Owned(text), bad)
}
