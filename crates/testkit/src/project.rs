//! Temporary projects: a folder with files, gone when it is dropped.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A folder that one test owns, with a home folder beside it.
///
/// Its methods panic where the disk refuses: a test cannot go on without its files.
pub struct Project {
    holder: TempDir,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// An empty project.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    pub fn new() -> Self {
        let holder = tempfile::tempdir().expect("a temporary folder can be made");
        for name in ["project", "home"] {
            fs::create_dir(holder.path().join(name)).expect("a fresh folder takes folders");
        }
        Self { holder }
    }

    /// A project with one file, `main.tf`.
    pub fn with(main: &str) -> Self {
        let project = Self::new();
        project.write("main.tf", main);
        project
    }

    /// A project with a copy of a folder's files, but for those in the named folders.
    pub fn copy_of(folder: &Path, without: &[&str]) -> Self {
        let project = Self::new();
        project.lay_over(folder, without);
        project
    }

    /// The folder of the configuration.
    pub fn path(&self) -> PathBuf {
        self.holder.path().join("project")
    }

    /// An empty folder that stands in for the user's home.
    pub fn home(&self) -> PathBuf {
        self.holder.path().join("home")
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path().join(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("a project takes folders");
        fs::write(&path, text).expect("a project takes files");
        self
    }

    /// The text of a file, where it is there.
    pub fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path().join(name)).ok()
    }

    /// The bytes of a file, where it is there.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path().join(name)).ok()
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, name: &str) -> &Self {
        let _ = fs::remove_file(self.path().join(name));
        self
    }

    /// Copies a folder's files over the project's: those of one name are replaced, an empty file removes.
    ///
    /// # Panics
    /// Where the folder cannot be read.
    pub fn lay_over(&self, folder: &Path, without: &[&str]) -> &Self {
        copy_tree(folder, &self.path(), without)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        self
    }
}

/// Copies the files under `from` to `to`, but for folders and files directly under `from` that are named
/// in `without`. An empty file stands for "no such file": it is removed at `to`.
///
/// # Errors
/// As the file system has them.
pub fn copy_tree(from: &Path, to: &Path, without: &[&str]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if without.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, &[])?;
        } else if entry.metadata()?.len() == 0 {
            let _ = fs::remove_file(&target);
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_replaces_adds_and_removes() {
        let project = Project::with("a = 1\n");
        project.write("more.tf", "b = 1\n");
        let edit = tempfile::tempdir().expect("a temporary folder");
        fs::write(edit.path().join("main.tf"), "a = 2\n").expect("a folder of ours");
        fs::write(edit.path().join("more.tf"), "").expect("a folder of ours");
        fs::create_dir(edit.path().join("left_out")).expect("a folder of ours");
        project.lay_over(edit.path(), &["left_out"]);
        assert_eq!(project.read("main.tf").as_deref(), Some("a = 2\n"));
        assert_eq!(project.read("more.tf"), None);
        assert!(!project.path().join("left_out").exists());
    }

    #[test]
    fn a_dropped_project_leaves_nothing() {
        let project = Project::new();
        let path = project.path();
        assert!(path.is_dir());
        drop(project);
        assert!(!path.exists());
    }
}
