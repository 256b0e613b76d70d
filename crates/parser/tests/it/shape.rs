//! The shape of a tree without places, the same for ours and for hcl-edit's, so that they can be compared.
//! What the two do differently by design is left out: numbers' values, and text inside templates.

use hcl_edit::expr::{Expression, ObjectKey as TheirKey, TraversalOperator};
use hcl_edit::structure::{Body as TheirBody, Structure};
use hcl_edit::template::{Directive, Element, Template as TheirTemplate};
use trueup_parser::{
    Body, BodyItem, Expr, ExprKind, Literal, ObjectKey, Step, StepKind, Template, TemplatePart,
};
use unicode_normalization::UnicodeNormalization;

fn string(text: &str) -> String {
    // A heredoc always has a line ending in it, and hcl-edit's indentation differs.
    if text.contains('\n') {
        return "(str …)".into();
    }
    // hcl-edit does not normalise.
    let text: String = text.nfc().collect();
    format!("(str {text:?})")
}

fn list(head: &str, parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    format!("({head} {})", parts.join(" "))
}

/// Our body.
pub fn ours(body: &Body) -> String {
    let items = body.items.iter().map(|item| match item {
        BodyItem::Attribute(at) => {
            let attribute = &body.attributes[*at];
            format!("({} = {})", attribute.name, expr(&attribute.expr))
        }
        BodyItem::Block(at) => {
            let block = &body.blocks[*at];
            let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
            format!("({} {labels:?} {})", block.kind.name, ours(&block.body))
        }
    });
    list("body", items)
}

fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Literal(Literal::Null) => "null".into(),
        ExprKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExprKind::Literal(Literal::Number(_)) => "num".into(),
        ExprKind::Literal(Literal::String(text)) => string(text),
        ExprKind::Template(parts) => template(parts),
        ExprKind::TemplateWrap(inner) => format!("(template {})", expr(inner)),
        ExprKind::Traversal(_)
        | ExprKind::RelativeTraversal { .. }
        | ExprKind::Index { .. }
        | ExprKind::Splat { .. } => {
            let mut operators = Vec::new();
            let base = path(e, &mut operators);
            if operators.is_empty() {
                base
            } else {
                list(&format!("path {base}"), operators)
            }
        }
        ExprKind::SplatItem => "item".into(),
        ExprKind::Call(call) => {
            let expand = if call.expand_final { "..." } else { "" };
            list(
                &format!("call {}{expand}", call.name),
                call.args.iter().map(expr),
            )
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => list("if", [condition, then, otherwise].map(|part| expr(part))),
        ExprKind::Binary { op, lhs, rhs, .. } => list(op.symbol(), [expr(lhs), expr(rhs)]),
        ExprKind::Unary { op, operand, .. } => list(op.symbol(), [expr(operand)]),
        ExprKind::Tuple(elements) => list("tuple", elements.iter().map(expr)),
        ExprKind::Object { items, .. } => {
            let item = |item: &trueup_parser::ObjectItem| {
                let key = match &item.key {
                    ObjectKey::Name(name) => name.name.to_string(),
                    ObjectKey::Expr(key) => expr(key),
                };
                format!("{key}={}", expr(&item.value))
            };
            list("object", items.iter().map(item))
        }
        ExprKind::For(each) => {
            let key = each.key_name.as_ref().map_or("", |name| &name.name);
            let parts = [
                Some(&each.collection),
                each.key.as_ref(),
                Some(&each.value),
                each.condition.as_ref(),
            ];
            let group = if each.group { "..." } else { "" };
            list(
                &format!("for{group} {key},{}", each.value_name.name),
                parts.map(|part| part.map_or("-".into(), expr)),
            )
        }
        ExprKind::Parens(inner) => list("parens", [expr(inner)]),
        ExprKind::Invalid => "invalid".into(),
    }
}

fn template(template: &Template) -> String {
    list("template", template.parts.iter().filter_map(part))
}

fn part(part: &TemplatePart) -> Option<String> {
    match part {
        TemplatePart::Literal { .. } => None,
        TemplatePart::Interpolation { expr: inner, .. } => Some(expr(inner)),
        TemplatePart::If(directive) => match &directive.kind {
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => Some(list(
                "%if",
                [expr(condition), enclosed(then), enclosed(otherwise)],
            )),
            _ => None,
        },
        TemplatePart::For(directive) => match &directive.kind {
            ExprKind::For(each) => {
                let key = each.key_name.as_ref().map_or("", |name| &name.name);
                let head = format!("%for {key},{}", each.value_name.name);
                Some(list(&head, [expr(&each.collection), enclosed(&each.value)]))
            }
            _ => None,
        },
    }
}

fn enclosed(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Template(parts) => template(parts),
        _ => list("template", []),
    }
}

/// The base of a path; its operators are added to the list.
fn path(e: &Expr, operators: &mut Vec<String>) -> String {
    match &e.kind {
        ExprKind::Traversal(traversal) => {
            operators.extend(traversal.steps.iter().map(step));
            traversal.root.name.to_string()
        }
        ExprKind::RelativeTraversal { source, steps } => {
            let base = path(source, operators);
            operators.extend(steps.iter().map(step));
            base
        }
        ExprKind::Index {
            collection, key, ..
        } => {
            let base = path(collection, operators);
            operators.push(format!("[{}]", expr(key)));
            base
        }
        ExprKind::Splat {
            source, each, full, ..
        } => {
            let base = path(source, operators);
            operators.push(if *full { "[*]".into() } else { ".*".into() });
            path(each, operators);
            base
        }
        _ => expr(e),
    }
}

