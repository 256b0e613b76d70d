//! Where journal entries can be kept.

use trueup_aws::BoxFuture;

/// One entry: a batch, or the outcomes of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The run.
    pub run: String,
    /// The batch's number within the run.
    pub number: u64,
    /// Whether these are the outcomes.
    pub outcome: bool,
    /// The JSON text.
    pub text: String,
}

/// Why a store did not do as told.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It will not let us: another place is to be used.
    #[error("{0}")]
    Denied(String),
    /// It could not, this time.
    #[error("{0}")]
    Failed(String),
}

/// A place for journal entries.
pub trait JournalStore: Send + Sync {
    /// The place as messages name it.
    fn place(&self) -> String;

    /// What a person should know of journals kept here; empty or beginning with a space.
    fn caution(&self) -> &'static str {
        ""
    }

    /// What one must be allowed to do here for [`JournalStore::clear`].
    fn clearing_takes(&self) -> String;

    /// Writes an entry; durable when it returns.
    fn put(&self, entry: Entry) -> BoxFuture<'_, Result<(), StoreError>>;

    /// All entries of all runs.
    fn list(&self) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>>;

    /// Removes the entries of a run.
    fn clear<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}
