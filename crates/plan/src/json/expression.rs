//! Expressions of the configuration as plan JSON shows them: a constant, or the references inside.

use trueup_addrs::{Reference, Subject};
use trueup_parser::{
    BinaryOp, Expr, ExprKind, Literal, ObjectKey, Step, StepKind, TemplatePart, Traversal, UnaryOp,
};
use trueup_value::Number;

use super::{Fields, Json, folding};

/// `{"constant_value": …}`, `{"references": […]}` or `{}`.
pub(super) fn expression(expr: &Expr) -> Json {
    let names: Vec<Json> = references(expr).iter().map(Json::string).collect();
    Fields::new()
        .with_some("constant_value", constant(expr))
        .with_some(
            "references",
            (!names.is_empty()).then(|| Json::array(names)),
        )
        .json()
}

/// The value of an expression that is written out: literals, lists, objects, text put together of them.
pub(super) fn constant(expr: &Expr) -> Option<Json> {
    // Without values, a template in JSON is the text that it is written as.
    if let Some(text) = expr.json_text() {
        return Some(Json::String(text.clone()));
    }
    match &expr.kind {
        ExprKind::Literal(Literal::Null) => Some(Json::Null),
        ExprKind::Literal(Literal::Bool(value)) => Some(Json::Bool(*value)),
        ExprKind::Literal(Literal::Number(digits)) => number(digits),
        ExprKind::Literal(Literal::String(text)) => Some(Json::String(text.clone())),
        ExprKind::Parens(inner) | ExprKind::TemplateWrap(inner) => constant(inner),
        ExprKind::Unary {
            op: UnaryOp::Negate,
            operand,
            ..
        } => match constant(operand)? {
            Json::Number(digits) => number(&format!("-{digits}")),
            _ => folding::value(expr).and_then(|value| super::value::known(&value)),
        },
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
            ..
        } => match constant(operand)? {
            Json::Bool(value) => Some(Json::Bool(!value)),
            _ => None,
        },
        ExprKind::Binary { op, lhs, rhs, .. } => binary(*op, &constant(lhs)?, &constant(rhs)?),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            let (then, otherwise) = (constant(then)?, constant(otherwise)?);
            match constant(condition)? {
                Json::Bool(true) => Some(then),
                Json::Bool(false) => Some(otherwise),
                _ => None,
            }
        }
        ExprKind::Tuple(elements) => elements
            .iter()
            .map(constant)
            .collect::<Option<Vec<_>>>()
            .map(Json::array),
        ExprKind::Object { items, .. } => items
            .iter()
            .map(|item| {
                let key = match &item.key {
                    ObjectKey::Name(name) => name.name.clone(),
                    ObjectKey::Expr(key) => match constant(key)? {
                        Json::String(text) | Json::Number(text) => text,
                        Json::Bool(value) => value.to_string().into(),
                        _ => return None,
                    },
                };
                Some((key, constant(&item.value)?))
            })
            .collect::<Option<Vec<_>>>()
            .map(Json::object),
        ExprKind::Template(template) => {
            let mut text = String::new();
            for part in &template.parts {
                match part {
                    TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                    TemplatePart::Interpolation { expr, .. } => match constant(expr)? {
                        Json::String(part) | Json::Number(part) => text.push_str(&part),
                        Json::Bool(value) => text.push_str(&value.to_string()),
                        _ => return None,
                    },
                    TemplatePart::If(_) | TemplatePart::For(_) => return None,
                }
            }
            Some(Json::string(text))
        }
        _ => folding::value(expr).and_then(|value| super::value::known(&value)),
    }
}

/// An operation on constants; `None` where it is an error.
fn binary(op: BinaryOp, left: &Json, right: &Json) -> Option<Json> {
    if let BinaryOp::Equal | BinaryOp::NotEqual = op {
        return Some(Json::Bool((left == right) == (op == BinaryOp::Equal)));
    }
    if let (Json::Bool(left), Json::Bool(right)) = (left, right) {
        return match op {
            BinaryOp::And => Some(Json::Bool(*left && *right)),
            BinaryOp::Or => Some(Json::Bool(*left || *right)),
            _ => None,
        };
    }
    let operand = |json: &Json| match json {
        Json::Number(digits) => Number::parse(digits).ok(),
        Json::String(text) => Number::parse(text).ok(),
        _ => None,
    };
    let (left, right) = (operand(left)?, operand(right)?);
    let result = match op {
        BinaryOp::Add => left.add(&right),
        BinaryOp::Subtract => left.subtract(&right),
        BinaryOp::Multiply => left.multiply(&right),
        BinaryOp::Divide => left.divide(&right),
        BinaryOp::Modulo => left.remainder(&right),
        BinaryOp::Greater => return Some(Json::Bool(left > right)),
        BinaryOp::GreaterOrEqual => return Some(Json::Bool(left >= right)),
        BinaryOp::Less => return Some(Json::Bool(left < right)),
        BinaryOp::LessOrEqual => return Some(Json::Bool(left <= right)),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Equal | BinaryOp::NotEqual => return None,
    };
    Some(Json::Number(result.ok()?.to_string().into()))
}

fn number(digits: &str) -> Option<Json> {
    let number = Number::parse(digits).ok()?;
    Some(Json::Number(number.to_string().into()))
}

/// Every reference in the expression, each followed by what it is a part of: `a.b.c`, then `a.b`.
fn references(expr: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    expr.visit_references(&mut |found| {
        reference_names(found.traversal, &mut names);
    });
    names
}

fn reference_names(traversal: &Traversal, names: &mut Vec<String>) {
    let Ok(reference) = Reference::read(traversal) else {
        return;
    };
    let steps = &traversal.steps;
    let is_index = |at: usize| {
        steps
            .get(at)
            .is_some_and(|step| matches!(step.kind, StepKind::Index(_)))
    };
    let is_name = |at: usize| {
        steps
            .get(at)
            .is_some_and(|step| matches!(step.kind, StepKind::Attr(_)))
    };
    let mut own = reference.consumed.min(steps.len());
    let mut wholes = Vec::new();
    let subject = reference.subject.to_string();
    match &reference.subject {
        Subject::Resource(_) if is_index(own) => {
            wholes.push(subject.clone());
            own += 1;
        }
        Subject::ModuleCall(_) => {
            let key = usize::from(is_index(own));
            let call = text(&subject, &steps[reference.consumed..own + key]);
            if is_name(own + key) {
                own += key + 1;
                wholes.push(call);
            } else if key == 1 {
                own += 1;
                wholes.push(subject.clone());
            }
        }
        _ => {}
    }
    let own_text = text(&subject, &steps[reference.consumed.min(own)..own]);
    for end in (own + 1..=steps.len()).rev() {
        names.push(text(&own_text, &steps[own..end]));
    }
    names.push(own_text);
    names.extend(wholes);
}

/// The name that a `depends_on` entry stands for.
pub(super) fn subject_name(traversal: &Traversal) -> Option<String> {
    let reference = Reference::read(traversal).ok()?;
    Some(reference.subject.to_string())
}

fn text(start: &str, steps: &[Step]) -> String {
    let mut out = start.to_owned();
    for step in steps {
        match &step.kind {
            StepKind::Attr(name) => {
                out.push('.');
                out.push_str(name);
            }
            StepKind::Index(Literal::String(key)) => {
                out.push_str(&format!("[{}]", trueup_value::json::quote(key)));
            }
            StepKind::Index(Literal::Number(digits)) => out.push_str(&format!("[{digits}]")),
            StepKind::Index(_) | StepKind::Splat => out.push_str("[...]"),
        }
    }
    out
}
