//! Values as JSON trees: what is known, where it is unknown, where it is sensitive.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{Marks, Value, ValueRef};

use super::Json;

/// The value itself. Unknown members of objects and maps are left out, unknown elements of lists are null;
/// `None` where the whole is unknown.
pub fn known(value: &Value) -> Option<Json> {
    let all = |elements: &[Value]| {
        Json::array(
            elements
                .iter()
                .map(|element| known(element).unwrap_or_default()),
        )
    };
    let members = |members: &BTreeMap<Arc<str>, Value>| {
        Json::Object(Arc::new(
            members
                .iter()
                .filter_map(|(key, member)| Some((key.clone(), known(member)?)))
                .collect(),
        ))
    };
    Some(match value.view() {
        ValueRef::Null(_) => Json::Null,
        ValueRef::Unknown(..) => return None,
        ValueRef::Bool(value) => Json::Bool(value),
        ValueRef::Number(number) if number.is_infinite() => Json::Null,
        ValueRef::Number(number) => Json::Number(number.to_string().into()),
        ValueRef::String(text) => Json::String(text.clone()),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => all(elements),
        ValueRef::Tuple(elements) => all(elements),
        ValueRef::Map { elements, .. } => members(elements),
        ValueRef::Object(attributes) => members(attributes),
    })
}

/// `true` where the value is unknown, in the value's own shape: `false` for what is known and has no parts,
/// such members left out of objects.
pub fn unknown(value: &Value) -> Json {
    shape(value, &|value| !value.is_known(), Json::Bool(true))
}

/// `true` where the value is sensitive, in the value's own shape: `false` for what is not and has no parts,
/// such members left out of objects. An unknown collection is an empty one here.
pub fn sensitive(value: &Value) -> Json {
    if !value.has_mark(Marks::SENSITIVE) && !value.is_known() {
        let ty = value.ty();
        return match ty {
            _ if ty.is_object_or_map() => Json::object::<Arc<str>>([]),
            _ if ty.is_primitive() || ty == trueup_value::Type::Dynamic => Json::Bool(false),
            _ => Json::array([]),
        };
    }
    let is_marked = |value: &Value| value.has_mark(Marks::SENSITIVE);
    if is_marked(value) {
        return Json::Bool(true);
    }
    descend(value, &sensitive)
}

fn shape(value: &Value, holds: &dyn Fn(&Value) -> bool, yes: Json) -> Json {
    if holds(value) {
        return yes;
    }
    descend(value, &|part| shape(part, holds, yes.clone()))
}

fn descend(value: &Value, part: &dyn Fn(&Value) -> Json) -> Json {
    match value.view() {
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            Json::array(elements.iter().map(part))
        }
        ValueRef::Tuple(elements) => Json::array(elements.iter().map(part)),
        ValueRef::Map { elements, .. } => members(elements, part),
        ValueRef::Object(attributes) => members(attributes, part),
        _ => Json::Bool(false),
    }
}

fn members(members: &BTreeMap<Arc<str>, Value>, part: &dyn Fn(&Value) -> Json) -> Json {
    Json::Object(Arc::new(
        members
            .iter()
            .map(|(key, member)| (key.clone(), part(member)))
            .filter(|(_, json)| *json != Json::Bool(false))
            .collect(),
    ))
}
