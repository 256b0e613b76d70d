//! Puts the pieces of a template together: `%{if}` and `%{for}` with what they enclose.

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use super::template::{Piece, PieceKind, push_text};
use crate::ast::{Expr, ExprKind, For, Literal, Template, TemplatePart};

/// What a list of parts ended with.
enum Ended {
    /// A closing directive and its place.
    By(&'static str, Span),
    /// The end of the template.
    Template,
}

type Pieces<'t> = std::iter::Peekable<std::vec::IntoIter<Piece<'t>>>;

impl<'t> Parser<'t> {
    /// The parts that pieces make. `end` is the place of what closes the template.
    pub(super) fn assemble(&mut self, pieces: Vec<Piece<'t>>, end: Span) -> Vec<TemplatePart> {
        let mut pieces = pieces.into_iter().peekable();
        let mut parts = Vec::new();
        loop {
            match self.parts(&mut pieces, end, &mut parts) {
                Ended::Template => return parts,
                Ended::By(name, span) => {
                    self.report(|| {
                        Diagnostic::error(
                            format!("Unexpected {name} directive"),
                            "The control directives within this template are unbalanced.",
                        )
                        .at(span)
                    });
                    parts.push(broken(span));
                }
            }
        }
    }

    /// Adds parts up to a directive that closes something. Text that adjoins is joined.
    #[inline(never)]
    fn parts(
        &mut self,
        pieces: &mut Pieces<'t>,
        end: Span,
        parts: &mut Vec<TemplatePart>,
    ) -> Ended {
        while let Some(piece) = pieces.next() {
            let span = piece.span;
            match piece.kind {
                PieceKind::Text(first) => {
                    let (mut text, mut span) = (first.into_owned(), span);
                    while let Some(Piece {
                        kind: PieceKind::Text(more),
                        span: place,
                    }) = pieces.peek()
                    {
                        text.push_str(more);
                        span = span.to(*place);
                        pieces.next();
                    }
                    push_text(parts, text, span);
                }
                PieceKind::Interpolation(expr) => {
                    parts.push(TemplatePart::Interpolation { expr, span })
                }
                PieceKind::End(name) => return Ended::By(name, span),
                kind @ (PieceKind::If(_) | PieceKind::For { .. }) => {
                    let part = self.nested(
                        |parser| parser.directive_part(kind, span, pieces, end),
                        |_| broken(span),
                    );
                    parts.push(part);
                }
            }
        }
        Ended::Template
    }

    /// A directive and what it encloses, or what stands for it where it is not closed properly.
    #[inline(never)]
    fn directive_part(
        &mut self,
        kind: PieceKind<'t>,
        open: Span,
        pieces: &mut Pieces<'t>,
        end: Span,
    ) -> TemplatePart {
        match kind {
            PieceKind::If(condition) => self.if_directive(condition, open, pieces, end),
            PieceKind::For {
                key_name,
                value_name,
                collection,
            } => {
                let mut parts = Vec::new();
                let ended = self.parts(pieces, end, &mut parts);
                let close_span = match ended {
                    Ended::By("endfor", span) => span,
                    ended => return self.not_closed("for", open, ended, end),
                };
                let value = self.enclosed(parts, open.empty_at_end());
                let each = For {
                    key_name,
                    value_name,
                    collection,
                    key: None,
                    value,
                    condition: None,
                    group: false,
                    open_span: open,
                    close_span,
                };
                let expr = self.node(ExprKind::For(Box::new(each)), open.to(close_span));
                TemplatePart::For(expr)
            }
            _ => broken(open),
        }
    }

    #[inline(never)]
    fn if_directive(
        &mut self,
        condition: Expr,
        open: Span,
        pieces: &mut Pieces<'t>,
        end: Span,
    ) -> TemplatePart {
        let mut then = Vec::new();
        let mut otherwise = Vec::new();
        let mut ended = self.parts(pieces, end, &mut then);
        let mut in_else = false;
        if let Ended::By("else", _) = ended {
            in_else = true;
            ended = self.parts(pieces, end, &mut otherwise);
        }
        let close = match ended {
            Ended::By("endif", span) => span,
            Ended::By("else", span) if in_else => {
                let place = self.place(open);
                let detail = format!("Already in the else clause for the if started at {place}.");
                self.report(|| Diagnostic::error("Unexpected else directive", detail).at(span));
                return broken(span);
            }
            ended => return self.not_closed("if", open, ended, end),
        };
        let then = self.enclosed(then, open.empty_at_end());
        let otherwise = self.enclosed(otherwise, close.empty_at_start());
        let (condition, then, otherwise) = (condition.into(), then.into(), otherwise.into());
        let kind = ExprKind::Conditional {
            condition,
            then,
            otherwise,
        };
        TemplatePart::If(self.node(kind, open.to(close)))
    }

    /// Says that a directive was not closed by what closes it.
    #[inline(never)]
    fn not_closed(&mut self, name: &str, open: Span, ended: Ended, end: Span) -> TemplatePart {
        let (summary, detail, subject) = match ended {
            Ended::Template => {
                let place = self.place(open);
                let detail = format!(
                    "The {name} directive at {place} is missing its corresponding end{name} directive."
                );
                ("Unexpected end of template".to_owned(), detail, end)
            }
            Ended::By(other, span) => {
                let place = self.place(open);
                let detail = match (name, other) {
                    ("for", "else") => {
                        format!("The for directive at {place} cannot have an else clause.")
                    }
                    _ => format!(
                        "The {name} directive at {place} must be closed by end{name} first."
                    ),
                };
                (format!("Unexpected {other} directive"), detail, span)
            }
        };
        self.report(|| Diagnostic::error(summary, detail).at(subject));
        broken(subject)
    }

    /// The parts between two directives as one expression, whose value is a string; `empty` is its place
    /// where there are none.
    #[inline(never)]
    fn enclosed(&mut self, parts: Vec<TemplatePart>, empty: Span) -> Expr {
        let span = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => part_span(first).to(part_span(last)),
            _ => empty,
        };
        let kind = match parts.as_slice() {
            [] => ExprKind::Literal(Literal::String("".into())),
            [TemplatePart::Literal { text, .. }] => {
                ExprKind::Literal(Literal::String(text.clone()))
            }
            _ => ExprKind::Template(Template {
                parts,
                heredoc: true,
            }),
        };
        self.node(kind, span)
    }
}

/// What stands for a part that could not be read.
fn broken(span: Span) -> TemplatePart {
    TemplatePart::Interpolation {
        expr: Expr::new(ExprKind::Invalid, span),
        span,
    }
}

/// The bytes of a part's value: for an interpolation, of the expression in it.
fn part_span(part: &TemplatePart) -> Span {
    match part {
        TemplatePart::Literal { span, .. } => *span,
        TemplatePart::Interpolation { expr, .. }
        | TemplatePart::If(expr)
        | TemplatePart::For(expr) => expr.span,
    }
}
