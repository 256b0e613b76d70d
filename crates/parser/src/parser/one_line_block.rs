//! What follows a block's opening brace, with blocks of one argument on the same line.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use super::body::{REQUIRED, SET_BY_EQUALS, unclosed};
use super::items::Items;
use crate::ast::Body;
use crate::lexer::TokenKind;

const ONE_LINE: &str = "Invalid single-argument block definition";

impl Parser<'_> {
    /// The body after an opening brace: over several lines, or one argument on the same line.
    #[inline(never)]
    pub(super) fn braced_body(&mut self, open_brace: Span) -> Body {
        if matches!(
            self.peek_kind(),
            TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace
        ) {
            return self.body(TokenKind::CloseBrace);
        }
        // What is wrong with the block comes before what is wrong in it.
        let before = std::mem::take(&mut self.diagnostics);
        let body = self.one_line_body();
        let inside = std::mem::replace(&mut self.diagnostics, before);
        let next = self.peek();
        let span = self.span(next);
        let detail = match next.kind {
            TokenKind::CloseBrace => {
                self.read();
                None
            }
            TokenKind::End => {
                self.report_first(|| unclosed(open_brace));
                Some("")
            }
            TokenKind::Comma => Some(
                "A block on a single line can have only one argument, and arguments are never separated by \
                 commas. Write each argument of this block on a line of its own.",
            ),
            TokenKind::Newline => Some(
                "A block whose first argument is on the line of the opening brace must be closed on that same \
                 line. Close it there, or begin the argument on a new line.",
            ),
            _ if self.recovery => Some(""),
            _ => Some(
                "A single-line block definition must end with a closing brace immediately after its single \
                 argument definition.",
            ),
        };
        if let Some(detail) = detail {
            if !detail.is_empty() {
                self.report(|| Diagnostic::error(ONE_LINE, detail).at(span));
            }
            self.recover(TokenKind::CloseBrace);
        }
        self.diagnostics.extend(inside);
        body.unwrap_or_else(|| {
            let mut body = Items::new(open_brace).body;
            body.span = open_brace.to(self.previous_span());
            body
        })
    }

    /// The single argument of a block on one line; the closing brace is left to the caller.
    #[inline(never)]
    fn one_line_body(&mut self) -> Option<Body> {
        let name = self.read();
        let span = self.span(name);
        if name.kind != TokenKind::Ident {
            self.recover_after_item();
            self.report(|| {
                Diagnostic::error(
                    REQUIRED,
                    "An argument or block definition is required here.",
                )
                .at(span)
            });
            return None;
        }
        let next = self.peek();
        match next.kind {
            TokenKind::Equal => {
                let attribute = self.attribute(name, true);
                let mut items = Items::new(attribute.span);
                items.body.end = attribute.span.empty_at_end();
                items.add(attribute);
                Some(items.body)
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let subject = span.to(self.span(next));
                let name = self.text(name);
                self.recover_after_item();
                self.report(
                    || Diagnostic::error(
                        "Argument definition required",
                        format!(
                            "A single-line block definition can contain only a single argument. If you meant \
                             to define argument \"{name}\", use an equals sign to assign it a value. To define \
                             a nested block, place it on a line of its own within its parent block."
                        ),
                    )
                    .at(subject),
                );
                None
            }
            _ => {
                self.recover_after_item();
                self.report(|| Diagnostic::error(REQUIRED, SET_BY_EQUALS).at(span));
                None
            }
        }
    }
}
