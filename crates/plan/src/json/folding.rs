//! The values of expressions that need no names and no functions: `1 + 2`, `"${null}" == null`.

use trueup_parser::{
    BinaryOp, Expr, ExprKind, Literal, ObjectItem, ObjectKey, StepKind, TemplatePart, UnaryOp,
};
use trueup_value::{Number, Type, Value, convert, ops, unify};

/// The value of an expression; nothing where it needs more than it says, or is wrong.
pub(super) fn value(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(match literal {
            Literal::Null => Value::dynamic_null(),
            Literal::Bool(value) => Value::bool(*value),
            Literal::Number(text) => Value::number(Number::parse(text).ok()?),
            Literal::String(text) => Value::shared_string(text.clone()),
        }),
        ExprKind::Parens(inner) | ExprKind::TemplateWrap(inner) => value(inner),
        ExprKind::Tuple(elements) => elements
            .iter()
            .map(value)
            .collect::<Option<Vec<_>>>()
            .map(Value::tuple),
        ExprKind::Template(template) => {
            let mut text = String::new();
            for part in &template.parts {
                match part {
                    TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                    TemplatePart::Interpolation { expr, .. } => {
                        text.push_str(operand(expr, &Type::String)?.as_str()?);
                    }
                    TemplatePart::If(expr) => {
                        text.push_str(operand(expr, &Type::String)?.as_str()?);
                    }
                    TemplatePart::For(_) => return None,
                }
            }
            Some(Value::shared_string(text.into()))
        }
        ExprKind::Unary {
            op, operand: of, ..
        } => match op {
            UnaryOp::Not => ops::not(&operand(of, &Type::Bool)?).ok(),
            UnaryOp::Negate => ops::negate(&operand(of, &Type::Number)?).ok(),
        },
        ExprKind::Binary { op, lhs, rhs, .. } => binary(*op, lhs, rhs),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            let (yes, no) = (value(then)?, value(otherwise)?);
            let ty = match (yes.is_null(), no.is_null()) {
                (true, _) => no.ty(),
                (_, true) => yes.ty(),
                _ => unify(&[yes.ty(), no.ty()])?,
            };
            let chosen = match operand(condition, &Type::Bool)?.as_bool()? {
                true => yes,
                false => no,
            };
            convert(&chosen, &ty).ok()
        }
        ExprKind::Object { items, .. } => {
            let item = |item: &ObjectItem| {
                let key = match &item.key {
                    ObjectKey::Name(name) => name.name.clone(),
                    ObjectKey::Expr(key) => operand(key, &Type::String)?.as_str()?.into(),
                };
                Some((key, value(&item.value)?))
            };
            let members = items.iter().map(item).collect::<Option<_>>()?;
            Some(Value::object(members))
        }
        ExprKind::RelativeTraversal { source, steps } => {
            let mut found = value(source)?;
            for step in steps {
                found = match &step.kind {
                    StepKind::Attr(name) | StepKind::Index(Literal::String(name)) => {
                        found.member(name)?.clone()
                    }
                    StepKind::Index(Literal::Number(digits)) => {
                        let at: usize = digits.parse().ok()?;
                        found.as_slice()?.get(at)?.clone()
                    }
                    _ => return None,
                };
            }
            Some(found)
        }
        _ => None,
    }
}

fn binary(op: BinaryOp, lhs: &Expr, rhs: &Expr) -> Option<Value> {
    let both = |ty| Some((operand(lhs, ty)?, operand(rhs, ty)?));
    let numbers = || both(&Type::Number);
    let bools = || both(&Type::Bool);
    let result = match op {
        BinaryOp::Equal => return Some(ops::equals(&value(lhs)?, &value(rhs)?)),
        BinaryOp::NotEqual => return Some(ops::not_equals(&value(lhs)?, &value(rhs)?)),
        BinaryOp::Or => bools().map(|(a, b)| ops::or(&a, &b)),
        BinaryOp::And => bools().map(|(a, b)| ops::and(&a, &b)),
        BinaryOp::Greater => numbers().map(|(a, b)| ops::greater_than(&a, &b)),
        BinaryOp::GreaterOrEqual => numbers().map(|(a, b)| ops::greater_than_or_equal(&a, &b)),
        BinaryOp::Less => numbers().map(|(a, b)| ops::less_than(&a, &b)),
        BinaryOp::LessOrEqual => numbers().map(|(a, b)| ops::less_than_or_equal(&a, &b)),
        BinaryOp::Add => numbers().map(|(a, b)| ops::add(&a, &b)),
        BinaryOp::Subtract => numbers().map(|(a, b)| ops::subtract(&a, &b)),
        BinaryOp::Multiply => numbers().map(|(a, b)| ops::multiply(&a, &b)),
        BinaryOp::Divide => numbers().map(|(a, b)| ops::divide(&a, &b)),
        BinaryOp::Modulo => numbers().map(|(a, b)| ops::remainder(&a, &b)),
    };
    result?.ok()
}

/// A value that an operator takes: of the given type and not null.
fn operand(expr: &Expr, ty: &Type) -> Option<Value> {
    convert(&value(expr)?, ty)
        .ok()
        .filter(|value| !value.is_null())
}
