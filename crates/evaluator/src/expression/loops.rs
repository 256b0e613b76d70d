//! `[for …]` and `{for …}`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use trueup_diagnostics::Diagnostic;
use trueup_parser::{Expr, For};
use trueup_value::{Marks, Type, Value, ValueRef, convert};

use super::walker::{Frame, Walker, unknown_with};

/// After so many failing elements the rest is not gone through: they would all say the same.
const MOST_FAILURES: usize = 10;

/// What has come together while the elements are gone through.
struct Gathered {
    marks: Marks,
    known: bool,
    values: Vec<Value>,
    by_key: BTreeMap<Arc<str>, Value>,
    groups: BTreeMap<Arc<str>, Vec<Value>>,
}

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn for_loop(&mut self, expr: &Expr, each: &For, frame: &Frame<'_>) -> Value {
        let errors = self.errors();
        let collection = self.eval(&each.collection, frame);
        let Some((elements, marks)) = self.iterable(&collection, expr, each, frame) else {
            return unknown_with(collection.marks());
        };
        if let Some(condition) = &each.condition
            && !self.condition_is_possible(expr, condition, each, frame)
        {
            return unknown_with(marks);
        }
        let mut gathered = Gathered {
            marks,
            known: true,
            values: Vec::new(),
            by_key: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let mut inner = Frame {
            around: Some(frame),
            names: names(each, Value::dynamic_unknown(), Value::dynamic_unknown()),
            item: None,
        };
        for (key, value) in elements.elements() {
            let mut slots = inner.names.iter_mut();
            if each.key_name.is_some()
                && let Some(slot) = slots.next()
            {
                slot.1 = key.to_value();
            }
            if let Some(slot) = slots.next() {
                slot.1 = value.clone();
            }
            self.for_element(each, &inner, &mut gathered, expr);
            if self.errors() >= errors + MOST_FAILURES {
                return unknown_with(gathered.marks);
            }
        }
        if !gathered.known {
            return unknown_with(gathered.marks);
        }
        let value = if each.key.is_none() {
            Value::tuple(gathered.values)
        } else if each.group {
            Value::object_from(
                gathered
                    .groups
                    .into_iter()
                    .map(|(key, values)| (key, Value::tuple(values))),
            )
        } else {
            Value::object(gathered.by_key)
        };
        value.with_marks(gathered.marks)
    }

    /// The collection without its marks, where it can be gone through now.
    fn iterable(
        &mut self,
        collection: &Value,
        expr: &Expr,
        each: &For,
        frame: &Frame<'_>,
    ) -> Option<(Value, Marks)> {
        let mut fail = |summary: &str, detail: String| {
            let diagnostic = Diagnostic::error(summary, detail)
                .at(each.collection.span)
                .within(expr.span);
            self.fail(diagnostic, &each.collection, frame);
        };
        match collection.view() {
            ValueRef::Null(_) => {
                fail(
                    "Iteration over null value",
                    "A null value cannot be used as the collection in a 'for' expression."
                        .to_owned(),
                );
                None
            }
            ValueRef::Unknown(Type::Dynamic, _) => None,
            ValueRef::Bool(_)
            | ValueRef::Number(_)
            | ValueRef::String(_)
            | ValueRef::Unknown(Type::Bool | Type::Number | Type::String, _) => {
                fail(
                    "Iteration over non-iterable value",
                    format!(
                        "A value of type {} cannot be used as the collection in a 'for' expression.",
                        collection.ty().friendly_name()
                    ),
                );
                None
            }
            ValueRef::Unknown(..) => None,
            _ => Some(collection.unmark()),
        }
    }

    /// Whether the `if` clause is of a usable type, tried with unknown elements before any is gone through.
    fn condition_is_possible(
        &mut self,
        expr: &Expr,
        condition: &Expr,
        each: &For,
        frame: &Frame<'_>,
    ) -> bool {
        let inner = Frame {
            around: Some(frame),
            names: names(each, Value::dynamic_unknown(), Value::dynamic_unknown()),
            item: None,
        };
        let errors = self.errors();
        let value = self.eval(condition, &inner);
        if value.is_null() {
            let diagnostic = Diagnostic::error(
                "Condition is null",
                "The value of the 'if' clause must not be null.",
            )
            .at(condition.span)
            .within(expr.span);
            self.fail(diagnostic, condition, &inner);
        } else if let Err(error) = convert(&value, &Type::Bool) {
            self.bad_condition(&error.to_string(), condition, &inner, expr);
        }
        self.errors() == errors
    }

    fn bad_condition(&mut self, error: &str, condition: &Expr, frame: &Frame<'_>, around: &Expr) {
        let detail = format!("The 'if' clause value is invalid: {error}.");
        let diagnostic = Diagnostic::error("Invalid 'for' condition", detail)
            .at(condition.span)
            .within(around.span);
        self.fail(diagnostic, condition, frame);
    }

    #[inline(never)]
    fn for_element(
        &mut self,
        each: &For,
        frame: &Frame<'_>,
        gathered: &mut Gathered,
        around: &Expr,
    ) {
        if let Some(condition) = &each.condition {
            let include = self.eval(condition, frame);
            if include.is_null() {
                if gathered.known {
                    let diagnostic = Diagnostic::error(
                        "Invalid 'for' condition",
                        "The value of the 'if' clause must not be null.",
                    )
                    .at(condition.span)
                    .within(around.span);
                    self.fail(diagnostic, condition, frame);
                }
                gathered.known = false;
                return;
            }
            gathered.marks |= include.marks();
            match convert(&include, &Type::Bool) {
                Err(error) => {
                    if gathered.known {
                        self.bad_condition(&error.to_string(), condition, frame, around);
                    }
                    gathered.known = false;
                    return;
                }
                Ok(include) => match include.as_bool() {
                    Some(true) => {}
                    Some(false) => return,
                    None => {
                        gathered.known = false;
                        return;
                    }
                },
            }
        }
        let Some(key) = &each.key else {
            let value = self.eval(&each.value, frame);
            gathered.values.push(value);
            return;
        };
        let Some(text) = self.element_key(key, frame, gathered, around) else {
            gathered.known = false;
            return;
        };
        let value = self.eval(&each.value, frame);
        if each.group {
            gathered.groups.entry(text).or_default().push(value);
            return;
        }
        match gathered.by_key.entry(text) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(taken) => {
                let detail = format!(
                    "Two different items produced the key {:?} in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.",
                    taken.key()
                );
                let diagnostic = Diagnostic::error("Duplicate object key", detail)
                    .at(key.span)
                    .within(around.span);
                self.fail(diagnostic, key, frame);
            }
        }
    }

    fn element_key(
        &mut self,
        key: &Expr,
        frame: &Frame<'_>,
        gathered: &mut Gathered,
        around: &Expr,
    ) -> Option<Arc<str>> {
        let value = self.eval(key, frame);
        let complain = |walker: &mut Self, detail: String| {
            let diagnostic = Diagnostic::error("Invalid object key", detail)
                .at(key.span)
                .within(around.span);
            walker.fail(diagnostic, key, frame);
        };
        if value.is_null() {
            if gathered.known {
                complain(
                    self,
                    "Key expression in 'for' expression must not produce a null value.".to_owned(),
                );
            }
            return None;
        }
        gathered.marks |= value.marks();
        match convert(&value, &Type::String) {
            Ok(text) => match text.view() {
                ValueRef::String(text) => Some(text.clone()),
                _ => None,
            },
            Err(error) => {
                if gathered.known && value.is_known() {
                    complain(
                        self,
                        format!("The key expression produced an invalid result: {error}."),
                    );
                }
                None
            }
        }
    }
}

/// The names a `for` binds, key before value.
fn names(each: &For, key: Value, value: Value) -> Vec<(Arc<str>, Value)> {
    let mut names = Vec::with_capacity(2);
    if let Some(name) = &each.key_name {
        names.push((name.name.clone(), key));
    }
    names.push((each.value_name.name.clone(), value));
    names
}
