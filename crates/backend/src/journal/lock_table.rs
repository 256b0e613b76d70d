//! The journal in the lock table, for policies that allow nothing beside the state object.
//!
//! Teams grant GetItem, PutItem and DeleteItem on the lock table and nothing else, so nothing can be
//! listed. One index item names the runs and how far their numbers may reach; it is written under
//! the state's lock, and raised in steps, so that a batch seldom costs a second write.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::Mutex;
use trueup_aws::dynamodb::{DeleteItem, GetItem, PutItem};
use trueup_aws::{AttributeValue, BoxFuture, DynamoDb, Item};

use super::object_store::problem;
use super::{Entry, JournalStore, StoreError};

/// By how many batches the index runs ahead.
const STEP: u64 = 64;
/// How many items are read or deleted at a time.
const AT_ONCE: usize = 16;

/// Entries as items `LOCK_ID.trueup/journal/RUN/NUMBER`, with an index item `LOCK_ID.trueup/journal`.
pub(crate) struct TableJournal {
    dynamodb: Arc<dyn DynamoDb>,
    table: String,
    /// `LockID` of the state's lock item.
    lock_id: String,
    /// The index as last read or written, by run: numbers below are reserved.
    index: Mutex<Option<BTreeMap<String, u64>>>,
    /// How many numbers this process has used, by run: no more need be removed.
    used: std::sync::Mutex<BTreeMap<String, u64>>,
}

impl TableJournal {
    pub(crate) fn new(dynamodb: Arc<dyn DynamoDb>, table: String, lock_id: String) -> Self {
        Self {
            dynamodb,
            table,
            lock_id,
            index: Mutex::new(None),
            used: std::sync::Mutex::default(),
        }
    }

    fn index_id(&self) -> String {
        format!("{}.trueup/journal", self.lock_id)
    }

    fn entry_id(&self, run: &str, number: u64, outcome: bool) -> String {
        let outcome = if outcome { ".done" } else { "" };
        format!("{}/{run}/{number}{outcome}", self.index_id())
    }

    async fn get(&self, id: String, attribute: &str) -> Result<Option<String>, StoreError> {
        let request = GetItem {
            table: self.table.clone(),
            key: key(id),
            consistent: true,
            ..GetItem::default()
        };
        let item = self
            .dynamodb
            .get_item(request)
            .await
            .map_err(|error| problem(&error))?;
        Ok(item.and_then(|item| match item.get(attribute) {
            Some(AttributeValue::S(text)) => Some(text.clone()),
            _ => None,
        }))
    }

    async fn set(&self, id: String, attribute: &str, text: String) -> Result<(), StoreError> {
        let mut item = key(id);
        item.insert(attribute.to_owned(), AttributeValue::S(text));
        let request = PutItem {
            table: self.table.clone(),
            item,
            ..PutItem::default()
        };
        self.dynamodb
            .put_item(request)
            .await
            .map_err(|error| problem(&error))
    }

    async fn remove(&self, id: String) -> Result<(), StoreError> {
        let request = DeleteItem {
            table: self.table.clone(),
            key: key(id),
            ..DeleteItem::default()
        };
        self.dynamodb
            .delete_item(request)
            .await
            .map_err(|error| problem(&error))
    }

    async fn read_index(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let text = self.get(self.index_id(), "Runs").await?;
        match text {
            None => Ok(BTreeMap::new()),
            Some(text) => serde_json::from_str(&text).map_err(|error| {
                StoreError::Failed(format!(
                    "the journal's index {:?} in the table {:?} is damaged: {error}",
                    self.index_id(),
                    self.table
                ))
            }),
        }
    }

    async fn write_index(&self, runs: &BTreeMap<String, u64>) -> Result<(), StoreError> {
        if runs.is_empty() {
            return self.remove(self.index_id()).await;
        }
        let text = serde_json::to_string(runs).unwrap_or_default();
        self.set(self.index_id(), "Runs", text).await
    }

    /// Sees to it that the index covers a number of a run. The guard is an async one: others wait
    /// for the write, as they must.
    async fn reserve(&self, run: &str, number: u64) -> Result<(), StoreError> {
        let mut index = self.index.lock().await;
        let mut runs = match index.take() {
            Some(runs) => runs,
            None => self.read_index().await?,
        };
        let reserved = runs.get(run).copied().unwrap_or(0);
        if number >= reserved {
            runs.insert(run.to_owned(), number + STEP);
            self.write_index(&runs).await?;
        }
        *index = Some(runs);
        Ok(())
    }
}

fn key(id: String) -> Item {
    Item::from([("LockID".to_owned(), AttributeValue::S(id))])
}

impl JournalStore for TableJournal {
    fn place(&self) -> String {
        format!("the DynamoDB table {:?}", self.table)
    }

    fn clearing_takes(&self) -> String {
        format!(
            "dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem on the table {:?}",
            self.table
        )
    }

    fn put(&self, entry: Entry) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            if !entry.outcome {
                if let Ok(mut used) = self.used.lock() {
                    let most = used.entry(entry.run.clone()).or_default();
                    *most = (*most).max(entry.number + 1);
                }
                self.reserve(&entry.run, entry.number).await?;
            }
            let id = self.entry_id(&entry.run, entry.number, entry.outcome);
            self.set(id, "Entry", entry.text).await
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            let runs = self.read_index().await?;
            *self.index.lock().await = Some(runs.clone());
            let wanted = runs.into_iter().flat_map(|(run, reserved)| {
                (0..reserved).flat_map(move |number| {
                    [(run.clone(), number, false), (run.clone(), number, true)]
                })
            });
            stream::iter(wanted)
                .map(|(run, number, outcome)| async move {
                    let text = self
                        .get(self.entry_id(&run, number, outcome), "Entry")
                        .await?;
                    Ok(text.map(|text| Entry {
                        run,
                        number,
                        outcome,
                        text,
                    }))
                })
                .buffered(AT_ONCE)
                .try_filter_map(|entry| async move { Ok(entry) })
                .try_collect()
                .await
        })
    }

    fn clear<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut index = self.index.lock().await;
            let mut runs = match index.take() {
                Some(runs) => runs,
                None => self.read_index().await?,
            };
            let Some(reserved) = runs.remove(run) else {
                *index = Some(runs);
                return Ok(());
            };
            let used = self
                .used
                .lock()
                .ok()
                .and_then(|used| used.get(run).copied());
            let ids = (0..used.unwrap_or(reserved)).flat_map(|number| {
                [
                    self.entry_id(run, number, true),
                    self.entry_id(run, number, false),
                ]
            });
            stream::iter(ids.map(Ok))
                .try_for_each_concurrent(AT_ONCE, |id| self.remove(id))
                .await?;
            // The index last: what it does not name is lost.
            self.write_index(&runs).await?;
            *index = Some(runs);
            Ok(())
        })
    }
}
