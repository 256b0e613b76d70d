//! What mutation starts from: every configuration text in the checkout.

use std::{fs, path::Path};

/// Larger texts tell nothing more and make each run slow.
const LARGEST: u64 = 32 * 1024;

/// The texts under `fixtures/`, `crates/` and `tests/` whose names end in one of `endings`, in the order of
/// their paths; of recorded cases each expression.
///
/// # Errors
/// Where a folder cannot be read or there is none.
pub fn load(root: &Path, endings: &[&str]) -> Result<Vec<Vec<u8>>, String> {
    let mut paths = Vec::new();
    for folder in ["fixtures", "crates", "tests"] {
        collect(&root.join(folder), endings, &mut paths)
            .map_err(|error| format!("{folder}: {error}"))?;
    }
    paths.sort();
    let mut seeds = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            seeds.extend(expressions(&bytes));
        } else {
            seeds.push(bytes);
        }
    }
    if seeds.is_empty() {
        return Err("no configuration text to mutate".to_string());
    }
    Ok(seeds)
}

/// The expressions of recorded cases, one a line.
fn expressions(cases: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    cases.split(|byte| *byte == b'\n').filter_map(|line| {
        let case: serde_json::Value = serde_json::from_slice(line).ok()?;
        let text = case.get("expr")?.as_str()?.as_bytes().to_vec();
        (text.len() as u64 <= LARGEST).then_some(text)
    })
}

fn collect(
    folder: &Path,
    endings: &[&str],
    paths: &mut Vec<std::path::PathBuf>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&path, endings, paths)?;
        } else if endings
            .iter()
            .any(|end| path.to_string_lossy().ends_with(end))
            && (entry.metadata()?.len() <= LARGEST
                || path.extension().is_some_and(|end| end == "jsonl"))
        {
            paths.push(path);
        }
    }
    Ok(())
}
