//! `condition ? then : otherwise`.

use trueup_diagnostics::Diagnostic;
use trueup_parser::Expr;
use trueup_value::{Bound, Refinements, Type, Value, ValueRef, convert, unify};

use super::walker::{Frame, Walker};

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn conditional(
        &mut self,
        expr: &Expr,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        frame: &Frame<'_>,
    ) -> Value {
        // Both sides are evaluated for their types; only what the chosen one reports counts.
        let (yes, yes_reports) = self.apart(|walker| walker.eval(then, frame));
        let (no, no_reports) = self.apart(|walker| walker.eval(otherwise, frame));
        let Some(ty) = common_type(&yes, &no) else {
            let detail = format!(
                "The true and false result expressions must have consistent types. {}.",
                mismatch(&yes.ty(), &no.ty())
            );
            let diagnostic = Diagnostic::error("Inconsistent conditional result types", detail)
                .at(then.span.to(otherwise.span))
                .within(expr.span);
            self.fail(diagnostic, expr, frame);
            return Value::dynamic_unknown();
        };
        let given = self.eval(condition, frame);
        let marks = given.marks() | yes.marks() | no.marks();
        if given.is_null() {
            let diagnostic = Diagnostic::error(
                "Null condition",
                "The condition value is null. Conditions must either be true or false.",
            );
            self.condition_failed(diagnostic, expr, condition, frame);
            return Value::unknown(ty);
        }
        if !given.is_known() {
            return undecided(&yes, &no, ty).with_marks(marks);
        }
        let chosen = match convert(&given, &Type::Bool).ok().and_then(|v| v.as_bool()) {
            Some(chosen) => chosen,
            None => {
                let diagnostic = Diagnostic::error(
                    "Incorrect condition type",
                    "The condition expression must be of type bool.",
                );
                self.condition_failed(diagnostic, expr, condition, frame);
                return Value::unknown(ty);
            }
        };
        let (value, reports, part, which) = if chosen {
            (yes, yes_reports, then, "true")
        } else {
            (no, no_reports, otherwise, "false")
        };
        for report in reports {
            self.push(report);
        }
        match convert(&value, &ty) {
            Ok(value) => value.with_marks(marks),
            Err(error) => {
                let detail = format!("The {which} result value has the wrong type: {error}.");
                let diagnostic = Diagnostic::error("Inconsistent conditional result types", detail)
                    .at(part.span)
                    .within(expr.span);
                self.fail(diagnostic, expr, frame);
                Value::unknown(ty)
            }
        }
    }

    fn condition_failed(
        &mut self,
        diagnostic: Diagnostic,
        expr: &Expr,
        condition: &Expr,
        frame: &Frame<'_>,
    ) {
        let diagnostic = diagnostic.at(condition.span).within(expr.span);
        self.fail(diagnostic, condition, frame);
    }
}

/// The type both results are converted to; `None` where there is none.
fn common_type(yes: &Value, no: &Value) -> Option<Type> {
    let untyped_null = |value: &Value| matches!(value.view(), ValueRef::Null(Type::Dynamic));
    let (yes_type, no_type) = (yes.ty(), no.ty());
    if untyped_null(yes) {
        return Some(no_type);
    }
    if untyped_null(no) || yes_type == no_type {
        return Some(yes_type);
    }
    if yes_type == Type::Dynamic || no_type == Type::Dynamic {
        return Some(Type::Dynamic);
    }
    unify(&[yes_type, no_type])
}

