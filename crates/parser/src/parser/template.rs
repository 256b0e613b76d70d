//! Templates: the pieces of a quoted string, a heredoc or a text that is a template as a whole.

use std::borrow::Cow;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Span, did_you_mean};

use super::Parser;
use super::heredoc_indent::dedent;
use crate::ast::{Expr, ExprKind, Ident, Literal, Template, TemplatePart};
use crate::lexer::TokenKind;

/// A piece of a template before directives are put together.
pub(super) struct Piece<'t> {
    pub(super) kind: PieceKind<'t>,
    pub(super) span: Span,
}

pub(super) enum PieceKind<'t> {
    Text(Cow<'t, str>),
    Interpolation(Expr),
    If(Expr),
    For {
        key_name: Option<Ident>,
        value_name: Ident,
        collection: Expr,
    },
    /// `else`, `endif` or `endfor`.
    End(&'static str),
}

impl<'t> Parser<'t> {
    /// A quoted string or heredoc.
    #[inline(never)]
    pub(super) fn quoted_template(&mut self) -> Expr {
        let open = self.read();
        let (span, heredoc) = (self.span(open), open.kind == TokenKind::OpenHeredoc);
        let flush = heredoc && self.text(open).starts_with("<<-");
        let end = if heredoc {
            TokenKind::CloseHeredoc
        } else {
            TokenKind::CloseQuote
        };
        let parts = self.template_parts(end, flush);
        let span = span.to(self.previous_span());
        self.template_expr(parts, heredoc, span)
    }

    /// A text that is a template as a whole.
    pub(crate) fn whole_template(&mut self) -> Expr {
        let start = self.span(self.peek());
        let parts = self.template_parts(TokenKind::End, false);
        let end = self.span(self.peek());
        self.template_expr(parts, true, start.to(end))
    }

    #[inline(never)]
    fn template_expr(&mut self, mut parts: Vec<TemplatePart>, heredoc: bool, span: Span) -> Expr {
        let kind = match parts.as_mut_slice() {
            [] => ExprKind::Literal(Literal::String("".into())),
            [TemplatePart::Literal { text, .. }] => {
                ExprKind::Literal(Literal::String(text.clone()))
            }
            [TemplatePart::Interpolation { .. }] => match parts.pop() {
                Some(TemplatePart::Interpolation { expr, .. }) => {
                    ExprKind::TemplateWrap(expr.into())
                }
                _ => ExprKind::Invalid,
            },
            _ => ExprKind::Template(Template { parts, heredoc }),
        };
        self.node(kind, span)
    }

    #[inline(never)]
    fn template_parts(&mut self, end: TokenKind, flush: bool) -> Vec<TemplatePart> {
        let (mut pieces, end) = self.pieces(end);
        if flush {
            dedent(&mut pieces);
        }
        self.assemble(pieces, end)
    }

    /// The pieces up to the closing token, which is read, and its place.
    #[inline(never)]
    fn pieces(&mut self, end: TokenKind) -> (Vec<Piece<'t>>, Span) {
        let start = self.span(self.peek());
        let mut pieces: Vec<Piece<'t>> = Vec::new();
        // Whether the sequence before ended in `~}`.
        let mut strip_next = false;
        loop {
            let token = self.read();
            let span = self.span(token);
            let strip = std::mem::take(&mut strip_next);
            match token.kind {
                kind if kind == end => return (pieces, span),
                TokenKind::QuotedText | TokenKind::TemplateText => {
                    let mut text = self.literal_text(token);
                    if strip {
                        trim_start(&mut text);
                    }
                    pieces.push(Piece {
                        kind: PieceKind::Text(text),
                        span,
                    });
                }
                TokenKind::InterpolationStart | TokenKind::DirectiveStart => {
                    if token.end - token.start == 3
                        && let Some(Piece {
                            kind: PieceKind::Text(text),
                            ..
                        }) = pieces.last_mut()
                    {
                        trim_end(text);
                    }
                    self.newlines.push(false);
                    let piece = if token.kind == TokenKind::InterpolationStart {
                        Some(self.interpolation(span, start, end, &mut strip_next))
                    } else {
                        self.directive(span, start, &mut strip_next)
                    };
                    self.newlines.pop();
                    pieces.extend(piece);
                }
                _ => {
                    self.report_first(|| {
                        Diagnostic::error(
                            "Unterminated template string",
                            "No closing marker was found for the string.",
                        )
                        .at(span)
                        .within(start.to(span))
                    });
                    let end = self.recover(end);
                    return (pieces, self.span(end));
                }
            }
        }
    }

    #[inline(never)]
    fn interpolation(
        &mut self,
        open: Span,
        start: Span,
        end: TokenKind,
        strip_next: &mut bool,
    ) -> Piece<'t> {
        let expr = self.expression();
        let close = self.peek();
        let span = open.to(self.span(close));
        if close.kind == TokenKind::SequenceEnd {
            self.end_sequence(strip_next);
        } else {
            let at = self.span(close);
            self.report_first(|| unclosed_interpolation(close.kind, at, start, end));
            self.recover(TokenKind::SequenceEnd);
        }
        Piece {
            kind: PieceKind::Interpolation(expr),
            span,
        }
    }

    fn end_sequence(&mut self, strip_next: &mut bool) {
        let close = self.read();
        *strip_next = close.end - close.start == 2;
    }

    /// A directive, or nothing, said, where it cannot be read.
    #[inline(never)]
    fn directive(&mut self, open: Span, start: Span, strip_next: &mut bool) -> Option<Piece<'t>> {
        let kind = self.directive_kind(open);
        let Some((kind, keyword)) = kind else {
            self.recover(TokenKind::SequenceEnd);
            return None;
        };
        let close = self.peek();
        let at = self.span(close);
        if close.kind == TokenKind::SequenceEnd {
            self.end_sequence(strip_next);
        } else {
            self.report_first(|| {
                Diagnostic::error(
                    format!("Extra characters in {keyword} marker"),
                    "Expected a closing brace to end the sequence, but found extra characters.",
                )
                .at(at)
                .within(start.to(at))
            });
            self.recover(TokenKind::SequenceEnd);
        }
        Some(Piece {
            kind,
            span: open.to(at),
        })
    }

    #[inline(never)]
    fn directive_kind(&mut self, open: Span) -> Option<(PieceKind<'t>, &'t str)> {
        let token = self.peek();
        let span = self.span(token);
        let bad = |summary: &str, detail: String| {
            Diagnostic::error(summary, detail)
                .at(span)
                .within(open.to(span))
        };
        if token.kind != TokenKind::Ident {
            self.report_first(|| {
                bad(
                    "Invalid template directive",
                    "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ \
                     sequence."
                        .to_owned(),
                )
            });
            return None;
        }
        self.read();
        let keyword = self.text(token);
        let kind = match keyword {
            "if" => PieceKind::If(self.expression()),
            "for" => self.for_directive()?,
            "else" => PieceKind::End("else"),
            "endif" => PieceKind::End("endif"),
            "endfor" => PieceKind::End("endfor"),
            _ => {
                self.report_first(|| {
                    let meant = did_you_mean(keyword, ["if", "for", "else", "endif", "endfor"]);
                    let meant = meant
                        .map(|name| format!(" Did you mean \"{name}\"?"))
                        .unwrap_or_default();
                    let detail =
                        format!("\"{keyword}\" is not a valid template control keyword.{meant}");
                    bad("Invalid template control keyword", detail)
                });
                return None;
            }
        };
        Some((kind, keyword))
    }

    #[inline(never)]
    fn for_directive(&mut self) -> Option<PieceKind<'t>> {
        let mut value_name =
            self.directive_name("A variable name must follow the word \"for\".")?;
        let mut key_name = None;
        if self.peek_kind() == TokenKind::Comma {
            self.read();
            let next = self.directive_name("A second variable name must follow the comma.")?;
            key_name = Some(std::mem::replace(&mut value_name, next));
        }
        if !self.at_keyword("in") {
            self.bad_for_directive("For directive requires 'in' keyword after names.");
            return None;
        }
        self.read();
        let collection = self.expression();
        Some(PieceKind::For {
            key_name,
            value_name,
            collection,
        })
    }

    fn directive_name(&mut self, missing: &str) -> Option<Ident> {
        let token = self.peek();
        if token.kind != TokenKind::Ident {
            self.bad_for_directive(missing);
            return None;
        }
        self.read();
        Some(Ident {
            name: self.name(self.text(token)),
            span: self.span(token),
        })
    }

    fn bad_for_directive(&mut self, detail: &str) {
        let span = self.span(self.peek());
        self.report_first(|| Diagnostic::error("Invalid 'for' directive", detail).at(span));
    }
}

