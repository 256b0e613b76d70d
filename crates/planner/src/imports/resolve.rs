//! `import` blocks to addresses and ids: `for_each`, computed keys and ids evaluated.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, InstanceKey, ModuleInstance, ModuleStep};
use trueup_config::Import;
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_evaluator::{Evaluator, Site};
use trueup_parser::Expr;
use trueup_value::{Marks, Type, Value, ValueRef, convert};

use super::{Wanted, place};

/// What the blocks around an expression bind: `each`, where there is a `for_each`.
pub(crate) type Each = Vec<(Arc<str>, Value)>;

/// What a block takes in. What is wrong with one element leaves the others.
pub(crate) fn resolve<'a>(
    evaluator: &Evaluator,
    import: &'a Import,
    diagnostics: &mut Diagnostics,
) -> Vec<Wanted<'a>> {
    let mut found = Vec::new();
    for each in elements(evaluator, import, diagnostics) {
        let addr = address(evaluator, import, &each, diagnostics);
        let id = id(evaluator, import, &each, diagnostics);
        if let (Some(addr), Some(id)) = (addr, id) {
            found.push(Wanted { addr, id, import });
        }
    }
    found
}

/// What `each` is, for each element of `for_each`; once without one.
pub(crate) fn elements(
    evaluator: &Evaluator,
    import: &Import,
    diagnostics: &mut Diagnostics,
) -> Vec<Each> {
    let Some(expr) = &import.for_each else {
        return vec![Each::new()];
    };
    let (module, repeated) = place();
    let (value, found) = evaluator.evaluate(&module, expr, &repeated);
    let broken = found.has_errors();
    diagnostics.extend(found);
    if broken {
        return Vec::new();
    }
    let (value, marks) = value.unmark();
    let refuse =
        |detail: &str| Diagnostic::error("Invalid for_each argument", detail).at(expr.span);
    if marks.contains(Marks::EPHEMERAL) {
        diagnostics.push(refuse("The given \"for_each\" value is derived from an ephemeral value, so it cannot be used to decide what is imported."));
        return Vec::new();
    }
    if !value.is_wholly_known() {
        diagnostics.push(
            refuse("The \"for_each\" expression includes values derived from other resource attributes that cannot be determined until apply, and so Terraform cannot determine the full set of values that might be used to import this resource.")
                .caused_by_unknown(),
        );
        return Vec::new();
    }
    let bound = |key: Value, value: Value| {
        let each = Value::object_from([("key", key), ("value", value)]);
        vec![(Arc::from("each"), each)]
    };
    let by_position = |values: &[Value]| {
        let numbered = values.iter().enumerate();
        numbered
            .map(|(n, value)| bound(Value::number(n as u64), value.clone()))
            .collect()
    };
    match value.view() {
        ValueRef::Null(_) | ValueRef::Unknown(..) => Vec::new(),
        ValueRef::Map { elements, .. } => elements
            .iter()
            .map(|(key, value)| bound(Value::string(key), value.clone()))
            .collect(),
        ValueRef::Object(elements) => elements
            .iter()
            .map(|(key, value)| bound(Value::string(key), value.clone()))
            .collect(),
        ValueRef::Set { elements, .. } => elements
            .iter()
            .map(|value| bound(value.clone(), value.clone()))
            .collect(),
        ValueRef::List { elements, .. } => by_position(elements),
        ValueRef::Tuple(elements) => by_position(elements),
        _ => {
            diagnostics.push(refuse(&format!(
                "The \"for_each\" expression must be a collection, and this is {}.",
                value.ty().friendly_name()
            )));
            Vec::new()
        }
    }
}

/// Evaluates an expression of the block for one element.
pub(crate) fn evaluate(
    evaluator: &Evaluator,
    expr: &Expr,
    each: &Each,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let (module, repeated) = place();
    let site = Site {
        bindings: each,
        ..Site::new(&module, &repeated)
    };
    let (value, found) = evaluator.evaluate_at(site, expr);
    let broken = found.has_errors();
    diagnostics.extend(found);
    (!broken).then_some(value)
}

/// The key that an expression of the address stands for.
pub(crate) fn key(
    evaluator: &Evaluator,
    expr: Option<&Expr>,
    each: &Each,
    diagnostics: &mut Diagnostics,
) -> Option<InstanceKey> {
    let Some(expr) = expr else {
        return Some(InstanceKey::None);
    };
    let value = evaluate(evaluator, expr, each, diagnostics)?;
    let (value, marks) = value.unmark();
    if !value.is_known() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid index expression",
                "Import block 'to' address contains a key that cannot be determined until apply.",
            )
            .at(expr.span)
            .caused_by_unknown(),
        );
        return None;
    }
    let mut refuse = |detail: &str| {
        diagnostics.push(Diagnostic::error("Invalid index expression", detail).at(expr.span));
        None
    };
    if marks.contains(Marks::SENSITIVE) {
        return refuse("A sensitive value can't be the key of an instance: it would be shown.");
    }
    if let Some(text) = value.as_str() {
        return Some(InstanceKey::Str(text.into()));
    }
    let index = value
        .as_number()
        .and_then(|number| u64::try_from(number.to_i64()?).ok());
    match index {
        Some(index) => Some(InstanceKey::Int(index)),
        None => refuse("The key of an instance is a string or a whole number from 0."),
    }
}

fn address(
    evaluator: &Evaluator,
    import: &Import,
    each: &Each,
    diagnostics: &mut Diagnostics,
) -> Option<AbsInstance> {
    let mut steps = Vec::new();
    for (name, at) in &import.to.module {
        steps.push(ModuleStep {
            name: name.clone(),
            key: key(evaluator, at.as_ref(), each, diagnostics)?,
        });
    }
    let key = key(evaluator, import.to.key.as_ref(), each, diagnostics)?;
    let module = ModuleInstance::from_steps(steps);
    Some(AbsResource::new(module, import.to.resource.clone()).instance(key))
}

/// The id for one element; `None` with errors.
pub(crate) fn id(
    evaluator: &Evaluator,
    import: &Import,
    each: &Each,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let value = evaluate(evaluator, &import.id, each, diagnostics)?;
    text_of_id(value, import.id.span, diagnostics)
}

/// An id that was evaluated, as text.
pub(crate) fn text_of_id(value: Value, at: Span, diagnostics: &mut Diagnostics) -> Option<String> {
    let (value, marks) = value.unmark();
    let mut refuse = |detail: &str| {
        diagnostics.push(Diagnostic::error("Invalid import id argument", detail).at(at));
        None
    };
    if marks.contains(Marks::EPHEMERAL) {
        return refuse("The import ID cannot be ephemeral.");
    }
    if value.is_null() {
        return refuse("The import ID cannot be null.");
    }
    if !value.is_known() {
        return refuse(
            "The import block \"id\" argument depends on resource attributes that cannot be determined until apply, so Terraform cannot plan to import this resource.",
        );
    }
    match convert::convert(&value, &Type::String) {
        Ok(text) => match text.as_str() {
            Some("") => refuse(
                "The import ID value evaluates to an empty string, please provide a non-empty value.",
            ),
            Some(text) => Some(text.to_owned()),
            None => None,
        },
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "Incorrect value type",
                    format!("Invalid expression value: {error}."),
                )
                .at(at),
            );
            None
        }
    }
}
