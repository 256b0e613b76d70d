//! Where an expression is said to begin in messages about function arguments.

use trueup_diagnostics::{Sources, Span};
use trueup_parser::{Expr, ExprKind, Literal, Template, TemplatePart};

/// The first piece of an expression: its opening bracket, its first operand, the text inside quotes.
pub(super) fn start_of(expr: &Expr, sources: Option<&Sources>) -> Span {
    match &expr.kind {
        ExprKind::Literal(Literal::String(text)) => string_start(expr.span, text, sources),
        ExprKind::Template(template) => template_start(expr, template, sources),
        ExprKind::Call(call) => call.name_span.to(call.open_span),
        ExprKind::Conditional { condition, .. } => start_of(condition, sources),
        ExprKind::Binary { lhs, .. } => start_of(lhs, sources),
        ExprKind::Unary { op_span, .. } => *op_span,
        ExprKind::Tuple(_) => first_byte(expr.span),
        ExprKind::Object { open_span, .. } => *open_span,
        ExprKind::For(each) => each.open_span,
        ExprKind::Splat { marker_span, .. } => *marker_span,
        ExprKind::Index { bracket_span, .. } => first_byte(*bracket_span),
        ExprKind::Parens(inner) => start_of(inner, sources),
        _ => expr.span,
    }
}

fn first_byte(span: Span) -> Span {
    Span::new(span.source, span.start, (span.start + 1).min(span.end))
}

fn string_start(span: Span, text: &str, sources: Option<&Sources>) -> Span {
    let written = sources
        .and_then(|sources| sources.find(span.source))
        .map_or("\"", |source| source.slice(span));
    if written.starts_with("<<") {
        let line = written.find('\n').map_or(0, |at| at as u32 + 1);
        let start = span.start + line;
        return Span::new(span.source, start, span.end.max(start));
    }
    if !written.starts_with('"') {
        return span;
    }
    if text.is_empty() {
        // Terraform points at what follows an empty string.
        return Span::new(span.source, span.end, span.end + 1);
    }
    Span::new(
        span.source,
        span.start + 1,
        span.end.saturating_sub(1).max(span.start + 1),
    )
}

fn template_start(expr: &Expr, template: &Template, sources: Option<&Sources>) -> Span {
    match template.parts.first() {
        Some(TemplatePart::Literal { span, .. }) => *span,
        Some(
            TemplatePart::Interpolation { expr, .. }
            | TemplatePart::If(expr)
            | TemplatePart::For(expr),
        ) => start_of(expr, sources),
        None => expr.span,
    }
}
