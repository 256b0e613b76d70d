//! What mutation starts from: every configuration text in the checkout.

use std::{fs, path::Path};

/// Larger texts tell nothing more and make each run slow.
const LARGEST: u64 = 32 * 1024;

/// The `.tf` and `.tfvars` texts under `fixtures/`, `crates/` and `tests/`, in the order of their paths.
///
/// # Errors
/// Where a folder cannot be read or there is none.
pub fn load(root: &Path) -> Result<Vec<Vec<u8>>, String> {
    let mut paths = Vec::new();
    for folder in ["fixtures", "crates", "tests"] {
        collect(&root.join(folder), &mut paths).map_err(|error| format!("{folder}: {error}"))?;
    }
    paths.sort();
    let mut seeds = Vec::new();
    for path in paths {
        seeds.push(fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    if seeds.is_empty() {
        return Err("no configuration text to mutate".to_string());
    }
    Ok(seeds)
}

fn collect(folder: &Path, paths: &mut Vec<std::path::PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&path, paths)?;
        } else if path
            .extension()
            .is_some_and(|end| end == "tf" || end == "tfvars")
            && entry.metadata()?.len() <= LARGEST
        {
            paths.push(path);
        }
    }
    Ok(())
}
