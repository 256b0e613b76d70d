//! What is said of expressions without evaluating them.

use trueup_diagnostics::SourceId;
use trueup_parser::{Expr, Literal, StepKind, parse_expression};

fn expr(text: &str) -> Expr {
    let (expr, diagnostics) = parse_expression(SourceId(0), text, 0);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    expr
}

/// The references of an expression as their own text.
fn references(text: &str) -> Vec<&str> {
    let expr = expr(text);
    expr.references()
        .into_iter()
        .map(|reference| &text[reference.span.range()])
        .collect()
}

#[test]
fn references_are_listed_without_names_bound_by_for() {
    let cases: &[(&str, &[&str])] = &[
        ("1 + 2", &[]),
        ("var.a", &["var.a"]),
        ("var.m[local.k].x", &["var.m", "local.k"]),
        ("var.a + var.a", &["var.a", "var.a"]),
        (
            "[for x in var.xs : x.y + local.z if x.ok]",
            &["var.xs", "local.z"],
        ),
        ("{for k, v in v : k => v...}", &["v"]),
        ("[for x in [for y in a : y] : [for y in x : y]]", &["a"]),
        ("[for x in a : x] == x", &["a", "x"]),
        (
            "\"${a} %{ if b }${c}%{ else }%{ for d in e }${d}${f}%{ endfor }%{ endif }\"",
            &["a", "b", "c", "e", "f"],
        ),
        (
            "{ a = b, (c) = d, \"${e}\" = f, g.h = i }",
            &["b", "c", "d", "e", "f", "g.h", "i"],
        ),
        ("f(a...)[*].b[c]", &["a", "c"]),
        ("a.b[*].c", &["a.b"]),
        ("a.b.*.c[0]", &["a.b"]),
        ("null", &[]),
    ];
    for (text, wanted) in cases {
        assert_eq!(references(text), *wanted, "{text}");
    }
}

#[test]
fn keywords_are_single_words() {
    assert_eq!(expr("all").as_keyword().as_deref(), Some("all"));
    assert_eq!(expr("null").as_keyword().as_deref(), Some("null"));
    assert_eq!(expr("a.b").as_keyword(), None);
    assert_eq!(expr("\"all\"").as_keyword(), None);
    assert_eq!(expr("(all)").as_keyword(), None);
}

#[test]
fn traversals_keep_their_keys_as_written() {
    let traversal = expr("aws_dynamodb_table.orders[\"k\"].item[1.0].0").as_traversal();
    let traversal = traversal.expect("it has constant steps only");
    let kinds: Vec<&StepKind> = traversal.steps.iter().map(|step| &step.kind).collect();
    assert_eq!(&*traversal.root.name, "aws_dynamodb_table");
    assert_eq!(
        kinds,
        [
            &StepKind::Attr("orders".into()),
            &StepKind::Index(Literal::String("k".into())),
            &StepKind::Attr("item".into()),
            &StepKind::Index(Literal::Number("1.0".into())),
            &StepKind::Index(Literal::Number("0".into())),
        ]
    );
    assert_eq!(expr("a[b]").as_traversal(), None);
    assert_eq!(expr("f(x).y").as_traversal(), None);
}

#[test]
fn static_forms_are_seen_as_written() {
    assert_eq!(expr("[a, b.c]").static_list().map(<[Expr]>::len), Some(2));
    assert_eq!(
        expr("concat(a, b)")
            .static_call()
            .map(|call| call.args.len()),
        Some(2)
    );
    let object = expr("{ a = 1, \"b\" = 2, (c) = 3 }");
    let keys: Vec<Option<String>> = object
        .static_pairs()
        .unwrap_or_default()
        .iter()
        .map(|item| item.key.as_static_str().map(ToString::to_string))
        .collect();
    assert_eq!(keys, [Some("a".to_owned()), Some("b".to_owned()), None]);
    assert_eq!(expr("f(x)").static_list(), None);
    let mut calls = Vec::new();
    let nested = expr("f(g(1), [h(2)]...)");
    nested.visit_calls(&mut |call| calls.push(call.name.to_string()));
    assert_eq!(calls, ["f", "g", "h"]);
}
