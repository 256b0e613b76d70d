//! Members of a block's value by name, as plain Rust.

use std::collections::BTreeMap;

use trueup_value::Value;

/// The member of that name, unless null or not there. It may be unknown.
pub(crate) fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value
        .as_members()?
        .get(name)
        .filter(|member| !member.is_null())
}

/// The text of a known member.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    member(value, name)?.as_str()
}

/// The text of a known member that is not empty.
pub(crate) fn filled<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    text(value, name).filter(|text| !text.is_empty())
}

/// A known bool.
pub(crate) fn flag(value: &Value, name: &str) -> Option<bool> {
    member(value, name)?.as_bool()
}

/// A known whole number.
pub(crate) fn whole(value: &Value, name: &str) -> Option<i64> {
    member(value, name)?.as_number()?.to_i64()
}

/// The known blocks or elements of a member; none where it is unset or unknown.
pub(crate) fn elements<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    member(value, name).and_then(Value::as_slice).unwrap_or(&[])
}

/// The first block of a member.
pub(crate) fn block<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    elements(value, name).first()
}

/// The known texts of a list or set.
pub(crate) fn texts(value: &Value, name: &str) -> Vec<String> {
    elements(value, name)
        .iter()
        .filter_map(|element| element.as_str().map(str::to_owned))
        .collect()
}

/// The known texts of a map.
pub(crate) fn text_map(value: &Value, name: &str) -> BTreeMap<String, String> {
    member(value, name)
        .and_then(Value::as_members)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
        .collect()
}

/// Whether a member is there and not wholly known.
pub(crate) fn is_unknown(value: &Value, name: &str) -> bool {
    member(value, name).is_some_and(|member| !member.is_wholly_known())
}
