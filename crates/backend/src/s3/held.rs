//! The locks of one state, held together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use trueup_aws::BoxFuture;

use super::dynamodb_lock::TableHeld;
use super::leased::Leased;
use super::lock_file::FileHeld;
use crate::{Error, Held};

/// All the locks of one state, held.
pub(super) struct S3Held {
    pub(super) id: String,
    pub(super) workspace: String,
    /// Where the backend notes what it holds.
    pub(super) locked: Arc<Mutex<BTreeSet<String>>>,
    pub(super) file: Option<FileHeld>,
    pub(super) table: Option<TableHeld>,
}

impl S3Held {
    fn leases(&self) -> impl Iterator<Item = &Leased> {
        let file = self.file.as_ref().map(|held| &held.lease);
        let table = self.table.as_ref().map(|held| &held.lease);
        file.into_iter().chain(table)
    }
}

impl Held for S3Held {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Error> {
        self.leases().try_for_each(Leased::check)
    }

    fn confirm(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            for lease in self.leases() {
                lease.confirm().await?;
            }
            Ok(())
        })
    }

    fn notices(&self) -> Vec<crate::Notice> {
        let table = self.table.as_ref().map(|held| held.lease.notices());
        let file = self.file.as_ref().map(|held| held.lease.notices());
        // Of a run that held both, it is said once.
        match table {
            Some(notices) if !notices.is_empty() => notices,
            _ => file.unwrap_or_default(),
        }
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            if let Ok(mut locked) = self.locked.lock() {
                locked.remove(&self.workspace);
            }
            let file = match self.file {
                Some(file) => file.release().await,
                None => Ok(()),
            };
            let table = match self.table {
                Some(table) => table.release().await,
                None => Ok(()),
            };
            file.and(table)
        })
    }
}
