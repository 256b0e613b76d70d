//! Tests that docs/provider-checklist.md names: each is there, under the path it is named by.

use super::tree::Tree;

/// The page.
pub const PAGE: &str = "docs/provider-checklist.md";

/// Crates that the page names, with the folders of their tests, and of the rooms that those are about.
const FOLDERS: &[(&str, &str)] = &[
    ("emulator::", "crates/emulator/tests/it"),
    ("binary::", "tests/it"),
    ("", "crates/provider-aws/tests/it"),
    ("", "crates/provider-aws/src"),
];

/// Complaints about the text of the page.
pub fn complaints(page: &str, tree: &Tree) -> Vec<String> {
    page.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| is_path(name) && !is_there(name, tree))
        .map(|name| format!("{PAGE}: there is no test {name}"))
        .collect()
}

/// Whether a text in code is a path such as `tables::a_small_table_is_made`.
fn is_path(text: &str) -> bool {
    let letters = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.contains("::") && text.split("::").all(letters)
}

/// Whether a path leads to a test, or to a whole file.
fn is_there(name: &str, tree: &Tree) -> bool {
    FOLDERS.iter().any(|(owner, folder)| {
        let text_of = |module: &str| {
            let module = module.replace("::", "/");
            let beside = tree.files.get(&format!("{folder}/{module}.rs"));
            beside.or_else(|| tree.files.get(&format!("{folder}/{module}/mod.rs")))
        };
        let Some(path) = name.strip_prefix(owner) else {
            return false;
        };
        let is_test = path.rsplit_once("::").is_some_and(|(module, test)| {
            let text = text_of(module).and_then(Option::as_deref);
            text.is_some_and(|text| text.contains(&format!("fn {test}(")))
        });
        is_test || text_of(path).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_test_is_where_its_path_says() {
        let mut tree = Tree::default();
        for (path, text) in [
            (
                "crates/provider-aws/tests/it/kms/keys.rs",
                "async fn a_key_lives() {",
            ),
            ("tests/it/drift.rs", "fn it_is_told() {"),
        ] {
            tree.files.insert(path.to_owned(), Some(text.to_owned()));
        }
        let said = |page: &str| complaints(page, &tree);
        assert!(
            said("`kms::keys::a_key_lives`, `binary::drift::it_is_told`, `binary::drift`, `kms`, `a::B`").is_empty()
        );
        assert_eq!(
            said("`kms::a_key_lives` and `drift::it_is_told`"),
            [
                "docs/provider-checklist.md: there is no test kms::a_key_lives",
                "docs/provider-checklist.md: there is no test drift::it_is_told",
            ]
        );
    }
}
