//! The files of the checkout, as far as tidy looks at them.

use std::{collections::BTreeMap, fs, path::Path};

/// The files by path relative to the root, with `/` between folders.
#[derive(Default)]
pub struct Tree {
    /// Text of Rust sources; `None` for every other file.
    pub files: BTreeMap<String, Option<String>>,
}

/// Folders that are built or left behind by runs, never written by hand.
const NOT_OURS: &[&str] = &["target", ".git", ".trueup", ".terraform"];

/// Reads the tree at `root`.
///
/// # Errors
/// Where a folder or a source cannot be read.
pub fn load(root: &Path) -> Result<Tree, String> {
    let mut tree = Tree::default();
    walk(root, "", &mut tree)?;
    Ok(tree)
}

fn walk(folder: &Path, at: &str, tree: &mut Tree) -> Result<(), String> {
    let say = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(say)? {
        let entry = entry.map_err(say)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        let path = if at.is_empty() {
            name.clone()
        } else {
            format!("{at}/{name}")
        };
        if entry.file_type().map_err(say)?.is_dir() {
            walk(&entry.path(), &path, tree)?;
        } else {
            let text = if name.ends_with(".rs") {
                Some(fs::read_to_string(entry.path()).map_err(|error| format!("{path}: {error}"))?)
            } else {
                None
            };
            tree.files.insert(path, text);
        }
    }
    Ok(())
}
