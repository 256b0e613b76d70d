//! Expressions by precedence: conditionals, binary operators, unary operators, and what they work on.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{BinaryOp, Expr, ExprKind, Ident, Literal, Traversal, UnaryOp};
use crate::lexer::{Token, TokenKind};

impl Parser<'_> {
    /// Any expression.
    pub(crate) fn expression(&mut self) -> Expr {
        self.nested(Self::conditional, Self::placeholder)
    }

    /// The whole text as an expression.
    pub(crate) fn whole_expression(&mut self) -> Expr {
        let expr = self.expression();
        let next = self.peek();
        let span = self.span(next);
        if next.kind != TokenKind::End {
            self.report_first(|| {
                Diagnostic::error(
                    "Extra characters after expression",
                    "The expression ends before this, and nothing may follow it.",
                )
                .at(span)
            });
        }
        expr
    }

    /// What stands for an expression that cannot be read; nothing is consumed.
    fn placeholder(&mut self) -> Expr {
        let span = self.span(self.peek());
        Expr::new(ExprKind::Invalid, span)
    }

    #[inline(never)]
    fn conditional(&mut self) -> Expr {
        let start = self.span(self.peek());
        let mark = self.mark();
        let condition = self.binary(1);
        if self.lost_since(mark) || self.peek_kind() != TokenKind::Question {
            return condition;
        }
        self.read();
        let mark = self.mark();
        let then = self.expression();
        if self.lost_since(mark) {
            return condition;
        }
        let colon = self.peek();
        if colon.kind != TokenKind::Colon {
            let span = self.span(colon);
            self.report(
                || Diagnostic::error(
                    "Missing false expression in conditional",
                    "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
                )
                .at(span)
                .within(start.to(span)),
            );
            return condition;
        }
        self.read();
        let mark = self.mark();
        let otherwise = self.expression();
        if self.lost_since(mark) {
            return condition;
        }
        let span = start.to(otherwise.span);
        let (condition, then, otherwise) = (condition.into(), then.into(), otherwise.into());
        self.node(
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            },
            span,
        )
    }

    /// Operands and the operators between them that bind at least as tightly as `least`.
    #[inline(never)]
    fn binary(&mut self, least: u8) -> Expr {
        let mark = self.mark();
        let mut lhs = self.operand();
        if self.lost_since(mark) {
            return lhs;
        }
        loop {
            let token = self.peek();
            let Some(op) = binary_op(token.kind).filter(|op| op.precedence() >= least) else {
                return lhs;
            };
            self.read();
            let mark = self.mark();
            let rhs = self.binary(op.precedence() + 1);
            if self.lost_since(mark) {
                return lhs;
            }
            let span = lhs.span.to(rhs.span);
            let op_span = self.span(token);
            lhs = self.node(
                ExprKind::Binary {
                    op,
                    lhs: lhs.into(),
                    rhs: rhs.into(),
                    op_span,
                },
                span,
            );
            if self.lost_since(mark) {
                return lhs;
            }
        }
    }

    /// A term with the steps after it.
    #[inline(never)]
    fn operand(&mut self) -> Expr {
        let term = self.term();
        self.steps(term)
    }

    #[inline(never)]
    fn term(&mut self) -> Expr {
        let token = self.peek();
        let span = self.span(token);
        match token.kind {
            TokenKind::OpenParen => self.parens(),
            TokenKind::Number => {
                self.read();
                let kind = self
                    .number(token)
                    .map_or(ExprKind::Invalid, ExprKind::Literal);
                Expr::new(kind, span)
            }
            TokenKind::Ident => {
                self.read();
                if matches!(
                    self.peek_kind(),
                    TokenKind::OpenParen | TokenKind::DoubleColon
                ) {
                    return self.call(token);
                }
                let kind = match self.text(token) {
                    "true" => ExprKind::Literal(Literal::Bool(true)),
                    "false" => ExprKind::Literal(Literal::Bool(false)),
                    "null" => ExprKind::Literal(Literal::Null),
                    name => {
                        let root = Ident {
                            name: self.name(name),
                            span,
                        };
                        ExprKind::Traversal(Traversal {
                            root,
                            steps: Vec::new(),
                        })
                    }
                };
                Expr::new(kind, span)
            }
            TokenKind::OpenQuote | TokenKind::OpenHeredoc => self.quoted_template(),
            TokenKind::Minus => self.unary(UnaryOp::Negate),
            TokenKind::Bang => self.unary(UnaryOp::Not),
            TokenKind::OpenBracket => self.tuple(),
            TokenKind::OpenBrace => self.object(),
            _ => {
                self.report_first(|| no_expression(token, span));
                self.recovery = true;
                Expr::new(ExprKind::Invalid, span)
            }
        }
    }

    #[inline(never)]
    fn unary(&mut self, op: UnaryOp) -> Expr {
        let op_token = self.read();
        let op_span = self.span(op_token);
        let operand = self.nested(Self::operand, Self::placeholder);
        let span = op_span.to(operand.span);
        self.node(
            ExprKind::Unary {
                op,
                operand: operand.into(),
                op_span,
            },
            span,
        )
    }

    #[inline(never)]
    fn parens(&mut self) -> Expr {
        let open = self.read();
        let open = self.span(open);
        self.newlines.push(false);
        let mark = self.mark();
        let inner = self.expression();
        if self.failed_since(mark) {
            // Go on after the parenthesis, so that what follows has a chance.
            self.recover(TokenKind::CloseParen);
            self.newlines.pop();
            return inner;
        }
        let close = self.peek();
        let span = self.span(close);
        if close.kind != TokenKind::CloseParen {
            self.report(|| {
                Diagnostic::error(
                    "Unbalanced parentheses",
                    "Expected a closing parenthesis to terminate the expression.",
                )
                .at(span)
                .within(open.to(span))
            });
            self.recovery = true;
        }
        self.read();
        self.newlines.pop();
        self.node(ExprKind::Parens(inner.into()), open.to(span))
    }

    /// The constant for a number token, or nothing, said, if it makes no number.
    pub(super) fn number(&mut self, token: Token) -> Option<Literal> {
        let text = self.text(token);
        if is_number(text) {
            let text: Arc<str> = self.name(text);
            return Some(Literal::Number(text));
        }
        let span = self.span(token);
        self.report(|| {
            Diagnostic::error(
                "Invalid number literal",
                "Failed to recognize the value of this number literal.",
            )
            .at(span)
        });
        None
    }
}

