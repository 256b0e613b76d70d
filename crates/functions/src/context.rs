//! The world as functions may see it: files through one door, and time and chance where they are given.

use std::io;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file that can be read.
    File,
    /// A directory.
    Directory,
    /// A device, a socket or the like.
    Other,
}

/// The one door to files.
pub trait Files {
    /// The contents of a file. Links are followed.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What stands there. Links are followed.
    ///
    /// # Errors
    /// What the system says; nothing there is `NotFound`.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;

    /// The names in a directory, in no particular order.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
}

/// Time and chance, given where something is really made and absent while planning.
pub trait Source {
    /// The time, as RFC 3339 in UTC with whole seconds.
    fn now(&self) -> String;

    /// Sixteen bytes of chance.
    fn chance(&self) -> [u8; 16];
}

/// Everything a call may use beside its arguments.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The door to files.
    pub files: &'a dyn Files,
    /// The absolute directory that relative paths start from: the working directory of the run.
    pub base_dir: &'a Path,
    /// What `~` stands for.
    pub home: Option<&'a Path>,
    /// When the plan was made, as RFC 3339 in UTC; without it `plantimestamp` is unknown.
    pub plan_timestamp: Option<&'a str>,
    /// Time and chance; without it the functions that need them give unknowns.
    pub source: Option<&'a dyn Source>,
}

impl Context<'_> {
    /// A path as it is to be opened: relative ones from the base directory.
    pub fn located(&self, path: &str) -> PathBuf {
        self.base_dir.join(path)
    }
}

/// The files of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFiles;

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let kind = std::fs::metadata(path)?.file_type();
        Ok(if kind.is_file() {
            FileKind::File
        } else if kind.is_dir() {
            FileKind::Directory
        } else {
            FileKind::Other
        })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            // A name that is not UTF-8 cannot be written in configuration.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// A place without files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn kind(&self, _: &Path) -> io::Result<FileKind> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }
}
