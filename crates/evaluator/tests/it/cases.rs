//! Recorded cases: an expression, and the value or the error that is expected of it.

use std::collections::BTreeMap;

use trueup_diagnostics::Diagnostics;
use trueup_evaluator::expression::{Scope, evaluate};
use trueup_parser::parse_file;
use trueup_value::json::{self, Json};
use trueup_value::{Number, Value, ValueRef};

use crate::world::World;

/// How a case came out.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// As recorded.
    Agrees,
    /// Not as recorded; what was got.
    Differs(String),
    /// Not decided by evaluation: references are checked and plans written elsewhere.
    Elsewhere,
}

/// Errors that other stages than reading and evaluation report.
const OTHER_STAGES: [&str; 6] = [
    "Failed to write plan file",
    "Ephemeral value not allowed",
    "Missing resource instance key",
    "Unexpected resource instance key",
    "Each.value cannot be used in this context",
    "Invalid \"terraform\" attribute",
];

/// Runs one line of a case file.
pub(crate) fn run(world: &mut World, line: &str) -> (String, Outcome) {
    let case = json::parse(line).expect("a case is a JSON object");
    let text = |name: &str| {
        case.get(name)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let id = text("id");
    let result = case.get("result").expect("a case has a result");
    let (value, diagnostics) = evaluated(world, &text("expr"));
    let outcome = match result.get("errors") {
        Some(Json::Array(errors)) => match errors.first() {
            Some(error) => compare_error(world, error, &value, &diagnostics),
            None => Outcome::Elsewhere,
        },
        _ => compare_value(world, result, &value, &diagnostics),
    };
    (id, outcome)
}

/// Evaluates an expression as the value of an output, where the recorded places are counted from.
pub(crate) fn evaluated(world: &mut World, expr: &str) -> (Value, Diagnostics) {
    let text = format!("output \"e0\" {{\n  sensitive = true\n  value = {expr}\n}}\n");
    let mut sources = std::mem::take(&mut world.sources);
    let (_, body, diagnostics) = parse_file(&mut sources, "e0.tf", text.as_bytes());
    world.sources = sources;
    let none = Value::dynamic_unknown();
    if diagnostics.has_errors() {
        return (none, diagnostics);
    }
    let Some(attribute) = body
        .blocks
        .first()
        .and_then(|block| block.body.attribute("value"))
    else {
        return (none, diagnostics);
    };
    let place = world.place();
    for reference in attribute.expr.references() {
        if let Err(diagnostic) = place.resolve(reference.traversal, reference.span) {
            return (none, diagnostic.into());
        }
    }
    evaluate(&attribute.expr, &place)
}

fn first_error(world: &World, diagnostics: &Diagnostics) -> Option<(String, String, u32, u32)> {
    let error = diagnostics.errors().next()?;
    let start = error.subject.map(|span| world.sources.position(span).0);
    Some((
        error.summary.clone(),
        error.detail.clone(),
        start.map_or(0, |start| start.line),
        start.map_or(0, |start| start.column),
    ))
}

fn compare_error(
    world: &World,
    want: &Json<'_>,
    value: &Value,
    diagnostics: &Diagnostics,
) -> Outcome {
    let summary = want
        .get("summary")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let detail = want
        .get("detail")
        .and_then(Json::as_str)
        .unwrap_or_default();
    if OTHER_STAGES.contains(&summary) || detail.starts_with("This object has no argument, nested")
    {
        return Outcome::Elsewhere;
    }
    let number = |name: &str| {
        let Some(Json::Number(text)) = want.get("start").and_then(|start| start.get(name)) else {
            return 0;
        };
        text.parse().unwrap_or(0)
    };
    let wanted = (summary, number("line"), number("column"));
    match first_error(world, diagnostics) {
        Some((got, _, line, column)) if (got.as_str(), line, column) == wanted => Outcome::Agrees,
        Some(got) => Outcome::Differs(format!("want {wanted:?} {detail:?}\n    got {got:?}")),
        None => Outcome::Differs(format!("want {wanted:?}\n    got the value {value:?}")),
    }
}

fn compare_value(
    world: &World,
    want: &Json<'_>,
    value: &Value,
    diagnostics: &Diagnostics,
) -> Outcome {
    if let Some(error) = first_error(world, diagnostics) {
        return Outcome::Differs(format!("want a value, got {error:?}"));
    }
    let ty = want.get("type").unwrap_or(&Json::Null);
    let known = want.get("unknown") == Some(&Json::Bool(false)) || value.is_wholly_known();
    if *ty != Json::Null && known {
        // An output that is null has no type.
        let got = match value.view() {
            ValueRef::Null(_) => "\"dynamic\"".to_owned(),
            _ => value.ty().to_json(),
        };
        let got_tree = json::parse(&got).expect("a type is written as JSON");
        if sorted(&got_tree) != sorted(ty) {
            return Outcome::Differs(format!("want the type {ty:?}\n    got {got} of {value:?}"));
        }
    }
    let unknown = want.get("unknown").unwrap_or(&Json::Null);
    match difference(want.get("value").unwrap_or(&Json::Null), unknown, value) {
        None => Outcome::Agrees,
        Some(why) => Outcome::Differs(format!(
            "{why}\n    want {:?} unknown {unknown:?}\n    got {value:?}",
            want.get("value")
        )),
    }
}

/// A JSON value as text with its members in order.
fn sorted(json: &Json<'_>) -> String {
    match json {
        Json::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(sorted).collect();
            format!("[{}]", elements.join(","))
        }
        Json::Object(members) => {
            let members: BTreeMap<String, String> = members
                .iter()
                .map(|(name, value)| (name.to_string(), sorted(value)))
                .collect();
            format!("{members:?}")
        }
        other => format!("{other:?}"),
    }
}

