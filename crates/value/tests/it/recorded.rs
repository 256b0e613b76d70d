//! Answers recorded from the reference implementation for expressions this crate decides.

use trueup_value::{Type, Value, json};

use crate::expression::{Failure, evaluate, matches_mask};

const CASES: &str = include_str!("../cases/expressions.jsonl");

/// `None` where the answer is as recorded, else what came instead.
fn check(expression: &str, result: &json::Json<'_>) -> Result<(), String> {
    let outcome = evaluate(expression);
    if let Some(json::Json::Array(errors)) = result.get("errors") {
        let details: Vec<&str> = errors
            .iter()
            .filter_map(|error| error.get("detail")?.as_str())
            .collect();
        return match outcome {
            Err(Failure::Error(message)) => {
                // The functions' own wording for failed conversions is not this crate's.
                let own = details.iter().any(|detail| {
                    detail.contains("cannot convert")
                        || detail.contains(&message)
                        || detail.contains("no element")
                });
                if own {
                    Ok(())
                } else {
                    Err(format!("{message}, recorded {details:?}"))
                }
            }
            Ok(value) if details.iter().any(|detail| detail.contains("infinity")) => {
                match json::encode(&value) {
                    Err(json::EncodeError::Infinite) => Ok(()),
                    other => Err(format!("{other:?}")),
                }
            }
            other => Err(format!("{other:?}, recorded {details:?}")),
        };
    }
    let value = match outcome {
        Ok(value) => value.without_marks_inside(),
        Err(failure) => return Err(format!("{failure:?}")),
    };
    if let Some(mask) = result.get("unknown")
        && !matches_mask(&value, mask)
    {
        return Err(format!("unknown parts differ: {value:?}"));
    }
    let ty = match result.get("type") {
        Some(json::Json::Null) | None => return Ok(()),
        Some(json::Json::String(word)) => Type::from_json(&format!("{word:?}")),
        Some(tree) => Type::from_json(&text_of(tree)),
    }
    .map_err(|error| error.to_string())?;
    let wanted = json::unmarshal_tree(result.get("value").ok_or("no value")?, &ty).or_else(
        |error| match ty {
            Type::Dynamic => Ok(Value::dynamic_null()),
            _ => Err(error.to_string()),
        },
    )?;
    if value.ty() != ty || value != wanted {
        return Err(format!(
            "{value:?} of {}, recorded {wanted:?} of {ty}",
            value.ty()
        ));
    }
    Ok(())
}

/// A JSON tree as text again.
fn text_of(tree: &json::Json<'_>) -> String {
    match tree {
        json::Json::Null => "null".into(),
        json::Json::Bool(value) => value.to_string(),
        json::Json::Number(text) => (*text).to_owned(),
        json::Json::String(text) => {
            let mut out = String::new();
            json::write_string(text, &mut out);
            out
        }
        json::Json::Array(elements) => {
            format!(
                "[{}]",
                elements.iter().map(text_of).collect::<Vec<_>>().join(",")
            )
        }
        json::Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| {
                    let mut out = String::new();
                    json::write_string(name, &mut out);
                    format!("{out}:{}", text_of(value))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[test]
fn recorded_expressions_have_the_recorded_answers() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in CASES.lines() {
        let case = json::parse(line).expect("cases are JSON lines");
        let id = case.get("id").and_then(json::Json::as_str).expect("id");
        let expression = case.get("expr").and_then(json::Json::as_str).expect("expr");
        count += 1;
        if let Err(problem) = check(expression, case.get("result").expect("result")) {
            wrong.push(format!("{id}: {expression}\n    {problem}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 300, "only {count} cases");
}
