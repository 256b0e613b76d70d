//! Attributes as values, and instances put in and taken out.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, InstanceKey, ProviderAddr, ProviderConfigAddr, Resource};
use trueup_state::{DeposedKey, InstanceState, Object, State};
use trueup_value::{Marks, Path, Type, Value};

fn ty() -> Type {
    Type::object([
        ("any", Type::Dynamic),
        ("count", Type::Number),
        ("name", Type::String),
        ("tags", Type::map(Type::String)),
    ])
}

fn value() -> Value {
    Value::object_from([
        (
            "any",
            Value::tuple(vec![Value::number(1), Value::bool(true)]),
        ),
        ("count", Value::null(Type::Number)),
        ("name", Value::string("orders").mark(Marks::SENSITIVE)),
        (
            "tags",
            Value::map_from(Type::String, [("a", Value::string("<b>"))]),
        ),
    ])
}

#[test]
fn values_come_back_with_their_marks() {
    let object = Object::encode(&value(), &ty(), 1);
    assert_eq!(
        object.attributes.json(),
        Some(
            r#"{"any":{"value":[1,true],"type":["tuple",["number","bool"]]},"count":null,"name":"orders","tags":{"a":"\u003cb\u003e"}}"#
        )
    );
    assert_eq!(object.sensitive_paths, vec![Path::new().attr("name")]);
    assert_eq!(object.decode(&ty()), Ok(value()));
    assert_eq!(
        object.decode_unmarked(&ty()),
        Ok(value().without_marks_inside())
    );
}

#[test]
fn what_the_text_lacks_is_null_and_what_the_type_lacks_is_passed_over() {
    let object = Object {
        attributes: trueup_state::Attributes::from_json(
            r#"{ "name": "orders", "new": {"x": [1]}, "nested": [{"a": 1, "b": 2}] }"#,
        ),
        ..Object::default()
    };
    let ty = Type::object([
        ("name", Type::String),
        ("count", Type::Number),
        ("nested", Type::list(Type::object([("a", Type::Number)]))),
    ]);
    let value = object.decode(&ty).expect("decodable");
    assert_eq!(
        value,
        Value::object_from([
            ("name", Value::string("orders")),
            ("count", Value::null(Type::Number)),
            (
                "nested",
                Value::list(
                    Type::object([("a", Type::Number)]),
                    vec![Value::object_from([("a", Value::number(1))])]
                )
            ),
        ])
    );
    let wrong = object.decode(&Type::object([("name", Type::list(Type::String))]));
    assert!(wrong.is_err_and(|error| error.to_string().contains(".name: array is required")));
    assert!(Object::default().decode(&ty).is_err());
}

#[test]
fn an_unchanged_value_keeps_its_text() {
    let object = Object {
        attributes: trueup_state::Attributes::from_json(r#"{"n":1.50,"of_newer_provider":true}"#),
        private: Some(Arc::from(&b"x"[..])),
        ..Object::default()
    };
    let ty = Type::object([("n", Type::Number)]);
    let value = object.decode(&ty).expect("decodable");
    assert_eq!(object.with_value(&value, &ty, 0), object);
    let other = Value::object_from([("n", Value::number(2))]);
    let changed = object.with_value(&other, &ty, 0);
    assert_eq!(changed.attributes.json(), Some(r#"{"n":2}"#));
    assert_eq!(changed.private, object.private);
}

#[test]
fn the_last_instance_takes_its_resource_along() {
    let provider = ProviderConfigAddr::default_in_root(ProviderAddr::implied("aws"));
    let at = |index| {
        AbsInstance::in_root(
            Resource::managed("aws_dynamodb_table", "orders"),
            InstanceKey::Int(index),
        )
    };
    let mut state = State::new("l");
    for index in 0..2 {
        let object = Object::encode(&value(), &ty(), 1);
        state.set_instance(&at(index), &provider, InstanceState::of(object));
    }
    assert_eq!(state.instances().count(), 2);
    let instance = state.instance_mut(&at(1)).expect("an instance");
    instance.depose(DeposedKey::from_bits(0xabc));
    assert_eq!(
        instance.deposed.keys().next().map(|key| key.to_string()),
        Some("00000abc".into())
    );
    let again = State::read(&state.write()).expect("readable");
    assert_eq!(again, state);
    assert!(state.remove_instance(&at(0)).is_some());
    assert!(state.remove_instance(&at(0)).is_none());
    state.set_instance(&at(1), &provider, InstanceState::default());
    assert!(state.is_empty() && state.resources.is_empty());
}
