//! Requests for items and their answers, as plain structs.
use std::collections::BTreeMap;

use super::{AttributeValue, Item};

/// BatchGetItem on one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BatchGet {
    /// Table name or ARN.
    pub table: String,
    /// The keys, all different; any number.
    pub keys: Vec<Item>,
    /// Whether every earlier write must be seen.
    pub consistent: bool,
    /// Projection expression; `None` for whole items.
    pub projection: Option<String>,
    /// Names used in the expression (`#n` to name).
    pub names: BTreeMap<String, String>,
}

/// GetItem.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GetItem {
    /// Table name or ARN.
    pub table: String,
    /// The key's attributes.
    pub key: Item,
    /// Whether every earlier write must be seen.
    pub consistent: bool,
    /// Projection expression; `None` for the whole item.
    pub projection: Option<String>,
    /// Names used in the expression (`#n` to name).
    pub names: BTreeMap<String, String>,
}

/// PutItem.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PutItem {
    /// Table name or ARN.
    pub table: String,
    /// The item, key included.
    pub item: Item,
    /// Condition expression.
    pub condition: Option<String>,
    /// Names used in the expression (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in the expression (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether a failed condition returns the item as it is.
    pub return_item_on_failure: bool,
}

/// UpdateItem.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UpdateItem {
    /// Table name or ARN.
    pub table: String,
    /// The key's attributes.
    pub key: Item,
    /// Update expression (`SET … REMOVE …`); may be empty.
    pub update: String,
    /// Condition expression.
    pub condition: Option<String>,
    /// Names used in both expressions (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in both expressions (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether a failed condition returns the item as it is.
    pub return_item_on_failure: bool,
}

/// DeleteItem.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeleteItem {
    /// Table name or ARN.
    pub table: String,
    /// The key's attributes.
    pub key: Item,
    /// Condition expression.
    pub condition: Option<String>,
    /// Names used in the expression (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in the expression (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether a failed condition returns the item as it is.
    pub return_item_on_failure: bool,
}

/// A condition on an item that a transaction does not write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConditionCheck {
    /// Table name or ARN.
    pub table: String,
    /// The key's attributes.
    pub key: Item,
    /// Condition expression.
    pub condition: String,
    /// Names used in the expression (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in the expression (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether a failed condition returns the item as it is.
    pub return_item_on_failure: bool,
}

/// One action of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteAction {
    /// Writes an item whole.
    Put(PutItem),
    /// Changes attributes.
    Update(UpdateItem),
    /// Deletes an item.
    Delete(DeleteItem),
    /// Only checks a condition.
    Check(ConditionCheck),
}

/// TransactWriteItems.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TransactWrite {
    /// The actions, at most 100, on different items, 4 MB together.
    pub actions: Vec<WriteAction>,
    /// Idempotency token (1 to 36 characters): the same request with the same
    /// token within ten minutes takes effect once. `None`: the SDK makes one,
    /// which covers its own repeats only.
    pub token: Option<String>,
}

/// Query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Table name or ARN.
    pub table: String,
    /// Index; `None` for the table itself.
    pub index: Option<String>,
    /// Key condition expression.
    pub key_condition: String,
    /// Filter expression.
    pub filter: Option<String>,
    /// Projection expression.
    pub projection: Option<String>,
    /// Names used in the expressions (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in the expressions (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether every earlier write must be seen.
    pub consistent: bool,
    /// Whether the sort key runs backwards.
    pub backward: bool,
    /// Items looked at per page.
    pub limit: Option<i32>,
    /// The last page's `next`.
    pub start: Option<Item>,
}

/// Scan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scan {
    /// Table name or ARN.
    pub table: String,
    /// Index; `None` for the table itself.
    pub index: Option<String>,
    /// Filter expression.
    pub filter: Option<String>,
    /// Projection expression.
    pub projection: Option<String>,
    /// Names used in the expressions (`#n` to name).
    pub names: BTreeMap<String, String>,
    /// Values used in the expressions (`:v` to value).
    pub values: BTreeMap<String, AttributeValue>,
    /// Whether every earlier write must be seen.
    pub consistent: bool,
    /// Items looked at per page.
    pub limit: Option<i32>,
    /// The last page's `next`.
    pub start: Option<Item>,
}

/// One page of items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// Where the next page starts; `None` after the last one.
    pub next: Option<Item>,
}
