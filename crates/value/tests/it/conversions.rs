//! Conversion: values, error wording, unification.

use trueup_value::{Marks, Refinements, Type, Value, conversion_exists, convert, json, ops, unify};

fn ty(notation: &str) -> Type {
    Type::from_json(notation).unwrap_or_else(|error| panic!("{notation}: {error}"))
}

fn value(text: &str) -> Value {
    json::decode(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Value as JSON, type notation, result as JSON and its type where it is not the one asked for.
const CONVERTED: &[(&str, &str, &str)] = &[
    ("1.50", r#""string""#, r#""1.5""#),
    ("true", r#""string""#, r#""true""#),
    (r#""12.50""#, r#""number""#, "12.5"),
    (r#""true""#, r#""bool""#, "true"),
    (r#""0""#, r#""bool""#, "false"),
    (
        r#"["a",1,true]"#,
        r#"["list","string"]"#,
        r#"["a","1","true"]"#,
    ),
    (
        r#"["a",1,true]"#,
        r#"["list","dynamic"]"#,
        r#"["a","1","true"]"#,
    ),
    (r#"["b","a","b"]"#, r#"["set","string"]"#, r#"["a","b"]"#),
    (r#"[3,"1",2,1]"#, r#"["set","number"]"#, "[1,2,3]"),
    (
        r#"{"a":1,"b":"x"}"#,
        r#"["map","dynamic"]"#,
        r#"{"a":"1","b":"x"}"#,
    ),
    (
        r#"{"a":1,"extra":2}"#,
        r#"["object",{"a":"string"}]"#,
        r#"{"a":"1"}"#,
    ),
    (
        r#"{"a":1}"#,
        r#"["object",{"a":"string","b":["list","string"]},["b"]]"#,
        r#"{"a":"1","b":null}"#,
    ),
    (
        r#"[{"id":1,"tags":["z","y","z"]},{"id":"two"}]"#,
        r#"["list",["object",{"id":"string","tags":["set","string"]},["tags"]]]"#,
        r#"[{"id":"1","tags":["y","z"]},{"id":"two","tags":null}]"#,
    ),
    (
        "[1,\"2\"]",
        r#"["tuple",["string","number"]]"#,
        r#"["1",2]"#,
    ),
    ("[]", r#"["list","dynamic"]"#, "[]"),
    ("{}", r#"["map","string"]"#, "{}"),
    ("null", r#"["list","string"]"#, "null"),
    ("[null,1]", r#"["list","string"]"#, r#"[null,"1"]"#),
    (
        "[[1],[\"a\",true]]",
        r#"["list",["list","dynamic"]]"#,
        r#"[["1"],["a","true"]]"#,
    ),
];

#[test]
fn values_are_converted() {
    for (from, to, wanted) in CONVERTED {
        let to_type = ty(to);
        let converted = convert(&value(from), &to_type)
            .unwrap_or_else(|error| panic!("{from} to {to}: {error}"));
        assert_eq!(
            json::encode(&converted).expect("known"),
            *wanted,
            "{from} to {to}"
        );
        if !to_type.has_dynamic() {
            assert_eq!(converted.ty(), to_type.without_optional(), "{from} to {to}");
        }
        let again = convert(&converted, &to_type).expect("converting again");
        assert_eq!(again, converted, "{from} to {to}, again");
    }
}

/// Value as JSON, type notation, the error with its path.
const REFUSED: &[(&str, &str, &str)] = &[
    (r#""x""#, r#""number""#, "a number is required"),
    (r#"" 1""#, r#""number""#, "a number is required"),
    (r#""yes""#, r#""bool""#, "a bool is required"),
    (
        r#""TRUE""#,
        r#""bool""#,
        "a bool is required; to convert from string, use lowercase \"true\"",
    ),
    ("1", r#""bool""#, "bool required"),
    ("true", r#""number""#, "number required"),
    ("[1]", r#""string""#, "string required"),
    ("{}", r#"["list","string"]"#, "list of string required"),
    (
        r#""a""#,
        r#"["set","dynamic"]"#,
        "set of any single type required",
    ),
    (
        "[[1]]",
        r#"["list","string"]"#,
        "element 0: string required",
    ),
    (
        r#"{"k":[1]}"#,
        r#"["map","string"]"#,
        "element \"k\": string required",
    ),
    (
        r#"["a","x"]"#,
        r#"["list","number"]"#,
        "[0]: a number is required",
    ),
    (
        r#"{"k":"x"}"#,
        r#"["map","number"]"#,
        "[\"k\"]: a number is required",
    ),
    (
        r#"{"a":{"b":"x"}}"#,
        r#"["object",{"a":["object",{"b":"number"}]}]"#,
        ".a.b: a number is required",
    ),
    (
        "{}",
        r#"["object",{"a":"string"}]"#,
        "attribute \"a\" is required",
    ),
    (
        "{}",
        r#"["object",{"a":"string","b":"string"}]"#,
        "attributes \"a\" and \"b\" are required",
    ),
    (
        "{}",
        r#"["object",{"a":"string","b":"string","c":"string"}]"#,
        "attributes \"a\", \"b\", and \"c\" are required",
    ),
    (
        r#"{"a":[]}"#,
        r#"["object",{"a":"string"}]"#,
        "attribute \"a\": string required",
    ),
    (
        r#"[{"a":1},{}]"#,
        r#"["list",["object",{"a":"string"}]]"#,
        "element 1: attribute \"a\" is required",
    ),
    ("[1]", r#"["tuple",["string","string"]]"#, "tuple required"),
    (
        "[1,[2]]",
        r#"["list","dynamic"]"#,
        "all list elements must have the same type",
    ),
];

#[test]
fn what_does_not_fit_is_refused_in_words() {
    for (from, to, wanted) in REFUSED {
        let error = convert(&value(from), &ty(to))
            .map(|converted| panic!("{from} to {to} gave {converted:?}"))
            .expect_err("refused");
        assert_eq!(error.with_prefix(""), *wanted, "{from} to {to}");
    }
}

#[test]
fn unknown_null_and_marks_are_kept() {
    let list = ty(r#"["list","string"]"#);
    let unknown = Value::unknown_refined(
        Type::tuple([Type::Number, Type::Number]),
        Refinements::not_null(),
    );
    let converted = convert(&unknown, &list).expect("fits");
    assert_eq!(
        converted.length(),
        Some(2),
        "the length is known: {converted:?}"
    );
    let open = convert(&Value::dynamic_unknown(), &list).expect("may fit");
    assert_eq!(open, Value::unknown(list.clone()));
    let inside = Value::tuple(vec![
        Value::string("a").mark(Marks::SENSITIVE),
        1_i64.into(),
    ]);
    let converted = convert(&inside.mark(Marks::EPHEMERAL), &list).expect("fits");
    assert_eq!(converted.marks(), Marks::EPHEMERAL);
    assert_eq!(converted.at(0).map(Value::marks), Some(Marks::SENSITIVE));
    let set = convert(&inside, &ty(r#"["set","string"]"#)).expect("fits");
    assert_eq!(
        set.marks(),
        Marks::SENSITIVE,
        "a set carries its elements' marks"
    );
    assert_eq!(
        convert(&Value::null(Type::Number), &Type::String).expect("null"),
        Value::null(Type::String)
    );
}

#[test]
fn map_to_object_needs_the_required_keys() {
    let map = convert(&value(r#"{"a":1}"#), &ty(r#"["map","number"]"#)).expect("fits");
    let error = convert(&map, &ty(r#"["object",{"a":"string","b":"string"}]"#)).expect_err("b");
    assert_eq!(
        error.to_string(),
        "map has no element for required attribute \"b\""
    );
    let converted =
        convert(&map, &ty(r#"["object",{"a":"string","b":"bool"},["b"]]"#)).expect("optional");
    assert_eq!(
        json::encode(&converted).expect("known"),
        r#"{"a":"1","b":null}"#
    );
}

#[test]
fn types_unify_as_recorded() {
    let cases: &[(&[&str], Option<&str>)] = &[
        (&[], None),
        (&[r#""number""#, r#""string""#], Some(r#""string""#)),
        (&[r#""bool""#, r#""number""#], None),
        (
            &[r#""bool""#, r#""number""#, r#""string""#],
            Some(r#""string""#),
        ),
        (&[r#""dynamic""#, r#""number""#], Some(r#""number""#)),
        (
            &[r#"["tuple",["string"]]"#, r#"["tuple",["number"]]"#],
            Some(r#"["tuple",["string"]]"#),
        ),
        (
            &[r#"["tuple",[]]"#, r#"["tuple",["number"]]"#],
            Some(r#"["list","number"]"#),
        ),
        (
            &[
                r#"["object",{"a":"number"}]"#,
                r#"["object",{"b":"number"}]"#,
            ],
            Some(r#"["map","number"]"#),
        ),
        (
            &[
                r#"["object",{"a":"number"}]"#,
                r#"["object",{"a":"string"}]"#,
            ],
            Some(r#"["object",{"a":"string"}]"#),
        ),
        (
            &[r#"["object",{"a":"number"}]"#, r#""dynamic""#],
            Some(r#""dynamic""#),
        ),
        (&[r#"["object",{}]"#, r#"["tuple",[]]"#], None),
        (
            &[r#"["list","number"]"#, r#"["tuple",["string"]]"#],
            Some(r#"["list","string"]"#),
        ),
        (
            &[
                r#"["map","number"]"#,
                r#"["object",{"x":"bool","y":"string"}]"#,
            ],
            Some(r#"["map","string"]"#),
        ),
        (
            &[r#"["list","number"]"#, r#"["list","string"]"#],
            Some(r#"["list","string"]"#),
        ),
        (&[r#""string""#, r#"["list","string"]"#], None),
    ];
    for (types, wanted) in cases {
        let types: Vec<Type> = types.iter().map(|notation| ty(notation)).collect();
        assert_eq!(unify(&types), wanted.map(ty), "{types:?}");
        if let Some(unified) = unify(&types) {
            for from in &types {
                assert!(conversion_exists(from, &unified), "{from} to {unified}");
            }
        }
    }
}

#[test]
fn names_of_types_are_those_of_messages() {
    let cases = [
        (r#"["list","string"]"#, "list of string", "list of string"),
        (
            r#"["map","dynamic"]"#,
            "map of dynamic",
            "map of any single type",
        ),
        (r#""dynamic""#, "dynamic", "any type"),
        (r#"["object",{"a":"bool"}]"#, "object", "object"),
        (r#"["tuple",["bool"]]"#, "tuple", "tuple"),
    ];
    for (notation, name, constraint) in cases {
        assert_eq!(ty(notation).friendly_name(), name);
        assert_eq!(ty(notation).friendly_name_for_constraint(), constraint);
        assert_eq!(ty(notation).to_json(), notation);
    }
}

#[test]
fn refinements_decide_comparisons() {
    let prefixed = Value::unknown_refined(Type::String, Refinements::prefix("id-"));
    assert_eq!(ops::equals(&prefixed, &"no".into()).as_bool(), Some(false));
    assert!(!ops::equals(&prefixed, &"id-7".into()).is_known());
    assert_eq!(
        ops::equals(&prefixed, &Value::dynamic_null()).as_bool(),
        Some(false)
    );
    let set = Value::set(Type::String, vec![Value::unknown(Type::String), "b".into()]);
    let length = ops::length(&set).expect("a set");
    assert!(!length.is_known());
    assert_eq!(
        ops::greater_than(&length, &0_i64.into())
            .expect("numbers")
            .as_bool(),
        Some(true)
    );
    let sum = ops::add(&length, &10_i64.into()).expect("numbers");
    assert_eq!(
        ops::less_than(&sum, &11_i64.into())
            .expect("numbers")
            .as_bool(),
        None
    );
    assert_eq!(
        ops::less_than(&sum, &10_i64.into())
            .expect("numbers")
            .as_bool(),
        Some(false)
    );
    let exact = Value::unknown_refined(ty(r#"["list","string"]"#), Refinements::length(2, Some(2)));
    assert_eq!(exact.length(), Some(2));
}
