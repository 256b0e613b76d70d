//! What follows a term: attributes, indexes and splats.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{Expr, ExprKind, Literal, Step, StepKind};
use crate::lexer::{Token, TokenKind};

impl Parser<'_> {
    /// The steps after a term, each making a larger expression of what is before it.
    #[inline(never)]
    pub(super) fn steps(&mut self, from: Expr) -> Expr {
        let start = from.span;
        let mut expr = from;
        loop {
            expr = match self.peek_kind() {
                TokenKind::Dot => self.dot(expr, start),
                TokenKind::OpenBracket => self.bracket(expr, start),
                _ => return expr,
            };
        }
    }

    #[inline(never)]
    fn dot(&mut self, expr: Expr, start: Span) -> Expr {
        let dot = self.read();
        let dot = self.span(dot);
        let token = self.peek();
        let span = self.span(token);
        match token.kind {
            TokenKind::Ident => {
                self.read();
                let name = self.name(self.text(token));
                self.with_step(expr, StepKind::Attr(name), dot.to(span))
            }
            TokenKind::Number => {
                self.read();
                match self.legacy_index(token, span, "") {
                    Some(key) => self.with_step(expr, StepKind::Index(key), dot.to(span)),
                    None => Expr::new(ExprKind::Invalid, start.to(span)),
                }
            }
            TokenKind::Star => {
                self.read();
                self.attribute_splat(expr, start, dot.to(span), span)
            }
            _ => {
                self.report(|| no_name(span));
                self.recovery = true;
                Expr::new(ExprKind::Invalid, start.to(dot))
            }
        }
    }

    /// The number after a dot as an index. `0.1` reads as a fraction, so that two of them cannot be told
    /// apart from one; Terraform refuses that.
    fn legacy_index(&mut self, token: Token, subject: Span, instead: &str) -> Option<Literal> {
        let Some((first, second)) = self.text(token).split_once('.') else {
            return self.number(token);
        };
        self.report(
            || Diagnostic::error(
                "Invalid legacy index syntax",
                format!(
                    "When using the legacy index syntax, chaining two indexes together is not permitted. Use \
                     the proper index syntax{instead} instead, like [{first}][{second}]."
                ),
            )
            .at(subject),
        );
        None
    }

    /// What follows `.*`: attributes and numbers after dots belong to it, anything else does not.
    #[inline(never)]
    fn attribute_splat(&mut self, source: Expr, start: Span, marker: Span, star: Span) -> Expr {
        let item = Expr::new(ExprKind::SplatItem, marker);
        let mut steps = Vec::new();
        let mut first = None;
        let mut last = marker;
        while self.peek_kind() == TokenKind::Dot {
            let dot = self.read();
            let dot = self.span(dot);
            let token = self.peek();
            let span = self.span(token);
            let kind = match token.kind {
                TokenKind::Ident => {
                    self.read();
                    StepKind::Attr(self.name(self.text(token)))
                }
                TokenKind::Number => {
                    self.read();
                    let instead = " with a full splat expression [*]";
                    match self.legacy_index(token, star, instead) {
                        Some(key) => StepKind::Index(key),
                        None => return Expr::new(ExprKind::Invalid, start.to(span)),
                    }
                }
                kind => {
                    self.report_first(|| match kind {
                        TokenKind::Star => Diagnostic::error(
                            "Nested splat expression not allowed",
                            "A splat expression (*) cannot be used inside another attribute-only splat \
                             expression.",
                        )
                        .at(span),
                        _ => no_name(star),
                    });
                    self.recovery = true;
                    return source;
                }
            };
            first.get_or_insert(dot);
            last = span;
            steps.push(Step {
                kind,
                span: dot.to(span),
            });
        }
        let each = match first {
            None => item,
            Some(first) => self.node(
                ExprKind::RelativeTraversal {
                    source: item.into(),
                    steps,
                },
                first.to(last),
            ),
        };
        let kind = ExprKind::Splat {
            source: source.into(),
            each: each.into(),
            full: false,
            marker_span: marker,
        };
        self.node(kind, start.to(last))
    }

    #[inline(never)]
    fn bracket(&mut self, expr: Expr, start: Span) -> Expr {
        let open = self.read();
        let open = self.span(open);
        if self.peek_kind() == TokenKind::Star {
            return self.full_splat(expr, start, open);
        }
        self.newlines.push(false);
        let mark = self.mark();
        let key = self.expression();
        let mut close;
        if self.lost_since(mark) {
            close = self.recover(TokenKind::CloseBracket);
        } else {
            close = self.read();
            if close.kind != TokenKind::CloseBracket && !self.recovery {
                close = self.recover(TokenKind::CloseBracket);
                let span = self.span(close);
                self.report(|| {
                    Diagnostic::error(
                        "Missing close bracket on index",
                        "The index operator must end with a closing bracket (\"]\").",
                    )
                    .at(span)
                });
            }
        }
        self.newlines.pop();
        let bracket = open.to(self.span(close));
        match key.kind {
            ExprKind::Literal(key) => self.with_step(expr, StepKind::Index(key), bracket),
            _ => {
                let span = start.to(bracket);
                let kind = ExprKind::Index {
                    collection: expr.into(),
                    key: key.into(),
                    bracket_span: bracket,
                };
                self.node(kind, span)
            }
        }
    }

    /// `[*]`: every step that follows belongs to it.
    #[inline(never)]
    fn full_splat(&mut self, source: Expr, start: Span, open: Span) -> Expr {
        self.read();
        let mut close = self.read();
        if close.kind != TokenKind::CloseBracket && !self.recovery {
            close = self.recover(TokenKind::CloseBracket);
            let span = self.span(close);
            self.report(
                || Diagnostic::error(
                    "Missing close bracket on splat index",
                    "The star of a splat expression must be followed at once by a closing bracket (\"]\").",
                )
                .at(span),
            );
        }
        let marker = open.to(self.span(close));
        let item = move || Expr::new(ExprKind::SplatItem, marker);
        let each = self.nested(|parser| parser.steps(item()), |_| item());
        let span = start.to(each.span);
        let kind = ExprKind::Splat {
            source: source.into(),
            each: each.into(),
            full: true,
            marker_span: marker,
        };
        self.node(kind, span)
    }

    /// The expression with one more constant step.
    #[inline(never)]
    fn with_step(&mut self, expr: Expr, kind: StepKind, span: Span) -> Expr {
        let step = Step { kind, span };
        let whole = expr.span.to(span);
        let kind = match expr.kind {
            ExprKind::Traversal(mut traversal) => {
                traversal.steps.push(step);
                ExprKind::Traversal(traversal)
            }
            ExprKind::RelativeTraversal { source, mut steps } => {
                steps.push(step);
                ExprKind::RelativeTraversal { source, steps }
            }
            _ => ExprKind::RelativeTraversal {
                source: expr.into(),
                steps: vec![step],
            },
        };
        self.node(kind, whole)
    }
}

fn no_name(span: Span) -> Diagnostic {
    Diagnostic::error(
        "Invalid attribute name",
        "An attribute name is required after a dot.",
    )
    .at(span)
}
