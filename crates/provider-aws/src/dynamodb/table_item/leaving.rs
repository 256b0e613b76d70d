//! The keys that changes of a run give up: others may wait for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Keys by table, each with how many batches under way give it up; 0 once they ended.
#[derive(Default)]
pub(crate) struct Leaving(Mutex<BTreeMap<String, BTreeMap<String, usize>>>);

impl Leaving {
    /// A batch that gives up these keys begins.
    pub(crate) fn begin(&self, table: &str, keys: &BTreeSet<String>) {
        self.change(table, keys, |count| count + 1);
    }

    /// It ended.
    pub(crate) fn end(&self, table: &str, keys: &BTreeSet<String>) {
        self.change(table, keys, |count| count.saturating_sub(1));
    }

    /// How many batches under way give up a key; `None` if none ever did.
    pub(crate) fn count(&self, table: &str, key: &str) -> Option<usize> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.get(table)?.get(key).copied()
    }

    fn change(&self, table: &str, keys: &BTreeSet<String>, change: impl Fn(usize) -> usize) {
        if keys.is_empty() {
            return;
        }
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = tables.entry(table.to_owned()).or_default();
        for key in keys {
            let count = counts.entry(key.clone()).or_default();
            *count = change(*count);
        }
    }
}