/// What can be said of the result while the condition is unknown.
fn undecided(yes: &Value, no: &Value, ty: Type) -> Value {
    if yes.is_null() && no.is_null() {
        return Value::null(ty);
    }
    let mut known = Refinements {
        not_null: yes.is_definitely_not_null() && no.is_definitely_not_null(),
        ..Refinements::default()
    };
    let (yes_type, no_type) = (yes.ty(), no.ty());
    if yes_type == Type::Number && no_type == Type::Number {
        let (yes, no) = (bounds(yes), bounds(no));
        known.number_min = wider(yes.0, no.0, |a, b| a < b);
        known.number_max = wider(yes.1, no.1, |a, b| a > b);
    } else if yes_type.is_collection() && yes_type == no_type {
        let (yes, no) = (lengths(yes), lengths(no));
        known.length_min = Some(yes.0.min(no.0));
        known.length_max = yes.1.zip(no.1).map(|(yes, no)| yes.max(no));
    }
    Value::unknown_refined(ty, known)
}

fn bounds(value: &Value) -> (Option<Bound>, Option<Bound>) {
    match value.view() {
        ValueRef::Number(number) => {
            let bound = Some(Bound {
                value: number.clone(),
                inclusive: true,
            });
            (bound.clone(), bound)
        }
        ValueRef::Unknown(_, known) => (known.number_min.clone(), known.number_max.clone()),
        _ => (None, None),
    }
}

fn wider(
    a: Option<Bound>,
    b: Option<Bound>,
    further: fn(&trueup_value::Number, &trueup_value::Number) -> bool,
) -> Option<Bound> {
    let (a, b) = (a?, b?);
    Some(if further(&a.value, &b.value) {
        a
    } else if further(&b.value, &a.value) {
        b
    } else {
        Bound {
            inclusive: a.inclusive || b.inclusive,
            value: a.value,
        }
    })
}

fn lengths(value: &Value) -> (usize, Option<usize>) {
    match value.view() {
        ValueRef::Unknown(_, known) => (known.length_min.unwrap_or(0), known.length_max),
        // Unknown elements of a set may turn out equal.
        ValueRef::Set { elements, .. } if !value.is_wholly_known() => {
            (usize::from(!elements.is_empty()), Some(elements.len()))
        }
        ValueRef::Null(_) => (0, None),
        _ => {
            let length = value.length().unwrap_or(0);
            (length, Some(length))
        }
    }
}

/// Where two types differ, in words.
fn mismatch(yes: &Type, no: &Type) -> String {
    let nested = match (yes, no) {
        (Type::Object(yes), Type::Object(no)) => yes
            .attributes
            .iter()
            .find_map(|(name, ty)| match no.attributes.get(name) {
                None => Some(format!("The 'true' value includes object attribute {name:?}, which is absent in the 'false' value")),
                Some(other) if other != ty => Some(format!(
                    "Type mismatch for object attribute {name:?}: {}",
                    mismatch(ty, other)
                )),
                Some(_) => None,
            })
            .or_else(|| {
                no.attributes
                    .keys()
                    .find(|name| !yes.attributes.contains_key(*name))
                    .map(|name| format!("The 'false' value includes object attribute {name:?}, which is absent in the 'true' value"))
            }),
        (Type::Tuple(yes), Type::Tuple(no)) if yes.len() != no.len() => Some(format!(
            "The 'true' tuple has length {}, but the 'false' tuple has length {}",
            yes.len(),
            no.len()
        )),
        (Type::Tuple(yes), Type::Tuple(no)) => yes
            .iter()
            .zip(no.iter())
            .enumerate()
            .find(|(_, (yes, no))| yes != no)
            .map(|(at, (yes, no))| {
                format!("Type mismatch for tuple element {at}: {}", mismatch(yes, no))
            }),
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b))
            if a.is_structural() && a.kind_name() == b.kind_name() =>
        {
            Some(format!(
                "Mismatched {} element types: {}",
                yes.kind_name(),
                mismatch(a, b)
            ))
        }
        _ => None,
    };
    nested.unwrap_or_else(|| {
        let (yes, no) = (yes.friendly_name(), no.friendly_name());
        if yes == no {
            "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value".to_owned()
        } else {
            format!("The 'true' value is {yes}, but the 'false' value is {no}")
        }
    })
}
