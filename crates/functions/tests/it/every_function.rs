//! Every registered function, called with unknown, null and marked values in every argument.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use trueup_functions::{
    Body, CallError, Context, FileKind, Files, Function, Source, all, all_builtin, call, lookup,
    lookup_builtin,
};
use trueup_value::{Marks, Type, Value, json};

/// One file with one text, and a directory around it.
struct OneFile;

impl Files for OneFile {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.kind(path)? {
            FileKind::File => Ok(b"hello".to_vec()),
            _ => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        match path.to_str() {
            Some("/w/a.txt") => Ok(FileKind::File),
            Some("/w" | "/w/.") => Ok(FileKind::Directory),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        match self.kind(path)? {
            FileKind::Directory => Ok(vec!["a.txt".to_owned()]),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }
}

struct Fixed;

impl Source for Fixed {
    fn now(&self) -> String {
        "2026-01-02T03:04:05Z".to_owned()
    }

    fn chance(&self) -> [u8; 16] {
        [7; 16]
    }
}

fn context() -> Context<'static> {
    Context {
        files: &OneFile,
        base_dir: Path::new("/w"),
        home: None,
        plan_timestamp: Some("2026-01-02T03:04:05Z"),
        source: Some(&Fixed),
    }
}

/// Arguments that each function accepts, and what it makes of them: `name [arguments] => result`.
const SAMPLES: &str = include_str!("samples.txt");

struct Sample {
    function: &'static Function,
    args: Vec<Value>,
    result: String,
}

fn samples() -> Vec<Sample> {
    SAMPLES
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, rest) = line.split_once(' ').expect("a name comes first");
            let (args, result) = rest.rsplit_once(" => ").expect("a result comes last");
            let args = json::decode(args).expect("arguments are JSON");
            Sample {
                function: found(name).unwrap_or_else(|| panic!("there is no function {name}")),
                args: args.as_slice().expect("arguments are an array").to_vec(),
                result: result.to_owned(),
            }
        })
        .collect()
}

/// A function by the name that configurations call it by.
fn found(name: &str) -> Option<&'static Function> {
    match name.strip_prefix("provider::terraform::") {
        Some(name) => lookup_builtin(name),
        None => lookup(name),
    }
}

/// Calls, and says which call it was if it panics.
fn called(function: &Function, args: &[Value]) -> Result<Value, CallError> {
    catch_unwind(AssertUnwindSafe(|| call(function, args, &context())))
        .unwrap_or_else(|_| panic!("{} panics with {args:?}", function.name))
}

#[test]
fn every_function_has_a_sample_that_it_answers_as_written() {
    let samples = samples();
    let registered = all().chain(all_builtin());
    for function in registered.filter(|function| matches!(function.body, Body::Plain(_))) {
        assert!(
            samples
                .iter()
                .any(|sample| sample.function.name == function.name),
            "{} has no line in samples.txt",
            function.name
        );
        assert!(!function.doc.is_empty());
    }
    for sample in samples {
        let result = called(sample.function, &sample.args)
            .unwrap_or_else(|error| panic!("{} refuses: {error:?}", sample.function.name));
        let text = json::encode(&result.without_marks_inside()).expect("the result is known");
        assert_eq!(text, sample.result, "{}", sample.function.name);
    }
}

fn with(args: &[Value], at: usize, value: Value) -> Vec<Value> {
    let mut args = args.to_vec();
    args[at] = value;
    args
}

/// Every mark there is.
const MARKS: [Marks; 3] = [Marks::SENSITIVE, Marks::EPHEMERAL, Marks::DEPRECATED];

/// Whether a function takes a mark off its argument: that is its purpose, or it only tells of marks.
fn takes_off(function: &Function, mark: Marks) -> bool {
    match function.name {
        "issensitive" => true,
        "nonsensitive" => mark == Marks::SENSITIVE,
        "ephemeralasnull" => mark == Marks::EPHEMERAL,
        _ => false,
    }
}

#[test]
fn a_marked_argument_marks_the_result() {
    for Sample { function, args, .. } in samples() {
        for (at, mark) in (0..args.len()).flat_map(|at| MARKS.map(|mark| (at, mark))) {
            let marked = with(&args, at, args[at].mark(mark));
            let result =
                called(function, &marked).expect("a mark does not change what is accepted");
            assert_eq!(
                result.contains_mark(mark),
                !takes_off(function, mark),
                "{} with argument {at} marked {mark:?}",
                function.name
            );
            if takes_off(function, mark) && function.name != "nonsensitive" {
                continue;
            }
            // The rest is as without the mark.
            let plain = called(function, &args).expect("the sample is accepted");
            assert_eq!(
                result.without_marks_inside(),
                plain.without_marks_inside(),
                "{}",
                function.name
            );
        }
    }
}

