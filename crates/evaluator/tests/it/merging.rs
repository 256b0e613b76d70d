//! Proposed values and `ignore_changes`: tables of what is there, what is written and what follows.

use std::sync::Arc;

use trueup_config::{InMemory, load};
use trueup_diagnostics::Sources;
use trueup_evaluator::proposed::{ignore_changes, proposed};
use trueup_schema::{Attribute, Block, NestedBlock};
use trueup_value::{Type, Value, json};

use crate::rooms::shown;

fn schema() -> Block {
    let index = Block::new()
        .attribute("name", Attribute::required(Type::String))
        .attribute("arn", Attribute::computed(Type::String));
    Block::new()
        .attribute("name", Attribute::optional(Type::String))
        .attribute("size", Attribute::optional_computed(Type::Number))
        .attribute("id", Attribute::computed(Type::String))
        .attribute("tags", Attribute::optional(Type::map(Type::String)))
        .attribute("all", Attribute::optional_computed(Type::map(Type::String)))
        .block("list", NestedBlock::list(index.clone()))
        .block("set", NestedBlock::set(index.clone()))
        .block("auto", NestedBlock::list(index.clone()).computed())
        .block("one", NestedBlock::single(index))
}

/// A value of the schema; `"?"` stands for a text that is not known.
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

#[test]
fn what_is_not_written_is_kept_where_the_provider_may_set_it() {
    for (claim, prior, config, wanted) in [
        (
            "arguments win, computed ones stay",
            r#"{"name":"a","size":1,"id":"i"}"#,
            r#"{"name":"b"}"#,
            r#"{"name":"b","size":1,"id":"i"}"#,
        ),
        (
            "an argument that is not written and not computed goes",
            r#"{"name":"a","tags":{"k":"v"},"id":"i"}"#,
            r#"{}"#,
            r#"{"id":"i"}"#,
        ),
        (
            "a written one wins over a computed one",
            r#"{"size":1,"all":{"a":"1"}}"#,
            r#"{"size":2,"all":{"b":"2"}}"#,
            r#"{"size":2,"all":{"b":"2"}}"#,
        ),
        (
            "blocks of a list keep what is computed by position",
            r#"{"list":[{"name":"a","arn":"1"},{"name":"b","arn":"2"}]}"#,
            r#"{"list":[{"name":"b"},{"name":"a"},{"name":"c"}]}"#,
            r#"{"list":[{"name":"b","arn":"1"},{"name":"a","arn":"2"},{"name":"c"}]}"#,
        ),
        (
            "blocks of a set keep it by what is written of them",
            r#"{"set":[{"name":"a","arn":"1"},{"name":"b","arn":"2"}]}"#,
            r#"{"set":[{"name":"b"},{"name":"c"}]}"#,
            r#"{"set":[{"name":"b","arn":"2"},{"name":"c"}]}"#,
        ),
        (
            "computed blocks that are not written stay",
            r#"{"auto":[{"name":"a","arn":"1"}]}"#,
            r#"{}"#,
            r#"{"auto":[{"name":"a","arn":"1"}]}"#,
        ),
        (
            "other blocks that are not written go",
            r#"{"list":[{"name":"a","arn":"1"}],"one":{"name":"o","arn":"1"}}"#,
            r#"{}"#,
            r#"{}"#,
        ),
        (
            "a single block keeps what is computed",
            r#"{"one":{"name":"o","arn":"1"}}"#,
            r#"{"one":{"name":"p"}}"#,
            r#"{"one":{"name":"p","arn":"1"}}"#,
        ),
        (
            "what is not known yet is taken as it is",
            r#"{"name":"a","list":[{"name":"a","arn":"1"}]}"#,
            r#"{"name":"?","list":[{"name":"?"}]}"#,
            r#"{"name":"?","list":[{"name":"?","arn":"1"}]}"#,
        ),
    ] {
        let got = proposed(&schema(), Some(&value(prior)), &value(config));
        assert_eq!(shown(&got), shown(&value(wanted)), "{claim}");
    }
}

