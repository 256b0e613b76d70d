//! Bodies: arguments, blocks, and how to go on after a mistake in one of them.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use super::items::Items;
use crate::ast::{Attribute, Block, Body, Ident, Label};
use crate::lexer::{Token, TokenKind};

pub(super) const SET_BY_EQUALS: &str = "An argument or block definition is required here. To set an argument, use the \
                             equals sign \"=\" to introduce the argument value.";
pub(super) const REQUIRED: &str = "Argument or block definition required";

impl Parser<'_> {
    /// A whole file, or what follows an opening brace, to the token that ends it.
    #[inline(never)]
    pub(crate) fn body(&mut self, end: TokenKind) -> Body {
        let start = if self.at == 0 {
            // A whole file starts where its first token does.
            self.span(self.peek())
        } else {
            self.previous_span()
        };
        let mut items = Items::new(start);
        let last = loop {
            let next = self.peek();
            if next.kind == end {
                self.read();
                break self.span(next);
            }
            match next.kind {
                TokenKind::Newline => {
                    self.read();
                }
                TokenKind::Ident => self.item(&mut items),
                _ => {
                    self.not_an_item(end, start);
                    let last = self.previous_span();
                    self.recover(end);
                    break last;
                }
            }
        };
        items.body.span = start.to(last);
        items.body.end = last;
        items.body
    }

    /// Says what is wrong with the next token, which begins no item, and reads it.
    fn not_an_item(&mut self, end: TokenKind, start: Span) {
        let bad = self.read();
        let span = self.span(bad);
        self.report_first(|| match bad.kind {
            TokenKind::OpenQuote => Diagnostic::error(
                "Invalid argument name",
                "Argument names must not be quoted.",
            )
            .at(span),
            TokenKind::End if end == TokenKind::CloseBrace => unclosed(start),
            _ => Diagnostic::error(
                REQUIRED,
                "An argument or block definition is required here.",
            )
            .at(span),
        });
    }

    #[inline(never)]
    fn item(&mut self, items: &mut Items) {
        // The cursor stands at the start of an item: what went wrong before is behind it.
        self.recovery = false;
        let name = self.read();
        match self.peek_kind() {
            TokenKind::Equal => {
                let attribute = self.attribute(name, false);
                match items.find(&attribute.name) {
                    Some(earlier) => {
                        let place = self.place(earlier.name_span);
                        let name = &attribute.name;
                        self.report(
                            || Diagnostic::error(
                                "Attribute redefined",
                                format!(
                                    "The argument \"{name}\" was already set at {place}. Each argument may be \
                                     set only once."
                                ),
                            )
                            .at(attribute.name_span),
                        );
                    }
                    None => items.add(attribute),
                }
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let block = self.block(name);
                items.add_block(block);
            }
            _ => {
                self.recover_after_item();
                let span = self.span(name);
                self.report(|| Diagnostic::error(REQUIRED, SET_BY_EQUALS).at(span));
            }
        }
    }

    /// `= expr` and, unless in a block on one line, the end of the line.
    #[inline(never)]
    pub(super) fn attribute(&mut self, name: Token, one_line: bool) -> Attribute {
        let name_span = self.span(name);
        let equals = self.read();
        let mark = self.mark();
        let expr = self.expression();
        let end = self.previous_span();
        if self.lost_since(mark) {
            self.recover_after_item();
        } else if !one_line {
            let next = self.peek();
            if matches!(next.kind, TokenKind::Newline | TokenKind::End) {
                self.read();
            } else {
                let span = self.span(next);
                self.report_first(|| not_ended(next, span).within(name_span.to(span)));
                self.recover_after_item();
            }
        }
        let (name, equals_span) = (self.name(self.text(name)), self.span(equals));
        Attribute {
            name,
            name_span,
            equals_span,
            expr: Arc::new(expr),
            span: name_span.to(end),
        }
    }

    /// Labels and body of a block whose kind was read.
    #[inline(never)]
    fn block(&mut self, kind: Token) -> Block {
        let kind = Ident {
            name: self.name(self.text(kind)),
            span: self.span(kind),
        };
        let mut labels = Vec::new();
        let open_brace = loop {
            let next = self.peek();
            let span = self.span(next);
            match next.kind {
                TokenKind::OpenBrace => {
                    self.read();
                    break span;
                }
                TokenKind::OpenQuote => {
                    let (text, span) = self.plain_string();
                    labels.push(Label {
                        text: self.name(&text),
                        span,
                        quoted: true,
                    });
                }
                TokenKind::Ident => {
                    self.read();
                    labels.push(Label {
                        text: self.name(self.text(next)),
                        span,
                        quoted: false,
                    });
                }
                _ => {
                    self.bad_header(next, kind.span);
                    self.recover_after_item();
                    let body = Items::new(kind.span).body;
                    let (open_brace, close_brace, span) = (kind.span, kind.span, kind.span);
                    return Block {
                        kind,
                        labels,
                        body,
                        open_brace,
                        close_brace,
                        span,
                    };
                }
            }
        };
        let deep = |parser: &mut Self| {
            parser.recover(TokenKind::CloseBrace);
            Items::new(open_brace).body
        };
        let body = self.nested(|parser| parser.braced_body(open_brace), deep);
        let close_brace = self.previous_span();
        let next = self.peek();
        if matches!(next.kind, TokenKind::Newline | TokenKind::End) {
            self.read();
        } else {
            let span = self.span(next);
            let context = kind.span.to(span);
            self.report_first(|| {
                Diagnostic::error(
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                )
                .at(span)
                .within(context)
            });
            self.recover_after_item();
        }
        let span = kind.span.to(close_brace);
        Block {
            kind,
            labels,
            body,
            open_brace,
            close_brace,
            span,
        }
    }

    fn bad_header(&mut self, next: Token, kind: Span) {
        let span = self.span(next);
        let say = |detail: &str| {
            Diagnostic::error("Invalid block definition", detail)
                .at(span)
                .within(kind.to(span))
        };
        match next.kind {
            TokenKind::Equal => self.report(|| say(
                "The equals sign \"=\" sets an argument, whose name must be a single word. A block is defined \
                 without it.",
            )),
            TokenKind::Newline => self.report(|| say(
                "A block needs its content between \"{\" and \"}\", and the opening brace must be on the same \
                 line as the block's type and labels.",
            )),
            _ => self.report_first(|| {
                say("A block label in quotes or the opening brace \"{\" of the block must follow here.")
            }),
        }
    }
}

/// Says that a block's closing brace is missing.
pub(super) fn unclosed(open_brace: Span) -> Diagnostic {
    Diagnostic::error(
        "Unclosed configuration block",
        "There is no closing brace for this block before the end of the file. This may be caused by incorrect \
         brace nesting elsewhere in this file.",
    )
    .at(open_brace)
}

fn not_ended(next: Token, span: Span) -> Diagnostic {
    const DETAIL: &str = "An argument definition must end with a newline.";
    match next.kind {
        TokenKind::Comma => Diagnostic::error(
            "Unexpected comma after argument",
            format!("Argument definitions must be separated by newlines, not commas. {DETAIL}"),
        ),
        _ => Diagnostic::error("Missing newline after argument", DETAIL),
    }
    .at(span)
}
