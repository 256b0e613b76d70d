//! Former texts of a local state: the backup of the last run, and the copies that changes by hand left.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use trueup_state::Header;

use crate::Error;
use crate::history::{History, Kept, Version};

/// The state file, then what is kept beside it, the newest first.
pub(super) fn list(path: &Path, backup: Option<&Path>, limit: usize) -> Result<History, Error> {
    let mut former: Vec<(PathBuf, Version)> = Vec::new();
    for candidate in candidates(path, backup)? {
        if let Some(version) = look_into(&candidate, false)? {
            former.push((candidate, version));
        }
    }
    former.sort_by(|(_, a), (_, b)| {
        (b.written, b.serial(), &b.id).cmp(&(a.written, a.serial(), &a.id))
    });
    let mut versions: Vec<Version> = look_into(path, true)?.into_iter().collect();
    versions.extend(former.into_iter().map(|(_, version)| version));
    let more = versions.len() > limit;
    versions.truncate(limit);
    Ok(History {
        versions,
        more,
        notices: Vec::new(),
    })
}

/// The text of a version by its file's name.
pub(super) fn read(path: &Path, backup: Option<&Path>, id: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut all = candidates(path, backup)?;
    all.push(path.to_owned());
    let Some(found) = all.into_iter().find(|candidate| name(candidate) == id) else {
        return Ok(None);
    };
    match fs::read(&found) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", found, error)),
    }
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// `<state>.backup`, wherever it was asked for, and `<state>.<seconds>.backup`.
fn candidates(path: &Path, backup: Option<&Path>) -> Result<Vec<PathBuf>, Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    let state = name(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|error| Error::io("read", folder, error))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let is_copy = name
                    .strip_prefix(&*state)
                    .and_then(|rest| rest.strip_suffix(".backup"))
                    .is_some_and(|between| {
                        between.is_empty()
                            || between.strip_prefix('.').is_some_and(|digits| {
                                !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
                            })
                    });
                if is_copy {
                    found.push(entry.path());
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("read", folder, error)),
    }
    if let Some(backup) = backup
        && !found.iter().any(|known| name(known) == name(backup))
    {
        found.push(backup.to_owned());
    }
    Ok(found)
}

/// What a file holds; `None` where there is none.
fn look_into(path: &Path, current: bool) -> Result<Option<Version>, Error> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    let text = fs::read(path).map_err(|error| Error::io("read", path, error))?;
    Ok(Some(Version {
        id: name(path),
        content: match text.is_empty() {
            true => Kept::Nothing,
            false => Kept::of(Header::read(&text)),
        },
        written: metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .and_then(|since| i64::try_from(since.as_secs()).ok()),
        size: metadata.len(),
        who: None,
        current,
    }))
}
