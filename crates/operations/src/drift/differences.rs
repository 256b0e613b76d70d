//! Where two objects differ: as deep as names and keys lead, elements of sets held against each other by
//! their names, texts of JSON by what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_provider::same_but_for_zero;
use trueup_value::{Marks, Path, Step, Type, Value, ValueRef, json};

/// Members that tell elements of a set apart: of an index, a replica, an attribute.
pub(super) const NAMES: [&str; 2] = ["name", "region_name"];

/// The name of an element, where it has one.
pub(super) fn name_of(element: &Value) -> Option<&str> {
    NAMES.iter().find_map(|name| element.member(name)?.as_str())
}

/// One place where two objects differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The way to it. An element of a set that has a name is a step by that name.
    pub path: Path,
    /// The value as it was believed to be; null where there was none.
    pub before: Value,
    /// The value as it is; null where there is none.
    pub after: Value,
    /// Whether neither may be shown.
    pub sensitive: bool,
}

/// All places where two objects differ. What only follows from another difference is left out: `tags_all`
/// where `tags` says the same.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(before, after, &Path::new(), &mut found);
    let told: BTreeSet<String> = found.iter().map(|one| one.path.to_string()).collect();
    found.retain(|one| match one.path.steps() {
        [Step::Attr(name), Step::Index(key)] if &**name == "tags_all" => {
            let own = Path::new().attr("tags").index(key.clone());
            !told.contains(&own.to_string()) && !told.contains(".tags")
        }
        [Step::Attr(name)] if &**name == "tags_all" => !told.contains(".tags"),
        _ => true,
    });
    found
}

fn walk(before: &Value, after: &Value, path: &Path, found: &mut Vec<Difference>) {
    if same_but_for_zero(
        &before.without_marks_inside(),
        &after.without_marks_inside(),
    ) {
        return;
    }
    let (plain_before, marks_before) = before.unmark();
    let (plain_after, marks_after) = after.unmark();
    if (marks_before | marks_after).contains(Marks::SENSITIVE) {
        return found.push(difference(path, before, after, true));
    }
    match (plain_before.view(), plain_after.view()) {
        (ValueRef::Object(b), ValueRef::Object(a)) => {
            members(b, a, path, found, |path, name| path.attr(name.clone()))
        }
        (ValueRef::Map { elements: b, .. }, ValueRef::Map { elements: a, .. }) => {
            members(b, a, path, found, |path, key| path.key(key));
        }
        (ValueRef::Map { elements: b, .. }, ValueRef::Null(_)) if !b.is_empty() => {
            members(b, &BTreeMap::new(), path, found, |path, key| path.key(key));
        }
        (ValueRef::Null(_), ValueRef::Map { elements: a, .. }) if !a.is_empty() => {
            members(&BTreeMap::new(), a, path, found, |path, key| path.key(key));
        }
        (ValueRef::Set { elements: b, .. }, ValueRef::Set { elements: a, .. })
        | (ValueRef::List { elements: b, .. }, ValueRef::List { elements: a, .. }) => {
            match (by_name(b), by_name(a)) {
                (Some(b), Some(a)) => members(&b, &a, path, found, |path, key| path.key(key)),
                _ if b.len() == a.len() && matches!(plain_before.view(), ValueRef::List { .. }) => {
                    for (n, (b, a)) in b.iter().zip(a).enumerate() {
                        walk(b, a, &path.position(n), found);
                    }
                }
                _ => found.push(difference(path, before, after, false)),
            }
        }
        (ValueRef::String(b), ValueRef::String(a)) => match (structured(b), structured(a)) {
            (Some(b), Some(a)) => in_json(&b, &a, path, found),
            _ => found.push(difference(path, before, after, false)),
        },
        _ => found.push(difference(path, before, after, false)),
    }
}

fn difference(path: &Path, before: &Value, after: &Value, sensitive: bool) -> Difference {
    let inside = before.contains_mark(Marks::SENSITIVE) || after.contains_mark(Marks::SENSITIVE);
    Difference {
        path: path.clone(),
        before: before.without_marks_inside(),
        after: after.without_marks_inside(),
        sensitive: sensitive || inside,
    }
}

