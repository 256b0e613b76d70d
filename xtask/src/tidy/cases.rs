//! Cases that nobody runs: data folders that no test source names, fixtures without expectations.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Tree;

/// Complaints about data folders and fixtures.
pub fn complaints(tree: &Tree) -> Vec<String> {
    let mut complaints = forgotten_folders(tree);
    complaints.extend(forgotten_fixtures(tree));
    complaints
}

/// Every folder directly under a `tests/` (and directly under `tests/data/`) that holds data must be
/// named by a source of the same crate.
fn forgotten_folders(tree: &Tree) -> Vec<String> {
    let mut folders: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for path in tree
        .files
        .iter()
        .filter(|(_, text)| text.is_none())
        .map(|(path, _)| path)
    {
        let Some((owner, below)) = crate_of(path) else {
            continue;
        };
        let parts: Vec<&str> = below.split('/').collect();
        let owned = folders.entry(owner).or_default();
        match parts.as_slice() {
            // Files beside the sources are included by name; folders there are data again.
            ["it", _] => {}
            // proptest writes and reads these itself.
            ["proptest-regressions", ..] => {}
            ["it", folder, ..] => {
                owned.insert(format!("it/{folder}"));
            }
            ["data", suite, _, ..] => {
                owned.insert(format!("data/{suite}"));
            }
            [folder, _, ..] => {
                owned.insert((*folder).to_string());
            }
            _ => {}
        }
    }
    let mut complaints = Vec::new();
    for (owner, folders) in folders {
        for folder in folders {
            let name = folder.rsplit('/').next().unwrap_or(&folder);
            let named = tree
                .files
                .iter()
                .filter(|(path, _)| owner.is_empty() || path.starts_with(owner))
                .filter_map(|(_, text)| text.as_deref())
                .any(|text| names(text, name));
            if !named {
                let place = if owner.is_empty() {
                    String::new()
                } else {
                    format!("{owner}/")
                };
                complaints.push(format!(
                    "{place}tests/{folder}: no source of its crate names it, so nobody runs it"
                ));
            }
        }
    }
    complaints
}

/// The crate folder and the path below its `tests/`; the whole-binary tests belong to the root.
fn crate_of(path: &str) -> Option<(&str, &str)> {
    if let Some(below) = path.strip_prefix("tests/") {
        return Some(("", below));
    }
    let at = path.find("/tests/")?;
    let (owner, below) = (path.get(..at)?, path.get(at + "/tests/".len()..)?);
    (owner.starts_with("crates/") && owner.matches('/').count() == 1).then_some((owner, below))
}

/// Whether the text names the folder inside a string: after a quote or a slash, before one.
fn names(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, found)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|text| text.chars().next());
        matches!(before, Some('"' | '/')) && matches!(after, Some('"' | '/'))
    })
}

/// Every folder of `fixtures/` has an `expect.json`, and is a folder.
fn forgotten_fixtures(tree: &Tree) -> Vec<String> {
    let fixtures: BTreeSet<&str> = tree
        .files
        .keys()
        .filter_map(|path| path.strip_prefix("fixtures/"))
        .filter_map(|below| below.split_once('/').map(|(fixture, _)| fixture))
        .collect();
    fixtures
        .into_iter()
        .filter(|fixture| {
            !tree
                .files
                .contains_key(&format!("fixtures/{fixture}/expect.json"))
        })
        .map(|fixture| {
            format!("fixtures/{fixture}: has no expect.json, so the runner cannot judge it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, Option<&str>)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.files
                .insert(path.to_string(), text.map(ToString::to_string));
        }
        tree
    }

    #[test]
    fn a_data_folder_is_named_by_a_source_of_its_crate() {
        let run = r#"let folder = "tests/data/files/a.tf";"#;
        let files = [
            ("crates/x/tests/data/files/a.tf", None),
            ("crates/x/tests/it/main.rs", Some(run)),
        ];
        assert!(complaints(&tree(&files)).is_empty());
        let elsewhere = [
            ("crates/x/tests/data/files/a.tf", None),
            ("crates/y/tests/it/main.rs", Some(run)),
        ];
        assert_eq!(complaints(&tree(&elsewhere)).len(), 1);
        let in_words = [
            ("crates/x/tests/data/files/a.tf", None),
            ("crates/x/src/a.rs", Some("// many files here")),
        ];
        assert_eq!(complaints(&tree(&in_words)).len(), 1);
    }

    #[test]
    fn folders_beside_data_count_too() {
        let files = [
            ("tests/bad_input/a_cycle/main.tf", None),
            ("tests/it/main.rs", Some("\"bad_input\"")),
        ];
        assert!(complaints(&tree(&files)).is_empty());
        assert_eq!(complaints(&tree(&files[..1])).len(), 1);
    }

    #[test]
    fn a_fixture_says_what_to_expect() {
        assert_eq!(complaints(&tree(&[("fixtures/a/main.tf", None)])).len(), 1);
        let both = [
            ("fixtures/a/main.tf", None),
            ("fixtures/a/expect.json", None),
        ];
        assert!(complaints(&tree(&both)).is_empty());
    }
}
