//! States in memory: for tests, and a whole backend all the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trueup_aws::BoxFuture;
use trueup_state::State;

use crate::backend::{Backend, Revision, Snapshot, Written, check_deletable, with_default};
use crate::journal::{Entry, StoreError};
use crate::lock::{Attempt, acquire};
use crate::{Error, Held, JournalStore, LockInfo, LockWait};

/// States in memory. Clones share them, so that two sessions can meet.
#[derive(Clone, Default)]
pub struct MemoryBackend {
    slots: Arc<Mutex<BTreeMap<String, Slot>>>,
}

#[derive(Default)]
struct Slot {
    text: Option<Vec<u8>>,
    lock: Option<LockInfo>,
    journal: Vec<Entry>,
    failing_writes: u32,
    /// How many entries the journal can still take; as many as there are where nothing is said.
    journal_room: Option<u32>,
    writes: u32,
}

impl MemoryBackend {
    /// A backend without states.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a text where the state of a workspace stands.
    pub fn put(&self, workspace: &str, text: Vec<u8>) {
        self.slots().entry(workspace.to_owned()).or_default().text = Some(text);
    }

    /// The text of a workspace's state.
    pub fn text(&self, workspace: &str) -> Option<Vec<u8>> {
        self.slots().get(workspace)?.text.clone()
    }

    /// Lets the next `count` writes of a workspace fail as a full disk would.
    pub fn fail_writes(&self, workspace: &str, count: u32) {
        self.slots()
            .entry(workspace.to_owned())
            .or_default()
            .failing_writes = count;
    }

    /// Lets the journal of a workspace take `count` more entries, and fail from then on as a full disk would.
    pub fn fill_journal_after(&self, workspace: &str, count: u32) {
        self.slots()
            .entry(workspace.to_owned())
            .or_default()
            .journal_room = Some(count);
    }

    /// How many writes of a workspace have succeeded.
    pub fn writes(&self, workspace: &str) -> u32 {
        self.slots().get(workspace).map_or(0, |slot| slot.writes)
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self, workspace: &str, info: &LockInfo) -> Attempt<Box<dyn Held>> {
        let mut slots = self.slots();
        let slot = slots.entry(workspace.to_owned()).or_default();
        if let Some(holder) = &slot.lock {
            return Attempt::Held {
                holder: holder.clone(),
                cause: "the state is locked".to_owned(),
                hint: String::new(),
            };
        }
        slot.lock = Some(info.clone());
        Attempt::Got(Box::new(MemoryLock {
            backend: self.clone(),
            workspace: workspace.to_owned(),
            id: info.id.clone(),
        }))
    }

    fn unlock(&self, workspace: &str, id: &str) -> Result<LockInfo, Error> {
        let mut slots = self.slots();
        let lock = slots
            .get_mut(workspace)
            .map(|slot| &mut slot.lock)
            .ok_or_else(|| Error::NotLocked {
                location: self.location(workspace),
            })?;
        match lock.take() {
            Some(holder) if holder.id == id => Ok(holder),
            Some(holder) => {
                *lock = Some(holder.clone());
                Err(Error::OtherLock {
                    id: id.to_owned(),
                    holder: Box::new(holder),
                })
            }
            None => Err(Error::NotLocked {
                location: self.location(workspace),
            }),
        }
    }
}

fn revision(text: Option<&[u8]>) -> Revision {
    Revision {
        md5: text.map(crate::backend::md5_hex),
        ..Revision::default()
    }
}

impl Backend for MemoryBackend {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn location(&self, workspace: &str) -> String {
        format!("memory/{workspace}")
    }

    fn read<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Snapshot, Error>> {
        Box::pin(async move {
            let text = self.text(workspace).filter(|text| !text.is_empty());
            let state = text
                .as_deref()
                .map(State::read)
                .transpose()
                .map_err(|problem| Error::Unreadable {
                    location: self.location(workspace),
                    problem,
                })?;
            Ok(Snapshot {
                state,
                revision: revision(text.as_deref()),
                outdated: false,
                notices: Vec::new(),
            })
        })
    }

