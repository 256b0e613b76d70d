//! Which files of a project are test files, and all of them read.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_parser::Body;

use super::{TestFile, TestProvider, read_mock_files};
use crate::files::Files;
use crate::is_ignored_file;
use crate::json_shape::{MOCK_FILE, TEST_FILE};

/// The test files of a project, by their path relative to the root module.
pub type TestFiles = BTreeMap<Arc<str>, TestFile>;

/// The folder of test files where none is named.
const DEFAULT_FOLDER: &str = "tests";

const ENDINGS: [&str; 4] = [
    ".tftest.hcl",
    ".tftest.json",
    ".tofutest.hcl",
    ".tofutest.json",
];

/// Reads the test files of the root module's folder and of `test_dir` below it. A folder that is not
/// there holds none.
pub fn load_tests(
    files: &dyn Files,
    test_dir: &str,
    sources: &mut Sources,
) -> (TestFiles, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut found = TestFiles::new();
    let mut folders = vec![".".to_owned()];
    let tidied = tidy(test_dir);
    if tidied != "." {
        folders.push(tidied);
    }
    for folder in folders {
        let mut names = match files.list(&folder) {
            Ok(names) => names,
            Err(_) if folder == DEFAULT_FOLDER => continue,
            Err(_) => {
                diagnostics.push(Diagnostic::warning(
                    "Test directory does not exist",
                    format!("Requested test directory {test_dir} does not exist."),
                ));
                continue;
            }
        };
        names.retain(|name| is_test_file(name));
        names.sort();
        for name in &names {
            if is_replaced(name, &names) {
                continue;
            }
            let path = match &*folder {
                "." => name.clone(),
                folder => format!("{folder}/{name}"),
            };
            let Some(body) = body(files, &path, sources, &mut diagnostics) else {
                continue;
            };
            let mut file = TestFile::read(&path, &body, sources, &mut diagnostics);
            for provider in file.providers.values_mut() {
                if let TestProvider::Mock(mock) = provider {
                    read_mock_files(mock, files, sources, &mut diagnostics);
                }
            }
            found.insert(file.name.clone(), file);
        }
    }
    (found, diagnostics)
}

/// The tree of one file, HCL or JSON by its name.
pub(super) fn body(
    files: &dyn Files,
    path: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Body> {
    let bytes = match files.read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(Diagnostic::error(
                "Failed to read test file",
                format!("{path} could not be read: {error}."),
            ));
            return None;
        }
    };
    let shape = match path.contains(".tfmock.") {
        true => &MOCK_FILE,
        false => &TEST_FILE,
    };
    let (_, body, found) = if path.ends_with(".json") {
        trueup_parser::parse_json_file(sources, path, &bytes, shape)
    } else {
        trueup_parser::parse_file(sources, path, &bytes)
    };
    diagnostics.extend(found);
    Some(body)
}

fn is_test_file(name: &str) -> bool {
    !is_ignored_file(name) && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// A `.tofutest` file stands in for the `.tftest` file of the same name.
fn is_replaced(name: &str, names: &[String]) -> bool {
    name.contains(".tftest.") && names.contains(&name.replace(".tftest.", ".tofutest."))
}

/// A folder's path as file names show it: without `./` before and `/` behind.
fn tidy(dir: &str) -> String {
    let parts: Vec<&str> = dir
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.is_empty() {
        return ".".to_owned();
    }
    let root = if dir.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
