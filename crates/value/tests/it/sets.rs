//! Sets: what counts as equal, and the order that shows.

use trueup_value::{Type, Value, json};

fn set(elem: Type, elements: &str) -> String {
    let elements = json::decode(elements).expect("JSON");
    let set = Value::set(elem, elements.as_slice().expect("array").to_vec());
    json::encode(&set).expect("known")
}

#[test]
fn elements_are_distinct_and_in_order() {
    assert_eq!(
        set(Type::String, r#"["b","a","b","","B"]"#),
        r#"["","B","a","b"]"#
    );
    assert_eq!(set(Type::Number, "[10,9,1.5,1.50,-1]"), "[-1,1.5,9,10]");
    assert_eq!(set(Type::Bool, "[true,false,true]"), "[false,true]");
    assert_eq!(
        set(
            Type::tuple([Type::String, Type::Number]),
            r#"[["b",1],["a",2],["b",1]]"#
        ),
        r#"[["a",2],["b",1]]"#
    );
    // Objects are ordered by their values in order of attribute names.
    assert_eq!(
        set(
            Type::object([("name", Type::String), ("type", Type::String)]),
            r#"[{"name":"sk","type":"S"},{"name":"pk","type":"S"},{"name":"pk","type":"N"}]"#
        ),
        r#"[{"name":"pk","type":"N"},{"name":"pk","type":"S"},{"name":"sk","type":"S"}]"#
    );
}

#[test]
fn elements_with_one_order_key_stay_apart() {
    let pair = |a: &str, b: &str| set(Type::tuple([Type::Number]), &format!("[[{a}],[{b}],[{a}]]"));
    assert_eq!(
        pair("12345678901", "12345678902").matches(",").count(),
        1,
        "two elements"
    );
}

#[test]
fn unknown_elements_come_after_known_and_nulls_last() {
    let set = Value::set(
        Type::String,
        vec![
            Value::null(Type::String),
            Value::unknown(Type::String),
            "z".into(),
            Value::unknown(Type::String),
            Value::null(Type::String),
        ],
    );
    let kinds: Vec<(bool, bool)> = set
        .elements()
        .map(|(_, element)| (element.is_known(), element.is_null()))
        .collect();
    assert_eq!(
        kinds,
        [(true, false), (false, false), (false, false), (true, true)]
    );
}
