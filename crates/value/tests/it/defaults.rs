//! Defaults of optional attributes, applied before conversion.

use std::sync::Arc;

use trueup_value::{Defaults, Type, Value, convert, json};

fn named(pairs: Vec<(&str, Value)>) -> std::collections::BTreeMap<Arc<str>, Value> {
    pairs.into_iter().map(|(k, v)| (Arc::from(k), v)).collect()
}

/// `map(object({hash=string, ttl=optional(object({enabled=optional(bool,false),
/// attribute=optional(string,"expires_at")}),{})}))`
fn tables() -> (Type, Defaults) {
    let ttl = Type::object_with_optional(
        [("enabled", Type::Bool), ("attribute", Type::String)],
        ["enabled", "attribute"],
    );
    let table = Type::object_with_optional([("hash", Type::String), ("ttl", ttl)], ["ttl"]);
    let ttl_defaults = Defaults {
        values: named(vec![
            ("enabled", Value::bool(false)),
            ("attribute", Value::string("expires_at")),
        ]),
        ..Defaults::default()
    };
    let table_defaults = Defaults {
        values: named(vec![("ttl", Value::empty_object())]),
        attributes: [(Arc::from("ttl"), ttl_defaults)].into(),
        ..Defaults::default()
    };
    let defaults = Defaults {
        element: Some(Box::new(table_defaults)),
        ..Defaults::default()
    };
    (Type::map(table), defaults)
}

#[test]
fn outer_defaults_come_first_then_nested_ones() {
    let (ty, defaults) = tables();
    let given = json::decode(
        r#"{"orders":{"hash":"pk","ttl":{"enabled":true}},"events":{"hash":"id"},"old":{"hash":"id","ttl":null}}"#,
    )
    .expect("JSON");
    let filled = convert(&defaults.apply(&given), &ty).expect("fits");
    assert_eq!(
        json::encode(&filled).expect("known"),
        concat!(
            r#"{"events":{"hash":"id","ttl":{"attribute":"expires_at","enabled":false}},"#,
            r#""old":{"hash":"id","ttl":{"attribute":"expires_at","enabled":false}},"#,
            r#""orders":{"hash":"pk","ttl":{"attribute":"expires_at","enabled":true}}}"#
        )
    );
}

#[test]
fn unknown_and_null_stay() {
    let (ty, defaults) = tables();
    for value in [
        Value::unknown(ty.clone()),
        Value::null(ty),
        Value::dynamic_unknown(),
    ] {
        assert_eq!(defaults.apply(&value), value);
    }
}

#[test]
fn typed_collections_keep_one_type() {
    let (ty, defaults) = tables();
    let given = json::decode(r#"{"a":{"hash":"x"},"b":{"hash":"y","ttl":{}}}"#).expect("JSON");
    let typed = convert(&given, &ty).expect("fits");
    let filled = defaults.apply(&typed);
    assert_eq!(filled.ty(), ty.without_optional());
}
