//! Ten thousand table items cost hundreds of requests, not ten thousand.

use std::collections::BTreeMap;

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, root, trueup};

/// Reading item calls that a run may send, and writing ones.
const AT_MOST: u64 = 110;

const READING: &[&str] = &[
    "GetItem",
    "BatchGetItem",
    "TransactGetItems",
    "Query",
    "Scan",
];
const WRITING: &[&str] = &[
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
];

#[test]
fn ten_thousand_items_are_read_and_written_by_the_hundred() {
    let project = Project::copy_of(
        &root().join("fixtures/items-10k"),
        &["edits", "expect.json"],
    );
    let program = trueup(&project);
    let runs: [(&str, &[&str], u64, u64); 3] = [
        ("apply", &LOCAL_APPLY, 0, 100),
        ("plan", &LOCAL_PLAN, 100, 0),
        (
            "destroy",
            &["-local", "destroy", "-auto-approve", "-input=false"],
            100,
            100,
        ),
    ];
    let mut complaints = Vec::new();
    for (name, arguments, least_reading, least_writing) in runs {
        let counts = counts(&project, &program, name, arguments);
        for (kind, operations, least) in [
            ("reading", READING, least_reading),
            ("writing", WRITING, least_writing),
        ] {
            let sent: u64 = operations
                .iter()
                .filter_map(|operation| counts.get(*operation))
                .sum();
            if sent > AT_MOST || sent < least {
                complaints.push(format!(
                    "{name}: {sent} {kind} item calls, wanted {least} to {AT_MOST}: {counts:?}"
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn counts(
    project: &Project,
    program: &Program,
    name: &str,
    arguments: &[&str],
) -> BTreeMap<String, u64> {
    let file = format!("{name}.json");
    let path = project.path().join(&file);
    program
        .clone()
        .variable("TRUEUP_REQUESTS", path)
        .run(arguments)
        .expect_code(0);
    let text = project.read(&file).expect("the run leaves its counts");
    let told: Value = serde_json::from_str(&text).expect("counts are JSON");
    let operations = told
        .get("dynamodb")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    operations
        .into_iter()
        .filter_map(|(name, count)| Some((name, count.as_u64()?)))
        .collect()
}
