//! Policies as texts: their normal form, and whether two of them mean the same.
//!
//! AWS gives policies back in other words than they were put in: sorted, with one element for a list of
//! one, accounts as ARNs of their roots.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// A JSON text in the form in which states keep it: members sorted, no white space, `<`, `>` and `&`
/// escaped. `None` for what is no JSON.
pub(crate) fn normalized(text: &str) -> Option<String> {
    let value: Json = serde_json::from_str(text).ok()?;
    let mut out = String::with_capacity(text.len());
    write(&value, &mut out);
    Some(out)
}

fn write(value: &Json, out: &mut String) {
    match value {
        Json::Object(members) => {
            let sorted: BTreeMap<&String, &Json> = members.iter().collect();
            out.push('{');
            for (n, (name, member)) in sorted.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write(member, out);
            }
            out.push('}');
        }
        Json::Array(elements) => {
            out.push('[');
            for (n, element) in elements.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(element, out);
            }
            out.push(']');
        }
        Json::String(text) => write_text(text, out),
        other => out.push_str(&other.to_string()),
    }
}

/// A text as a JSON string, with `<`, `>` and `&` escaped.
pub(crate) fn write_text(text: &str, out: &mut String) {
    for c in Json::String(text.to_owned()).to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
}

/// Whether two policies mean the same: order of statements, actions and principals aside, an account as
/// good as the ARN of its root. What is no JSON is like nothing but itself.
pub(crate) fn equivalent(a: &str, b: &str) -> bool {
    let empty = |text: &str| matches!(text.trim(), "" | "{}");
    if a == b || (empty(a) && empty(b)) {
        return true;
    }
    match (read(a), read(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// A policy with everything that has no order in a sorted form.
#[derive(PartialEq)]
struct Policy {
    version: Option<Json>,
    id: Option<Json>,
    statements: Vec<Statement>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sid: String,
    effect: String,
    /// Actions and resources, and what is excepted from them, by the name of the member.
    lists: BTreeMap<&'static str, Vec<String>>,
    /// Values by operator and key.
    conditions: BTreeMap<(String, String), BTreeSet<String>>,
    principals: BTreeMap<&'static str, Who>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Text(String),
    Kinds(BTreeMap<String, BTreeSet<String>>),
}

fn read(text: &str) -> Option<Policy> {
    let mut value: Json = serde_json::from_str(text).ok()?;
    if let Json::Array(elements) = &mut value
        && elements.len() == 1
    {
        value = elements.pop()?;
    }
    let members = value.as_object()?;
    let statements = match members.get("Statement") {
        Some(Json::Array(all)) => all.iter().map(statement).collect::<Option<Vec<_>>>()?,
        Some(one) => vec![statement(one)?],
        None => Vec::new(),
    };
    let mut statements = statements;
    statements.sort();
    Some(Policy {
        version: members.get("Version").cloned(),
        id: members.get("Id").cloned(),
        statements,
    })
}

fn statement(value: &Json) -> Option<Statement> {
    let members = value.as_object()?;
    let word = |name: &str| members.get(name).and_then(Json::as_str).unwrap_or_default();
    let lists = ["Action", "NotAction", "Resource", "NotResource"]
        .into_iter()
        .filter_map(|name| {
            let mut texts = texts(members.get(name)?);
            texts.sort();
            Some((name, texts))
        })
        .collect();
    let mut conditions = BTreeMap::new();
    let said = members.get("Condition").and_then(Json::as_object);
    for (operator, keys) in said.into_iter().flatten() {
        for (key, values) in keys.as_object()? {
            conditions.insert(
                (operator.clone(), key.clone()),
                texts(values).into_iter().collect(),
            );
        }
    }
    let principals = ["Principal", "NotPrincipal"]
        .into_iter()
        .filter_map(|name| Some((name, who(members.get(name)?))))
        .collect();
    Some(Statement {
        sid: word("Sid").to_owned(),
        effect: word("Effect").to_lowercase(),
        lists,
        conditions,
        principals,
    })
}

fn texts(value: &Json) -> Vec<String> {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Json::Array(values) => values.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn who(value: &Json) -> Who {
    match value {
        Json::Object(kinds) => Who::Kinds(
            kinds
                .iter()
                .map(|(kind, names)| {
                    let names = texts(names).into_iter().map(account);
                    (kind.clone(), names.collect())
                })
                .collect(),
        ),
        other => Who::Text(texts(other).join(",")),
    }
}

/// `arn:aws:iam::123456789012:root` is the account `123456789012`.
fn account(name: String) -> String {
    let parts: Vec<&str> = name.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] if account.len() == 12 => (*account).to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_alike_when_they_mean_the_same() {
        let wrap =
            |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let base = r#"[{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"*","Principal":{"AWS":"123456789012"}}]"#;
        for (other, alike) in [
            (base, true),
            // One statement is as good as a list of one; order of actions; the account's root.
            (
                r#"{"Effect":"allow","Action":["a:c","a:b"],"Resource":["*"],"Principal":{"AWS":["arn:aws:iam::123456789012:root"]}}"#,
                true,
            ),
            // Actions differ by case.
            (
                r#"[{"Effect":"Allow","Action":["A:b","a:c"],"Resource":"*","Principal":{"AWS":"123456789012"}}]"#,
                false,
            ),
            (
                r#"[{"Effect":"Deny","Action":["a:b","a:c"],"Resource":"*","Principal":{"AWS":"123456789012"}}]"#,
                false,
            ),
            (
                r#"[{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"*","Principal":"*"}]"#,
                false,
            ),
            (
                r#"[{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"*","Principal":{"AWS":"123456789012"},"Condition":{"Bool":{"x":"true"}}}]"#,
                false,
            ),
        ] {
            assert_eq!(equivalent(&wrap(base), &wrap(other)), alike, "{other}");
        }
        let condition = |value: &str| {
            wrap(&format!(
                r#"{{"Effect":"Allow","Action":"*","Condition":{{"Bool":{{"x":{value}}}}}}}"#
            ))
        };
        assert!(equivalent(&condition("true"), &condition(r#"["true"]"#)));
        assert!(!equivalent(&condition("true"), &condition("false")));
        assert!(equivalent("", "{}"));
        assert!(!equivalent("{", "}"));
        assert!(equivalent("no json", "no json"));
    }

    #[test]
    fn a_normal_form_is_sorted_and_without_white_space() {
        assert_eq!(
            normalized("{ \"b\" : [1, 2.5],\n\"a\": \"<&>\" }").as_deref(),
            Some(r#"{"a":"\u003c\u0026\u003e","b":[1,2.5]}"#)
        );
        assert_eq!(normalized("{"), None);
    }
}
