//! States as files on this machine, locked the way Terraform locks them.

mod file_lock;
mod former;
mod record_lock;
mod settings;
mod state_file;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use trueup_aws::BoxFuture;
use trueup_state::State;

pub use settings::LocalSettings;

use crate::backend::{
    Backend, DEFAULT_WORKSPACE, Revision, Snapshot, Written, check_deletable, check_name,
    with_default,
};
use crate::history::History;
use crate::journal::FolderJournal;
use crate::lock::{Attempt, acquire};
use crate::{Error, Held, JournalStore, LockInfo, LockWait};
use file_lock::FileLock;
use state_file::StateFile;

/// States as files: one for the default workspace, one in a folder for each other.
pub struct LocalBackend {
    settings: LocalSettings,
    /// The state files that this backend holds locked. While one is, it is read and written
    /// through the locked handle only: closing another one could release the lock.
    locked: Arc<Mutex<BTreeMap<String, Arc<FileLock>>>>,
}

impl LocalBackend {
    /// A backend over the settings' paths. Nothing is touched before it is used.
    pub fn new(settings: LocalSettings) -> Self {
        Self {
            settings,
            locked: Arc::default(),
        }
    }

    /// The file of a workspace's state.
    pub fn state_path(&self, workspace: &str) -> PathBuf {
        self.settings.working_dir.join(self.shown_path(workspace))
    }

    /// Where the state is written and locked, relative to the working folder.
    fn shown_path(&self, workspace: &str) -> PathBuf {
        match &self.settings.state_out {
            Some(path) => path.clone(),
            None => self.read_path(workspace),
        }
    }

    /// Where the state is read, relative to the working folder.
    fn read_path(&self, workspace: &str) -> PathBuf {
        if let Some(path) = &self.settings.state {
            path.clone()
        } else if workspace == DEFAULT_WORKSPACE {
            self.settings.path.clone()
        } else {
            self.settings
                .workspace_dir
                .join(workspace)
                .join("terraform.tfstate")
        }
    }

    fn backup_path(&self, workspace: &str) -> Option<PathBuf> {
        match &self.settings.backup {
            Some(path) if path.as_os_str() == "-" => None,
            Some(path) => Some(self.settings.working_dir.join(path)),
            None => Some(beside(&self.state_path(workspace), "", ".backup")),
        }
    }

    /// The file that the state is read from, where it is not the one that is written.
    fn source(&self, workspace: &str) -> Option<PathBuf> {
        let (read, written) = (self.read_path(workspace), self.shown_path(workspace));
        (read != written).then(|| self.settings.working_dir.join(read))
    }

    fn held(&self, workspace: &str) -> Option<Arc<FileLock>> {
        self.locked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(workspace)
            .cloned()
    }

    fn file(&self, workspace: &str) -> StateFile {
        StateFile {
            path: self.state_path(workspace),
            location: self.location(workspace),
            backup: self.backup_path(workspace),
            source: self.source(workspace),
            locked: self.held(workspace),
            sealing: self.settings.sealing.clone(),
        }
    }

    fn try_lock(&self, workspace: &str, info: &LockInfo) -> Attempt<Arc<FileLock>> {
        if let Err(error) = check_name(workspace) {
            return Attempt::Failed(error);
        }
        match FileLock::take(&self.state_path(workspace), info) {
            Ok(Ok(lock)) => {
                let lock = Arc::new(lock);
                self.locked
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(workspace.to_owned(), lock.clone());
                Attempt::Got(lock)
            }
            Ok(Err(Some(holder))) => Attempt::Held {
                holder,
                cause: "resource temporarily unavailable".to_owned(),
                hint: String::new(),
            },
            // The holder has not written its info yet, or has just removed it.
            Ok(Err(None)) => Attempt::Held {
                holder: LockInfo {
                    path: self.location(workspace),
                    ..LockInfo::default()
                },
                cause: "resource temporarily unavailable".to_owned(),
                hint: String::new(),
            },
            Err(error) => Attempt::Failed(error),
        }
    }
}

/// The path with something before and after its last part.
fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{before}{name}{after}"))
}

/// File work, syncs above all, off the threads that drive the run.
async fn on_a_thread<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::io("use", path, std::io::Error::other(error))))
}

