//! The door through which configuration files come in: a folder on disk, or a saved plan's copy.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Where configuration files are read from. Paths are relative to the root module and use `/`.
pub trait Files: Send + Sync {
    /// The names of the plain files in a folder, in any order. The root is `"."`.
    fn list(&self, dir: &str) -> io::Result<Vec<String>>;
    /// The bytes of one file.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

/// The files of a run, kept with its plan: path relative to the root module to bytes.
pub type Snapshot = BTreeMap<String, Arc<[u8]>>;

/// A folder on disk. Remembers what was read, for the saved plan.
pub struct OnDisk {
    root: PathBuf,
    read: Mutex<Snapshot>,
}

impl OnDisk {
    /// The folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            read: Mutex::default(),
        }
    }

    /// What has been read so far.
    pub fn snapshot(&self) -> Snapshot {
        self.read
            .lock()
            .expect("no code panics while it holds this lock")
            .clone()
    }
}

impl Files for OnDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join(dir))? {
            let entry = entry?;
            // A link to a file is a file; a folder that looks like one is not.
            if std::fs::metadata(entry.path()).is_ok_and(|data| !data.is_dir()) {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let bytes = std::fs::read(self.root.join(path))?;
        self.read
            .lock()
            .expect("no code panics while it holds this lock")
            .insert(path.to_string(), bytes.as_slice().into());
        Ok(bytes)
    }
}

/// A copy of the files in memory.
pub struct InMemory(pub Snapshot);

impl Files for InMemory {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        Ok(self
            .0
            .keys()
            .filter_map(|path| match path.rsplit_once('/') {
                Some((folder, name)) => (folder == dir).then(|| name.to_string()),
                None => (dir == ".").then(|| path.clone()),
            })
            .collect())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.0.get(path) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
