//! Trees and diagnostics against recorded ones: `data/trees.jsonl` has a case a line with the tree and the
//! places of its errors, `data/recorded.jsonl` has expressions with the syntax errors Terraform reports.
//!
//! With `UPDATE_GOLDENS=1` the tree cases are written anew; look at what changed before keeping it.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};
use trueup_diagnostics::{Diagnostics, SourceId, Sources};
use trueup_parser::{parse_expression, parse_file, parse_template, parse_traversal};
use trueup_testkit::check_golden;

use crate::dump;

/// The JSON objects of a file of one a line.
pub fn lines(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    let text = std::fs::read_to_string(path).expect("the data files are in the repository");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert!(!lines.is_empty(), "{name} has no case");
    lines
}

pub fn text<'v>(case: &'v Value, field: &str) -> &'v str {
    case[field].as_str().unwrap_or_default()
}

/// The tree and the diagnostics of a case's text, read in the way the case names.
fn read(case: &Value) -> (String, Sources, Diagnostics) {
    let input = text(case, "text");
    let mut sources = Sources::new();
    let (tree, diagnostics) = match text(case, "mode") {
        "body" => {
            let (_, body, diagnostics) = parse_file(&mut sources, "main.tf", input.as_bytes());
            return (dump::body(&body), sources, diagnostics);
        }
        "template" => {
            let id = sources.add("main.tf", input);
            let (expr, diagnostics) = parse_template(id, "main.tf", input, 0);
            (dump::expr(&expr), diagnostics)
        }
        "traversal" => {
            let id = sources.add("main.tf", input);
            let (traversal, diagnostics) = parse_traversal(id, input, 0);
            (
                traversal
                    .map(|steps| dump::traversal(&steps))
                    .unwrap_or_default(),
                diagnostics,
            )
        }
        _ => {
            let id = sources.add("main.tf", input);
            let (expr, diagnostics) = parse_expression(id, input, 0);
            (dump::expr(&expr), diagnostics)
        }
    };
    (tree, sources, diagnostics)
}

#[test]
fn trees_and_error_places_are_the_recorded_ones() {
    let cases = lines("trees.jsonl");
    let mut found = String::new();
    for case in &cases {
        let (tree, sources, diagnostics) = read(case);
        let place = |diagnostic: &trueup_diagnostics::Diagnostic| {
            let (start, end) =
                sources.position(diagnostic.subject.expect("every diagnostic has a place"));
            let summary = &diagnostic.summary;
            format!(
                "{summary} {}:{}-{}:{}",
                start.line, start.column, end.line, end.column
            )
        };
        let errors: Vec<String> = diagnostics.iter().map(place).collect();
        let now =
            json!({"mode": case["mode"], "text": case["text"], "tree": tree, "errors": errors});
        writeln!(found, "{now}").expect("a string takes all that is written");
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trees.jsonl");
    check_golden(&golden, &found);
}

#[test]
fn expressions_have_the_syntax_errors_terraform_reports() {
    let cases = lines("recorded.jsonl");
    let mut wrong = Vec::new();
    for case in &cases {
        let expr = text(case, "expr");
        let file = format!("output \"e0\" {{\n  sensitive = true\n  value = {expr}\n}}\n");
        let mut sources = Sources::new();
        let (_, _, diagnostics) = parse_file(&mut sources, "main.tf", file.as_bytes());
        let ours: Vec<Value> = diagnostics
            .iter()
            .map(|diagnostic| {
                let (start, _) =
                    sources.position(diagnostic.subject.expect("every diagnostic has a place"));
                json!([
                    diagnostic.summary,
                    start.line,
                    start.column,
                    diagnostic.detail
                ])
            })
            .collect();
        let theirs = case["errors"].as_array().cloned().unwrap_or_default();
        if ours != theirs {
            wrong.push(format!(
                "{}: {expr:?}\n  want {theirs:?}\n  got  {ours:?}",
                text(case, "id")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn spans_are_shifted_by_the_offset_and_keep_their_source() {
    let (expr, diagnostics) = parse_expression(SourceId(7), "a + ", 100);
    let subject = diagnostics
        .iter()
        .next()
        .and_then(|diagnostic| diagnostic.subject);
    assert_eq!(expr.span.source, SourceId(7));
    assert_eq!((expr.span.start, expr.span.end), (100, 101));
    assert_eq!(subject.map(|span| span.start), Some(104));
}
