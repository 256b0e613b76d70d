//! The journal of intents: what a run is about to do to the world, durable before it does it.
//!
//! A batch of intents is one object; its outcomes are a second one. Both stay until the state that
//! holds the results is durable. A run that ends in between leaves them for the next run, which
//! looks at the world and judges. Records hold addresses, identities and digests, never values.

mod folder;
mod lock_table;
mod object_store;
mod record;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

pub(crate) use folder::FolderJournal;
pub(crate) use lock_table::TableJournal;
pub(crate) use object_store::ObjectJournal;
pub use record::{IntentKind, IntentRecord, OpenBatch, Outcome, OutcomeRecord};
pub use store::JournalStore;
pub(crate) use store::{Entry, StoreError};

use crate::{Error, Notice, Surroundings};
use record::{BatchText, OutcomeText};

/// Names a batch of this run, from [`Journal::begin`] to [`Journal::finish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchId {
    number: u64,
    store: usize,
}

/// The journal of one run, and its sight of what earlier runs left. Batches may be begun and
/// finished concurrently.
pub struct Journal {
    stores: Vec<Arc<dyn JournalStore>>,
    run: String,
    who: String,
    next: AtomicU64,
    /// The first store that has not refused yet.
    current: AtomicUsize,
    /// The stores that hold entries, with the run whose they are.
    held: Mutex<BTreeSet<(usize, String)>>,
    notices: Mutex<Vec<Notice>>,
}

impl Journal {
    /// The journal of the run `run` in the first of `stores` that can be written to.
    pub fn new(
        stores: Vec<Arc<dyn JournalStore>>,
        run: String,
        surroundings: &Surroundings,
    ) -> Self {
        Self {
            stores,
            run,
            who: surroundings.who.clone(),
            next: AtomicU64::new(0),
            current: AtomicUsize::new(0),
            held: Mutex::default(),
            notices: Mutex::new(Vec::new()),
        }
    }

    /// The batches that earlier runs have left, oldest run and lowest number first as far as the
    /// intents' times tell. Call it under the lock, before this run's first batch.
    ///
    /// # Errors
    /// [`Error::Journal`] if a store that can be read holds something that cannot be understood.
    pub async fn open_intents(&self) -> Result<Vec<OpenBatch>, Error> {
        let mut found = Vec::new();
        for (number, store) in self.stores.iter().enumerate() {
            let entries = match store.list().await {
                Ok(entries) => entries,
                Err(StoreError::Denied(cause)) => {
                    tracing::debug!(place = store.place(), cause, "journal place not readable");
                    // Writing there would leave batches that no later run could find.
                    if number == self.current.load(Ordering::Relaxed) {
                        self.pass_over(number, &cause);
                    }
                    continue;
                }
                Err(StoreError::Failed(cause)) => return Err(Error::Journal { cause }),
            };
            for entry in &entries {
                self.holds(number, &entry.run);
            }
            found.extend(pair_up(entries, &self.run)?);
        }
        found.sort_by_key(|batch| {
            let first = batch.intents.iter().map(|intent| intent.at_ms).min();
            (first, batch.run.clone(), batch.number)
        });
        Ok(found)
    }

