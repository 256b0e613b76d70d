//! Tuples and objects.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{Expr, ExprKind, Ident, Literal, ObjectItem, ObjectKey};
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// `[…]`, or a `for` expression in brackets.
    #[inline(never)]
    pub(super) fn tuple(&mut self) -> Expr {
        let open = self.read();
        let open = self.span(open);
        self.newlines.push(false);
        let expr = if self.at_keyword("for") {
            self.for_expression(open, TokenKind::CloseBracket)
        } else {
            let (elements, close) = self.elements(open);
            self.node(ExprKind::Tuple(elements), open.to(close))
        };
        self.newlines.pop();
        expr
    }

    #[inline(never)]
    fn elements(&mut self, open: Span) -> (Vec<Expr>, Span) {
        let mut elements = Vec::new();
        let close = loop {
            if self.peek_kind() == TokenKind::CloseBracket {
                break self.read();
            }
            let mark = self.mark();
            elements.push(self.expression());
            if self.lost_since(mark) {
                break self.recover(TokenKind::CloseBracket);
            }
            let next = self.peek();
            match next.kind {
                TokenKind::CloseBracket => break self.read(),
                TokenKind::Comma => {
                    self.read();
                }
                kind => {
                    let span = self.span(next);
                    self.report_first(|| match kind {
                        TokenKind::End => Diagnostic::error(
                            "Unterminated tuple constructor expression",
                            "The bracket that closes this list is missing; the file ends before it. Perhaps \
                             other brackets in this file are not balanced.",
                        )
                        .at(open),
                        _ => Diagnostic::error(
                            "Missing item separator",
                            "Expected a comma to mark the beginning of the next item.",
                        )
                        .at(span)
                        .within(open.to(span)),
                    });
                    break self.recover(TokenKind::CloseBracket);
                }
            }
        };
        (elements, self.span(close))
    }

    /// `{…}`, or a `for` expression in braces.
    #[inline(never)]
    pub(super) fn object(&mut self) -> Expr {
        let open = self.read();
        let open = self.span(open);
        self.newlines.push(false);
        let is_for = self.at_keyword("for");
        self.newlines.pop();
        if is_for {
            return self.for_expression(open, TokenKind::CloseBrace);
        }
        self.newlines.push(true);
        let (items, close) = self.object_items(open);
        self.newlines.pop();
        self.node(
            ExprKind::Object {
                items,
                open_span: open,
            },
            open.to(close),
        )
    }

    #[inline(never)]
    fn object_items(&mut self, open: Span) -> (Vec<ObjectItem>, Span) {
        let mut items = Vec::new();
        let close = loop {
            match self.peek_kind() {
                TokenKind::Newline => {
                    self.read();
                    continue;
                }
                TokenKind::CloseBrace => break self.read(),
                _ => {}
            }
            let mark = self.mark();
            let key = self.object_key();
            if self.lost_since(mark) {
                break self.recover(TokenKind::CloseBrace);
            }
            if !matches!(self.peek_kind(), TokenKind::Equal | TokenKind::Colon) {
                self.no_value(open);
                break self.recover(TokenKind::CloseBrace);
            }
            self.read();
            let mark = self.mark();
            let value = self.expression();
            if self.lost_since(mark) {
                break self.recover(TokenKind::CloseBrace);
            }
            items.push(ObjectItem { key, value });
            let next = self.peek();
            match next.kind {
                TokenKind::CloseBrace => break self.read(),
                TokenKind::Comma | TokenKind::Newline => {
                    self.read();
                }
                kind => {
                    let span = self.span(next);
                    self.report_first(|| match kind {
                        TokenKind::End => unterminated_object(open),
                        _ => Diagnostic::error(
                            "Missing attribute separator",
                            "Expected a newline or comma to mark the beginning of the next attribute.",
                        )
                        .at(span)
                        .within(open.to(span)),
                    });
                    break self.recover(TokenKind::CloseBrace);
                }
            }
        };
        (items, self.span(close))
    }

    /// A key: a bare word stands for itself, `null`, `true` and `false` too.
    #[inline(never)]
    fn object_key(&mut self) -> ObjectKey {
        let expr = self.expression();
        let name = match &expr.kind {
            ExprKind::Traversal(traversal) if traversal.steps.is_empty() => {
                traversal.root.name.clone()
            }
            ExprKind::Literal(Literal::Null | Literal::Bool(_)) => {
                let text = match &expr.kind {
                    ExprKind::Literal(Literal::Null) => "null",
                    ExprKind::Literal(Literal::Bool(true)) => "true",
                    _ => "false",
                };
                self.name(text)
            }
            _ => return ObjectKey::Expr(expr),
        };
        ObjectKey::Name(Ident {
            name,
            span: expr.span,
        })
    }

    /// Says that the next token is not what comes between key and value.
    fn no_value(&mut self, open: Span) {
        let next = self.peek();
        let span = self.span(next);
        self.report_first(|| {
            let (summary, detail) = match next.kind {
                TokenKind::End => return unterminated_object(open),
                TokenKind::Newline | TokenKind::Comma => (
                    "Missing attribute value",
                    "A value must follow here, introduced by an equals sign (\"=\").",
                ),
                TokenKind::Ident => (
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute value. A key with \
                     dots or spaces in it must be written in quotes.",
                ),
                _ => (
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
                ),
            };
            Diagnostic::error(summary, detail).at(span).within(open.to(span))
        });
    }
}

fn unterminated_object(open: Span) -> Diagnostic {
    Diagnostic::error(
        "Unterminated object constructor expression",
        "The brace that closes this object is missing; the file ends before it. Perhaps other braces in this \
         file are not balanced.",
    )
    .at(open)
}
