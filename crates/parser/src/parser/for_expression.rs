//! `for` expressions.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{Expr, ExprKind, For, Ident};
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// A `for` expression whose opening bracket was read; the word `for` is next.
    #[inline(never)]
    pub(super) fn for_expression(&mut self, open: Span, close: TokenKind) -> Expr {
        self.newlines.push(false);
        self.read();
        let expr = match self.for_parts(open, close) {
            Some((each, span)) => self.node(ExprKind::For(Box::new(each)), span),
            None => {
                let end = self.recover(close);
                Expr::new(ExprKind::Invalid, open.to(self.span(end)))
            }
        };
        self.newlines.pop();
        expr
    }

    /// Everything after the word `for`; nothing, said, where it cannot be made sense of.
    #[inline(never)]
    fn for_parts(&mut self, open: Span, close: TokenKind) -> Option<(For, Span)> {
        let mut value_name =
            self.for_name(open, "For expression requires variable name after 'for'.")?;
        let mut key_name = None;
        if self.peek_kind() == TokenKind::Comma {
            self.read();
            let next = self.for_name(open, "A second variable name must follow the comma.")?;
            key_name = Some(std::mem::replace(&mut value_name, next));
        }
        if !self.at_keyword("in") {
            self.bad_for(
                open,
                "For expression requires the 'in' keyword after its name declarations.",
            );
            return None;
        }
        self.read();
        let collection = self.for_part()?;
        if self.peek_kind() != TokenKind::Colon {
            self.bad_for(
                open,
                "For expression requires a colon after the collection expression.",
            );
            return None;
        }
        self.read();
        let mark = self.mark();
        let mut value = self.expression();
        let mut key = None;
        if self.peek_kind() == TokenKind::FatArrow {
            self.read();
            key = Some(std::mem::replace(&mut value, self.expression()));
        }
        if self.lost_since(mark) {
            return None;
        }
        let ellipsis = (self.peek_kind() == TokenKind::Ellipsis).then(|| self.read());
        let mut condition = None;
        if self.at_keyword("if") {
            self.read();
            condition = Some(self.for_part()?);
        }
        let end = if self.peek_kind() == close {
            self.read()
        } else {
            self.bad_for(
                open,
                "Extra characters after the end of the 'for' expression.",
            );
            self.recover(close)
        };
        let close_span = self.span(end);
        let whole = open.to(close_span);
        let makes_object = close == TokenKind::CloseBrace;
        match &key {
            Some(key) if !makes_object => {
                let subject = key.span;
                self.report(|| {
                    invalid(
                        "A tuple has no keys: leave out what stands before the arrow.",
                        subject,
                        whole,
                    )
                });
            }
            None if makes_object => {
                let subject = value.span;
                self.report(|| {
                    invalid(
                        "Key expression is required when building an object.",
                        subject,
                        whole,
                    )
                });
            }
            _ => {}
        }
        if let Some(ellipsis) = ellipsis.filter(|_| !makes_object) {
            let subject = self.span(ellipsis);
            let detail = "Grouping ellipsis (...) cannot be used when building a tuple.";
            self.report(|| invalid(detail, subject, whole));
        }
        let group = ellipsis.is_some();
        let open_span = open;
        let each = For {
            key_name,
            value_name,
            collection,
            key,
            value,
            condition,
            group,
            open_span,
            close_span,
        };
        Some((each, whole))
    }

    #[inline(never)]
    fn for_part(&mut self) -> Option<Expr> {
        let mark = self.mark();
        let expr = self.expression();
        (!self.lost_since(mark)).then_some(expr)
    }

    fn for_name(&mut self, open: Span, missing: &str) -> Option<Ident> {
        let token = self.peek();
        if token.kind != TokenKind::Ident {
            self.bad_for(open, missing);
            return None;
        }
        self.read();
        Some(Ident {
            name: self.name(self.text(token)),
            span: self.span(token),
        })
    }

    fn bad_for(&mut self, open: Span, detail: &str) {
        let span = self.span(self.peek());
        self.report_first(|| invalid(detail, span, open.to(span)));
    }
}

fn invalid(detail: &str, subject: Span, context: Span) -> Diagnostic {
    Diagnostic::error("Invalid 'for' expression", detail)
        .at(subject)
        .within(context)
}
