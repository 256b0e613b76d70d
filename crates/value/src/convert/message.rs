//! Saying why a type does not fit a type constraint.

use super::possible::exists;
use crate::json::quote;
use crate::types::{ObjectType, Type};

/// Why values of type `got` do not fit `want`: `string required`, `element 0: bool required`,
/// `attribute "a" is required`.
pub fn mismatch_message(got: &Type, want: &Type) -> String {
    match (got, want) {
        (Type::Object(got), Type::Object(want)) => objects(got, want),
        (Type::Tuple(_), Type::List(element)) if **element == Type::Dynamic => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(element)) if **element == Type::Dynamic => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(element)) if **element == Type::Dynamic => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(elements), Type::List(element) | Type::Set(element)) => elements
            .iter()
            .enumerate()
            .find(|(_, got)| misfit(got, element))
            .map_or_else(
                || {
                    format!(
                        "all elements must be {}",
                        element.friendly_name_for_constraint()
                    )
                },
                |(position, got)| format!("element {position}: {}", mismatch_message(got, element)),
            ),
        (Type::Object(object), Type::Map(element)) => object
            .attributes
            .iter()
            .find(|(_, got)| misfit(got, element))
            .map_or_else(
                || {
                    format!(
                        "all elements must be {}",
                        element.friendly_name_for_constraint()
                    )
                },
                |(name, got)| {
                    format!(
                        "element {}: {}",
                        quote(name),
                        mismatch_message(got, element)
                    )
                },
            ),
        (Type::List(got) | Type::Set(got), Type::List(element) | Type::Set(element))
        | (Type::Map(got), Type::Map(element)) => format!(
            "incorrect {} element type: {}",
            want.kind_name(),
            mismatch_message(got, element)
        ),
        _ => format!("{} required", want.friendly_name_for_constraint()),
    }
}

fn misfit(got: &Type, want: &Type) -> bool {
    *got != want.without_optional() && !exists(got, want, true)
}

fn objects(got: &ObjectType, want: &ObjectType) -> String {
    let missing: Vec<String> = want
        .attributes
        .keys()
        .filter(|name| !got.attributes.contains_key(*name) && !want.optional.contains(*name))
        .map(|name| quote(name))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one} is required"),
        [one, other] => return format!("attributes {one} and {other} are required"),
        [firsts @ .., last] => {
            return format!("attributes {}, and {last} are required", firsts.join(", "));
        }
    }
    want.attributes
        .iter()
        .find_map(|(name, want)| {
            let got = got.attributes.get(name)?;
            misfit(got, want)
                .then(|| format!("attribute {}: {}", quote(name), mismatch_message(got, want)))
        })
        .unwrap_or_else(|| "incorrect object attributes".into())
}
