//! The structure checks. Each takes plain data and returns complaints, one a line.

mod cases;
mod fences;
mod layers;
mod sources;
mod tree;
mod workspace;

use std::path::Path;

/// Runs every check over the workspace at `root`.
///
/// # Errors
/// All complaints, one a line, sorted.
pub fn run(root: &Path) -> Result<String, String> {
    let workspace = workspace::load(root)?;
    let files = tree::load(root)?;
    let mut complaints = layers::complaints(&workspace);
    complaints.extend(fences::complaints(&workspace));
    complaints.extend(sources::complaints(&files));
    complaints.extend(cases::complaints(&files));
    complaints.sort();
    complaints.dedup();
    if complaints.is_empty() {
        let crates = workspace.members.len();
        let count = files.files.len();
        Ok(format!("tidy: {crates} crates and {count} files in order"))
    } else {
        let count = complaints.len();
        Err(format!(
            "{}\ntidy: {count} complaints",
            complaints.join("\n")
        ))
    }
}
