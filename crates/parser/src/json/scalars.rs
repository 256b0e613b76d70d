//! Numbers, words and strings of JSON to expressions.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use unicode_normalization::UnicodeNormalization;

use super::read::Reader;
use super::strings::{is_number, unquoted};
use crate::MAX_DEPTH;
use crate::ast::{Expr, ExprKind, JsonOrigin, Literal, UnaryOp};

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Option<Expr> {
        let token = self.read();
        let text = &self.text[token.start..token.end];
        if !is_number(text) {
            let detail = "There is a syntax error in the given JSON number.";
            self.report("Invalid JSON number", detail, token);
            return None;
        }
        let span = self.span(token);
        let number =
            |text: &str, span| self.expr(ExprKind::Literal(Literal::Number(text.into())), span);
        Some(match text.strip_prefix('-') {
            Some(positive) => {
                let sign = Span::new(self.source, span.start, span.start + 1);
                let digits = Span::new(self.source, span.start + 1, span.end);
                let kind = ExprKind::Unary {
                    op: UnaryOp::Negate,
                    operand: Box::new(number(positive, digits)),
                    op_span: sign,
                };
                self.expr(kind, span)
            }
            None => number(text, span),
        })
    }

    pub(super) fn word(&mut self) -> Option<Expr> {
        let token = self.read();
        let literal = match &self.text[token.start..token.end] {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            word => {
                let detail = match word {
                    "undefined" | "NaN" | "Infinity" => {
                        format!("The JavaScript identifier {word:?} cannot be used in JSON.")
                    }
                    word => match did_you_mean(word, ["true", "false", "null"]) {
                        Some(near) => {
                            format!("{word:?} is not a valid JSON keyword. Did you mean {near:?}?")
                        }
                        None => format!("{word:?} is not a valid JSON keyword."),
                    },
                };
                self.report("Invalid JSON keyword", &detail, token);
                return None;
            }
        };
        Some(self.expr(ExprKind::Literal(literal), self.span(token)))
    }

    pub(super) fn string(&mut self) -> Option<Expr> {
        let token = self.read();
        let span = self.span(token);
        let quoted = &self.text[token.start..token.end];
        let bad = |at: usize| {
            let at = (token.start + at) as u32;
            self.bad_bytes.binary_search(&at).is_ok()
        };
        match unquoted(quoted, bad) {
            Ok(text) => Some(self.template(text.into(), span)),
            Err(offset) => {
                let at = (token.start + offset) as u32;
                self.diagnostics.push(
                    Diagnostic::error(
                        "Invalid JSON string",
                        "There is a syntax error in the given JSON string.",
                    )
                    .at(Span::new(self.source, at, at + 1))
                    .within(span),
                );
                None
            }
        }
    }

    /// A string as the template that it is where values are expected. What is wrong in it is said where it is
    /// evaluated: as a name, or where no template is expected, it is fine.
    fn template(&self, text: Arc<str>, span: Span) -> Expr {
        let mut problems = Diagnostics::new();
        let mut kind = ExprKind::Invalid;
        if text.contains("${") || text.contains("%{") {
            let (expr, found) = crate::parse_template(self.source, "", &text, span.start + 1);
            problems = found;
            if expr.height() + self.depth > MAX_DEPTH && !problems.has_errors() {
                problems.push(
                    Diagnostic::error(
                        "Nesting too deep",
                        format!("JSON and the templates in it can be nested at most {MAX_DEPTH} levels deep."),
                    )
                    .at(span),
                );
            }
            if !problems.has_errors() {
                kind = expr.kind;
            }
        } else {
            let normal: Arc<str> = if text.is_ascii() {
                text.clone()
            } else {
                text.nfc().collect::<String>().into()
            };
            kind = ExprKind::Literal(Literal::String(normal));
        }
        Expr::new(kind, span).with_json(Arc::new(JsonOrigin {
            text: Some(text),
            problems,
        }))
    }
}