/// Adds text to a list of parts, joined to text before it.
pub(super) fn push_text(parts: &mut Vec<TemplatePart>, text: String, span: Span) {
    parts.push(TemplatePart::Literal {
        text: Arc::from(text),
        span,
    });
}

fn trim_start(text: &mut Cow<'_, str>) {
    let trimmed = text.trim_start().len();
    *text = text[text.len() - trimmed..].to_owned().into();
}

fn trim_end(text: &mut Cow<'_, str>) {
    *text = text.trim_end().to_owned().into();
}

fn unclosed_interpolation(close: TokenKind, at: Span, start: Span, end: TokenKind) -> Diagnostic {
    const UNCLOSED: &str = "Unclosed template interpolation sequence";
    const EXTRA: &str = "Extra characters after interpolation expression";
    match close {
        TokenKind::End => Diagnostic::error(
            UNCLOSED,
            "The brace that closes this interpolation is missing; the file ends before it. Perhaps the \
             expression in it is nested wrongly.",
        )
        .at(start),
        TokenKind::OpenQuote | TokenKind::CloseQuote if end == TokenKind::CloseQuote => Diagnostic::error(
            UNCLOSED,
            "There is no closing brace for this interpolation sequence before the end of the quoted template. \
             This might be caused by incorrect nesting inside the given expression.",
        )
        .at(start),
        TokenKind::Colon => Diagnostic::error(
            EXTRA,
            "An interpolation holds one expression, in which a colon has no place. If this is meant for \
             another program, write \"$${\" instead of \"${\" to keep it as it is.",
        )
        .at(at)
        .within(start.to(at)),
        _ => Diagnostic::error(
            EXTRA,
            "Expected a closing brace to end the interpolation expression, but found extra characters.\n\n\
             This can happen when you include interpolation syntax for another language, such as shell \
             scripting, but forget to escape the interpolation start token. If this is an embedded sequence \
             for another language, escape it by starting with \"$${\" instead of just \"${\".",
        )
        .at(at)
        .within(start.to(at)),
    }
}
