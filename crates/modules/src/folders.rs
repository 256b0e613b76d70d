//! Folders: copied without what is hidden, taken away, linked to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// Takes away what is at a path, whatever it is.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    let removed = match fs::symlink_metadata(path) {
        Err(_) => return Ok(()),
        Ok(data) if data.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    removed.map_err(|error| Error::io(path, &error))
}

/// Makes a folder and those above it.
pub(crate) fn make(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|error| Error::io(path, &error))
}

/// Copies a folder without what is hidden in it, such as `.git`.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    make(to)?;
    let entries = fs::read_dir(from).map_err(|error| Error::io(from, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Error::io(from, &error))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry
            .file_type()
            .map_err(|error| Error::io(&source, &error))?;
        if kind.is_dir() {
            copy(&source, &target)?;
        } else if kind.is_symlink() {
            let leads = fs::read_link(&source).map_err(|error| Error::io(&source, &error))?;
            link(&leads, &target)?;
        } else {
            fs::copy(&source, &target).map_err(|error| Error::io(&source, &error))?;
        }
    }
    Ok(())
}

/// Makes a symbolic link.
pub(crate) fn link(leads_to: &Path, at: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(leads_to, at).map_err(|error| Error::io(at, &error));
    #[cfg(not(unix))]
    Err(Error::unsupported(format!(
        "symbolic links are not made on this system ({} to {})",
        at.display(),
        leads_to.display()
    )))
}

/// The folder in a package that a source names. `*` stands for one part of a path, where there is only one.
pub(crate) fn expanded(package: &Path, subdir: &str) -> Result<String, Error> {
    let mut found = PathBuf::new();
    for part in subdir.split('/').filter(|part| !part.is_empty()) {
        if !part.contains(['*', '?', '[']) {
            found.push(part);
            continue;
        }
        if part != "*" {
            return Err(Error::unsupported(format!(
                "the pattern {part:?} in the folder of a package: only * alone is known"
            )));
        }
        let folder = package.join(&found);
        let mut names: Vec<_> = fs::read_dir(&folder)
            .map_err(|error| Error::io(&folder, &error))?
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        match names.as_slice() {
            [only] => found.push(only),
            _ => {
                return Err(Error::unsupported(format!(
                    "subdir {subdir:?} matches {} paths",
                    if names.is_empty() { "no" } else { "multiple" }
                )));
            }
        }
    }
    let path = package.join(&found);
    if !path.is_dir() {
        return Err(Error::NoSubdir {
            subdir: subdir.to_owned(),
        });
    }
    Ok(found.to_string_lossy().replace('\\', "/"))
}