fn is_unknown(mask: &Json<'_>) -> bool {
    *mask == Json::Bool(true)
}

fn difference(want: &Json<'_>, mask: &Json<'_>, value: &Value) -> Option<String> {
    let fail = |why: &str| Some(why.to_owned());
    if !value.is_known() || is_unknown(mask) {
        return if !value.is_known() && is_unknown(mask) {
            None
        } else {
            fail("one is known, the other not")
        };
    }
    const KNOWN: Json<'static> = Json::Bool(false);
    match (value.view(), want) {
        (ValueRef::Null(_), Json::Null) => None,
        (ValueRef::Bool(got), Json::Bool(want)) if got == *want => None,
        (ValueRef::String(got), Json::String(want)) if **got == **want => None,
        (ValueRef::Number(got), Json::Number(want)) => {
            // Every digit counts, the sign of zero does not: the plan that was recorded does not keep it.
            let text = |number: &Number| {
                number
                    .to_string()
                    .replacen("-0", "0", usize::from(number.is_zero()))
            };
            let same = Number::parse(want).is_ok_and(|want| text(&want) == text(got));
            if same { None } else { fail("numbers differ") }
        }
        (
            ValueRef::List { elements, .. }
            | ValueRef::Set { elements, .. }
            | ValueRef::Tuple(elements),
            Json::Array(wanted),
        ) => {
            if elements.len() != wanted.len() {
                return fail("lengths differ");
            }
            elements
                .iter()
                .zip(wanted)
                .enumerate()
                .find_map(|(at, (element, want))| {
                    let mask = match mask {
                        Json::Array(masks) => masks.get(at).unwrap_or(&KNOWN),
                        _ => &KNOWN,
                    };
                    difference(want, mask, element)
                })
        }
        (ValueRef::Map { elements, .. } | ValueRef::Object(elements), Json::Object(_)) => {
            let mask_of = |name: &str| mask.get(name).unwrap_or(&KNOWN);
            let Json::Object(members) = want else {
                return fail("kinds differ");
            };
            if members
                .iter()
                .any(|(name, _)| !elements.contains_key(&**name))
            {
                return fail("an attribute is missing");
            }
            elements.iter().find_map(|(name, element)| {
                let mask = mask_of(name);
                let want = want.get(name);
                match want {
                    None if is_unknown(mask) && !element.is_known() => None,
                    None if element.is_null() => None,
                    None => fail("an attribute is too many"),
                    Some(want) => difference(want, mask, element),
                }
            })
        }
        _ => fail("values differ"),
    }
}
