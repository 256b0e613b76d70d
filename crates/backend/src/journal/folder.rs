//! The journal in a local folder: one file an entry, synced.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use trueup_aws::BoxFuture;

use super::{Entry, JournalStore, StoreError};
use crate::private_file;

/// Entries as files `RUN/NUMBER.json` and `RUN/NUMBER.done.json` under one folder.
pub(crate) struct FolderJournal {
    folder: PathBuf,
    /// Whether this place stands in for the store of the state.
    stands_in: bool,
}

impl FolderJournal {
    /// The journal of a state that is kept on this machine.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            stands_in: false,
        }
    }

    /// A journal on this machine for a state that is kept elsewhere.
    pub(crate) fn standing_in(folder: PathBuf) -> Self {
        Self {
            folder,
            stands_in: true,
        }
    }
}

impl JournalStore for FolderJournal {
    fn place(&self) -> String {
        format!("the folder {}", self.folder.display())
    }

    fn caution(&self) -> &'static str {
        if self.stands_in {
            " If this run ends badly, the next one must start in the same folder on this machine \
             to find it."
        } else {
            ""
        }
    }

    fn clearing_takes(&self) -> String {
        format!("to read and write the folder {}", self.folder.display())
    }

    fn put(&self, entry: Entry) -> BoxFuture<'_, Result<(), StoreError>> {
        let folder = self.folder.clone();
        Box::pin(async move { on_a_thread(move || write(&folder, &entry)).await })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        let folder = self.folder.clone();
        Box::pin(async move { on_a_thread(move || read_all(&folder)).await })
    }

    fn clear<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let folder = self.folder.join(run);
        Box::pin(async move {
            on_a_thread(move || match fs::remove_dir_all(&folder) {
                Ok(()) => {
                    remove_empty_parents(&folder);
                    Ok(())
                }
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                Err(error) => Err(problem("remove", &folder, &error)),
            })
            .await
        })
    }
}

/// Leaves no trace of a journal that is empty: the state's folder, `journal`, `.trueup`.
fn remove_empty_parents(run: &Path) {
    const LEVELS: usize = 3;
    for folder in run.ancestors().skip(1).take(LEVELS) {
        // Folders that hold something stay.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Files are synced: that must not hold up the other tasks of the run.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::Failed(error.to_string())))
}

fn problem(action: &str, path: &Path, error: &std::io::Error) -> StoreError {
    let text = format!("cannot {action} {}: {error}", path.display());
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::Denied(text),
        _ => StoreError::Failed(text),
    }
}

fn file_name(entry: &Entry) -> String {
    let outcome = if entry.outcome { ".done" } else { "" };
    format!("{:06}{outcome}.json", entry.number)
}

/// The number and whether it is an outcome; `None` for files that are not ours.
fn parse_name(name: &str) -> Option<(u64, bool)> {
    let stem = name.strip_suffix(".json")?;
    let (number, outcome) = match stem.strip_suffix(".done") {
        Some(number) => (number, true),
        None => (stem, false),
    };
    Some((number.parse().ok()?, outcome))
}

fn write(folder: &Path, entry: &Entry) -> Result<(), StoreError> {
    let run = folder.join(&entry.run);
    // A run on another state may be removing an empty folder on the way at this moment.
    fs::create_dir_all(&run)
        .or_else(|_| fs::create_dir_all(&run))
        .map_err(|error| problem("create", &run, &error))?;
    let path = run.join(file_name(entry));
    let fresh = run.join(format!(".{}", file_name(entry)));
    let written = (|| {
        private_file::replace(&path, &fresh, entry.text.as_bytes())?;
        // The name itself must be durable too, and for the first entry that of the run.
        private_file::sync_folder_of(&path)?;
        if entry.number == 0 {
            private_file::sync_folder_of(&run)?;
        }
        Ok(())
    })();
    written.map_err(|error| problem("write", &path, &error))
}

fn read_all(folder: &Path) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    let runs = match fs::read_dir(folder) {
        Ok(runs) => runs,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(entries),
        Err(error) => return Err(problem("read", folder, &error)),
    };
    for run in runs {
        let run = run.map_err(|error| problem("read", folder, &error))?;
        let path = run.path();
        if !path.is_dir() {
            continue;
        }
        let Ok(name) = run.file_name().into_string() else {
            continue;
        };
        let files = fs::read_dir(&path).map_err(|error| problem("read", &path, &error))?;
        for file in files {
            let file = file.map_err(|error| problem("read", &path, &error))?;
            let Some((number, outcome)) = file.file_name().to_str().and_then(parse_name) else {
                continue;
            };
            let text = fs::read_to_string(file.path())
                .map_err(|error| problem("read", &file.path(), &error))?;
            entries.push(Entry {
                run: name.clone(),
                number,
                outcome,
                text,
            });
        }
    }
    Ok(entries)
}