    /// Writes a batch of intents. When it returns they are durable, and the world may be changed.
    ///
    /// # Errors
    /// [`Error::Journal`] if no place could be written to; then the world must not be changed.
    pub async fn begin(&self, intents: Vec<IntentRecord>) -> Result<BatchId, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = BatchText {
            who: self.who.clone(),
            intents,
        }
        .to_json();
        let mut last = "there is no place for it".to_owned();
        loop {
            let store = self.current.load(Ordering::Relaxed);
            let Some(place) = self.stores.get(store) else {
                return Err(Error::Journal { cause: last });
            };
            let entry = Entry {
                run: self.run.clone(),
                number,
                outcome: false,
                text: text.clone(),
            };
            match place.put(entry).await {
                Ok(()) => {
                    self.holds(store, &self.run);
                    return Ok(BatchId { number, store });
                }
                Err(StoreError::Denied(cause)) => {
                    self.pass_over(store, &cause);
                    last = cause;
                }
                Err(StoreError::Failed(cause)) => return Err(Error::Journal { cause }),
            }
        }
    }

    /// Writes how the intents of a batch came out, in their order. What is written later counts: an id that was made
    /// may be said before the batch is over.
    ///
    /// # Errors
    /// [`Error::Journal`]; the batch then stays open, and a later recovery looks at the world.
    pub async fn finish(&self, batch: BatchId, outcomes: Vec<OutcomeRecord>) -> Result<(), Error> {
        let Some(place) = self.stores.get(batch.store) else {
            return Ok(());
        };
        let entry = Entry {
            run: self.run.clone(),
            number: batch.number,
            outcome: true,
            text: OutcomeText { outcomes }.to_json(),
        };
        place.put(entry).await.map_err(|error| Error::Journal {
            cause: error.to_string(),
        })
    }

    /// Forgets this run's batches: call it after the checkpoint that holds their results.
    ///
    /// # Errors
    /// [`Error::Journal`]; what is left is judged again by the next run, to the same end.
    pub async fn clear_run(&self) -> Result<(), Error> {
        if self.next.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        let run = self.run.clone();
        self.clear(&run).await
    }

    /// Forgets the batches of a run that has been recovered and whose results are durable. What stays because its
    /// place does not allow to remove it is told by a notice: it does no harm, and the next run that may clears it.
    ///
    /// # Errors
    /// As [`Journal::clear_run`].
    pub async fn clear(&self, run: &str) -> Result<(), Error> {
        for (number, store) in self.stores.iter().enumerate() {
            match store.clear(run).await {
                Ok(()) => {}
                Err(StoreError::Denied(cause)) => self.tell_left(number, run, &cause),
                Err(StoreError::Failed(cause)) => return Err(Error::Journal { cause }),
            }
        }
        Ok(())
    }

    /// Notes that a store holds entries of a run.
    fn holds(&self, store: usize, run: &str) {
        if let Ok(mut held) = self.held.lock() {
            held.insert((store, run.to_owned()));
        }
    }

    /// Says that entries are left, unless nothing was ever kept there: a place that allows nothing has nothing.
    fn tell_left(&self, store: usize, run: &str, cause: &str) {
        let there = |held: &BTreeSet<_>| held.contains(&(store, run.to_owned()));
        if !self.held.lock().is_ok_and(|held| there(&held)) {
            return;
        }
        let place = &self.stores[store];
        self.tell(Notice::new(
            "The journal could not be cleared",
            format!(
                "Entries of the run {run} are left in {}: {cause}\nWhat they tell of stands in the state, so they do \
                 no harm, and the next run that is allowed to clears them. That takes {}.",
                place.place(),
                place.clearing_takes()
            ),
        ));
    }

    fn tell(&self, notice: Notice) {
        if let Ok(mut notices) = self.notices.lock() {
            notices.push(notice);
        }
    }

    /// The id of this run.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Takes what a person should know: that the journal went to a lesser place.
    pub fn take_notices(&self) -> Vec<Notice> {
        self.notices
            .lock()
            .map(|mut notices| std::mem::take(&mut *notices))
            .unwrap_or_default()
    }

    /// Goes on to the next store, once for each that refuses. The lock table is as good a place as the bucket; only
    /// of one that the next run may not see is anything said.
    fn pass_over(&self, store: usize, cause: &str) {
        let moved =
            self.current
                .compare_exchange(store, store + 1, Ordering::Relaxed, Ordering::Relaxed);
        let (Ok(_), Some(next)) = (moved, self.stores.get(store + 1)) else {
            return;
        };
        if next.caution().is_empty() {
            tracing::info!(
                from = self.stores[store].place(),
                to = next.place(),
                cause,
                "journal kept elsewhere"
            );
            return;
        }
        let notice = Notice::new(
            "The journal is kept elsewhere",
            format!(
                "The journal of this run belongs into {}, which cannot be used: {cause}\nIt is \
                 kept in {} instead.{}",
                self.stores[store].place(),
                next.place(),
                next.caution()
            ),
        );
        self.tell(notice);
    }
}

/// Puts batches and outcomes together. Outcomes without a batch are what a clearing that was cut short left: they
/// count as a batch of nothing, so that the run is cleared again.
fn pair_up(entries: Vec<Entry>, this_run: &str) -> Result<Vec<OpenBatch>, Error> {
    let mut batches: BTreeMap<(String, u64), OpenBatch> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for entry in entries {
        if entry.run == this_run {
            continue;
        }
        if entry.outcome {
            outcomes.push(entry);
            continue;
        }
        // A torn batch was never begun: its write did not return.
        let Some(batch) = BatchText::parse(&entry.text) else {
            tracing::warn!(
                run = entry.run,
                batch = entry.number,
                "torn journal batch passed over"
            );
            continue;
        };
        batches.insert(
            (entry.run.clone(), entry.number),
            OpenBatch {
                run: entry.run,
                number: entry.number,
                who: batch.who,
                intents: batch.intents,
                outcomes: None,
            },
        );
    }
    for entry in outcomes {
        let left = || OpenBatch {
            run: entry.run.clone(),
            number: entry.number,
            who: String::new(),
            intents: Vec::new(),
            outcomes: None,
        };
        let batch = batches
            .entry((entry.run.clone(), entry.number))
            .or_insert_with(left);
        if !batch.intents.is_empty() {
            batch.outcomes = OutcomeText::parse(&entry.text)
                .map(|text| text.outcomes)
                .filter(|outcomes| outcomes.len() == batch.intents.len());
        }
    }
    Ok(batches.into_values().collect())
}

/// A folder's name for the journals of one state: states of different folders may share a journal
/// folder, and must not see each other's runs.
pub(crate) fn scope(workspace: &str, location: &str) -> String {
    let digest = crate::backend::md5_hex(location.as_bytes());
    format!("{workspace}-{}", &digest[..8])
}
