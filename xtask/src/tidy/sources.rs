//! What every source file has to show: a head line, a size one can read, a name that says what it is for.

use super::tree::Tree;

/// Lines a source may have without saying why.
const LONG: usize = 400;
/// Lines a file of tests may have: a table of cases is long by nature.
const LONG_TESTS: usize = 800;
/// The start of the line that states the reason for more.
const REASON: &str = "// tidy: long because ";

const DRAWERS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "shared", "base", "core", "manager",
];

/// Complaints about heads, sizes and names.
pub fn complaints(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in &tree.files {
        if let Some(text) = text {
            if !text.starts_with("//!") {
                complaints.push(format!(
                    "{path}: does not begin with a `//!` line saying what it is for"
                ));
            }
            let limit = if is_test(path) { LONG_TESTS } else { LONG };
            let lines = text.lines().count();
            let stated = text.lines().any(|line| {
                line.trim_start()
                    .strip_prefix(REASON)
                    .is_some_and(|reason| !reason.trim().is_empty())
            });
            if lines > limit && !stated {
                complaints.push(format!(
                    "{path}: {lines} lines, {limit} without a line `{REASON}…`"
                ));
            }
            if let Some(drawer) = drawer(path) {
                complaints.push(format!(
                    "{path}: `{drawer}` is a drawer; name it for what it does"
                ));
            }
        }
    }
    complaints
}

fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "tests.rs" | "benches"))
}

fn drawer(path: &str) -> Option<&str> {
    path.split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part))
        .find(|part| DRAWERS.contains(&part.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, text: &str) -> Vec<String> {
        let mut tree = Tree::default();
        tree.files.insert(path.to_string(), Some(text.to_string()));
        complaints(&tree)
    }

    fn lines(count: usize) -> String {
        format!("//! Head.\n{}", "fn x() {}\n".repeat(count - 1))
    }

    #[test]
    fn a_head_line_is_asked_for() {
        assert!(one("crates/x/src/a.rs", "//! What it is.\n").is_empty());
        assert_eq!(one("crates/x/src/a.rs", "mod b;\n").len(), 1);
        assert_eq!(one("crates/x/src/a.rs", "").len(), 1);
    }

    #[test]
    fn a_long_file_states_its_reason() {
        assert!(one("crates/x/src/a.rs", &lines(400)).is_empty());
        assert_eq!(one("crates/x/src/a.rs", &lines(401)).len(), 1);
        let reason = format!("{}// tidy: long because it is one table\n", lines(401));
        assert!(one("crates/x/src/a.rs", &reason).is_empty());
        let empty = format!("{}// tidy: long because \n", lines(401));
        assert_eq!(one("crates/x/src/a.rs", &empty).len(), 1);
    }

    #[test]
    fn tests_may_be_longer() {
        assert!(one("crates/x/tests/it/a.rs", &lines(800)).is_empty());
        assert_eq!(one("crates/x/tests/it/a.rs", &lines(801)).len(), 1);
    }

    #[test]
    fn drawers_are_found_as_files_and_folders() {
        assert_eq!(one("crates/x/src/utils.rs", "//! x\n").len(), 1);
        assert_eq!(one("crates/x/src/core/a.rs", "//! x\n").len(), 1);
        assert!(one("crates/x/src/scores.rs", "//! x\n").is_empty());
    }
}
