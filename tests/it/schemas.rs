//! Reports are as their published schemas say: those recorded as goldens, in every outcome.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use trueup_testkit::beside;

use crate::bed::root;
use crate::json_schema::complaints;
use crate::xml_schema;

/// What is wrong with a SARIF document.
pub fn sarif_complaints(text: &str) -> Vec<String> {
    let path = root().join("tests/schemas/sarif-2.1.0.json");
    let schema = std::fs::read_to_string(path).expect("the schema is there");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    match serde_json::from_str(text) {
        Ok(document) => complaints(&document, &schema),
        Err(error) => vec![format!("not JSON: {error}")],
    }
}

/// What is wrong with a report in JUnit's form.
pub fn junit_complaints(text: &str) -> Vec<String> {
    let path = root().join("tests/schemas/junit-10.xsd");
    let schema = std::fs::read_to_string(path).expect("the schema is there");
    xml_schema::complaints(text, &schema)
}

fn recorded(ending: &str) -> Vec<PathBuf> {
    let folder = root().join("crates/cli/tests/drift");
    let entries = std::fs::read_dir(folder).expect("the goldens are there");
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    assert!(found.len() >= 3, "{ending}: {found:?}");
    found
}

#[test]
fn sarif_is_as_its_schema_says() {
    for path in recorded(".sarif.json") {
        let text = std::fs::read_to_string(&path).expect("a golden");
        assert_eq!(sarif_complaints(&text), [""; 0], "{}", path.display());
    }
}

#[test]
fn the_reader_of_schemas_finds_what_is_wrong() {
    let wrong = json!({
        "version": "2.2.0",
        "runs": [{ "results": [{ "message": { "text": 1 }, "level": "loud", "extra": 1 }] }],
    });
    let found = sarif_complaints(&wrong.to_string());
    for part in [
        "$.version",
        "tool is missing",
        "level",
        "extra is not expected",
    ] {
        assert!(
            found.iter().any(|one| one.contains(part)),
            "{part}: {found:?}"
        );
    }
}

#[test]
fn junit_is_as_its_schema_says() {
    let recorded = recorded(".junit.xml");
    for path in &recorded {
        let text = std::fs::read_to_string(path).expect("a golden");
        assert_eq!(junit_complaints(&text), [""; 0], "{}", path.display());
    }
    let wrong = "<testsuites><testsuite name=\"a\" tests=\"1\" failures=\"0\" errors=\"0\"><testcase loud=\"1\">x<y/></testcase></testsuite></testsuites>";
    let found = junit_complaints(wrong);
    for part in [
        "no attribute loud",
        "lacks name",
        "holds text",
        "y stands in testcase",
    ] {
        assert!(
            found.iter().any(|one| one.contains(part)),
            "{part}: {found:?}"
        );
    }
    // The program that most people check it with, where it is at hand.
    beside("xmllint", "JUnit reports fit their schema", |xmllint| {
        for path in &recorded {
            let checked = Command::new(&xmllint)
                .arg("--noout")
                .arg("--schema")
                .arg(root().join("tests/schemas/junit-10.xsd"))
                .arg(path)
                .output()
                .expect("xmllint runs");
            let said = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success(), "{}: {said}", path.display());
        }
    });
}
