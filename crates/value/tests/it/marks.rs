//! Marks, paths and looking into values.

use trueup_value::{Marks, Path, Type, Value, json, ops};

fn sample() -> Value {
    json::decode(r#"{"a":[{"k":"v"},2],"m":{"x":1}}"#).expect("JSON")
}

#[test]
fn marks_go_off_and_on_by_path() {
    let paths = vec![
        (
            Path::new().attr("a").position(0).attr("k"),
            Marks::SENSITIVE,
        ),
        (Path::new().attr("m"), Marks::EPHEMERAL),
    ];
    let marked = sample().mark_paths(&paths);
    assert!(marked.contains_mark(Marks::SENSITIVE));
    assert!(marked.contains_mark(Marks::EPHEMERAL));
    let (plain, found) = marked.unmark_deep();
    assert_eq!(plain, sample());
    assert_eq!(found, paths);
    assert_eq!(plain.mark_paths(&found), marked);
    assert_eq!(paths[0].0.to_string(), ".a[0].k");
    assert_eq!(Path::new().attr("m").key("x y").to_string(), ".m[\"x y\"]");
}

#[test]
fn paths_that_lead_nowhere_are_passed_over() {
    let nowhere = vec![
        (Path::new().attr("zz"), Marks::SENSITIVE),
        (Path::new().attr("a").position(9), Marks::SENSITIVE),
        (Path::new().attr("m").attr("x").attr("y"), Marks::SENSITIVE),
    ];
    assert_eq!(sample().mark_paths(&nowhere), sample());
}

#[test]
fn following_a_path_collects_marks() {
    let marked = sample().mark_paths(&[(Path::new().attr("a"), Marks::SENSITIVE)]);
    let path = Path::new().attr("a").position(1);
    let found = path.apply(&marked).expect("is there");
    assert_eq!(found.without_marks(Marks::SENSITIVE), Value::number(2_i64));
    assert!(found.has_mark(Marks::SENSITIVE));
    let error = Path::new()
        .attr("a")
        .position(7)
        .apply(&marked)
        .expect_err("too far");
    assert_eq!(error.path.to_string(), ".a");
}

#[test]
fn operations_pass_marks_on() {
    let secret = Value::string("x").mark(Marks::SENSITIVE);
    let inside = Value::tuple(vec![secret.clone(), "y".into()]);
    assert!(ops::equals(&inside, &inside).has_mark(Marks::SENSITIVE));
    assert_eq!(ops::length(&inside).expect("tuple").marks(), Marks::NONE);
    let number = Value::number(1_i64).mark(Marks::SENSITIVE);
    assert!(
        ops::add(&number, &1_i64.into())
            .expect("numbers")
            .has_mark(Marks::SENSITIVE)
    );
    assert!(
        ops::negate(&number)
            .expect("number")
            .has_mark(Marks::SENSITIVE)
    );
    let key = Value::string("x").mark(Marks::SENSITIVE);
    let object = Value::object_from([("x", Value::bool(true))]);
    assert!(
        object
            .index(&key)
            .expect("is there")
            .has_mark(Marks::SENSITIVE)
    );
}

#[test]
fn indexes_find_or_explain() {
    let value = sample();
    let list = value.get_attr("a").expect("is there");
    assert_eq!(
        list.index(&"1".into()).expect("text index"),
        Value::number(2_i64)
    );
    let cases: Vec<(Value, &str)> = vec![
        (
            Value::number(1.5),
            "The given key does not identify an element in this collection value: indexing a sequence requires a whole number, but the given index has a fractional part",
        ),
        (
            Value::number(-1_i64),
            "The given key does not identify an element in this collection value: a negative number is not a valid index for a sequence",
        ),
        (
            Value::number(2_i64),
            "The given key does not identify an element in this collection value",
        ),
        (
            Value::string("x"),
            "The given key does not identify an element in this collection value: a number is required",
        ),
        (
            Value::dynamic_null(),
            "Can't use a null value as an indexing key",
        ),
    ];
    for (key, wanted) in cases {
        assert_eq!(list.index(&key).expect_err("no such").to_string(), wanted);
    }
    let unknown = Value::unknown(Type::map(Type::Bool));
    assert_eq!(
        unknown.index(&"k".into()).expect("may be"),
        Value::unknown(Type::Bool)
    );
}
