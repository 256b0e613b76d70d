//! The contract as tables: a schema, what is written, what was there, what is planned, what came out.

use trueup_provider::contract::{plan_violations, result_violations};
use trueup_schema::{Attribute, Block, NestedBlock};
use trueup_value::{Path, Type, Value, json};

fn schema() -> Block {
    let index = Block::new()
        .attribute("name", Attribute::required(Type::String))
        .attribute("arn", Attribute::computed(Type::String));
    Block::new()
        .attribute("name", Attribute::optional(Type::String))
        .attribute("size", Attribute::optional(Type::Number))
        .attribute("class", Attribute::optional_computed(Type::String))
        .attribute("id", Attribute::computed(Type::String))
        .attribute("tags", Attribute::optional(Type::map(Type::String)))
        .attribute("keys", Attribute::optional(Type::list(Type::String)))
        .attribute("zones", Attribute::optional(Type::set(Type::String)))
        .block("index", NestedBlock::list(index.clone()))
        .block("rule", NestedBlock::set(index.clone()))
        .block("auto", NestedBlock::list(index.clone()).computed())
        .block("one", NestedBlock::single(index))
}

/// A value of the schema, `"?"` for a text that is not known; `null` for no object at all.
fn value(text: &str) -> Value {
    let value = json::decode(text).expect("JSON");
    let value = schema().coerce(value).expect("a value of the schema");
    later(&value)
}

fn later(value: &Value) -> Value {
    match value.as_str() {
        Some("?") => Value::unknown(Type::String),
        _ => value.rebuilt(&mut later),
    }
}

fn told(found: Vec<(Path, String)>) -> Vec<String> {
    let lines = found
        .into_iter()
        .map(|(path, what)| format!("{path} {what}"));
    lines.collect()
}

const NEITHER: &str = "planned value does not match the configured value nor the prior value";
const NOT_COMPUTED: &str = "planned a value for a non-computed attribute";

/// Prior, configuration and plan as JSON, and the violations to be found.
type Row<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

#[test]
fn a_plan_agrees_with_what_is_written_or_was_there() {
    let table: &[Row] = &[
        ("null", r#"{"name":"a"}"#, r#"{"name":"a","id":"?"}"#, &[]),
        (
            "null",
            r#"{"name":"a"}"#,
            r#"{"name":"b"}"#,
            &[(".name", NEITHER)],
        ),
        (r#"{"name":"b"}"#, r#"{"name":"a"}"#, r#"{"name":"b"}"#, &[]),
        ("null", r#"{}"#, r#"{"class":"standard"}"#, &[]),
        (
            "null",
            r#"{"class":"a"}"#,
            r#"{"class":"b"}"#,
            &[(".class", NEITHER)],
        ),
        (
            "null",
            r#"{}"#,
            r#"{"name":"a"}"#,
            &[(".name", NOT_COMPUTED)],
        ),
        ("null", r#"{}"#, r#"{"name":""}"#, &[]),
        ("null", r#"{}"#, r#"{"size":0,"tags":{},"keys":[]}"#, &[]),
        ("null", r#"{}"#, r#"{"size":1}"#, &[(".size", NOT_COMPUTED)]),
        ("null", r#"{"name":"a"}"#, r#"{}"#, &[(".name", NEITHER)]),
        ("null", r#"{"name":"?"}"#, r#"{"name":"later"}"#, &[]),
        (
            "null",
            r#"{"index":[{"name":"a"}]}"#,
            r#"{"index":[{"name":"a","arn":"?"}]}"#,
            &[],
        ),
        (
            "null",
            r#"{"index":[{"name":"a"}]}"#,
            r#"{"index":[{"name":"b"}]}"#,
            &[(".index[0].name", NEITHER)],
        ),
        (
            "null",
            r#"{"index":[{"name":"a"}]}"#,
            r#"{}"#,
            &[(
                ".index",
                "block count in plan (0) disagrees with count in config (1)",
            )],
        ),
        ("null", r#"{}"#, r#"{"auto":[{"name":"a"}]}"#, &[]),
        (
            "null",
            r#"{"one":{"name":"a"}}"#,
            r#"{"one":{"name":"b"}}"#,
            &[(".one.name", NEITHER)],
        ),
        ("null", "null", r#"{"name":"a"}"#, &[]),
        (r#"{"name":"a"}"#, r#"{"name":"a"}"#, "null", &[]),
    ];
    for (prior, config, planned, wanted) in table {
        let prior = value(prior);
        let found = plan_violations(&schema(), Some(&prior), &value(config), &value(planned));
        let wanted: Vec<String> = wanted
            .iter()
            .map(|(path, what)| format!("{path} {what}"))
            .collect();
        assert_eq!(told(found), wanted, "{config} planned as {planned}");
    }
}

#[test]
fn a_result_agrees_with_its_plan() {
    let table: &[(&str, &str, &[&str])] = &[
        (r#"{"name":"a"}"#, r#"{"name":"a"}"#, &[]),
        (r#"{"name":"?","id":"?"}"#, r#"{"name":"a","id":"i"}"#, &[]),
        (
            r#"{"name":"a"}"#,
            r#"{"name":"b"}"#,
            &[".name the value differs from the planned one"],
        ),
        (
            r#"{"name":"a"}"#,
            r#"{}"#,
            &[".name was present, but now absent"],
        ),
        (
            r#"{}"#,
            r#"{"name":"a"}"#,
            &[".name was null, but now is not"],
        ),
        (r#"{}"#, r#"{"name":"","size":0,"tags":{}}"#, &[]),
        (r#"{"name":"","size":0,"keys":[]}"#, r#"{}"#, &[]),
        (
            r#"{"tags":{"a":"1","b":"2"}}"#,
            r#"{"tags":{"a":"x","c":"3"}}"#,
            &[
                r#".tags["a"] the value differs from the planned one"#,
                r#".tags["b"] element has vanished"#,
                r#".tags["c"] new element has appeared"#,
            ],
        ),
        (
            r#"{"keys":["a","b"]}"#,
            r#"{"keys":["a"]}"#,
            &[".keys element count changed from 2 to 1"],
        ),
        (
            r#"{"keys":["a","?"]}"#,
            r#"{"keys":["b","c"]}"#,
            &[".keys[0] the value differs from the planned one"],
        ),
        (r#"{"zones":["a","b"]}"#, r#"{"zones":["b","a"]}"#, &[]),
        (
            r#"{"zones":["a","b"]}"#,
            r#"{"zones":["a","c"]}"#,
            &[".zones planned set element is not in the result"],
        ),
        (
            r#"{"zones":["a"]}"#,
            r#"{"zones":["a","c"]}"#,
            &[".zones length changed from 1 to 2"],
        ),
        (
            r#"{"index":[{"name":"a","arn":"?"}]}"#,
            r#"{"index":[{"name":"a","arn":"made"}]}"#,
            &[],
        ),
        (
            r#"{"index":[{"name":"a"}]}"#,
            r#"{"index":[{"name":"b"}]}"#,
            &[".index[0].name the value differs from the planned one"],
        ),
        (
            r#"{"name":"a"}"#,
            "null",
            &[" root object was present, but now absent"],
        ),
    ];
    for (planned, actual, wanted) in table {
        let found = result_violations(&value(planned), &value(actual));
        assert_eq!(told(found), *wanted, "{planned} came out as {actual}");
    }
}
