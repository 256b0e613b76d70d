//! What a planned table tells of its key, so that items can be held against it.

use trueup_value::Value;

use super::model::definitions;
use crate::dynamodb::known_keys::{KeyAttribute, KnownKeys, TableKey};
use crate::members::{filled, is_unknown};

/// Notes the key of a planned table, as far as it is known, and whether it is made anew.
pub(crate) fn tell(known: &KnownKeys, prior: Option<&Value>, planned: &Value) {
    match (prior, filled(planned, "name")) {
        (Some(prior), _) => {
            if let Some(name) = filled(prior, "name") {
                known.exists(name);
            }
        }
        (None, Some(name)) => known.is_made(name),
        (None, None) => {}
    }
    let (Some(name), Some(hash)) = (filled(planned, "name"), filled(planned, "hash_key")) else {
        return;
    };
    if let Some(arn) = filled(planned, "arn") {
        known.arn_of(arn, name);
    }
    if is_unknown(planned, "range_key") {
        return;
    }
    let defined = match is_unknown(planned, "attribute") {
        true => Vec::new(),
        false => definitions(planned),
    };
    let attribute = |name: &str| KeyAttribute {
        name: name.to_owned(),
        kind: defined
            .iter()
            .find(|one| one.name == name)
            .map(|one| one.kind.clone()),
    };
    let key = TableKey {
        hash: attribute(hash),
        range: filled(planned, "range_key").map(attribute),
    };
    known.will_be(name, key);
}
