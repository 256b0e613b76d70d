//! Reading and writing a state file so that no crash and no full disk loses it.
//!
//! The new text goes to a side file first, which is synced, and then over the old one in place:
//! the locked file must stay the same file. Whatever is interrupted, one of the two is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use trueup_state::{ReadError, State};

use super::beside;
use super::file_lock::FileLock;
use crate::backend::{Notice, Revision, Snapshot, Written, md5_hex};
use crate::{Error, Sealing, private_file};

/// One state file, with its lock if this backend holds it.
pub(super) struct StateFile {
    pub(super) path: PathBuf,
    pub(super) location: String,
    pub(super) backup: Option<PathBuf>,
    /// Where the state is read, if not at `path`.
    pub(super) source: Option<PathBuf>,
    pub(super) locked: Option<Arc<FileLock>>,
    pub(super) sealing: Sealing,
}

impl StateFile {
    fn side_path(&self) -> PathBuf {
        beside(&self.path, ".", ".trueup-new")
    }

    /// The file's bytes, through the locked handle where there is one; `None` for no file.
    fn bytes(&self) -> Result<Option<Vec<u8>>, Error> {
        let read = match &self.locked {
            Some(lock) => read_whole(lock.file()).map(Some),
            None => match File::open(&self.path) {
                Ok(file) => read_whole(&file).map(Some),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        };
        read.map_err(|error| Error::io("read", &self.path, error))
    }

    /// The texts that reading may look into.
    pub(super) fn texts(&self) -> Result<Vec<Vec<u8>>, Error> {
        let mut texts: Vec<Vec<u8>> = self.bytes()?.into_iter().collect();
        // What can't be read is found where it is needed.
        texts.extend(self.source.as_ref().and_then(|path| fs::read(path).ok()));
        texts.extend(fs::read(self.side_path()).ok());
        Ok(texts)
    }

    /// Reads the state; a damaged or outdated file gives way to a whole and newer side file.
    pub(super) fn read(&self) -> Result<Snapshot, Error> {
        let bytes = self.bytes()?;
        let read = match bytes.as_deref() {
            None => Err(ReadError::Empty),
            Some(bytes) => self.sealing.state(bytes),
        };
        let existed = bytes.is_some() && !self.locked.as_ref().is_some_and(|lock| lock.made());
        if existed
            && self.source.is_none()
            && let Some((text, state)) = self.left_over(&read)
        {
            return self.recovered(bytes.as_deref(), text, state);
        }
        let revision = Revision {
            md5: bytes
                .as_deref()
                .filter(|bytes| !bytes.is_empty())
                .map(md5_hex),
            ..Revision::default()
        };
        let read = match &self.source {
            Some(source) => match fs::read(source) {
                Ok(bytes) => self.sealing.state(&bytes),
                Err(error) if error.kind() == ErrorKind::NotFound => Err(ReadError::Empty),
                Err(error) => return Err(Error::io("read", source, error)),
            },
            None => read,
        };
        let state = match read {
            Ok(state) => Some(state),
            Err(ReadError::Empty) => None,
            Err(problem) => {
                return Err(Error::Unreadable {
                    location: self.location.clone(),
                    problem,
                });
            }
        };
        let outdated = bytes
            .as_deref()
            .is_some_and(|bytes| self.sealing.is_outdated(bytes));
        Ok(Snapshot {
            state,
            revision,
            outdated,
            notices: Vec::new(),
        })
    }

    /// The side file of a write that was interrupted, if it is whole and the file is not, or is the
    /// older of the two.
    fn left_over(&self, read: &Result<State, ReadError>) -> Option<(Vec<u8>, State)> {
        let side = self.side_path();
        if !fs::symlink_metadata(&side).ok()?.is_file() {
            return None;
        }
        let text = fs::read(side).ok()?;
        let side = self.sealing.state(&text).ok()?;
        let wanted = match read {
            Ok(state) => state.lineage == side.lineage && state.serial < side.serial,
            Err(
                ReadError::Empty
                | ReadError::NotText { .. }
                | ReadError::Syntax { .. }
                | ReadError::NoVersion
                | ReadError::BadEntry { .. },
            ) => true,
            Err(_) => false,
        };
        wanted.then_some((text, side))
    }

    fn recovered(
        &self,
        found: Option<&[u8]>,
        text: Vec<u8>,
        state: State,
    ) -> Result<Snapshot, Error> {
        let mut stored = found.filter(|bytes| !bytes.is_empty()).map(md5_hex);
        if let Some(lock) = &self.locked {
            overwrite(lock.file(), &text).map_err(|error| Error::io("write", &self.path, error))?;
            let _ = fs::remove_file(self.side_path());
            stored = Some(md5_hex(&text));
        }
        let notice = Notice::new(
            "The state file was recovered",
            format!(
                "Writing {} was interrupted. The state with serial {} that was being written was \
                 found whole beside it and is used.",
                self.location, state.serial
            ),
        );
        Ok(Snapshot {
            state: Some(state),
            revision: Revision {
                md5: stored,
                ..Revision::default()
            },
            outdated: false,
            notices: vec![notice],
        })
    }

    /// Replaces the text, which must still be the expected one.
    pub(super) fn write(&self, text: &[u8], expected: &Revision) -> Result<Written, Error> {
        let before = self.bytes()?.filter(|bytes| !bytes.is_empty());
        if before.as_deref().map(md5_hex) != expected.md5 {
            return Err(Error::Conflict {
                location: self.location.clone(),
                detail: "the file's text differs from what was read".to_owned(),
            });
        }
        if let Some(folder) = self
            .path
            .parent()
            .filter(|path| !path.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        }
        let side = self.side_path();
        let written = private_file::write_synced(&side, text)
            .and_then(|()| private_file::sync_folder_of(&side));
        if let Err(error) = written {
            // The state itself was not touched.
            let _ = fs::remove_file(&side);
            return Err(Error::io("write", side, error));
        }
        let mut notices = Vec::new();
        if let (Some(before), Some(backup)) = (&before, &self.backup)
            && self.locked.as_ref().is_none_or(|lock| lock.first_write())
            && let Err(error) = private_file::write(backup, before)
        {
            let _ = fs::remove_file(backup);
            notices.push(Notice::new(
                "The backup of the state was not written",
                format!("{}: {error}. The state itself was saved.", backup.display()),
            ));
        }
        let written = match &self.locked {
            Some(lock) => overwrite(lock.file(), text),
            None => OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&self.path)
                .and_then(|file| overwrite(&file, text)),
        };
        if let Err(error) = written {
            // The side file stays: it is the whole of what was to be written, and the next run
            // takes it up. Until then the old text, whose space is there, is better than a torn one.
            let file = match &self.locked {
                Some(lock) => lock.file().try_clone(),
                None => OpenOptions::new().write(true).open(&self.path),
            };
            if let Ok(file) = file
                && let Err(error) = overwrite(&file, before.as_deref().unwrap_or_default())
            {
                tracing::warn!(%error, path = %self.path.display(), "old state not put back");
            }
            return Err(Error::io("write", &self.path, error));
        }
        let _ = fs::remove_file(&side);
        Ok(Written {
            revision: Revision {
                md5: Some(md5_hex(text)),
                ..Revision::default()
            },
            notices,
        })
    }
}

fn read_whole(mut file: &File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes over the old text, then cuts what is left of it, then syncs.
fn overwrite(mut file: &File, text: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}