#[test]
fn without_an_object_the_configuration_is_proposed() {
    let config = value(r#"{"name":"a","list":[{"name":"b"}]}"#);
    assert_eq!(shown(&proposed(&schema(), None, &config)), shown(&config));
    let gone = Value::null(schema().implied_type());
    let got = proposed(&schema(), Some(&gone), &config);
    assert_eq!(shown(&got), shown(&config));
}

#[test]
fn ignored_differences_are_taken_from_the_object() {
    for (ignored, prior, config, wanted) in [
        (
            "[name]",
            r#"{"name":"a","size":1}"#,
            r#"{"name":"b","size":2}"#,
            r#"{"name":"a","size":2}"#,
        ),
        ("[name]", r#"{}"#, r#"{"name":"b"}"#, r#"{}"#),
        (
            r#"[tags["a"], tags.b]"#,
            r#"{"tags":{"a":"1","b":"2","c":"3"}}"#,
            r#"{"tags":{"a":"x","b":"y","c":"z"}}"#,
            r#"{"tags":{"a":"1","b":"2","c":"z"}}"#,
        ),
        (
            r#"[tags["a"]]"#,
            r#"{"tags":{"a":"1"}}"#,
            r#"{"tags":{"b":"2"}}"#,
            r#"{"tags":{"a":"1","b":"2"}}"#,
        ),
        (
            r#"[tags["a"]]"#,
            r#"{"tags":{"b":"1"}}"#,
            r#"{"tags":{"a":"1","b":"2"}}"#,
            r#"{"tags":{"b":"2"}}"#,
        ),
        (
            r#"[tags["a"]]"#,
            r#"{"tags":{"a":"1"}}"#,
            r#"{}"#,
            r#"{"tags":{"a":"1"}}"#,
        ),
        (
            r#"[tags["a"]]"#,
            r#"{}"#,
            r#"{"tags":{"a":"1","b":"2"}}"#,
            r#"{"tags":{"b":"2"}}"#,
        ),
        (
            "[list]",
            r#"{"list":[{"name":"a"}]}"#,
            r#"{"list":[{"name":"b"},{"name":"c"}]}"#,
            r#"{"list":[{"name":"a"}]}"#,
        ),
        (
            "[list[0].name]",
            r#"{"list":[{"name":"a"}]}"#,
            r#"{"list":[{"name":"b"},{"name":"c"}]}"#,
            r#"{"list":[{"name":"a"},{"name":"c"}]}"#,
        ),
        (
            "[list[5].name]",
            r#"{"list":[{"name":"a"}]}"#,
            r#"{"list":[{"name":"b"}]}"#,
            r#"{"list":[{"name":"b"}]}"#,
        ),
        (
            r#"[set["a"].arn]"#,
            r#"{"set":[{"name":"a","arn":"1"},{"name":"b","arn":"2"}]}"#,
            r#"{"set":[{"name":"a","arn":"x"},{"name":"b","arn":"y"}]}"#,
            r#"{"set":[{"name":"a","arn":"1"},{"name":"b","arn":"y"}]}"#,
        ),
        (
            r#"[set["a"].arn]"#,
            r#"{"set":[]}"#,
            r#"{"set":[{"name":"a","arn":"x"}]}"#,
            r#"{"set":[{"name":"a","arn":"x"}]}"#,
        ),
        (
            r#"[set["a"]]"#,
            r#"{"set":[{"name":"a","arn":"1"}]}"#,
            r#"{"set":[{"name":"b"}]}"#,
            r#"{"set":[{"name":"a","arn":"1"},{"name":"b"}]}"#,
        ),
        (
            r#"[set["a"]]"#,
            r#"{"set":[]}"#,
            r#"{"set":[{"name":"a"},{"name":"b"}]}"#,
            r#"{"set":[{"name":"b"}]}"#,
        ),
        (
            "all",
            r#"{"name":"a","size":1,"id":"i","list":[{"name":"a"}]}"#,
            r#"{"name":"b","tags":{"k":"v"}}"#,
            r#"{"name":"a","size":1,"list":[{"name":"a"}]}"#,
        ),
        (
            "[]",
            r#"{"name":"a"}"#,
            r#"{"name":"b"}"#,
            r#"{"name":"b"}"#,
        ),
    ] {
        let text = format!(
            "resource \"lab\" \"a\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n"
        );
        let files = InMemory([("main.tf".to_owned(), text.into_bytes().into())].into());
        let (config_read, diagnostics) = load(&files, &mut Sources::new());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let resources = &config_read.root.module.resources;
        let resource = resources.values().next().expect("one resource");
        let ignored_changes = &resource.lifecycle.ignore_changes;
        let got = ignore_changes(&schema(), ignored_changes, &value(prior), &value(config));
        assert_eq!(
            shown(&got),
            shown(&value(wanted)),
            "{ignored} {prior} {config}"
        );
    }
}

#[test]
fn nothing_is_ignored_where_there_is_no_object() {
    let files = InMemory(
        [(
            "main.tf".to_owned(),
            Arc::from(
                &b"resource \"lab\" \"a\" {\n  lifecycle {\n    ignore_changes = all\n  }\n}\n"[..],
            ),
        )]
        .into(),
    );
    let (config, _) = load(&files, &mut Sources::new());
    let resource = config.root.module.resources.values().next();
    let ignored = &resource.expect("one resource").lifecycle.ignore_changes;
    let written = value(r#"{"name":"b"}"#);
    let gone = Value::null(schema().implied_type());
    let got = ignore_changes(&schema(), ignored, &gone, &written);
    assert_eq!(shown(&got), shown(&written));
}