fn step(step: &Step) -> String {
    match &step.kind {
        StepKind::Attr(name) => format!(".{name}"),
        StepKind::Index(Literal::String(text)) => format!("[{}]", string(text)),
        StepKind::Index(Literal::Number(_)) => "[num]".into(),
        StepKind::Index(Literal::Bool(value)) => format!("[{value}]"),
        StepKind::Index(Literal::Null) => "[null]".into(),
        StepKind::Splat => "[*]".into(),
    }
}

/// hcl-edit's body.
pub fn theirs(body: &TheirBody) -> String {
    let items = body.iter().map(|item| match item {
        Structure::Attribute(attribute) => {
            format!(
                "({} = {})",
                attribute.key.as_str(),
                their_expr(&attribute.value)
            )
        }
        Structure::Block(block) => {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            format!(
                "({} {labels:?} {})",
                block.ident.as_str(),
                theirs(&block.body)
            )
        }
    });
    list("body", items)
}

fn their_expr(e: &Expression) -> String {
    match e {
        Expression::Null(_) => "null".into(),
        Expression::Bool(value) => value.to_string(),
        // hcl-edit takes a sign into the number.
        Expression::Number(number) if number.to_string().trim_start().starts_with('-') => {
            list("-", ["num".into()])
        }
        Expression::Number(_) => "num".into(),
        Expression::String(text) => string(text),
        Expression::Array(array) => list("tuple", array.iter().map(their_expr)),
        Expression::Object(object) => {
            let item = |(key, value): (&TheirKey, &hcl_edit::expr::ObjectValue)| {
                let key = match key {
                    TheirKey::Ident(name) => name.as_str().to_owned(),
                    TheirKey::Expression(Expression::Variable(name)) => name.as_str().to_owned(),
                    TheirKey::Expression(key) => match their_expr(key) {
                        word if matches!(word.as_str(), "null" | "true" | "false") => word,
                        key => key,
                    },
                };
                format!("{key}={}", their_expr(value.expr()))
            };
            list("object", object.iter().map(item))
        }
        Expression::StringTemplate(parts) => their_template(parts.iter()),
        Expression::HeredocTemplate(heredoc) => their_template_or_text(&heredoc.template),
        Expression::Parenthesis(inner) => list("parens", [their_expr(inner.inner())]),
        Expression::Variable(name) => name.as_str().to_owned(),
        Expression::Conditional(parts) => list(
            "if",
            [&parts.cond_expr, &parts.true_expr, &parts.false_expr].map(their_expr),
        ),
        Expression::FuncCall(call) => {
            let mut name: Vec<&str> = call
                .name
                .namespace
                .iter()
                .map(|part| part.as_str())
                .collect();
            name.push(call.name.name.as_str());
            let expand = if call.args.expand_final() { "..." } else { "" };
            list(
                &format!("call {}{expand}", name.join("::")),
                call.args.iter().map(their_expr),
            )
        }
        Expression::Traversal(traversal) => {
            let operators = traversal
                .operators
                .iter()
                .map(|operator| match operator.value() {
                    TraversalOperator::AttrSplat(_) => ".*".into(),
                    TraversalOperator::FullSplat(_) => "[*]".into(),
                    TraversalOperator::GetAttr(name) => format!(".{}", name.as_str()),
                    TraversalOperator::Index(key) => format!("[{}]", their_expr(key)),
                    TraversalOperator::LegacyIndex(_) => "[num]".into(),
                });
            list(&format!("path {}", their_expr(&traversal.expr)), operators)
        }
        Expression::UnaryOp(op) => list(op.operator.value().as_str(), [their_expr(&op.expr)]),
        Expression::BinaryOp(op) => list(
            op.operator.value().as_str(),
            [&op.lhs_expr, &op.rhs_expr].map(their_expr),
        ),
        Expression::ForExpr(each) => {
            let key = each.intro.key_var.as_ref().map_or("", |name| name.as_str());
            let condition = each.cond.as_ref().map(|condition| &condition.expr);
            let parts = [
                Some(&each.intro.collection_expr),
                each.key_expr.as_ref(),
                Some(&each.value_expr),
                condition,
            ];
            let group = if each.grouping { "..." } else { "" };
            list(
                &format!("for{group} {key},{}", each.intro.value_var.as_str()),
                parts.map(|part| part.map_or("-".into(), their_expr)),
            )
        }
    }
}

fn their_template_or_text(template: &TheirTemplate) -> String {
    let mut text = String::new();
    for element in template.iter() {
        match element {
            Element::Literal(literal) => text.push_str(literal),
            _ => return their_template(template.iter()),
        }
    }
    string(&text)
}

fn their_template<'e>(elements: impl Iterator<Item = &'e Element>) -> String {
    list("template", elements.filter_map(their_part))
}

fn their_part(element: &Element) -> Option<String> {
    match element {
        Element::Literal(_) => None,
        Element::Interpolation(interpolation) => Some(their_expr(&interpolation.expr)),
        Element::Directive(directive) => Some(match &**directive {
            Directive::If(parts) => {
                let otherwise = parts
                    .else_expr
                    .as_ref()
                    .map(|part| their_template(part.template.iter()));
                list(
                    "%if",
                    [
                        their_expr(&parts.if_expr.cond_expr),
                        their_template(parts.if_expr.template.iter()),
                        otherwise.unwrap_or_else(|| list("template", [])),
                    ],
                )
            }
            Directive::For(parts) => {
                let each = &parts.for_expr;
                let key = each.key_var.as_ref().map_or("", |name| name.as_str());
                list(
                    &format!("%for {key},{}", each.value_var.as_str()),
                    [
                        their_expr(&each.collection_expr),
                        their_template(each.template.iter()),
                    ],
                )
            }
        }),
    }
}
