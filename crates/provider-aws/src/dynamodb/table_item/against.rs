//! A planned table item held against the table it goes to, and against the items of other addresses.

use trueup_addrs::AbsInstance;
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::json;
use super::key::{fingerprint, type_name, words};
use super::said::{names, shared_text};
use crate::dynamodb::known_keys::{KeyAttribute, KnownKeys};
use crate::members::{filled, is_unknown};

/// What is wrong with a planned item, as far as table and key are known.
pub(crate) fn problems(known: &KnownKeys, address: &AbsInstance, planned: &Value) -> Problems {
    let mut found = Problems::new();
    let (Some(table), Some(names)) = (filled(planned, "table_name"), names(planned)) else {
        return found;
    };
    if is_unknown(planned, "range_key") {
        return found;
    }
    let table = known.name_of(table);
    let item = shared_text(planned).and_then(|text| json::read(&text).ok());
    if let Some(key) = known.key_of(&table) {
        found.extend(name_problem(
            "hash_key",
            &table,
            Some(&key.hash),
            Some(&names.hash),
        ));
        found.extend(name_problem(
            "range_key",
            &table,
            key.range.as_ref(),
            names.range.as_deref(),
        ));
        for attribute in [Some(&key.hash), key.range.as_ref()].into_iter().flatten() {
            let given = item.as_ref().and_then(|item| item.get(&attribute.name));
            if let (Some(kind), Some(given)) = (&attribute.kind, given)
                && type_name(given) != kind
            {
                found.push(
                    Problem::error(
                        format!(
                            "Type mismatch for key {} expected: {kind} actual: {}",
                            attribute.name,
                            type_name(given)
                        ),
                        format!(
                            "The table {table:?} has the key attribute {:?} of type {kind}, so every item must give it as {{{kind:?}: …}}.",
                            attribute.name
                        ),
                    )
                    .at(Path::new().attr("item")),
                );
            }
        }
    }
    if let Some(key) = item.and_then(|item| names.of(&item).ok())
        && let Some(other) = known.take(table.clone(), fingerprint(&key), &address.to_string())
    {
        found.push(
            Problem::error(
                "Two resources describe one table item",
                format!(
                    "{other} and {address} both give the item with {} of table {table:?}. Only one of them could be written, and each would undo the other from then on. Remove one of them, or give it another key.",
                    words(&key)
                ),
            )
            .at(Path::new().attr("item")),
        );
    }
    found
}

fn name_problem(
    argument: &'static str,
    table: &str,
    there: Option<&KeyAttribute>,
    given: Option<&str>,
) -> Option<Problem> {
    let kind = argument.replace('_', " ");
    let said = match (there, given) {
        (Some(there), Some(given)) if there.name == given => return None,
        (None, None) => return None,
        (Some(there), Some(given)) => format!(
            "The table {table:?} has the {kind} {:?}, not {given:?}. {argument} takes the name of the key attribute, not its value.",
            there.name
        ),
        (Some(there), None) => format!(
            "The table {table:?} has the {kind} {:?}: set {argument} to that name, and give the attribute in every item.",
            there.name
        ),
        (None, Some(_)) => format!("The table {table:?} has no {kind}: leave out {argument}."),
    };
    Some(
        Problem::error(format!("{argument} does not fit the table"), said)
            .at(Path::new().attr(argument)),
    )
}
