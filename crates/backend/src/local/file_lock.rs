//! The lock on a state file: the system's record lock, and the info beside it for people.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{beside, record_lock};
use crate::{Error, LockInfo};

/// A state file that is open and locked.
pub(super) struct FileLock {
    path: PathBuf,
    file: File,
    /// Whether locking made the file: an empty one is then removed again.
    made: bool,
    /// Whether the run that holds the lock has kept a copy of the state it found.
    backed_up: AtomicBool,
}

/// `.NAME.lock.info` beside the state.
fn info_path(state: &Path) -> PathBuf {
    beside(state, ".", ".lock.info")
}

impl FileLock {
    /// Opens and locks; the inner error is the holder, as far as its info can be read.
    pub(super) fn take(
        path: &Path,
        info: &LockInfo,
    ) -> Result<Result<Self, Option<LockInfo>>, Error> {
        /// A file that is removed under our hands this often is not waited for any longer.
        const REOPENINGS: u32 = 100;
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        }
        for _ in 0..REOPENINGS {
            let made = !path.exists();
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path)
                .map_err(|error| Error::io("open for writing", path, error))?;
            let got = record_lock::try_exclusive(&file)
                .map_err(|error| Error::io("lock", path, error))?;
            if !got {
                return Ok(Err(Self::info_beside(path)));
            }
            // Another run may have removed the empty file it made, between our opening and locking.
            if !is_same(&file, path) {
                continue;
            }
            let lock = Self {
                path: path.to_owned(),
                file,
                made,
                backed_up: AtomicBool::new(false),
            };
            lock.write_info(info)?;
            return Ok(Ok(lock));
        }
        Ok(Err(None))
    }

    fn write_info(&self, info: &LockInfo) -> Result<(), Error> {
        let path = info_path(&self.path);
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o644)
            .open(&path)
            .and_then(|mut file| file.write_all(info.to_json().as_bytes()));
        written.map_err(|error| {
            // The record lock goes with the handle; a half-written info would only confuse.
            let _ = fs::remove_file(&path);
            Error::io("write", path, error)
        })
    }

    /// The info beside a state, whoever left it.
    pub(super) fn info_beside(state: &Path) -> Option<LockInfo> {
        LockInfo::parse(&fs::read_to_string(info_path(state)).ok()?)
    }

    /// Removes the info beside a state.
    pub(super) fn remove_info(state: &Path) -> Result<(), Error> {
        let path = info_path(state);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::io("remove", path, error))
            }
            _ => Ok(()),
        }
    }

    /// Whether a running process holds the state.
    pub(super) fn is_held_elsewhere(path: &Path) -> Result<bool, Error> {
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => record_lock::is_held_elsewhere(&file)
                .map_err(|error| Error::io("look at the lock of", path, error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("open", path, error)),
        }
    }

    /// The locked file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Whether there was no file before it was locked.
    pub(super) fn made(&self) -> bool {
        self.made
    }

    /// Whether this is the first write under the lock, before which a copy is to be kept.
    pub(super) fn first_write(&self) -> bool {
        !self.backed_up.swap(true, Ordering::Relaxed)
    }

    /// Gives the lock up; the info goes first, so that nobody finds it without a lock for long.
    pub(super) fn release(&self) -> Result<(), Error> {
        let removed = Self::remove_info(&self.path);
        if self.made && self.file.metadata().is_ok_and(|data| data.len() == 0) {
            // Left behind it would do no harm.
            let _ = fs::remove_file(&self.path);
        }
        record_lock::unlock(&self.file).map_err(|error| Error::io("unlock", &self.path, error))?;
        removed
    }
}

/// Whether the path still names the open file.
fn is_same(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => open.ino() == named.ino() && open.dev() == named.dev(),
        _ => false,
    }
}
