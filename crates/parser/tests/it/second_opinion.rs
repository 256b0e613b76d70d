//! Our parser beside hcl-edit, over every text in `data/`: both accept or both reject, and the trees have the
//! same shape. Where they differ it is known and listed; a difference that is gone must leave the list.

use std::path::Path;

use trueup_diagnostics::SourceId;
use trueup_parser::parse_body;

use crate::goldens::{lines, text};
use crate::shape;

/// Every text: golden bodies, recorded expressions as an argument, files.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for (at, case) in lines("trees.jsonl").iter().enumerate() {
        match text(case, "mode") {
            "body" => texts.push((format!("tree {}", at + 1), text(case, "text").to_owned())),
            "expression" => {
                texts.push((
                    format!("tree {}", at + 1),
                    format!("a = ({})\n", text(case, "text")),
                ));
            }
            _ => {}
        }
    }
    for case in lines("recorded.jsonl") {
        texts.push((
            text(&case, "id").to_owned(),
            format!("a = {}\n", text(&case, "expr")),
        ));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/files");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the data folder is in the repository")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        texts.push((
            name,
            std::fs::read_to_string(&file).expect("the files are text"),
        ));
    }
    texts
}

/// What the two say of a text, if it is not the same.
fn difference(text: &str) -> Option<String> {
    let (body, diagnostics) = parse_body(SourceId(0), text);
    match (diagnostics.is_empty(), hcl_edit::parser::parse_body(text)) {
        (false, Err(_)) => None,
        (true, Err(_)) => Some("accepted by us only".into()),
        (false, Ok(_)) => Some("accepted by hcl-edit only".into()),
        (true, Ok(their)) => {
            let (ours, theirs) = (shape::ours(&body), shape::theirs(&their));
            (ours != theirs).then_some("another shape".into())
        }
    }
}

#[test]
fn we_differ_from_hcl_edit_only_where_it_is_known() {
    let known: Vec<(String, String)> = lines("known_differences.jsonl")
        .iter()
        .map(|line| {
            (
                text(line, "text").to_owned(),
                text(line, "difference").to_owned(),
            )
        })
        .collect();
    let mut found = Vec::new();
    let mut report = String::new();
    for (name, text) in texts() {
        let Some(difference) = difference(&text) else {
            continue;
        };
        let pair = (text, difference);
        if !known.contains(&pair) && !found.contains(&pair) {
            let line = serde_json::json!({"text": pair.0, "difference": pair.1, "why": ""});
            report.push_str(&format!("new, in {name}: {line}\n"));
        }
        found.push(pair);
    }
    for pair in &known {
        if !found.contains(pair) {
            report.push_str(&format!("gone: {pair:?}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}
