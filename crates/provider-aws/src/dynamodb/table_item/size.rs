//! How large items are as DynamoDB counts.

use trueup_aws::{AttributeValue, Item};

/// The bytes of an item: names and values.
pub(crate) fn of_item(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + of_value(value))
        .sum()
}

/// The bytes of a value.
pub(crate) fn of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        // Two digits a byte, and one for the exponent; texts are never smaller.
        AttributeValue::N(text) => text.len() / 2 + 2,
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::Bool(_) | AttributeValue::Null => 1,
        AttributeValue::L(values) => 3 + values.iter().map(|v| 1 + of_value(v)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.len() + of_item(values),
        AttributeValue::Ss(values) => values.iter().map(String::len).sum(),
        AttributeValue::Ns(values) => values.iter().map(|text| text.len() / 2 + 2).sum(),
        AttributeValue::Bs(values) => values.iter().map(|bytes| bytes.len()).sum(),
    }
}
