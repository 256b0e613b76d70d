//! How the strings of a value read from JSON are read: as templates, as they are, as references.

use std::sync::Arc;

use trueup_diagnostics::Diagnostics;

use crate::ast::{Expr, ExprKind, JsonOrigin, Literal, ObjectItem, ObjectKey};

/// How the strings in a value are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// As templates.
    Template,
    /// As they are.
    Verbatim,
    /// As expressions of the native form: references, calls, keywords. So are the keys of objects.
    Native,
    /// As an entry of `required_providers`: as they are, its `configuration_aliases` as references.
    RequiredProvider,
}

/// The name of a property.
pub(super) fn name_of(item: &ObjectItem) -> Option<Arc<str>> {
    match &item.key {
        ObjectKey::Name(name) => Some(name.name.clone()),
        ObjectKey::Expr(expr) => expr.json_text().cloned(),
    }
}

/// The value with its strings read otherwise.
pub(super) fn reread(value: &Expr, reading: Reading) -> Expr {
    if reading == Reading::Template {
        return value.clone();
    }
    let origin = value.json.clone();
    let kind = match (&value.kind, value.json_text()) {
        (_, Some(text)) => match reading {
            Reading::Native => return native(value, text),
            _ => ExprKind::Literal(Literal::String(text.clone())),
        },
        (ExprKind::Tuple(elements), None) => ExprKind::Tuple(
            elements
                .iter()
                .map(|element| reread(element, reading))
                .collect(),
        ),
        (ExprKind::Object { items, open_span }, None) => {
            let item = |item: &ObjectItem| {
                let inner = match (reading, name_of(item).as_deref()) {
                    (Reading::RequiredProvider, Some("configuration_aliases")) => Reading::Native,
                    (reading, _) => reading,
                };
                let key = match &item.key {
                    ObjectKey::Expr(key) => match reread(key, reading) {
                        Expr {
                            kind: ExprKind::Traversal(name),
                            ..
                        } if name.steps.is_empty() => ObjectKey::Name(name.root),
                        other => ObjectKey::Expr(other),
                    },
                    ObjectKey::Name(name) => ObjectKey::Name(name.clone()),
                };
                ObjectItem {
                    key,
                    value: reread(&item.value, inner),
                }
            };
            ExprKind::Object {
                items: items.iter().map(item).collect(),
                open_span: *open_span,
            }
        }
        _ => return value.clone(),
    };
    let mut expr = Expr::new(kind, value.span);
    // As it is, a string has nothing wrong in it.
    expr.json = match value.json_text() {
        Some(text) => Some(Arc::new(JsonOrigin {
            text: Some(text.clone()),
            problems: Diagnostics::new(),
        })),
        None => origin,
    };
    expr
}

/// A string as an expression of the native form. One that is none is no expression that is expected anywhere.
/// Places in it are those that Terraform tells: counted from the quote.
fn native(value: &Expr, text: &Arc<str>) -> Expr {
    let (expr, diagnostics) = crate::parse_expression(value.span.source, text, value.span.start);
    let kind = match diagnostics.has_errors() {
        true => ExprKind::Invalid,
        false => expr.kind,
    };
    Expr::new(kind, value.span)
}
