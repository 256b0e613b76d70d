//! Formatting: recorded pairs of texts, and what holds for every text.

use proptest::prelude::*;
use trueup_diagnostics::SourceId;
use trueup_parser::{Body, BodyItem, Expr, ExprKind, format, format_body, parse_body};
use unicode_normalization::UnicodeNormalization;

use crate::dump;
use crate::goldens::lines;
use crate::properties::texts;

#[test]
fn recorded_texts_are_formatted_as_terraform_does() {
    let mut wrong = Vec::new();
    for case in lines("formatted.jsonl") {
        let text = case["text"].as_str().unwrap_or_default();
        let formatted = format(text);
        if formatted.as_deref() != case["formatted"].as_str() {
            wrong.push(format!("{text:?}\nbecomes {formatted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn interpolation_in_interpolation_goes_at_once() {
    assert_eq!(
        format("a = \"${\"${\"${b}\"}\"}\"\n").as_deref(),
        Some("a = b\n")
    );
}

#[test]
fn a_label_keeps_what_looks_like_the_start_of_a_sequence() {
    // Terraform drops such a label, and with it the meaning of the block.
    assert_eq!(
        format("b \"a$b\" c {}\n").as_deref(),
        Some("b \"a$b\" \"c\" {}\n")
    );
}

#[test]
fn deep_and_long_texts_take_linear_time() {
    let deep = format!("a = {}x{}\n", "\"${".repeat(100), "}\"".repeat(100));
    assert_eq!(format(&deep).as_deref(), Some("a = x\n"));
    let long = "a {\n  b = [1,\n    2]\n}\n".repeat(20_000);
    assert!(format(&long).is_some());
}

/// A body without places, with what formatting may take away taken away.
pub(crate) fn tree(body: &Body, outside: &[&str]) -> String {
    let mut out = String::new();
    for item in &body.items {
        match item {
            BodyItem::Attribute(at) => {
                let attribute = &body.attributes[*at];
                // Type constraints in old forms mean the new ones.
                if outside != ["variable"] || &*attribute.name != "type" {
                    let value = without_places(&dump::expr(bare(&attribute.expr)));
                    out.push_str(&format!("{} = {value}\n", attribute.name));
                }
            }
            BodyItem::Block(at) => {
                let block = &body.blocks[*at];
                let labels: Vec<String> = block
                    .labels
                    .iter()
                    .map(|label| label.text.nfc().collect())
                    .collect();
                let inside: Vec<&str> =
                    outside.iter().copied().chain([&*block.kind.name]).collect();
                let body = tree(&block.body, &inside);
                out.push_str(&format!("{} {labels:?} {{\n{body}}}\n", block.kind.name));
            }
        }
    }
    out
}

fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::TemplateWrap(inner) | ExprKind::Parens(inner) => bare(inner),
        _ => expr,
    }
}

/// A dump without its ranges of bytes.
fn without_places(dump: &str) -> String {
    dump.chars()
        .filter(|c| !c.is_ascii_digit() && *c != '-')
        .collect()
}

fn assert_kept(text: &str) {
    let (body, diagnostics) = parse_body(SourceId(0), text);
    if diagnostics.has_errors() {
        return;
    }
    let formatted = format_body(&body, text);
    let (again, diagnostics) = parse_body(SourceId(0), &formatted);
    assert!(
        !diagnostics.has_errors(),
        "{text:?} becomes {formatted:?}: {diagnostics:?}"
    );
    assert_eq!(
        tree(&body, &[]),
        tree(&again, &[]),
        "{text:?} becomes {formatted:?}"
    );
    assert_eq!(
        format_body(&again, &formatted),
        formatted,
        "{text:?} becomes {formatted:?}"
    );
}

#[test]
fn recorded_texts_keep_their_tree() {
    for case in lines("formatted.jsonl") {
        assert_kept(case["text"].as_str().unwrap_or_default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formatting_keeps_the_tree_and_a_second_time_changes_nothing(text in texts(), indent in " {0,5}") {
        for text in [
            text.clone(),
            format!("{indent}a=[{text}]\nb =1 # c\n"),
            format!("a{{\n{indent}{text}\n}}\n"),
            format!("a {{\n{indent}b=\"{text}\"\ncc = (\n{text})\n}}\n"),
            format!("a = <<EOT\n{indent}{text}\nEOT\n"),
        ] {
            assert_kept(&text);
        }
    }
}
