//! The structure checks. Each takes plain data and returns complaints, one a line.

mod cases;
mod fences;
mod layers;
mod named_tests;
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
    let page = std::fs::read_to_string(root.join(named_tests::PAGE))
        .map_err(|error| format!("{}: {error}", named_tests::PAGE))?;
    complaints.extend(named_tests::complaints(&page, &files));
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
