//! A syntax tree as one line of text, for goldens and comparisons.

use std::fmt::Write;

use trueup_diagnostics::Span;
use trueup_parser::{
    Block, Body, BodyItem, Expr, ExprKind, Ident, Literal, ObjectKey, Step, StepKind, TemplatePart,
    Traversal, UnaryOp,
};

/// A string with everything but plain ASCII escaped.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            ' '..='~' if c != '"' && c != '\\' => out.push(c),
            c => write!(out, "\\u{{{:x}}}", c as u32).expect("a string takes all that is written"),
        }
    }
    out.push('"');
    out
}

fn range(span: Span) -> String {
    format!("{}-{}", span.start, span.end)
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Number(text) => text.to_string(),
        Literal::String(text) => quoted(text),
    }
}

fn steps(steps: &[Step]) -> String {
    let step = |step: &Step| match &step.kind {
        StepKind::Attr(name) => format!(" .{}@{}", quoted(name), range(step.span)),
        StepKind::Index(key) => format!(" [{}]@{}", literal(key), range(step.span)),
        StepKind::Splat => format!(" [*]@{}", range(step.span)),
    };
    steps.iter().map(step).collect()
}

/// A reference.
pub fn traversal(traversal: &Traversal) -> String {
    let root = &traversal.root;
    format!(
        " {}@{}{}",
        quoted(&root.name),
        range(root.span),
        steps(&traversal.steps)
    )
}

/// An expression.
pub fn expr(e: &Expr) -> String {
    let r = range(e.span);
    match &e.kind {
        ExprKind::Literal(value) => format!("(lit {} {r})", literal(value)),
        ExprKind::Template(template) => {
            let parts: String = template
                .parts
                .iter()
                .map(|part| format!(" {}", self::part(part)))
                .collect();
            format!("(template {r}{parts})")
        }
        ExprKind::TemplateWrap(inner) => format!("(wrap {r} {})", expr(inner)),
        ExprKind::Traversal(names) => format!("(ref {r}{})", traversal(names)),
        ExprKind::RelativeTraversal {
            source,
            steps: path,
        } => format!("(rel {r} {}{})", expr(source), steps(path)),
        ExprKind::Index {
            collection,
            key,
            bracket_span,
        } => {
            format!(
                "(index {r} {} {} {})",
                range(*bracket_span),
                expr(collection),
                expr(key)
            )
        }
        ExprKind::Splat {
            source,
            each,
            marker_span,
            ..
        } => {
            format!(
                "(splat {r} {} {} {})",
                range(*marker_span),
                expr(source),
                expr(each)
            )
        }
        ExprKind::SplatItem => format!("(item {r})"),
        ExprKind::Call(call) => {
            let args: String = call
                .args
                .iter()
                .map(|arg| format!(" {}", expr(arg)))
                .collect();
            let expand = if call.expand_final { " ..." } else { "" };
            let spans = [call.name_span, call.open_span, call.close_span]
                .map(range)
                .join(" ");
            format!("(call {r} {} {spans}{expand}{args})", quoted(&call.name))
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            format!(
                "(if {r} {} {} {})",
                expr(condition),
                expr(then),
                expr(otherwise)
            )
        }
        ExprKind::Binary { op, lhs, rhs, .. } => {
            format!("({} {r} {} {})", op.symbol(), expr(lhs), expr(rhs))
        }
        ExprKind::Unary {
            op,
            operand,
            op_span,
        } => {
            let op = if *op == UnaryOp::Not { "!" } else { "neg" };
            format!("({op} {r} {} {})", range(*op_span), expr(operand))
        }
        ExprKind::Tuple(elements) => {
            let elements: String = elements
                .iter()
                .map(|element| format!(" {}", expr(element)))
                .collect();
            format!("(tuple {r}{elements})")
        }
        ExprKind::Object { items, open_span } => {
            let items: String = items
                .iter()
                .map(|item| format!(" ({} {})", key(&item.key), expr(&item.value)))
                .collect();
            format!("(object {r} {}{items})", range(*open_span))
        }
        ExprKind::For(each) => {
            let name = |name: Option<&Ident>| quoted(name.map_or("", |name| &name.name));
            let mut out = format!(
                "(for {r} {} {}",
                range(each.open_span),
                range(each.close_span)
            );
            out += &format!(
                " {} {}",
                name(each.key_name.as_ref()),
                name(Some(&each.value_name))
            );
            out += &format!(" {}", expr(&each.collection));
            if let Some(key) = &each.key {
                out += &format!(" key {}", expr(key));
            }
            out += &format!(" {}", expr(&each.value));
            if let Some(condition) = &each.condition {
                out += &format!(" cond {}", expr(condition));
            }
            out + if each.group { " group)" } else { ")" }
        }
        ExprKind::Parens(inner) => format!("(parens {r} {})", expr(inner)),
        ExprKind::Invalid => format!("(lit invalid {r})"),
    }
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Name(ident) => format!("(name {} {})", quoted(&ident.name), range(ident.span)),
        ObjectKey::Expr(e) => expr(e),
    }
}

fn part(part: &TemplatePart) -> String {
    match part {
        TemplatePart::Literal { text, span } => format!("(text {} {})", quoted(text), range(*span)),
        TemplatePart::Interpolation { expr: e, .. } | TemplatePart::If(e) => expr(e),
        TemplatePart::For(e) => format!("(join {})", expr(e)),
    }
}

/// A body with its items in order.
pub fn body(body: &Body) -> String {
    let mut out = format!("(body {}", range(body.span));
    for item in &body.items {
        match item {
            BodyItem::Attribute(at) => {
                let a = &body.attributes[*at];
                let spans = [a.name_span, a.equals_span, a.span].map(range).join(" ");
                out += &format!(" (attr {} {spans} {})", quoted(&a.name), expr(&a.expr));
            }
            BodyItem::Block(at) => out += &format!(" {}", block(&body.blocks[*at])),
        }
    }
    out + ")"
}

fn block(block: &Block) -> String {
    let labels: String = block
        .labels
        .iter()
        .map(|label| format!(" {}@{}", quoted(&label.text), range(label.span)))
        .collect();
    let kind = format!("{} {}", quoted(&block.kind.name), range(block.kind.span));
    let braces = [block.open_brace, block.close_brace].map(range).join(" ");
    format!("(block {kind}{labels} {braces} {})", body(&block.body))
}