#[test]
fn the_mark_of_an_element_does_not_get_lost() {
    // What is said of a collection as a whole, or taken from elsewhere in it, does not show the element.
    let says_nothing_of_elements = ["issensitive", "keys", "length"];
    for Sample { function, args, .. } in samples() {
        for (at, mark) in (0..args.len()).flat_map(|at| MARKS.map(|mark| (at, mark))) {
            let mut any = false;
            let marked = args[at].rebuilt(&mut |element| {
                any = true;
                element.mark(mark)
            });
            let default_taken = function.name == "lookup" && args.len() == 3;
            if !any || default_taken || says_nothing_of_elements.contains(&function.name) {
                continue;
            }
            let result = called(function, &with(&args, at, marked)).expect("a mark is no error");
            assert!(
                result.contains_mark(mark) || takes_off(function, mark),
                "{} with elements of argument {at} marked {mark:?}",
                function.name
            );
        }
    }
}

/// Functions that can tell something of their result without knowing an argument.
fn may_know(function: &Function) -> bool {
    let names = [
        "coalesce",
        "coalescelist",
        "contains",
        "issensitive",
        "keys",
        "length",
        "lookup",
        "setproduct",
        "startswith",
    ];
    names.contains(&function.name)
}

#[test]
fn an_unknown_argument_makes_the_result_unknown() {
    for Sample { function, args, .. } in samples() {
        for at in 0..args.len() {
            for unknown in [
                Value::unknown(args[at].ty()),
                Value::unknown(args[at].ty()).refine_not_null(),
                Value::dynamic_unknown(),
            ] {
                let result = called(function, &with(&args, at, unknown.clone()));
                let known = result.as_ref().is_ok_and(Value::is_wholly_known);
                assert!(
                    !known || may_know(function),
                    "{} with argument {at} unknown gives {result:?}",
                    function.name
                );
                for mark in MARKS {
                    let marked = with(&args, at, unknown.mark(mark));
                    if let Ok(result) = called(function, &marked) {
                        assert!(
                            result.contains_mark(mark) || takes_off(function, mark),
                            "{} with argument {at} unknown and marked {mark:?}",
                            function.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn null_is_refused_unless_the_parameter_allows_it() {
    for Sample { function, args, .. } in samples() {
        for at in 0..args.len() {
            for null in [Value::null(args[at].ty()), Value::dynamic_null()] {
                let result = called(function, &with(&args, at, null));
                let nullable = function.parameter(at).is_some_and(|p| p.nullable);
                if !nullable {
                    assert!(
                        matches!(&result, Err(CallError::Failed(error)) if error.argument == Some(at)),
                        "{} with argument {at} null gives {result:?}",
                        function.name
                    );
                }
            }
        }
    }
}

/// Values of every kind, also with unknown, null and marked parts.
fn odd_values() -> Vec<Value> {
    let text = |text: &str| Value::string(text);
    let map = BTreeMap::from([("a".into(), text("x"))]);
    let mut odd: Vec<Value> = [
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "\"\"",
        "\"é\"",
        "\"/(/\"",
        "\"%[\"",
        "[]",
        "{}",
        "[1,\"a\",null]",
        "[[1],[2,[3]]]",
        "{\"a\":{\"b\":null}}",
        "null",
    ]
    .iter()
    .map(|text| json::decode(text).expect("the odd values are JSON"))
    .collect();
    odd.extend([
        Value::number(trueup_value::Number::INFINITY),
        Value::list(Type::String, vec![]),
        Value::list(Type::String, vec![Value::null(Type::String), text("b")]),
        Value::list(Type::Number, vec![Value::unknown(Type::Number)]),
        Value::set(Type::String, vec![text("a"), Value::unknown(Type::String)]),
        Value::set(Type::Number, vec![Value::from(1_i64)]),
        Value::map(Type::String, map),
        Value::null(Type::list(Type::String)),
        Value::null(Type::map(Type::Number)),
        Value::unknown(Type::list(Type::String)),
        Value::unknown(Type::set(Type::Dynamic)),
        Value::unknown(Type::map(Type::Bool)),
        Value::unknown(Type::tuple([Type::String, Type::Number])),
        Value::unknown(Type::object([("a", Type::String)])),
        Value::tuple(vec![
            text("a").mark(Marks::SENSITIVE),
            Value::dynamic_unknown(),
        ]),
        Value::dynamic_unknown().mark(Marks::EPHEMERAL),
    ]);
    odd
}

#[test]
fn no_value_makes_a_function_panic() {
    let odd = odd_values();
    for Sample { function, args, .. } in samples() {
        for at in 0..args.len() {
            for value in &odd {
                let _ = called(function, &with(&args, at, value.clone()));
            }
        }
        for first in &odd {
            let _ = called(function, &[]);
            let _ = called(function, std::slice::from_ref(first));
            for second in &odd {
                let _ = called(function, &[first.clone(), second.clone()]);
                let _ = called(function, &[second.clone(), first.clone(), second.clone()]);
            }
        }
    }
}
