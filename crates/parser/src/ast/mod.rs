//! The syntax tree: bodies, attributes, blocks and expressions, each with the bytes it was read from.
//!
//! The tree says what was written, not what it means. Spans are those that Terraform reports for the same
//! construct. No expression is higher than [`MAX_DEPTH`](crate::MAX_DEPTH), so walking it by recursion is
//! safe on a 2 MiB stack.

mod expression;
mod operators;

use std::sync::Arc;

use trueup_diagnostics::Span;

pub use expression::*;
pub use operators::{BinaryOp, UnaryOp};

/// A name and where it stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ident {
    /// The name.
    pub name: Arc<str>,
    /// Its bytes.
    pub span: Span,
}

/// What stands between the braces of a block, or in a whole file.
#[derive(Clone, PartialEq, Debug)]
pub struct Body {
    /// The arguments, in the order they are written. A name stands here once; repetitions are reported.
    pub attributes: Vec<Attribute>,
    /// The nested blocks, in the order they are written.
    pub blocks: Vec<Block>,
    /// The order of arguments and blocks among each other.
    pub items: Vec<BodyItem>,
    /// The bytes, for a block's body both braces included.
    pub span: Span,
    /// The closing brace, or the empty span at the end of the file.
    pub end: Span,
    /// Whether it was read from JSON.
    pub json: bool,
}

/// One item of a body, as an index into its list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyItem {
    /// Index into [`Body::attributes`].
    Attribute(usize),
    /// Index into [`Body::blocks`].
    Block(usize),
}

impl Body {
    /// The argument with this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.name == name)
    }

    /// The blocks of this kind, in order.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks
            .iter()
            .filter(move |block| &*block.kind.name == kind)
    }

    /// Where to say that something is missing: the empty span where the body starts; in JSON, its end.
    pub fn missing_item_span(&self) -> Span {
        if self.json {
            return self.end;
        }
        self.span.empty_at_start()
    }
}

/// An argument, `name = expr`.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Arc<str>,
    /// The bytes of the name.
    pub name_span: Span,
    /// The bytes of the equals sign.
    pub equals_span: Span,
    /// The expression. Shared, so that configuration can keep it beyond the tree.
    pub expr: Arc<Expr>,
    /// From the name to the end of the expression.
    pub span: Span,
}

/// A block, `kind "label" … { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// What kind of block, such as `resource`.
    pub kind: Ident,
    /// The labels between kind and brace.
    pub labels: Vec<Label>,
    /// The contents.
    pub body: Body,
    /// The opening brace.
    pub open_brace: Span,
    /// The closing brace.
    pub close_brace: Span,
    /// From the kind to the closing brace.
    pub span: Span,
}

impl Block {
    /// From the kind to the last label: how Terraform points at a block as a whole. In JSON, its brace.
    pub fn header_span(&self) -> Span {
        if self.body.json {
            return self.open_brace;
        }
        self.labels
            .last()
            .map_or(self.kind.span, |label| self.kind.span.to(label.span))
    }

    /// The text of a label, by position.
    pub fn label(&self, at: usize) -> Option<&Arc<str>> {
        self.labels.get(at).map(|label| &label.text)
    }
}

/// A label of a block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The text, escapes resolved.
    pub text: Arc<str>,
    /// The bytes, quotes included.
    pub span: Span,
    /// Whether it was written in quotes rather than as a bare word.
    pub quoted: bool,
}
