//! JSON into the tree: what becomes of each kind of value, and where its problems are said.

use trueup_diagnostics::Sources;
use trueup_parser::{
    BlockShape, Body, ExprKind, Literal, MAX_DEPTH, Reading, Shape, fuzz_json, parse_json_file,
};

static INNER: Shape = Shape {
    blocks: &[Shape::dynamic()],
    arguments: &[("from", Reading::Native), ("text", Reading::Verbatim)],
    otherwise: Reading::Template,
    arguments_only: false,
};

static SHAPE: Shape = Shape {
    blocks: &[BlockShape {
        name: "block",
        labels: &["name"],
        body: &INNER,
    }],
    arguments: &[],
    otherwise: Reading::Template,
    arguments_only: false,
};

fn read(text: &str) -> (Body, Vec<String>) {
    let mut sources = Sources::new();
    let (_, body, found) = parse_json_file(&mut sources, "main.tf.json", text.as_bytes(), &SHAPE);
    let said = found.iter().map(|one| one.summary.to_string()).collect();
    (body, said)
}

#[test]
fn objects_are_blocks_where_the_shape_says_so() {
    let (body, said) = read(
        r#"{"//": 1, "block": [{"a": {"x": "${v}"}}, {"b": [{"from": "m.n"}, {}], "c": null}], "other": {"k": 1}}"#,
    );
    assert!(said.is_empty(), "{said:?}");
    let labels: Vec<&str> = body
        .blocks
        .iter()
        .map(|block| &*block.labels[0].text)
        .collect();
    assert_eq!(labels, ["a", "b", "b"]);
    let x = body.blocks[0].body.attribute("x").expect("it is there");
    assert!(matches!(x.expr.kind, ExprKind::TemplateWrap(_)));
    let from = body.blocks[1].body.attribute("from").expect("it is there");
    let from = from.expr.as_traversal().expect("a reference");
    assert_eq!((&*from.root.name, from.steps.len()), ("m", 1));
    assert!(
        body.attribute("other")
            .is_some_and(|other| other.expr.is_json())
    );
}

#[test]
fn strings_are_read_as_the_place_asks() {
    let (body, said) = read(r#"{"block": {"a": {"text": "${", "from": "a[", "t": "${"}}}"#);
    assert!(
        said.is_empty(),
        "a broken template is an error where it is evaluated: {said:?}"
    );
    let body = &body.blocks[0].body;
    let expr = |name: &str| &body.attribute(name).expect("it is there").expr;
    assert_eq!(
        expr("text").as_string_literal().map(|text| &**text),
        Some("${")
    );
    assert!(expr("text").json_problems().is_none());
    assert!(expr("from").as_traversal().is_none());
    assert!(expr("t").json_problems().is_some());
}

#[test]
fn the_schema_turns_arguments_into_blocks() {
    let (body, _) = read(
        r#"{"block": {"a": {"ttl": {"on": true}, "key": [{"n": 1}, {"dynamic": {"x": {"for_each": [], "content": {}}}}], "name": "x"}}}"#,
    );
    let body = &body.blocks[0].body;
    let (with, said) = body.with_json_blocks(|name| match name {
        "ttl" | "key" | "absent" => Some(&[]),
        _ => None,
    });
    assert!(said.is_empty());
    let kinds: Vec<&str> = with.blocks.iter().map(|block| &*block.kind.name).collect();
    assert_eq!(kinds, ["ttl", "key", "key"]);
    assert_eq!(with.attributes.len(), 1);
    let made = &with.blocks[2].body.blocks[0];
    assert!(made.is_dynamic() && made.body.blocks_of("content").count() == 1);
    let (same, _) = with.with_json_blocks(|_| None);
    assert_eq!(*same, *with);
}

#[test]
fn numbers_keep_their_digits_and_their_sign() {
    let (body, _) = read(r#"{"a": 12345678901234567890.5, "b": -1e3}"#);
    let a = &body.attributes[0].expr.kind;
    assert_eq!(
        a,
        &ExprKind::Literal(Literal::Number("12345678901234567890.5".into()))
    );
    assert!(matches!(
        body.attributes[1].expr.kind,
        ExprKind::Unary { .. }
    ));
}

#[test]
fn a_property_given_twice_is_a_problem_of_the_value_only() {
    let (body, said) = read(r#"{"block": {"a": {}, "a": {}}, "v": {"k": 1, "k": 2}}"#);
    assert!(said.is_empty() && body.blocks.len() == 2);
    let problems = body.attributes[0]
        .expr
        .json_problems()
        .expect("k is there twice");
    let detail = problems
        .iter()
        .map(|one| one.detail.to_string())
        .collect::<String>();
    assert_eq!(
        detail,
        "An attribute named \"k\" was already defined at main.tf.json:1,37-40."
    );
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{{\"a\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(MAX_DEPTH - 1)).1.is_empty());
    assert_eq!(read(&nested(MAX_DEPTH)).1, ["Nesting too deep"]);
    fuzz_json(nested(100_000).as_bytes());
    let template = format!(
        "{{\"a\": [[\"${{{}1{}}}\"]]}}",
        "(".repeat(248),
        ")".repeat(248)
    );
    let (body, said) = read(&template);
    assert!(said.is_empty());
    let ExprKind::Tuple(elements) = &body.attributes[0].expr.kind else {
        panic!("an array")
    };
    let ExprKind::Tuple(elements) = &elements[0].kind else {
        panic!("an array")
    };
    assert!(elements[0].json_problems().is_some());
}

#[test]
fn many_properties_take_linear_time() {
    let items: Vec<String> = (0..50_000)
        .map(|at| format!("\"k{at}\": \"${{v}}\""))
        .collect();
    let (body, said) = read(&format!("{{{}}}", items.join(",")));
    assert!(said.is_empty() && body.attributes.len() == 50_000);
}
