//! What is written anew rather than spaced anew: labels in quotes, values freed of needless interpolation,
//! type constraints in their present form.

use std::borrow::Cow;

use trueup_diagnostics::Span;

use super::Piece;
use crate::ast::{Attribute, Body, BodyItem, Ident, Label};
use crate::lexer::{Token, TokenKind};
use crate::quoting::escaped;

/// Some tokens of the text, by index, and what stands in their place.
struct Rewrite<'t> {
    tokens: std::ops::Range<usize>,
    pieces: Vec<Piece<'t>>,
}

struct Rewriter<'t, 'b> {
    text: &'t str,
    tokens: &'b [Token],
    /// In the order of the text, none within another.
    rewrites: Vec<Rewrite<'t>>,
}

/// The tokens of a text that was read as `body`, with what is written anew in its place.
pub(super) fn pieces<'t>(body: &Body, text: &'t str, tokens: &[Token]) -> Vec<Piece<'t>> {
    let mut rewriter = Rewriter {
        text,
        tokens,
        rewrites: Vec::new(),
    };
    rewriter.body(body, &[]);
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut at = 0;
    for rewrite in rewriter.rewrites {
        pieces.extend(
            tokens[at..rewrite.tokens.start]
                .iter()
                .map(|token| piece(text, token)),
        );
        pieces.extend(rewrite.pieces);
        at = rewrite.tokens.end;
    }
    pieces.extend(tokens[at..].iter().map(|token| piece(text, token)));
    // White space on a last line that is not ended is left as wide as it is.
    if let ([before @ .., end], Some(last)) = (tokens, pieces.last_mut()) {
        last.spaces = (end.start - before.last().map_or(0, |token| token.end)) as usize;
    }
    pieces
}

fn piece<'t>(text: &'t str, token: &Token) -> Piece<'t> {
    Piece {
        kind: token.kind,
        text: Cow::Borrowed(&text[token.range()]),
        spaces: 0,
    }
}

fn written<'t>(kind: TokenKind, text: impl Into<Cow<'t, str>>) -> Piece<'t> {
    Piece {
        kind,
        text: text.into(),
        spaces: 0,
    }
}

impl<'t> Rewriter<'t, '_> {
    /// The tokens of a span.
    fn within(&self, span: Span) -> std::ops::Range<usize> {
        let first = self
            .tokens
            .partition_point(|token| token.start < span.start);
        let after = self.tokens.partition_point(|token| token.start < span.end);
        first..after
    }

    /// `blocks` are the kinds of the blocks around, the outermost first.
    fn body(&mut self, body: &Body, blocks: &[&str]) {
        for item in &body.items {
            match item {
                BodyItem::Attribute(at) => {
                    let attribute = &body.attributes[*at];
                    let range = self.within(attribute.expr.span);
                    let pieces = if blocks == ["variable"] && &*attribute.name == "type" {
                        self.type_constraint(attribute)
                    } else {
                        self.unwrapped(&self.tokens[range.clone()])
                    };
                    if let Some(pieces) = pieces {
                        self.rewrites.push(Rewrite {
                            tokens: range,
                            pieces,
                        });
                    }
                }
                BodyItem::Block(at) => {
                    let block = &body.blocks[*at];
                    self.labels(&block.kind, &block.labels);
                    let inside: Vec<&str> =
                        blocks.iter().copied().chain([&*block.kind.name]).collect();
                    self.body(&block.body, &inside);
                }
            }
        }
    }

    /// Labels in quotes. Comments before them and between them go; those after them stay.
    fn labels(&mut self, kind: &Ident, labels: &[Label]) {
        let Some(last) = labels.last() else {
            return;
        };
        let mut pieces = Vec::new();
        for label in labels {
            pieces.push(written(TokenKind::OpenQuote, "\""));
            if !label.text.is_empty() {
                pieces.push(written(TokenKind::QuotedText, escaped(&label.text)));
            }
            pieces.push(written(TokenKind::CloseQuote, "\""));
        }
        self.rewrites.push(Rewrite {
            tokens: self.within(kind.span.empty_at_end().to(last.span)),
            pieces,
        });
    }

    /// The expression inside where the tokens are one interpolation and nothing else.
    fn unwrapped(&self, tokens: &[Token]) -> Option<Vec<Piece<'t>>> {
        use TokenKind::*;
        let [open, start, inside @ .., end, close] = tokens else {
            return None;
        };
        let wrapped = (open.kind, start.kind, end.kind, close.kind)
            == (OpenQuote, InterpolationStart, SequenceEnd, CloseQuote);
        if !wrapped || inside.is_empty() {
            return None;
        }
        let mut quotes = 0_usize;
        for token in inside {
            match token.kind {
                OpenQuote => quotes += 1,
                // Strings are closed as often as opened, unless these are the quotes of `"${a}" == "${b}"`.
                CloseQuote => quotes = quotes.checked_sub(1)?,
                InterpolationStart | SequenceEnd | QuotedText if quotes == 0 => return None,
                _ => {}
            }
        }
        let is_newline = |token: &&Token| token.kind == Newline;
        let leading = inside.iter().take_while(is_newline).count();
        let inside = &inside[leading..];
        let trailing = inside.iter().rev().take_while(is_newline).count();
        let inside = &inside[..inside.len() - trailing];
        let pieces = || inside.iter().map(|token| piece(self.text, token));
        // Line endings do not count between the braces; outside they need parentheses.
        let in_parentheses = matches!(
            inside,
            [
                Token {
                    kind: OpenParen,
                    ..
                },
                ..,
                Token {
                    kind: CloseParen,
                    ..
                }
            ]
        );
        if inside.iter().any(|token| token.kind == Newline) && !in_parentheses {
            let open = std::iter::once(written(OpenParen, "("));
            let close = std::iter::once(written(CloseParen, ")"));
            return Some(open.chain(pieces()).chain(close).collect());
        }
        // What was inside may be needless interpolation again; formatting twice must not find it then.
        Some(self.unwrapped(inside).unwrap_or_else(|| pieces().collect()))
    }

    /// A type constraint in an old form, in the present one.
    fn type_constraint(&self, attribute: &Attribute) -> Option<Vec<Piece<'t>>> {
        let tokens = &self.tokens[self.within(attribute.expr.span)];
        let texts: Vec<&str> = tokens
            .iter()
            .map(|token| &self.text[token.range()])
            .collect();
        let of = |collection: &'t str, element: &'t str| {
            vec![
                written(TokenKind::Ident, collection),
                written(TokenKind::OpenParen, "("),
                written(TokenKind::Ident, element),
                written(TokenKind::CloseParen, ")"),
            ]
        };
        Some(match texts[..] {
            ["list"] => of("list", "any"),
            ["map"] => of("map", "any"),
            ["set"] => of("set", "any"),
            ["\"", "string", "\""] => vec![written(TokenKind::Ident, "string")],
            ["\"", "list", "\""] => of("list", "string"),
            ["\"", "map", "\""] => of("map", "string"),
            _ => return None,
        })
    }
}
