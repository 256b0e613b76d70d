//! A reader of JSON Schema, draft 4: as much of it as the published schemas of reports use. A keyword that it does not
//! know is an error, so that nothing is passed over.

use serde_json::Value;

/// What says nothing about a document's form.
const SILENT: [&str; 8] = [
    "$schema",
    "id",
    "title",
    "description",
    "default",
    "definitions",
    "format",
    "pattern",
];

/// What is wrong with a document, each with the way to it.
pub fn complaints(document: &Value, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, schema, "$", &mut found);
    found
}

fn check(value: &Value, schema: &Value, root: &Value, at: &str, found: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else {
        return found.push(format!("{at}: the schema is no object"));
    };
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "$ref" => {
                let name = rule.as_str().unwrap_or_default();
                match name
                    .strip_prefix('#')
                    .and_then(|pointer| root.pointer(pointer))
                {
                    Some(referred) => check(value, referred, root, at, found),
                    None => found.push(format!("{at}: the schema refers to {name}")),
                }
            }
            "type" => {
                let types: Vec<&Value> = rule
                    .as_array()
                    .map_or(vec![rule], |all| all.iter().collect());
                if !types
                    .iter()
                    .any(|one| is_of(value, one.as_str().unwrap_or_default()))
                {
                    found.push(format!("{at}: {value} is no {rule}"));
                }
            }
            "enum" => {
                if !rule.as_array().is_some_and(|all| all.contains(value)) {
                    found.push(format!("{at}: {value} is none of {rule}"));
                }
            }
            "required" => {
                for name in rule
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    if value
                        .as_object()
                        .is_some_and(|members| !members.contains_key(name))
                    {
                        found.push(format!("{at}: {name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, inner) in rule.as_object().into_iter().flatten() {
                    if let Some(member) = value.get(name) {
                        check(member, inner, root, &format!("{at}.{name}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.contains_key(name)) {
                        continue;
                    }
                    match rule {
                        Value::Bool(true) => {}
                        Value::Bool(false) => found.push(format!("{at}: {name} is not expected")),
                        inner => check(member, inner, root, &format!("{at}.{name}"), found),
                    }
                }
            }
            "items" => {
                for (n, element) in value.as_array().into_iter().flatten().enumerate() {
                    check(element, rule, root, &format!("{at}[{n}]"), found);
                }
            }
            "minItems" => {
                let least = rule.as_u64().unwrap_or_default() as usize;
                if value.as_array().is_some_and(|all| all.len() < least) {
                    found.push(format!("{at}: fewer than {least} elements"));
                }
            }
            "uniqueItems" => {
                let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let twice = all
                    .iter()
                    .enumerate()
                    .any(|(n, one)| all[..n].contains(one));
                if rule == &Value::Bool(true) && twice {
                    found.push(format!("{at}: an element stands there twice"));
                }
            }
            "minimum" | "maximum" => {
                if let (Some(number), Some(bound)) = (value.as_f64(), rule.as_f64()) {
                    let beyond = match keyword.as_str() {
                        "minimum" => number < bound,
                        _ => number > bound,
                    };
                    if beyond {
                        found.push(format!("{at}: {number} is beyond {keyword} {bound}"));
                    }
                }
            }
            "anyOf" | "oneOf" => {
                let fitting = rule
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|inner| {
                        let mut wrong = Vec::new();
                        check(value, inner, root, at, &mut wrong);
                        wrong.is_empty()
                    })
                    .count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    found.push(format!("{at}: {fitting} forms of {keyword} fit"));
                }
            }
            keyword if SILENT.contains(&keyword) => {}
            keyword => found.push(format!("{at}: the keyword {keyword} is not known")),
        }
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => false,
    }
}
