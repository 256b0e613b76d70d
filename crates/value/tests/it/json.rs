//! JSON: errors, escapes, the wrapped form of open types.

use trueup_value::{Type, Value, json};

#[test]
fn errors_are_worded_as_recorded() {
    let cases = [
        ("", "EOF"),
        ("   ", "EOF"),
        ("1 2", "extraneous data after JSON object"),
        ("01", "extraneous data after JSON object"),
        (
            "hello",
            "invalid character 'h' looking for beginning of value",
        ),
        ("{a:1}", "invalid character 'a'"),
        ("{\"a\":", "EOF"),
        (
            "{\"a\":1,}",
            "invalid character '}' looking for beginning of object key string",
        ),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        (
            "{\"a\":1 2}",
            "invalid character '2' after object key:value pair",
        ),
        ("[1 2]", "invalid character '2' after array element"),
        ("\"abc", "unexpected EOF"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        (
            "nope",
            "invalid character 'o' in literal null (expecting 'u')",
        ),
        ("-", "unexpected EOF"),
        ("1.", "unexpected EOF"),
        (
            "\u{feff}1",
            "invalid character 'ï' looking for beginning of value",
        ),
    ];
    for (text, wanted) in cases {
        let error = json::parse(text).expect_err(text);
        assert_eq!(error.to_string(), wanted, "{text:?}");
    }
}

#[test]
fn nesting_is_limited() {
    for open in ["[", "{\"a\":"] {
        let text = open.repeat(100_000);
        let error = json::parse(&text).expect_err("too deep");
        assert_eq!(error.to_string(), "exceeded max depth");
    }
    let close = format!("{}{}", "[".repeat(250), "]".repeat(250));
    assert!(json::decode(&close).is_ok());
}

#[test]
fn open_types_carry_their_type() {
    let ty = Type::object([("input", Type::Dynamic), ("id", Type::String)]);
    let value = Value::object_from([
        (
            "input",
            Value::tuple(vec![Value::number(1_i64), Value::dynamic_null()]),
        ),
        ("id", Value::null(Type::String)),
    ]);
    let text = json::marshal(&value, &ty).expect("known");
    assert_eq!(
        text,
        r#"{"id":null,"input":{"value":[1,null],"type":["tuple",["number","dynamic"]]}}"#
    );
    assert_eq!(json::unmarshal(&text, &ty).expect("own text"), value);
}

#[test]
fn texts_are_escaped_as_go_does() {
    let mut out = String::new();
    json::write_string("<a>&\u{1}\u{8}\u{c}\n\u{2028}\u{7f}é\"\\", &mut out);
    assert_eq!(
        out,
        "\"\\u003ca\\u003e\\u0026\\u0001\\b\\f\\n\\u2028\u{7f}é\\\"\\\\\""
    );
}

#[test]
fn digits_are_never_lost() {
    let text = "[123456789012345678901234567890.123456789,1e30,0.1,99999999999999999999999999999999999999]";
    let value = json::decode(text).expect("JSON");
    assert_eq!(
        json::encode(&value).expect("known"),
        "[123456789012345678901234567890.123456789,1000000000000000000000000000000,0.1,99999999999999999999999999999999999999]"
    );
}

#[test]
fn layout_is_that_of_state_files() {
    let text = r#"{"a":[1,{"b":"x: ,{"}],"c":{},"d":[]}"#;
    let laid_out = json::indent(text, "", "  ");
    assert_eq!(
        laid_out,
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x: ,{\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}"
    );
    assert_eq!(json::compact(&laid_out), text);
    assert_eq!(
        json::indent(text, "", "  "),
        json::indent(&laid_out, "", "  ")
    );
}

#[test]
fn what_does_not_fit_the_type_is_refused() {
    let ty = Type::object([("a", Type::list(Type::Number))]);
    for (text, wanted) in [
        (r#"{"b":1}"#, "unsupported attribute \"b\""),
        (r#"{"a":{}}"#, ".a: array is required"),
        (r#"{"a":["x"]}"#, ".a: a number is required"),
        ("[]", "object is required"),
    ] {
        assert_eq!(
            json::unmarshal(text, &ty).expect_err(text).to_string(),
            wanted
        );
    }
    let missing = json::unmarshal("{}", &ty).expect("missing is null");
    assert!(missing.member("a").is_some_and(Value::is_null));
}
