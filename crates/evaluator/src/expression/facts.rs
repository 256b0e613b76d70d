//! What the references in an expression stand for, said beside an error about it.

use std::collections::BTreeMap;

use trueup_diagnostics::ValueNote;
use trueup_parser::{Expr, Literal, Step, StepKind, Traversal};
use trueup_value::{Marks, Type, Value, ValueRef};

use super::scope::Scope;
use super::walker::{Frame, Walker, take_step};

/// The references with more than a root name in an expression, each as far as it leads anywhere, in order of
/// their text. What is sensitive or not known is not mentioned: it would look like the cause.
pub(super) fn of(walker: &Walker<'_>, expr: &Expr, frame: &Frame<'_>) -> Vec<ValueNote> {
    noted(walker, expr, frame, statement)
}

/// As [`of`], for an error that an unknown or a sensitive value causes: such values are mentioned too.
pub(crate) fn causes(
    expr: &Expr,
    scope: &dyn Scope,
    unknown: bool,
    sensitive: bool,
) -> Vec<ValueNote> {
    let walker = Walker::new(scope, false);
    noted(&walker, expr, &Frame::OUTERMOST, |value| {
        if value.has_mark(Marks::SENSITIVE) {
            sensitive.then(|| "has a sensitive value".to_owned())
        } else if value.is_known() || !unknown {
            statement(value)
        } else if value.ty() == Type::Dynamic {
            Some("will be known only after apply".to_owned())
        } else {
            statement(value).map(|what| format!("{what}, known only after apply"))
        }
    })
}

/// As [`of`], for an error that an ephemeral value causes: only such values are mentioned.
pub(crate) fn ephemeral(expr: &Expr, scope: &dyn Scope) -> Vec<ValueNote> {
    let walker = Walker::new(scope, false);
    noted(&walker, expr, &Frame::OUTERMOST, |value| {
        let is_one = value.has_mark(Marks::EPHEMERAL);
        is_one.then(|| "has an ephemeral value".to_owned())
    })
}

/// What `say` has to say of the values that an expression refers to.
fn noted(
    walker: &Walker<'_>,
    expr: &Expr,
    frame: &Frame<'_>,
    say: impl Fn(&Value) -> Option<String>,
) -> Vec<ValueNote> {
    let mut notes = BTreeMap::new();
    for reference in expr.references() {
        if let Some((length, value)) = furthest(walker, reference.traversal, frame)
            && let Some(statement) = say(&value)
        {
            let text = written(reference.traversal, length);
            notes.entry(text).or_insert(statement);
        }
    }
    notes
        .into_iter()
        .map(|(expression, statement)| ValueNote {
            expression,
            statement,
        })
        .collect()
}

/// How many steps can be taken, at least one, and the value they lead to.
fn furthest(
    walker: &Walker<'_>,
    traversal: &Traversal,
    frame: &Frame<'_>,
) -> Option<(usize, Value)> {
    let resolved = walker.resolve(traversal, traversal.root.span, frame).ok()?;
    let mut length = resolved.consumed.min(traversal.steps.len());
    let mut value = resolved.value;
    while let Some(next) = traversal
        .steps
        .get(length)
        .and_then(|step| take_step(&value, step).ok())
    {
        value = next;
        length += 1;
    }
    (length > 0).then_some((length, value))
}

fn written(traversal: &Traversal, length: usize) -> String {
    let mut text = traversal.root.name.to_string();
    for Step { kind, .. } in &traversal.steps[..length] {
        match kind {
            StepKind::Attr(name) => {
                text.push('.');
                text.push_str(name);
            }
            StepKind::Index(Literal::String(key)) => text.push_str(&format!("[{key:?}]")),
            StepKind::Index(Literal::Number(number)) => text.push_str(&format!("[{number}]")),
            StepKind::Index(_) | StepKind::Splat => text.push_str("[...]"),
        }
    }
    text
}

/// What is said of a value, such as `is "eu-west-1"` or `is object with 2 attributes`; nothing where it is
/// sensitive, or unknown and of unknown type.
pub fn statement(value: &Value) -> Option<String> {
    if value
        .marks()
        .intersects(Marks::SENSITIVE.union(Marks::EPHEMERAL))
    {
        return None;
    }
    match value.view() {
        ValueRef::Unknown(Type::Dynamic, _) => None,
        ValueRef::Unknown(ty, _) => Some(format!("is a {}", ty.friendly_name())),
        _ => Some(format!("is {}", compact(value))),
    }
}

fn compact(value: &Value) -> String {
    let counted = |kind: String, length: usize| match length {
        0 => format!("empty {kind}"),
        1 => format!("{kind} with 1 element"),
        length => format!("{kind} with {length} elements"),
    };
    match value.view() {
        ValueRef::Null(_) => "null".to_owned(),
        ValueRef::Unknown(..) => "(not yet known)".to_owned(),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Number(number) => number.format('g', Some(10)),
        ValueRef::String(text) => format!("{text:?}"),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            counted(value.ty().friendly_name(), elements.len())
        }
        ValueRef::Map { elements, .. } => counted(value.ty().friendly_name(), elements.len()),
        ValueRef::Tuple(elements) => counted("tuple".to_owned(), elements.len()),
        ValueRef::Object(attributes) => match attributes.len() {
            0 => "object with no attributes".to_owned(),
            1 => {
                let name = attributes.keys().next().map_or("", |name| name);
                format!("object with 1 attribute {name:?}")
            }
            length => format!("object with {length} attributes"),
        },
    }
}
