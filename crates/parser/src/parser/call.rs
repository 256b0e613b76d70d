//! Function calls.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{Call, Expr, ExprKind};
use crate::lexer::{Token, TokenKind};

impl Parser<'_> {
    /// A call whose first name was read; `(` or `::` is next.
    #[inline(never)]
    pub(super) fn call(&mut self, first: Token) -> Expr {
        let start = self.span(first);
        let mut name = self.text(first).to_owned();
        let mut name_span = start;
        let mut open = self.read();
        while open.kind == TokenKind::DoubleColon {
            let next = self.read();
            if next.kind != TokenKind::Ident {
                return self.no_call(
                    start.to(self.span(next)),
                    self.span(next),
                    "Missing function name",
                    "The name of a function must follow the namespace separator \"::\".",
                );
            }
            name.push_str("::");
            name.push_str(self.text(next));
            name_span = start.to(self.span(next));
            open = self.read();
        }
        if open.kind != TokenKind::OpenParen {
            return self.no_call(
                start.to(self.span(open)),
                self.span(open),
                "Missing open parenthesis",
                "A name with a namespace is a function, which must be called with parentheses.",
            );
        }
        let open_span = self.span(open);
        self.newlines.push(false);
        let (args, expand_final, close) = self.arguments(start, open_span);
        self.newlines.pop();
        let close_span = self.span(close);
        let name = self.name(&name);
        let call = Call {
            name,
            name_span,
            args,
            expand_final,
            open_span,
            close_span,
        };
        self.node(ExprKind::Call(call), start.to(close_span))
    }

    #[inline(never)]
    fn no_call(&mut self, whole: Span, subject: Span, summary: &str, detail: &str) -> Expr {
        self.report(|| Diagnostic::error(summary, detail).at(subject).within(whole));
        self.recover_over(TokenKind::OpenParen);
        Expr::new(ExprKind::Invalid, whole)
    }

    /// The arguments, whether the last is to be expanded, and the closing parenthesis (or where it was given
    /// up).
    #[inline(never)]
    fn arguments(&mut self, start: Span, open: Span) -> (Vec<Expr>, bool, Token) {
        let mut args = Vec::new();
        loop {
            if self.peek_kind() == TokenKind::CloseParen {
                return (args, false, self.read());
            }
            let mark = self.mark();
            args.push(self.expression());
            if self.lost_since(mark) {
                return (args, false, self.recover(TokenKind::CloseParen));
            }
            let separator = self.read();
            let span = self.span(separator);
            match separator.kind {
                TokenKind::CloseParen => return (args, false, separator),
                TokenKind::Comma => {}
                TokenKind::Ellipsis => {
                    if self.peek_kind() == TokenKind::CloseParen {
                        return (args, true, self.read());
                    }
                    self.report_first(|| {
                        Diagnostic::error(
                            "Missing closing parenthesis",
                            "An expanded function argument (with ...) must be immediately followed by closing \
                             parentheses.",
                        )
                        .at(span)
                        .within(start.to(span))
                    });
                    return (args, true, self.recover(TokenKind::CloseParen));
                }
                TokenKind::End => {
                    self.report(
                        || Diagnostic::error(
                            "Unterminated function call",
                            "The parenthesis that closes this function call is missing; the file ends before \
                             it. Perhaps other parentheses in this file are not balanced.",
                        )
                        .at(start.to(open)),
                    );
                    return (args, false, self.recover(TokenKind::CloseParen));
                }
                _ => {
                    self.report(|| {
                        Diagnostic::error(
                            "Missing argument separator",
                            "A comma is required to separate each function argument from the next.",
                        )
                        .at(span)
                        .within(start.to(span))
                    });
                    return (args, false, self.recover(TokenKind::CloseParen));
                }
            }
        }
    }
}
