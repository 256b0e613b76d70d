//! References on their own, as addresses are written: constant steps only.

use trueup_diagnostics::{Diagnostic, Span};
use unicode_normalization::UnicodeNormalization;

use super::Parser;
use crate::ast::{Ident, Literal, Step, StepKind, Traversal};
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// The whole text as a reference. `wildcards` allows `[*]`. With an error, what was read before it.
    pub(crate) fn whole_traversal(&mut self, wildcards: bool) -> Option<Traversal> {
        let first = self.read();
        let start = self.span(first);
        if first.kind != TokenKind::Ident {
            self.report(|| {
                Diagnostic::error("Variable name required", "Must begin with a variable name.")
                    .at(start)
            });
            return None;
        }
        let root = Ident {
            name: self.name(self.text(first)),
            span: start,
        };
        let mut steps = Vec::new();
        loop {
            let next = self.peek();
            let step = match next.kind {
                TokenKind::End => break,
                TokenKind::Dot => self.name_step(start),
                TokenKind::OpenBracket => self.key_step(start, wildcards),
                _ => {
                    let span = self.span(next);
                    self.bad(
                        "Invalid character",
                        "Expected an attribute access or an index operator.",
                        span,
                        start,
                    )
                }
            };
            let Some(step) = step else { break };
            steps.push(step);
        }
        Some(Traversal { root, steps })
    }

    fn bad(&mut self, summary: &str, detail: &str, at: Span, start: Span) -> Option<Step> {
        self.report(|| {
            Diagnostic::error(summary, detail)
                .at(at)
                .within(start.to(at))
        });
        None
    }

    fn name_step(&mut self, start: Span) -> Option<Step> {
        let dot = self.read();
        let token = self.read();
        let span = self.span(token);
        match token.kind {
            TokenKind::Ident => {
                let name = self.name(self.text(token));
                Some(Step {
                    kind: StepKind::Attr(name),
                    span: self.span(dot).to(span),
                })
            }
            TokenKind::Star => self.bad(
                "Attribute name required",
                "Splat expressions (.*) may not be used here.",
                span,
                start,
            ),
            _ => self.bad(
                "Attribute name required",
                "Dot must be followed by attribute name.",
                span,
                start,
            ),
        }
    }

    fn key_step(&mut self, start: Span, wildcards: bool) -> Option<Step> {
        let open = self.read();
        let open = self.span(open);
        let token = self.peek();
        let span = self.span(token);
        let mark = self.mark();
        let kind = match token.kind {
            TokenKind::Number => {
                self.read();
                StepKind::Index(self.number(token)?)
            }
            TokenKind::OpenQuote => {
                let (text, _) = self.plain_string();
                let text: String = text.nfc().collect();
                StepKind::Index(Literal::String(self.name(&text)))
            }
            TokenKind::Star if wildcards => {
                self.read();
                StepKind::Splat
            }
            TokenKind::Star => {
                let detail = "Splat expressions ([*]) may not be used here.";
                return self.bad("Attribute name required", detail, span, start);
            }
            _ => {
                let detail =
                    "Index brackets must contain either a literal number or a literal string.";
                return self.bad("Index value required", detail, span, start);
            }
        };
        let close = self.read();
        let end = self.span(close);
        if close.kind != TokenKind::CloseBracket {
            return self.bad(
                "Unclosed index brackets",
                "Index key must be followed by a closing bracket.",
                end,
                open,
            );
        }
        (!self.failed_since(mark)).then_some(Step {
            kind,
            span: open.to(end),
        })
    }
}
