//! One change of a table at a time: AWS refuses a second one, and builds one index of a table at once.
//! And not too many tables at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::lock::{Mutex as Queue, OwnedMutexGuard};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many tables of an account AWS lets be created, updated or deleted at once in a region.
const AT_ONCE: usize = 500;

/// Room for changes of tables in one region, so that a run of many waits here and is not refused there.
pub(crate) struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self::of(AT_ONCE)
    }
}

impl Room {
    fn of(tables: usize) -> Self {
        Self(Semaphore::new(tables))
    }

    /// Waits until there is room for one more table; it is given back by dropping what is answered.
    pub(crate) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed; without a permit the service would refuse, and be asked again.
        self.0.acquire().await.ok()
    }
}

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

    use super::{Room, TableTurns};

    #[tokio::test]
    async fn there_is_room_for_so_many_tables_at_once() {
        let room = Room::of(2);
        let first = room.take().await;
        let second = room.take().await;
        assert!(first.is_some() && second.is_some());
        assert!(room.take().now_or_never().is_none());
        drop(first);
        assert!(room.take().now_or_never().flatten().is_some());
    }

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
