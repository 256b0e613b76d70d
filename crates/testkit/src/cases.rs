//! Case folders: one folder a case, its name the claim.

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

/// One case folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
}

/// Runs `check` over every folder directly under `folder`, in the order of their names, and reports all
/// failures together. `CASE=part` runs those whose name contains the part.
///
/// # Panics
/// Where a case fails, the folder cannot be read, or it holds no case: a suite without cases proves nothing.
pub fn cases(folder: &Path, check: impl Fn(&Case) -> Result<(), String>) {
    let all = load(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    assert!(!all.is_empty(), "{}: no cases", folder.display());
    let part = std::env::var("CASE").unwrap_or_default();
    let mut failures = Vec::new();
    for case in all.iter().filter(|case| case.name.contains(&part)) {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| check(case)));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(complaint)) => failures.push(format!("== {}\n{complaint}", case.name)),
            Err(_) => failures.push(format!("== {}\npanicked, see above", case.name)),
        }
    }
    let count = failures.len();
    assert!(
        count == 0,
        "{count} of {} cases failed\n{}",
        all.len(),
        failures.join("\n")
    );
}

fn load(folder: &Path) -> std::io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            cases.push(Case {
                name,
                folder: entry.path(),
            });
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_cases_in_order_and_files_are_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["b", "a"] {
            fs::create_dir(folder.path().join(name)).expect("a folder of ours");
        }
        fs::write(folder.path().join("README.md"), "x").expect("a folder of ours");
        let names: Vec<String> = load(folder.path())
            .expect("a folder of ours")
            .into_iter()
            .map(|case| case.name)
            .collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn failures_are_told_together() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["a", "b", "c"] {
            fs::create_dir(folder.path().join(name)).expect("a folder of ours");
        }
        let run = || {
            cases(folder.path(), |case| {
                if case.name == "b" {
                    Ok(())
                } else {
                    Err(format!("{} is wrong", case.name))
                }
            });
        };
        let payload = panic::catch_unwind(AssertUnwindSafe(run)).expect_err("two cases fail");
        let said = payload.downcast_ref::<String>().expect("a text");
        assert!(said.starts_with("2 of 3 cases failed"), "{said}");
        assert!(
            said.contains("a is wrong") && said.contains("c is wrong"),
            "{said}"
        );
    }
}
