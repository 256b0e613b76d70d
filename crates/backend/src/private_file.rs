//! Files for their owner's eyes only: they are made with mode 0600.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// How such a file is opened to write it from its beginning.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file that only its owner may read; when its text reaches the disk is left to the system.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    options().open(path)?.write_all(text)
}

/// Writes a file and waits until its text is on the disk. Its name may not be yet: see [`sync_folder_of`].
pub(crate) fn write_synced(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = options().open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Writes a file whole or not at all: under the name `fresh` of the same folder first, which is gone afterwards.
///
/// # Errors
/// The system's.
pub fn replace(path: &Path, fresh: &Path, text: &[u8]) -> io::Result<()> {
    write_synced(fresh, text)
        .and_then(|()| fs::rename(fresh, path))
        .inspect_err(|_| {
            // Best effort: nobody reads a file of this name.
            let _ = fs::remove_file(fresh);
        })
}

/// Waits until the name of a file is on the disk: it is kept by its folder.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent().filter(|path| !path.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
