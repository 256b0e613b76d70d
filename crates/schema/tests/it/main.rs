//! Tests of the schema crate: implied types, empty values, coercion, sensitive places.

use trueup_schema::{Attribute, Block, NestedBlock, Nesting};
use trueup_value::{Marks, Path, Type, Value, json};

fn table() -> Block {
    Block::new()
        .attribute("name", Attribute::required(Type::String).force_new())
        .attribute("arn", Attribute::computed(Type::String))
        .attribute("billing_mode", Attribute::optional(Type::String))
        .attribute("tags", Attribute::optional(Type::map(Type::String)))
        .block(
            "attribute",
            NestedBlock::set(
                Block::new()
                    .attribute("name", Attribute::required(Type::String))
                    .attribute("type", Attribute::required(Type::String)),
            ),
        )
        .block(
            "ttl",
            NestedBlock::list(
                Block::new()
                    .attribute("enabled", Attribute::optional(Type::Bool))
                    .attribute("attribute_name", Attribute::optional(Type::String)),
            )
            .max_items(1),
        )
        .block(
            "server_side_encryption",
            NestedBlock::list(
                Block::new()
                    .attribute("enabled", Attribute::required(Type::Bool))
                    .attribute("token", Attribute::optional(Type::String).sensitive()),
            )
            .computed(),
        )
        .block(
            "timeouts",
            NestedBlock::single(
                Block::new().attribute("create", Attribute::optional(Type::String)),
            ),
        )
}

fn value(text: &str) -> Value {
    json::decode(text).expect("JSON")
}

#[test]
fn the_implied_type_names_everything() {
    assert_eq!(
        table().implied_type().to_json(),
        concat!(
            r#"["object",{"arn":"string","attribute":["set",["object",{"name":"string","type":"string"}]],"#,
            r#""billing_mode":"string","name":"string","#,
            r#""server_side_encryption":["list",["object",{"enabled":"bool","token":"string"}]],"#,
            r#""tags":["map","string"],"timeouts":["object",{"create":"string"}],"#,
            r#""ttl":["list",["object",{"attribute_name":"string","enabled":"bool"}]]}]"#
        )
    );
    let open = Block::new().block(
        "rule",
        NestedBlock::list(Block::new().attribute("any", Attribute::optional(Type::Dynamic))),
    );
    assert_eq!(open.implied_type(), Type::object([("rule", Type::Dynamic)]));
}

#[test]
fn the_empty_value_has_the_implied_type() {
    let empty = table().empty_value();
    assert_eq!(empty.ty(), table().implied_type());
    assert_eq!(
        json::encode(&empty).expect("known"),
        concat!(
            r#"{"arn":null,"attribute":[],"billing_mode":null,"name":null,"#,
            r#""server_side_encryption":[],"tags":null,"timeouts":null,"ttl":[]}"#
        )
    );
    for nesting in [Nesting::Group, Nesting::Map] {
        let block = Block::new().block(
            "b",
            NestedBlock::new(
                nesting,
                Block::new().attribute("a", Attribute::optional(Type::Bool)),
            ),
        );
        assert_eq!(
            block.empty_value().ty(),
            block.implied_type(),
            "{nesting:?}"
        );
        assert!(!block.empty_value().member("b").is_none_or(Value::is_null));
    }
}

#[test]
fn values_take_the_shape_of_the_block() {
    let coerced = table()
        .coerce(value(
            r#"{"name":1,"attribute":[{"name":"sk","type":"S"},{"name":"pk","type":"S"}],"ttl":[{"enabled":"true"}]}"#,
        ))
        .expect("fits");
    assert_eq!(coerced.ty(), table().implied_type());
    assert_eq!(
        json::encode(&coerced).expect("known"),
        concat!(
            r#"{"arn":null,"attribute":[{"name":"pk","type":"S"},{"name":"sk","type":"S"}],"#,
            r#""billing_mode":null,"name":"1","server_side_encryption":[],"tags":null,"#,
            r#""timeouts":null,"ttl":[{"attribute_name":null,"enabled":true}]}"#
        )
    );
    assert_eq!(table().coerce(coerced.clone()).expect("again"), coerced);
}

#[test]
fn what_does_not_fit_names_its_place() {
    let cases = [
        ("{}", "", "attribute \"name\" is required"),
        (
            r#"{"name":"a","nope":1}"#,
            "",
            "unexpected attribute \"nope\"",
        ),
        (r#"{"name":[]}"#, ".name", "string required"),
        (r#"{"name":"a","ttl":{}}"#, ".ttl", "must be a list"),
        (
            r#"{"name":"a","ttl":[{"enabled":"maybe"}]}"#,
            ".ttl[0].enabled",
            "a bool is required",
        ),
        (
            r#"{"name":"a","attribute":[{"name":"pk"}]}"#,
            ".attribute[0]",
            "attribute \"type\" is required",
        ),
        (
            r#"{"name":"a","timeouts":[]}"#,
            ".timeouts",
            "an object is required",
        ),
    ];
    for (given, path, message) in cases {
        let error = table().coerce(value(given)).expect_err(given);
        assert_eq!(
            (error.path.to_string().as_str(), error.message.as_str()),
            (path, message)
        );
    }
}

#[test]
fn unknown_blocks_stay_unknown() {
    let given = Value::object_from([
        ("name", Value::unknown(Type::Dynamic).mark(Marks::SENSITIVE)),
        ("ttl", Value::dynamic_unknown()),
    ]);
    let coerced = table().coerce(given).expect("may fit");
    let name = coerced.member("name").expect("name");
    assert_eq!(name, &Value::unknown(Type::String).mark(Marks::SENSITIVE));
    assert_eq!(coerced.ty(), table().implied_type());
}

#[test]
fn sensitive_places_are_found_where_values_are() {
    let coerced = table()
        .coerce(value(
            r#"{"name":"orders","server_side_encryption":[{"enabled":true,"token":"t"}]}"#,
        ))
        .expect("fits");
    let wanted = Path::new()
        .attr("server_side_encryption")
        .position(0)
        .attr("token");
    assert_eq!(
        table().sensitive_paths(&coerced),
        [(wanted.clone(), Marks::SENSITIVE)]
    );
    let marked = coerced.mark_paths(&table().sensitive_paths(&coerced));
    assert!(
        wanted
            .apply(&marked)
            .expect("is there")
            .has_mark(Marks::SENSITIVE)
    );
    assert!(table().contains_sensitive());
    assert!(table().sensitive_paths(&table().empty_value()).is_empty());
}

#[test]
fn computed_paths_are_told_apart() {
    let schema = table();
    assert!(schema.is_computed_path(&Path::new().attr("arn")));
    assert!(!schema.is_computed_path(&Path::new().attr("name")));
    assert!(schema.is_computed_path(&Path::new().attr("server_side_encryption")));
    assert!(!schema.is_computed_path(&Path::new().attr("ttl").position(0).attr("enabled")));
    assert!(!schema.is_computed_path(&Path::new().attr("nope")));
}
