//! All the locks of one state: the object first, then the item, as everybody does.

use super::dynamodb_lock::{TableHeld, TableLock};
use super::lock_file::{FileHeld, LockFile};
use crate::lock::Attempt;
use crate::{Error, LockInfo};

/// The locks that are configured.
pub(super) struct Locks {
    pub(super) file: Option<LockFile>,
    pub(super) table: Option<TableLock>,
}

impl Locks {
    /// One attempt at all of them. While the object is another's, the item is looked at too, so that both leases
    /// are watched at once.
    pub(super) async fn attempt(
        &self,
        info: &LockInfo,
    ) -> Attempt<(Option<FileHeld>, Option<TableHeld>)> {
        let file_held = match &self.file {
            None => None,
            Some(file) => match file.attempt(info).await {
                Attempt::Got(held) => Some(held),
                other => {
                    if let (Attempt::Held { .. }, Some(table)) = (&other, &self.table) {
                        table.observe().await;
                    }
                    return other.map(|held| (Some(held), None));
                }
            },
        };
        let Some(table) = &self.table else {
            return Attempt::Got((file_held, None));
        };
        let outcome = table.attempt(info).await;
        if !matches!(outcome, Attempt::Got(_))
            && let Some(file_held) = file_held
        {
            if let Err(error) = file_held.release().await {
                return Attempt::Failed(error);
            }
            return outcome.map(|held| (None, Some(held)));
        }
        outcome.map(|held| (file_held, Some(held)))
    }

    /// Who holds the state.
    pub(super) async fn holder(&self) -> Result<Option<LockInfo>, Error> {
        if let Some(file) = &self.file
            && let Some(holder) = file.holder().await?
        {
            return Ok(Some(holder));
        }
        match &self.table {
            Some(table) => table.holder().await,
            None => Ok(None),
        }
    }

    /// Removes the locks that have this id, and damaged ones, which have none.
    pub(super) async fn force(&self, location: &str, id: &str) -> Result<LockInfo, Error> {
        let mut removed = None;
        let mut other = None;
        if let Some(file) = &self.file {
            match file.force(id).await? {
                Some(holder) if holder.id == id => removed = Some(holder),
                found => other = found,
            }
        }
        if let Some(table) = &self.table {
            match table.force(id).await? {
                Some(holder) if holder.id == id => removed = Some(holder),
                found => other = other.or(found),
            }
        }
        match (removed, other) {
            (Some(holder), _) => Ok(holder),
            (None, Some(holder)) => Err(Error::OtherLock {
                id: id.to_owned(),
                holder: Box::new(holder),
            }),
            (None, None) => Err(Error::NotLocked {
                location: location.to_owned(),
            }),
        }
    }
}