/// A power of ten beyond this does not fit a number's 32-bit binary exponent.
const MAX_EXPONENT: u64 = 646_456_992;

/// Digits, then possibly a fraction, then possibly an exponent.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        !text.is_empty()
            && digits(text)
            && text
                .parse()
                .is_ok_and(|exponent: u64| exponent <= MAX_EXPONENT)
    });
    !whole.is_empty() && digits(whole) && digits(fraction) && exponent
}

fn no_expression(token: Token, span: Span) -> Diagnostic {
    match token.kind {
        TokenKind::End => Diagnostic::error(
            "Missing expression",
            "Expected the start of an expression, but found the end of the file.",
        ),
        _ => Diagnostic::error(
            "Invalid expression",
            "Expected the start of an expression, but found an invalid expression token.",
        ),
    }
    .at(span)
}

fn binary_op(kind: TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Or => BinaryOp::Or,
        TokenKind::And => BinaryOp::And,
        TokenKind::EqualEqual => BinaryOp::Equal,
        TokenKind::NotEqual => BinaryOp::NotEqual,
        TokenKind::Greater => BinaryOp::Greater,
        TokenKind::GreaterOrEqual => BinaryOp::GreaterOrEqual,
        TokenKind::Less => BinaryOp::Less,
        TokenKind::LessOrEqual => BinaryOp::LessOrEqual,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Subtract,
        TokenKind::Star => BinaryOp::Multiply,
        TokenKind::Slash => BinaryOp::Divide,
        TokenKind::Percent => BinaryOp::Modulo,
        _ => return None,
    })
}
