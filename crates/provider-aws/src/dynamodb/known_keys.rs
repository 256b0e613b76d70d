//! What a run has learnt of keys: those of tables, and whose items have which.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trueup_aws::dynamodb::TableDescription;

/// A key attribute of a table: its name, and its type where that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KeyAttribute {
    pub(crate) name: String,
    /// `S`, `N` or `B`.
    pub(crate) kind: Option<String>,
}

/// The key of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TableKey {
    pub(crate) hash: KeyAttribute,
    pub(crate) range: Option<KeyAttribute>,
}

impl TableKey {
    /// The key of a table that is there.
    pub(crate) fn of(table: &TableDescription) -> Option<Self> {
        let attribute = |name: String| KeyAttribute {
            kind: table
                .attributes
                .iter()
                .find(|defined| defined.name == name)
                .map(|defined| defined.kind.clone()),
            name,
        };
        let (hash, range) = super::table::keys(&table.key_schema);
        Some(Self {
            hash: attribute(hash?),
            range: range.map(attribute),
        })
    }
}

/// The keys that were met so far, in one region.
#[derive(Default)]
pub(crate) struct KnownKeys {
    tables: Mutex<BTreeMap<String, TableKey>>,
    /// Names by ARN.
    names: Mutex<BTreeMap<String, String>>,
    /// Addresses by table and key.
    items: Mutex<BTreeMap<(String, String), Arc<str>>>,
    /// Tables that are there, each with whether the plan makes it anew.
    there: Mutex<BTreeMap<String, bool>>,
}

fn held<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KnownKeys {
    /// A table will have this key: the plan says so, whatever is there now.
    pub(crate) fn will_be(&self, table: &str, key: TableKey) {
        held(&self.tables).insert(table.to_owned(), key);
    }

    /// A table that is there. What a plan says of it counts for more.
    pub(crate) fn is(&self, table: &TableDescription) {
        held(&self.names).insert(table.arn.clone(), table.name.clone());
        if let Some(key) = TableKey::of(table) {
            held(&self.tables).entry(table.name.clone()).or_insert(key);
        }
    }

    /// A table is there, from before the run.
    pub(crate) fn exists(&self, table: &str) {
        held(&self.there).entry(table.to_owned()).or_insert(false);
    }

    /// A table is planned to be made: where it is there, it is replaced.
    pub(crate) fn is_made(&self, table: &str) {
        if let Some(anew) = held(&self.there).get_mut(table) {
            *anew = true;
        }
    }

    /// Whether a table is replaced, and its items are lost with it.
    pub(crate) fn is_made_anew(&self, table: &str) -> bool {
        held(&self.there).get(table).copied().unwrap_or(false)
    }

    /// The name of a table that is named by name or ARN; an ARN that was never met stays one.
    pub(crate) fn name_of(&self, table: &str) -> String {
        let known = held(&self.names).get(table).cloned();
        known.unwrap_or_else(|| table.to_owned())
    }

    /// The table of this ARN has this name.
    pub(crate) fn arn_of(&self, arn: &str, name: &str) {
        held(&self.names).insert(arn.to_owned(), name.to_owned());
    }

    /// The key of a table, where it was met.
    pub(crate) fn key_of(&self, table: &str) -> Option<TableKey> {
        held(&self.tables).get(table).cloned()
    }

    /// An address plans the item of a table with this key. Answers who else does.
    pub(crate) fn take(&self, table: String, key: String, address: &str) -> Option<Arc<str>> {
        let mut items = held(&self.items);
        match items.get(&(table.clone(), key.clone())) {
            Some(other) if **other != *address => Some(other.clone()),
            Some(_) => None,
            None => {
                items.insert((table, key), address.into());
                None
            }
        }
    }
}
