//! What a run has learnt of tables, so that nobody asks twice: how fast items may be written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use trueup_aws::DynamoDb;
use trueup_aws::dynamodb::TableDescription;
use trueup_provider::Contents;

use super::known_keys::KnownKeys;

use super::turns::{Room, TableTurns, Turn};

/// How many actions a transaction may carry: the service's limit.
pub(crate) const MOST_ACTIONS: usize = 100;

/// Where a provisioned table begins: transactions cost twice the write units.
const SMALL_START: usize = 10;

/// From how many write units on a provisioned table is treated like one on demand.
const AMPLE_UNITS: i64 = 200;

/// How large the batches of one table are at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pace {
    /// Actions in one request.
    pub(crate) actions: usize,
}

/// The tables of one provider configuration.
#[derive(Default)]
pub(crate) struct KnownTables {
    /// The keys of tables and items.
    pub(crate) keys: KnownKeys,
    paces: Mutex<BTreeMap<String, Pace>>,
    elsewhere: Mutex<BTreeMap<String, BTreeSet<String>>>,
    contents: Mutex<BTreeMap<String, Contents>>,
    turns: TableTurns,
    room: Room,
}

impl KnownTables {
    fn elsewhere(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, BTreeSet<String>>> {
        self.elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers an index that is an object of its own, so that nobody takes it for the table's.
    pub(crate) fn index_elsewhere(&self, table: &str, index: &str) {
        let mut elsewhere = self.elsewhere();
        let indexes = elsewhere.entry(table.to_owned()).or_default();
        indexes.insert(index.to_owned());
    }

    /// The indexes of a table that are objects of their own, as far as they were told of.
    pub(crate) fn indexes_elsewhere(&self, table: &str) -> BTreeSet<String> {
        self.elsewhere().get(table).cloned().unwrap_or_default()
    }

    fn paces(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Pace>> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else of this run changes the table or an index of it: see [`TableTurns`].
    pub(crate) async fn turn(&self, table: &str) -> Turn {
        self.turns.take(table).await
    }

    /// Waits until another table may be changed: see [`Room`].
    pub(crate) async fn room(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.room.take().await
    }

    /// Remembers a table that was described anyway.
    pub(crate) fn saw(&self, table: &TableDescription) {
        self.keys.exists(&table.name);
        let pace = first_pace(table);
        self.paces().entry(table.name.clone()).or_insert(pace);
        let whole = |count: Option<i64>| u64::try_from(count?).ok();
        if let (Some(items), Some(bytes)) = (whole(table.item_count), whole(table.size_bytes)) {
            let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
            contents.insert(table.name.clone(), Contents { items, bytes });
        }
    }

    /// What a table held by the service's count when it was last described.
    pub(crate) fn contents(&self, table: &str) -> Option<Contents> {
        self.contents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(table)
            .copied()
    }

    /// How large a batch to this table may be. Asks once per table where nothing is known; a table
    /// that can't be described is taken to be on demand.
    pub(crate) async fn pace(&self, table: &str, dynamodb: &dyn DynamoDb) -> Pace {
        if let Some(pace) = self.paces().get(table) {
            return *pace;
        }
        let pace = match dynamodb.describe_table(table).await {
            Ok(found) => first_pace(&found),
            Err(_) => Pace {
                actions: MOST_ACTIONS,
            },
        };
        *self.paces().entry(table.to_owned()).or_insert(pace)
    }

    /// A batch of `actions` went through: the next may be twice as large.
    pub(crate) fn went_well(&self, table: &str, actions: usize) {
        if let Some(pace) = self.paces().get_mut(table)
            && actions >= pace.actions
        {
            pace.actions = (pace.actions * 2).min(MOST_ACTIONS);
        }
    }

    /// A batch of `actions` was too much: halves. Answers the new size.
    pub(crate) fn throttled(&self, table: &str, actions: usize) -> Pace {
        let mut paces = self.paces();
        let pace = paces.entry(table.to_owned()).or_insert(Pace {
            actions: MOST_ACTIONS,
        });
        pace.actions = pace.actions.min(actions / 2).max(1);
        *pace
    }
}

fn first_pace(table: &TableDescription) -> Pace {
    let on_demand = table.billing_mode.as_deref() == Some("PAY_PER_REQUEST");
    let units = table.throughput.map_or(0, |throughput| throughput.write);
    let actions = if on_demand || units >= AMPLE_UNITS {
        MOST_ACTIONS
    } else {
        SMALL_START
    };
    Pace { actions }
}