fn members(
    before: &BTreeMap<Arc<str>, Value>,
    after: &BTreeMap<Arc<str>, Value>,
    path: &Path,
    found: &mut Vec<Difference>,
    step: impl Fn(&Path, &Arc<str>) -> Path,
) {
    let keys: BTreeSet<&Arc<str>> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let absent = |other: Option<&Value>| Value::null(other.map_or(Type::Dynamic, Value::ty));
        let (b, a) = (before.get(key), after.get(key));
        let (b, a) = (
            b.cloned().unwrap_or_else(|| absent(a)),
            a.cloned().unwrap_or_else(|| absent(b)),
        );
        walk(&b, &a, &step(path, key), found);
    }
}

/// The elements by their names; `None` where one has none, or two have one.
fn by_name(elements: &[Value]) -> Option<BTreeMap<Arc<str>, Value>> {
    let mut named = BTreeMap::new();
    for element in elements {
        let name = name_of(element)?;
        if named.insert(name.into(), element.clone()).is_some() {
            return None;
        }
    }
    Some(named)
}

/// What a text of JSON says, where it is an object or an array.
fn structured(text: &str) -> Option<Value> {
    let decoded = json::decode(text).ok()?;
    matches!(decoded.view(), ValueRef::Object(_) | ValueRef::Tuple(_)).then_some(decoded)
}

fn in_json(before: &Value, after: &Value, path: &Path, found: &mut Vec<Difference>) {
    if before.raw_equals(after) {
        return;
    }
    match (before.view(), after.view()) {
        (ValueRef::Object(b), ValueRef::Object(a)) => {
            let keys: BTreeSet<&Arc<str>> = b.keys().chain(a.keys()).collect();
            for key in keys {
                let none = Value::dynamic_null();
                let (b, a) = (b.get(key).unwrap_or(&none), a.get(key).unwrap_or(&none));
                in_json(b, a, &path.key(key), found);
            }
        }
        // An array of plain values is one value: positions in it mean nothing to a reader.
        (ValueRef::Tuple(b), ValueRef::Tuple(a))
            if b.len() == a.len() && b.iter().chain(a).all(is_compound) =>
        {
            for (n, (b, a)) in b.iter().zip(a).enumerate() {
                in_json(b, a, &path.position(n), found);
            }
        }
        _ => found.push(difference(path, before, after, false)),
    }
}

fn is_compound(value: &Value) -> bool {
    matches!(value.view(), ValueRef::Object(_) | ValueRef::Tuple(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let shown = |value: &Value| json::encode(value).unwrap_or_default();
        differences(before, after)
            .iter()
            .map(|one| match one.sensitive {
                true => format!("{} hidden", one.path),
                false => format!("{} {} {}", one.path, shown(&one.before), shown(&one.after)),
            })
            .collect()
    }

    fn index(name: &str, read: i64) -> Value {
        Value::object_from([
            ("name", Value::string(name)),
            ("read_capacity", Value::number(read)),
        ])
    }

    #[test]
    fn elements_of_a_set_are_paired_by_name() {
        let element = index("x", 1).ty();
        let set = |elements: Vec<Value>| {
            Value::object_from([(
                "global_secondary_index",
                Value::set(element.clone(), elements),
            )])
        };
        let before = set(vec![index("by_day", 1), index("by_status", 5)]);
        let after = set(vec![index("by_status", 9), index("by_day", 1)]);
        assert_eq!(
            told(&before, &after),
            [".global_secondary_index[\"by_status\"].read_capacity 5 9"]
        );
    }

    #[test]
    fn json_is_compared_by_what_it_says() {
        let item = |text: &str| Value::object_from([("item", Value::string(text))]);
        let before = item(r#"{"id":{"S":"a"},"total":{"N":"1"}}"#);
        let after = item(r#"{"total":{"N":"2"},"id":{"S":"a"},"new":{"BOOL":true}}"#);
        assert_eq!(
            told(&before, &after),
            [
                ".item[\"new\"] null {\"BOOL\":true}",
                ".item[\"total\"][\"N\"] \"1\" \"2\""
            ]
        );
    }

    #[test]
    fn tags_are_told_once_and_secrets_never() {
        let tags = |owner: &str, of: &str| {
            Value::object_from([
                (
                    "tags",
                    Value::map_from(Type::String, [("Owner", Value::string(owner))]),
                ),
                (
                    "tags_all",
                    Value::map_from(Type::String, [("Owner", Value::string(owner))]),
                ),
                ("token", Value::string(of).with_marks(Marks::SENSITIVE)),
            ])
        };
        assert_eq!(
            told(&tags("a", "x"), &tags("b", "y")),
            [".tags[\"Owner\"] \"a\" \"b\"", ".token hidden"]
        );
    }
}
