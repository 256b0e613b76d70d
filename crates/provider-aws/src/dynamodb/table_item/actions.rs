//! What a step on a table item asks DynamoDB to do, and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::{DeleteItem, PutItem, UpdateItem, WriteAction};

use super::compare::same_value;
use super::said::Said;
/// Beyond so many changed attributes an update writes the item whole: expressions have a limit.
const MOST_CHANGES: usize = 90;

/// That an item is under no key: what a new one is put on condition of.
const NONE_THERE: &str = "attribute_not_exists(#hk)";

/// Whether an action is refused only where its key is taken.
pub(crate) fn needs_room(action: &WriteAction) -> bool {
    matches!(action, WriteAction::Put(put) if put.condition.as_deref() == Some(NONE_THERE))
}

/// Puts an item where none is: a stranger's is never written over.
pub(crate) fn put_new(wanted: &Said) -> WriteAction {
    WriteAction::Put(PutItem {
        table: wanted.table.clone(),
        item: wanted.item.clone(),
        condition: Some(NONE_THERE.to_owned()),
        names: BTreeMap::from([("#hk".to_owned(), wanted.names.hash.clone())]),
        values: BTreeMap::new(),
        return_item_on_failure: true,
    })
}

/// Deletes whatever is under the key; nothing there is fine.
pub(crate) fn delete(prior: &Said) -> WriteAction {
    WriteAction::Delete(DeleteItem {
        table: prior.table.clone(),
        key: prior.key.clone(),
        return_item_on_failure: false,
        ..DeleteItem::default()
    })
}

/// Deletes an item that is as the plan saw it.
pub(crate) fn delete_as_seen(prior: &Said) -> WriteAction {
    let mut seen = Seen::of(prior);
    for name in prior
        .item
        .keys()
        .filter(|name| !prior.key.contains_key(*name))
    {
        seen.attribute(prior, name);
    }
    WriteAction::Delete(DeleteItem {
        table: prior.table.clone(),
        key: prior.key.clone(),
        condition: Some(seen.condition),
        names: seen.names,
        values: seen.values,
        return_item_on_failure: true,
    })
}

/// The condition that an item is as the plan saw it, growing attribute by attribute.
struct Seen {
    condition: String,
    names: BTreeMap<String, String>,
    values: BTreeMap<String, AttributeValue>,
    attributes: usize,
}

impl Seen {
    fn of(prior: &Said) -> Self {
        Self {
            condition: "attribute_exists(#hk)".to_owned(),
            names: BTreeMap::from([("#hk".to_owned(), prior.names.hash.clone())]),
            values: BTreeMap::new(),
            attributes: 0,
        }
    }

    /// This attribute as well. Beyond what expressions can hold, the first ones stand for all.
    fn attribute(&mut self, prior: &Said, name: &str) {
        let n = self.attributes;
        if n == MOST_CHANGES {
            return;
        }
        self.attributes += 1;
        self.names.insert(format!("#a{n}"), name.to_owned());
        match prior.item.get(name) {
            Some(old) => {
                self.values.insert(format!(":o{n}"), old.clone());
                self.condition.push_str(&format!(" AND #a{n} = :o{n}"));
            }
            None => self
                .condition
                .push_str(&format!(" AND attribute_not_exists(#a{n})")),
        }
    }
}

/// Sets and removes the attributes that change, if they are as the plan saw them.
pub(crate) fn update(prior: &Said, wanted: &Said) -> WriteAction {
    let changed: BTreeSet<&String> = prior
        .item
        .keys()
        .chain(wanted.item.keys())
        .filter(|name| !wanted.key.contains_key(*name))
        .filter(
            |name| match (prior.item.get(*name), wanted.item.get(*name)) {
                (Some(a), Some(b)) => !same_value(a, b),
                _ => true,
            },
        )
        .collect();
    let mut seen = Seen::of(prior);
    for name in &changed {
        seen.attribute(prior, name);
    }
    if changed.len() > MOST_CHANGES {
        return WriteAction::Put(PutItem {
            table: wanted.table.clone(),
            item: wanted.item.clone(),
            condition: Some(seen.condition),
            names: seen.names,
            values: seen.values,
            return_item_on_failure: true,
        });
    }
    let (mut sets, mut removes) = (Vec::new(), Vec::new());
    for (n, name) in changed.into_iter().enumerate() {
        match wanted.item.get(name) {
            Some(new) => {
                seen.values.insert(format!(":n{n}"), new.clone());
                sets.push(format!("#a{n} = :n{n}"));
            }
            None => removes.push(format!("#a{n}")),
        }
    }
    let mut update = String::new();
    if !sets.is_empty() {
        update.push_str("SET ");
        update.push_str(&sets.join(", "));
    }
    if !removes.is_empty() {
        if !update.is_empty() {
            update.push(' ');
        }
        update.push_str("REMOVE ");
        update.push_str(&removes.join(", "));
    }
    WriteAction::Update(UpdateItem {
        table: wanted.table.clone(),
        key: wanted.key.clone(),
        update,
        condition: Some(seen.condition),
        names: seen.names,
        values: seen.values,
        return_item_on_failure: true,
    })
}