impl Backend for LocalBackend {
    fn kind(&self) -> &'static str {
        "local"
    }

    fn location(&self, workspace: &str) -> String {
        self.shown_path(workspace).display().to_string()
    }

    fn read<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Snapshot, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let file = self.file(workspace);
            if self.settings.sealing.is_on() {
                let looked_into = self.file(workspace);
                let texts = on_a_thread(file.path.clone(), move || looked_into.texts()).await?;
                for text in texts {
                    self.settings.sealing.prepare(&text).await;
                }
            }
            on_a_thread(file.path.clone(), move || file.read()).await
        })
    }

    fn write<'a>(
        &'a self,
        workspace: &'a str,
        text: Vec<u8>,
        expected: &'a Revision,
    ) -> BoxFuture<'a, Result<Written, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let file = self.file(workspace);
            let expected = expected.clone();
            let text = self.settings.sealing.seal(text).await?;
            on_a_thread(file.path.clone(), move || file.write(&text, &expected)).await
        })
    }

    fn lock<'a>(
        &'a self,
        workspace: &'a str,
        info: &'a LockInfo,
        wait: &'a LockWait,
    ) -> BoxFuture<'a, Result<Box<dyn Held>, Error>> {
        Box::pin(async move {
            let location = self.location(workspace);
            let lock =
                acquire(&location, wait, || async { self.try_lock(workspace, info) }).await?;
            let held: Box<dyn Held> = Box::new(LocalHeld {
                id: info.id.clone(),
                location,
                workspace: workspace.to_owned(),
                lock,
                locked: self.locked.clone(),
            });
            Ok(held)
        })
    }

    fn holder<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Option<LockInfo>, Error>> {
        Box::pin(async move { Ok(FileLock::info_beside(&self.state_path(workspace))) })
    }

    fn force_unlock<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<LockInfo, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let path = self.state_path(workspace);
            let location = self.location(workspace);
            let Some(holder) = FileLock::info_beside(&path) else {
                return Err(Error::NotLocked { location });
            };
            if holder.id != id {
                return Err(Error::OtherLock {
                    id: id.to_owned(),
                    holder: Box::new(holder),
                });
            }
            if FileLock::is_held_elsewhere(&path)? {
                // The system's lock ends with its process and not before.
                return Err(Error::Locked {
                    location,
                    cause: "the process that holds the lock is still running; a lock on a local \
                            state ends when it does"
                        .to_owned(),
                    holder: Some(Box::new(holder)),
                    hint: String::new(),
                });
            }
            FileLock::remove_info(&path)?;
            Ok(holder)
        })
    }

    fn workspaces(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let folder = self.settings.working_dir.join(&self.settings.workspace_dir);
            let mut names = Vec::new();
            match fs::read_dir(&folder) {
                Ok(entries) => {
                    for entry in entries {
                        let entry = entry.map_err(|error| Error::io("read", &folder, error))?;
                        let name = entry.file_name().to_string_lossy().into_owned();
                        if entry.path().is_dir() {
                            names.push(name);
                        }
                    }
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("read", folder, error)),
            }
            Ok(with_default(names))
        })
    }

    fn delete_workspace<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            check_deletable(workspace)?;
            let folder = self
                .settings
                .working_dir
                .join(&self.settings.workspace_dir)
                .join(workspace);
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(Error::io("remove", folder, error))
                }
                _ => Ok(()),
            }
        })
    }

    fn history<'a>(
        &'a self,
        workspace: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<History, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let (path, backup) = (self.state_path(workspace), self.backup_path(workspace));
            on_a_thread(path.clone(), move || {
                former::list(&path, backup.as_deref(), limit)
            })
            .await
        })
    }

    fn version_state<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<State, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let (path, backup) = (self.state_path(workspace), self.backup_path(workspace));
            let wanted = id.to_owned();
            let found = on_a_thread(path.clone(), move || {
                former::read(&path, backup.as_deref(), &wanted)
            })
            .await?;
            let text = found.ok_or_else(|| Error::NoVersion {
                location: self.location(workspace),
                id: id.to_owned(),
            })?;
            self.settings.sealing.prepare(&text).await;
            self.settings
                .sealing
                .state(&text)
                .map_err(|problem| Error::Unreadable {
                    location: id.to_owned(),
                    problem,
                })
        })
    }

    fn journal_stores(&self, workspace: &str) -> Vec<Arc<dyn JournalStore>> {
        let scope = crate::journal::scope(workspace, &self.state_path(workspace).to_string_lossy());
        vec![Arc::new(FolderJournal::new(
            self.settings.journal_dir.join(scope),
        ))]
    }
}

struct LocalHeld {
    id: String,
    location: String,
    workspace: String,
    lock: Arc<FileLock>,
    locked: Arc<Mutex<BTreeMap<String, Arc<FileLock>>>>,
}

impl Held for LocalHeld {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            self.locked
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&self.workspace);
            self.lock.release().map_err(|error| Error::NotReleased {
                location: self.location.clone(),
                id: self.id.clone(),
                cause: error.to_string(),
            })
        })
    }
}

/// A lock must not outlive the run that forgot it.
impl Drop for LocalHeld {
    fn drop(&mut self) {
        self.locked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.workspace);
    }
}
