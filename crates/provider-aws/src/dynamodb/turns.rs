//! One change of a table at a time: AWS refuses a second one, and builds one index of a table at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::lock::{Mutex as Queue, OwnedMutexGuard};

/// The queues of one region's tables.
#[derive(Default)]
pub(crate) struct TableTurns(Mutex<BTreeMap<String, Arc<Queue<()>>>>);

/// The right to change a table, until it is dropped.
pub(crate) type Turn = OwnedMutexGuard<()>;

impl TableTurns {
    /// Waits until nobody else of this run changes the table. Whoever changes a table by several calls
    /// keeps the turn until the last of them is taken; nobody may hold two.
    pub(crate) async fn take(&self, table: &str) -> Turn {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(queues.entry(table.to_owned()).or_default())
        };
        queue.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::TableTurns;

    #[tokio::test]
    async fn a_table_has_one_turn_and_another_table_another() {
        let turns = TableTurns::default();
        let first = turns.take("orders").await;
        assert!(turns.take("orders").now_or_never().is_none());
        assert!(turns.take("events").now_or_never().is_some());
        drop(first);
        assert!(turns.take("orders").now_or_never().is_some());
    }
}
