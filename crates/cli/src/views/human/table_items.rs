//! Table items inside their JSON: DynamoDB's notation (`{"N": "5"}`) read as the values it stands for, so that two
//! items are compared attribute by attribute.
//!
//! A number loses its quotes and a text keeps them, so that one is told from the other. Sets are compared without
//! order, whatever they hold; bytes are shown in base64, as the notation has them.

use trueup_addrs::{Mode, Resource};
use trueup_plan::Action;
use trueup_plan::json::Json;

use super::diff::{Change, Diff, Kind, Paths, compare};

/// Puts, in the difference of a table item, what its attributes become in the place of what its JSON becomes. Leaves
/// alone what is no table item, not known yet, sensitive, or no item's JSON.
pub fn spell_out(diff: &mut Diff, resource: &Resource) {
    if resource.mode != Mode::Managed || &*resource.kind != "aws_dynamodb_table_item" {
        return;
    }
    let Kind::Block(body) = &mut diff.kind else {
        return;
    };
    let Some(item) = body.attributes.get_mut("item") else {
        return;
    };
    let Kind::Text { before, after } = &item.kind else {
        return;
    };
    let (Some(before), Some(after)) = (attributes(before), attributes(after)) else {
        return;
    };
    let change = Change {
        before_explicit: item.action != Action::Create,
        after_explicit: item.action != Action::Delete,
        before,
        after,
        relevant: Paths::always(),
        ..Change::default()
    };
    let spelt = compare::compare_output(&change);
    // A text that changes and says the same shows as the text that it is.
    if spelt.action != Action::NoOp || item.action == Action::NoOp {
        item.kind = spelt.kind;
    }
}

/// The attributes of an item in DynamoDB's JSON; null of null. `None` where it is something else.
fn attributes(text: &Json) -> Option<Json> {
    if text.is_null() {
        return Some(Json::Null);
    }
    let item = Json::parse(text.as_str()?)?;
    members(&item)
}

fn members(object: &Json) -> Option<Json> {
    let members = object.as_object()?.iter();
    let members: Option<Vec<_>> = members
        .map(|(name, marshalled)| Some((name.clone(), value(marshalled)?)))
        .collect();
    Some(Json::object(members?))
}

/// What an attribute value in DynamoDB's notation stands for.
fn value(marshalled: &Json) -> Option<Json> {
    let members = marshalled.as_object()?;
    let (kind, inner) = members.iter().next().filter(|_| members.len() == 1)?;
    Some(match &**kind {
        "S" | "B" => {
            inner.as_str()?;
            inner.clone()
        }
        "N" => number(inner)?,
        "BOOL" => match inner {
            Json::Bool(_) => inner.clone(),
            _ => return None,
        },
        "NULL" => Json::Null,
        "M" => self::members(inner)?,
        "L" => {
            let elements: Option<Vec<_>> = inner.as_array()?.iter().map(value).collect();
            Json::array(elements?)
        }
        "SS" | "BS" => {
            let mut elements = inner.as_array()?.to_vec();
            elements.sort_by_cached_key(Json::to_line);
            Json::array(elements)
        }
        "NS" => {
            let elements: Option<Vec<_>> = inner.as_array()?.iter().map(number).collect();
            let mut elements = elements?;
            elements.sort_by_cached_key(Json::to_line);
            Json::array(elements)
        }
        _ => return None,
    })
}

fn number(digits: &Json) -> Option<Json> {
    match digits {
        Json::String(digits) => Some(Json::Number(digits.clone())),
        Json::Number(_) => Some(digits.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marshalled_values_are_read_as_what_they_stand_for() {
        let item = r#"{"id":{"S":"a"},"n":{"N":"5"},"b":{"BOOL":true},"no":{"NULL":true},"m":{"M":{"x":{"N":"1"}}},"l":{"L":[{"S":"q"}]},"s":{"SS":["z","a"]}}"#;
        let read = attributes(&Json::string(item)).expect("it is an item");
        assert_eq!(
            read.to_line(),
            r#"{"b":true,"id":"a","l":["q"],"m":{"x":1},"n":5,"no":null,"s":["a","z"]}"#
        );
    }

    #[test]
    fn what_is_no_item_is_left_alone() {
        for text in [
            "",
            "[]",
            "{\"id\":\"a\"}",
            r#"{"id":{"S":"a","N":"1"}}"#,
            r#"{"id":{"X":"a"}}"#,
        ] {
            assert_eq!(attributes(&Json::string(text)), None, "{text}");
        }
    }
}
