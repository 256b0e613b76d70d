//! Goldens: files that hold what a test is to see. `UPDATE_GOLDENS=1` writes them anew.

use std::{env, fs, path::Path};

use crate::difference;

/// The variable that turns comparing into writing.
const UPDATE: &str = "UPDATE_GOLDENS";

/// Compares `got` with the file at `path`, or writes it where `UPDATE_GOLDENS` is set (and not `0`).
///
/// # Errors
/// What differs, with the way to accept it; or why the file could not be read or written. A golden that
/// is not there is an error: a test without an expectation proves nothing.
pub fn compare_golden(path: &Path, got: &str) -> Result<(), String> {
    let update = env::var(UPDATE).is_ok_and(|set| !set.is_empty() && set != "0");
    compare(path, got, update)
}

/// As [`compare_golden`], for the last line of a test.
///
/// # Panics
/// Where the texts differ.
pub fn check_golden(path: &Path, got: &str) {
    if let Err(complaint) = compare_golden(path, got) {
        panic!("{complaint}");
    }
}

fn compare(path: &Path, got: &str, update: bool) -> Result<(), String> {
    let shown = path.display();
    let wanted = fs::read_to_string(path);
    if update {
        if wanted.is_ok_and(|wanted| wanted == got) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{shown}: {error}"))?;
        }
        return fs::write(path, got).map_err(|error| format!("{shown}: {error}"));
    }
    let again = format!("{UPDATE}=1 writes what was got");
    match wanted {
        Ok(wanted) if wanted == got => Ok(()),
        Ok(wanted) => Err(format!(
            "{shown} differs ({again}):\n{}",
            difference(&wanted, got)
        )),
        Err(error) => Err(format!("{shown}: {error} ({again}); got:\n{got}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_golden_is_written_on_request_then_compared() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("deep/a.txt");
        assert!(compare(&path, "one\n", false).is_err());
        assert_eq!(compare(&path, "one\n", true), Ok(()));
        assert_eq!(compare(&path, "one\n", false), Ok(()));
        let complaint = compare(&path, "two\n", false).expect_err("the texts differ");
        assert!(complaint.contains("- one\n+ two\n"), "{complaint}");
    }
}
