//! The notation of `sensitive_attributes`: paths as arrays of typed steps.

use serde::Deserialize;
use trueup_value::{Path, Step, Value, ValueRef};

use trueup_value::json::write_string as quote;

#[derive(Deserialize)]
struct RawStep {
    #[serde(rename = "type")]
    kind: String,
    value: serde_json::Value,
}

/// Reads the paths. A step that we cannot follow ends its path there, so that more is hidden, not less.
pub(super) fn read(text: &str) -> Result<Vec<Path>, String> {
    if text.trim() == "[]" {
        return Ok(Vec::new());
    }
    let raw: Vec<Vec<RawStep>> = serde_json::from_str(text)
        .map_err(|error| format!("the sensitive_attributes are not paths: {error}"))?;
    Ok(raw.iter().map(|steps| read_path(steps)).collect())
}

fn read_path(steps: &[RawStep]) -> Path {
    let mut path = Path::new();
    for step in steps {
        path = match (&*step.kind, &step.value) {
            ("get_attr", serde_json::Value::String(name)) => path.attr(name.as_str()),
            ("index", serde_json::Value::Object(key)) => match key.get("value") {
                Some(serde_json::Value::String(key)) => path.key(key),
                Some(serde_json::Value::Number(position)) => match position.as_u64() {
                    Some(position) => path.index(Value::number(position)),
                    None => return path,
                },
                _ => return path,
            },
            _ => return path,
        };
    }
    path
}

/// Appends the compact text of the paths. An index that is neither text nor a number (an element
/// of a set) ends its path.
pub(super) fn write(paths: &[Path], out: &mut String) {
    out.push('[');
    for (n, path) in paths.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push('[');
        for (n, step) in path.steps().iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            match step {
                Step::Attr(name) => {
                    out.push_str(comma);
                    out.push_str("{\"type\":\"get_attr\",\"value\":");
                    quote(name, out);
                    out.push('}');
                }
                Step::Index(key) => {
                    let (value, ty) = match key.view() {
                        ValueRef::String(text) => {
                            let mut quoted = String::new();
                            quote(text, &mut quoted);
                            (quoted, "string")
                        }
                        ValueRef::Number(number) => (number.to_string(), "number"),
                        _ => break,
                    };
                    out.push_str(comma);
                    out.push_str("{\"type\":\"index\",\"value\":{\"value\":");
                    out.push_str(&value);
                    out.push_str(",\"type\":\"");
                    out.push_str(ty);
                    out.push_str("\"}}");
                }
            }
        }
        out.push(']');
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_as_themselves() {
        let text = concat!(
            r#"[[{"type":"get_attr","value":"input"},{"type":"get_attr","value":"secret"}],"#,
            r#"[{"type":"get_attr","value":"list"},{"type":"index","value":{"value":0,"type":"number"}}],"#,
            r#"[{"type":"get_attr","value":"map"},{"type":"index","value":{"value":"k","type":"string"}}]]"#
        );
        let paths = read(text).expect("valid paths");
        assert_eq!(paths.len(), 3);
        let mut out = String::new();
        write(&paths, &mut out);
        assert_eq!(out, text);
    }

    #[test]
    fn an_unknown_step_hides_the_whole_of_what_holds_it() {
        let paths = read(r#"[[{"type":"get_attr","value":"a"},{"type":"other","value":1}]]"#);
        assert_eq!(paths, Ok(vec![Path::new().attr("a")]));
    }
}