    fn write<'a>(
        &'a self,
        workspace: &'a str,
        text: Vec<u8>,
        expected: &'a Revision,
    ) -> BoxFuture<'a, Result<Written, Error>> {
        Box::pin(async move {
            let mut slots = self.slots();
            let slot = slots.entry(workspace.to_owned()).or_default();
            if slot.failing_writes > 0 {
                slot.failing_writes -= 1;
                let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
                return Err(Error::io("write", self.location(workspace), source));
            }
            if revision(slot.text.as_deref()).md5 != expected.md5 {
                return Err(Error::Conflict {
                    location: self.location(workspace),
                    detail: "its text differs".to_owned(),
                });
            }
            let revision = revision(Some(&text));
            slot.text = Some(text);
            slot.writes += 1;
            Ok(Written {
                revision,
                notices: Vec::new(),
            })
        })
    }

    fn lock<'a>(
        &'a self,
        workspace: &'a str,
        info: &'a LockInfo,
        wait: &'a LockWait,
    ) -> BoxFuture<'a, Result<Box<dyn Held>, Error>> {
        Box::pin(async move {
            acquire(&self.location(workspace), wait, || async {
                self.try_lock(workspace, info)
            })
            .await
        })
    }

    fn holder<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Option<LockInfo>, Error>> {
        Box::pin(async move {
            Ok(self
                .slots()
                .get(workspace)
                .and_then(|slot| slot.lock.clone()))
        })
    }

    fn force_unlock<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<LockInfo, Error>> {
        Box::pin(async move { self.unlock(workspace, id) })
    }

    fn workspaces(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let slots = self.slots();
            let found = slots.iter().filter(|(_, slot)| slot.text.is_some());
            Ok(with_default(found.map(|(name, _)| name.clone()).collect()))
        })
    }

    fn delete_workspace<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            check_deletable(workspace)?;
            self.slots().remove(workspace);
            Ok(())
        })
    }

    fn journal_stores(&self, workspace: &str) -> Vec<Arc<dyn JournalStore>> {
        vec![Arc::new(MemoryJournal {
            backend: self.clone(),
            workspace: workspace.to_owned(),
        })]
    }
}

struct MemoryLock {
    backend: MemoryBackend,
    workspace: String,
    id: String,
}

impl Held for MemoryLock {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Error> {
        let holder = self
            .backend
            .slots()
            .get(&self.workspace)
            .and_then(|slot| slot.lock.clone());
        match holder {
            Some(holder) if holder.id == self.id => Ok(()),
            _ => Err(Error::LockLost {
                location: self.backend.location(&self.workspace),
                id: self.id.clone(),
                cause: "somebody removed it".to_owned(),
            }),
        }
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            self.backend
                .unlock(&self.workspace, &self.id)
                .map(drop)
                .map_err(|error| Error::NotReleased {
                    location: self.backend.location(&self.workspace),
                    id: self.id.clone(),
                    cause: error.to_string(),
                })
        })
    }
}

struct MemoryJournal {
    backend: MemoryBackend,
    workspace: String,
}

impl JournalStore for MemoryJournal {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn clearing_takes(&self) -> String {
        "nothing".to_owned()
    }

    fn put(&self, entry: Entry) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut slots = self.backend.slots();
            let slot = slots.entry(self.workspace.clone()).or_default();
            match &mut slot.journal_room {
                Some(0) => return Err(StoreError::Failed("no room is left".to_owned())),
                Some(room) => *room -= 1,
                None => {}
            }
            slot.journal.push(entry);
            Ok(())
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            let slots = self.backend.slots();
            Ok(slots
                .get(&self.workspace)
                .map(|slot| slot.journal.clone())
                .unwrap_or_default())
        })
    }

    fn clear<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if let Some(slot) = self.backend.slots().get_mut(&self.workspace) {
                slot.journal.retain(|entry| entry.run != run);
            }
            Ok(())
        })
    }
}
