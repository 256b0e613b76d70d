//! Type constraints to types and defaults, and paths of values back to the text they were written in.

use trueup_diagnostics::Sources;
use trueup_evaluator::expression::{EmptyScope, evaluate};
use trueup_evaluator::locate::locate;
use trueup_evaluator::type_constraint;
use trueup_parser::{Expr, parse_expression, parse_file};
use trueup_value::{Path, Value, convert};

use crate::rooms::shown;

fn expression(text: &str) -> Expr {
    let mut sources = Sources::new();
    let id = sources.add("a.tf", text);
    let (expr, diagnostics) = parse_expression(id, text, 0);
    assert!(!diagnostics.has_errors(), "{text}: {diagnostics:?}");
    expr
}

#[test]
fn constraints_are_types() {
    for (text, wanted) in [
        ("string", "string"),
        ("number", "number"),
        ("bool", "bool"),
        ("any", "dynamic"),
        ("list(string)", "list of string"),
        ("set(number)", "set of number"),
        ("map(list(bool))", "map of list of bool"),
        ("list", "list of dynamic"),
        ("map", "map of dynamic"),
        ("tuple([string, any])", "tuple"),
        ("object({ a = string, b = optional(number) })", "object"),
    ] {
        let (ty, _, diagnostics) = type_constraint::read(&expression(text));
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
        assert_eq!(ty.friendly_name(), wanted, "{text}");
    }
}

#[test]
fn defaults_fill_what_is_left_out() {
    for (constraint, given, wanted) in [
        (
            "object({ a = optional(string, \"x\") })",
            "{}",
            "{a: \"x\"}",
        ),
        (
            "object({ a = optional(string, \"x\") })",
            "{ a = null }",
            "{a: \"x\"}",
        ),
        ("object({ a = optional(string) })", "{}", "{a: null}"),
        (
            "object({ a = optional(number, \"5\"), b = string })",
            "{ b = 1 }",
            "{a: 5, b: \"1\"}",
        ),
        (
            "list(object({ a = optional(bool, true) }))",
            "[{}, { a = false }]",
            "[{a: true}, {a: false}]",
        ),
        (
            "map(object({ a = optional(string, \"x\") }))",
            "{ k = {} }",
            "{k: {a: \"x\"}}",
        ),
        (
            "object({ o = optional(object({ a = optional(string, \"x\") }), {}) })",
            "{}",
            "{o: {a: \"x\"}}",
        ),
        (
            "object({ o = optional(object({ a = optional(string, \"x\") })) })",
            "{}",
            "{o: null}",
        ),
        (
            "tuple([object({ a = optional(string, \"x\") }), string])",
            "[{}, 1]",
            "[{a: \"x\"}, \"1\"]",
        ),
        (
            "set(object({ a = optional(string, \"x\") }))",
            "[{}, { a = \"x\" }]",
            "set[{a: \"x\"}]",
        ),
    ] {
        let (ty, defaults, diagnostics) = type_constraint::read(&expression(constraint));
        assert!(diagnostics.is_empty(), "{constraint}: {diagnostics:?}");
        let (value, _) = evaluate(&expression(given), &EmptyScope::default());
        let value = defaults.map_or(value.clone(), |defaults| defaults.apply(&value));
        let value = convert(&value, &ty).expect("it fits");
        assert_eq!(shown(&value), wanted, "{constraint} of {given}");
    }
}

#[test]
fn what_is_no_constraint_is_said() {
    for (text, wanted) in [
        (
            "strin",
            "The keyword \"strin\" is not a valid type specification.",
        ),
        ("\"string\"", "Remove the quotes around \"string\"."),
        ("\"list\"", "write list(string) instead"),
        ("\"list(string)\"", "remove the surrounding quotes"),
        (
            "object",
            "The object type constructor requires one argument",
        ),
        ("tuple", "The tuple type constructor requires one argument"),
        (
            "list(string, number)",
            "The list type constructor requires one argument",
        ),
        ("list()", "The list type constructor requires one argument"),
        (
            "string(1)",
            "Primitive type keyword \"string\" does not expect arguments.",
        ),
        (
            "sett(string)",
            "Keyword \"sett\" is not a valid type constructor.",
        ),
        ("optional(string)", "valid only as a modifier"),
        ("object([string])", "Object type constructor requires a map"),
        ("tuple({})", "Tuple type constructor requires a list"),
        ("object({ (1 + 1) = string })", "must be attribute names"),
        (
            "object({ a = optional() })",
            "Optional attribute modifier requires",
        ),
        (
            "object({ a = optional(number, \"x\") })",
            "not compatible with the attribute's type",
        ),
        (
            "1 + 1",
            "A type specification is either a primitive type keyword",
        ),
    ] {
        let (_, _, diagnostics) = type_constraint::read(&expression(text));
        let said: Vec<&str> = diagnostics.iter().map(|one| &*one.detail).collect();
        assert!(
            said.len() == 1 && said[0].contains(wanted),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn paths_lead_to_the_text_that_was_written() {
    let text = r#"
name = "orders"
tags = {
  team  = "a"
  stage = ("test")
}
keys = ["one", "two"]
index {
  name = "by_status"
}
index {
  name = "by_time"
  keys = ["t"]
}
"#;
    let mut sources = Sources::new();
    let (_, body, diagnostics) = parse_file(&mut sources, "a.tf", text.as_bytes());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let root = Path::new;
    let by_name = Value::object_from([("name", Value::string("by_time"))]);
    for (path, wanted) in [
        (root(), None),
        (root().attr("name"), Some("\"orders\"")),
        (root().attr("nothing"), None),
        (root().attr("tags").key("team"), Some("\"a\"")),
        (root().attr("tags").key("stage"), Some("(\"test\")")),
        (root().attr("keys").position(1), Some("\"two\"")),
        (root().attr("keys").position(9), Some("[\"one\", \"two\"]")),
        (
            root().attr("index").position(1).attr("name"),
            Some("\"by_time\""),
        ),
        (
            root().attr("index").position(1).attr("nothing"),
            Some("index"),
        ),
        (root().attr("index").position(0), Some("index")),
        (root().attr("index"), Some("index")),
        (
            root().attr("index").index(by_name).attr("keys").position(0),
            Some("\"t\""),
        ),
        (
            root().attr("index").position(7).attr("name"),
            Some("\"by_status\""),
        ),
    ] {
        let span = locate(&body, &path);
        let got = span.map(|span| sources.get(span.source).slice(span));
        assert_eq!(got, wanted, "{path}");
    }
}
