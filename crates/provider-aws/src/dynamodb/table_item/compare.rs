//! Items compared as DynamoDB does: spelling of numbers and order of sets mean nothing.

use std::collections::BTreeMap;

use trueup_aws::{AttributeValue, Item};

use super::number;
use crate::digest::digest_of_text;

/// Whether two items are one to DynamoDB.
pub(crate) fn same_item(a: &Item, b: &Item) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|((a_name, a), (b_name, b))| a_name == b_name && same_value(a, b))
}

/// Whether two values are one to DynamoDB.
pub(crate) fn same_value(a: &AttributeValue, b: &AttributeValue) -> bool {
    match (a, b) {
        (AttributeValue::N(a), AttributeValue::N(b)) => number::same(a, b),
        (AttributeValue::L(a), AttributeValue::L(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (AttributeValue::M(a), AttributeValue::M(b)) => same_item(a, b),
        (AttributeValue::Ss(a), AttributeValue::Ss(b)) => same_set(a, b, Clone::clone),
        (AttributeValue::Bs(a), AttributeValue::Bs(b)) => same_set(a, b, Clone::clone),
        (AttributeValue::Ns(a), AttributeValue::Ns(b)) => same_set(a, b, |text| {
            number::canonical(text).unwrap_or_else(|_| text.clone())
        }),
        (a, b) => a == b,
    }
}

fn same_set<T: PartialEq, K: Ord>(a: &[T], b: &[T], key: impl Fn(&T) -> K) -> bool {
    if a == b {
        return true;
    }
    let sorted = |set: &[T]| {
        let mut keys: Vec<K> = set.iter().map(&key).collect();
        keys.sort();
        keys.dedup();
        keys
    };
    sorted(a) == sorted(b)
}

/// The item in its one spelling: numbers canonical, sets sorted.
pub(crate) fn canonical(item: &Item) -> Item {
    item.iter()
        .map(|(name, value)| (name.clone(), canonical_value(value)))
        .collect::<BTreeMap<_, _>>()
}

/// The value in its one spelling.
pub(crate) fn canonical_value(value: &AttributeValue) -> AttributeValue {
    let number = |text: &String| number::canonical(text).unwrap_or_else(|_| text.clone());
    match value {
        AttributeValue::N(text) => AttributeValue::N(number(text)),
        AttributeValue::L(values) => {
            AttributeValue::L(values.iter().map(canonical_value).collect())
        }
        AttributeValue::M(values) => AttributeValue::M(canonical(values)),
        AttributeValue::Ss(values) => {
            let mut values = values.clone();
            values.sort();
            AttributeValue::Ss(values)
        }
        AttributeValue::Ns(values) => {
            let mut values: Vec<String> = values.iter().map(number).collect();
            values.sort();
            AttributeValue::Ns(values)
        }
        AttributeValue::Bs(values) => {
            let mut values = values.clone();
            values.sort();
            AttributeValue::Bs(values)
        }
        other => other.clone(),
    }
}

/// The digest of an item: equal for items that are one to DynamoDB.
pub(crate) fn digest(item: &Item) -> String {
    digest_of_text(&super::json::write(&canonical(item)))
}
