//! The member `region` of a block's value: its schema, its check, and how it is read and put back.

use trueup_provider::{Problem, Problems};
use trueup_schema::{Attribute, Block};
use trueup_value::{Path, Type, Value};

use crate::members::{filled, member};

/// The name of the argument.
pub(super) const REGION: &str = "region";

/// Whether a text has the form of a region's code as releases 6.x accept it: two letters, words, and
/// a number of one or two digits, as in `eu-west-1` and `us-gov-west-1`.
fn is_code(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, words @ .., number] = parts.as_slice() else {
        return false;
    };
    let letters = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    area.len() == 2
        && letters(area)
        && !words.is_empty()
        && words.iter().all(|word| letters(word))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The schema of a regional type: its own, and the argument `region`, whose change needs another object.
pub(crate) fn schema_with_region(block: Block) -> Block {
    let mut attribute = Attribute::optional_computed(Type::String);
    attribute.force_new = true;
    block.attribute(REGION, attribute)
}

/// What is wrong with the argument, where it is known.
pub(crate) fn validate(config: &Value) -> Problems {
    match filled(config, REGION) {
        Some(region) if !is_code(region) => vec![
            Problem::error(
                format!("\"region\" region name is malformed: {region:?}"),
                "A region is written as AWS writes it, such as eu-west-1.",
            )
            .at(Path::new().attr(REGION)),
        ],
        _ => Problems::new(),
    }
}

/// An import id and the region that stands behind its `@`.
pub(super) fn split_id(id: &str) -> (&str, Option<&str>) {
    match id.rsplit_once('@') {
        Some((id, region)) if !id.is_empty() && is_code(region) => (id, Some(region)),
        _ => (id, None),
    }
}

/// The region that a value names; `None` where that is left to the provider block, or unknown.
pub(super) fn named(value: &Value) -> Option<&str> {
    filled(value, REGION)
}

/// The member itself, null where it is not there.
pub(super) fn of(value: &Value) -> Value {
    match member(value, REGION) {
        Some(region) if is_unset(region) => unset(),
        Some(region) => region.clone(),
        None => unset(),
    }
}

fn is_unset(there: &Value) -> bool {
    there.is_null() || there.as_str() == Some("")
}

/// No region is named.
pub(super) fn unset() -> Value {
    Value::null(Type::String)
}

/// A region that is named, or none.
pub(super) fn value(region: Option<&str>) -> Value {
    region.map_or_else(unset, Value::string)
}

/// The value with this member; the very same where it has it already.
pub(super) fn with(value: Value, region: &Value) -> Value {
    let Some(members) = value.as_members() else {
        return value;
    };
    if members
        .get(REGION)
        .is_some_and(|there| there.raw_equals(region) || (region.is_null() && is_unset(there)))
    {
        return value;
    }
    let mut members = members.clone();
    members.insert(REGION.into(), region.clone());
    Value::object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_stands_behind_the_last_at_of_an_id() {
        for (id, expected) in [
            ("orders", ("orders", None)),
            ("orders@eu-west-1", ("orders", Some("eu-west-1"))),
            ("a@b@us-gov-west-1", ("a@b", Some("us-gov-west-1"))),
            ("orders@home", ("orders@home", None)),
            ("@eu-west-1", ("@eu-west-1", None)),
            ("orders@eu-west-100", ("orders@eu-west-100", None)),
        ] {
            assert_eq!(split_id(id), expected, "{id}");
        }
    }

    #[test]
    fn a_region_is_checked_where_it_is_known() {
        let block = |region: Value| Value::object_from([("region", region)]);
        for (region, fine) in [
            (Value::string("eu-west-1"), true),
            (Value::string(""), true),
            (Value::null(Type::String), true),
            (Value::unknown(Type::String), true),
            (Value::string("Ireland"), false),
            (Value::string("eu-west"), false),
        ] {
            assert_eq!(
                validate(&block(region.clone())).is_empty(),
                fine,
                "{region:?}"
            );
        }
    }
}
