//! Functions of two directions: what one writes, the other reads.

use std::path::Path;

use proptest::prelude::*;
use trueup_functions::{Context, Function, NoFiles, call, lookup, lookup_builtin};
use trueup_value::{Type, Value, json};

fn called(function: &Function, args: &[Value]) -> Value {
    let cx = Context {
        files: &NoFiles,
        base_dir: Path::new("/"),
        home: None,
        plan_timestamp: None,
        source: None,
    };
    call(function, args, &cx).unwrap_or_else(|error| panic!("{}: {error:?}", function.name))
}

fn made(name: &str, args: &[Value]) -> Value {
    called(lookup(name).expect("the function is there"), args)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        "[ -~\\n\\t]{0,60}",
        "[a-z :#\\-?\\[\\]{}'\"|>&*!%@`,~.0-9\\n]{0,30}",
        prop::sample::select(vec![
            "yes",
            "null",
            "~",
            "1.5",
            "0x1F",
            "2024-01-01",
            "<<",
            "---",
            "...",
            " a",
            "a ",
            "\n",
            "a\n\n",
            "é\u{301}",
            "\u{85}",
            "\u{feff}",
            "\0",
            "\u{1f600}\n",
        ])
        .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::dynamic_null()),
        any::<bool>().prop_map(Value::bool),
        any::<i64>().prop_map(Value::from),
        (any::<i32>(), 0..6_u32).prop_map(|(n, places)| {
            json::decode(&format!("{n}e-{places}")).expect("it is a number")
        }),
        text().prop_map(Value::string),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::tuple),
            prop::collection::btree_map(text(), inner, 0..5).prop_map(Value::object_from),
        ]
    })
}

proptest! {
    #[test]
    fn json_comes_back(value in value()) {
        let text = made("jsonencode", std::slice::from_ref(&value));
        prop_assert_eq!(made("jsondecode", &[text]), value);
    }

    #[test]
    fn yaml_comes_back(value in value()) {
        // A mapping with the key `<<` merges: that is no way back.
        prop_assume!(!format!("{value:?}").contains("\"<<\":"));
        let text = made("yamlencode", std::slice::from_ref(&value));
        prop_assert_eq!(made("yamldecode", std::slice::from_ref(&text)), value, "{:?}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(given in "\\PC{0,60}", lines in "[a-c:\\-?\\[\\]{}'\"|>&*!%, \\n\\t#<]{0,60}") {
        let cx = Context {
            files: &NoFiles,
            base_dir: Path::new("/"),
            home: None,
            plan_timestamp: None,
            source: None,
        };
        for name in ["yamldecode", "jsondecode", "csvdecode", "base64gunzip", "urldecode"] {
            for text in [&given, &lines] {
                let _ = call(lookup(name).expect("it is there"), &[Value::string(text)], &cx);
            }
        }
    }

    #[test]
    fn base64_comes_back(text in text()) {
        let text = Value::string(text);
        for (there, back) in [("base64encode", "base64decode"), ("base64gzip", "base64gunzip"), ("urlencode", "urldecode")] {
            let coded = made(there, std::slice::from_ref(&text));
            prop_assert_eq!(made(back, &[coded]), text.clone());
        }
        for charset in ["UTF-8", "UTF-16", "UTF-16LE", "GB18030"] {
            let charset = Value::string(charset);
            // What stands for a character that could not be read is not read either.
            if text.as_str().is_some_and(|text| text.contains(['\u{fffd}', '\u{feff}', '\u{e5e5}'])) {
                continue;
            }
            let coded = made("textencodebase64", &[text.clone(), charset.clone()]);
            prop_assert_eq!(made("textdecodebase64", &[coded, charset]), text.clone());
        }
    }

    #[test]
    fn an_expression_is_one(value in value()) {
        let encode = lookup_builtin("encode_expr").expect("it is there");
        if value.is_null() {
            return Ok(());
        }
        let text = called(encode, &[value]);
        let (_, diagnostics) = trueup_parser::parse_expression(
            trueup_diagnostics::SourceId(0),
            text.as_str().unwrap_or_default(),
            0,
        );
        prop_assert!(!diagnostics.has_errors(), "{text:?}: {diagnostics:?}");
        prop_assert_eq!(text.ty(), Type::String);
    }
}
