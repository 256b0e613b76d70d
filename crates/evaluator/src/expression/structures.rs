//! `[a, b]` and `{ a = 1 }`.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::Diagnostic;
use trueup_parser::{Expr, ExprKind, ObjectItem, ObjectKey};
use trueup_value::{Marks, Type, Value, ValueRef, convert};

use super::walker::{Frame, Walker, unknown_with};

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn tuple(&mut self, elements: &[Expr], frame: &Frame<'_>) -> Value {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            values.push(self.eval(element, frame));
        }
        Value::tuple(values)
    }

    #[inline(never)]
    pub(super) fn object(&mut self, items: &[ObjectItem], frame: &Frame<'_>) -> Value {
        let mut attributes = BTreeMap::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        for item in items {
            let key = self.object_key(item, &mut marks, frame);
            let value = self.eval(&item.value, frame);
            match key {
                Some(key) => {
                    attributes.insert(key, value);
                }
                None => known = false,
            }
        }
        if known {
            Value::object(attributes).with_marks(marks)
        } else {
            unknown_with(marks)
        }
    }

    /// The key's text; nothing where it is unknown or wrong.
    fn object_key(
        &mut self,
        item: &ObjectItem,
        marks: &mut Marks,
        frame: &Frame<'_>,
    ) -> Option<Arc<str>> {
        let expr = match &item.key {
            ObjectKey::Name(name) => return Some(name.name.clone()),
            ObjectKey::Expr(expr) => expr,
        };
        if matches!(expr.kind, ExprKind::Traversal(_)) {
            self.push(
                Diagnostic::error(
                    "Ambiguous attribute key",
                    "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.",
                )
                .at(expr.span),
            );
            return None;
        }
        let errors = self.errors();
        let key = self.eval(expr, frame);
        if self.errors() > errors {
            return None;
        }
        if key.is_null() {
            let diagnostic =
                Diagnostic::error("Null value as key", "Can't use a null value as a key.")
                    .at(item.value.span);
            self.fail(diagnostic, expr, frame);
            return None;
        }
        *marks |= key.marks();
        match convert(&key, &Type::String) {
            Ok(text) => match text.view() {
                ValueRef::String(text) => Some(text.clone()),
                _ => None,
            },
            Err(error) => {
                let detail = format!("Can't use this value as a key: {error}.");
                let diagnostic = Diagnostic::error("Incorrect key type", detail).at(expr.span);
                self.fail(diagnostic, expr, frame);
                None
            }
        }
    }
}
