//! Importing table items by every form of id, and states that later releases wrote.

use serde_json::{Value as Json, json};
use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::PutItem;
use trueup_provider::Object;

use crate::bed::{Bed, to_json};
use crate::items::{KIND, item, orders, with_table};

async fn put(bed: &Bed, key: [(&str, AttributeValue); 2]) {
    let item = key
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let request = PutItem {
        table: "orders".to_owned(),
        item: item.collect(),
        ..PutItem::default()
    };
    bed.dynamodb.put_item(request).await.expect("written");
}

async fn import(bed: &Bed, id: &str) -> Result<Vec<Json>, String> {
    let found = bed.kind(KIND).import(&bed.cx, id).await;
    let found = found.map_err(|problem| format!("{}\n{}", problem.summary, problem.detail))?;
    Ok(found
        .iter()
        .map(|imported| to_json(&imported.object.value))
        .collect())
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn an_item_is_imported_by_the_forms_of_all_releases() {
    let mut table = orders();
    table["range_key"] = json!("sk");
    table["attribute"] = json!([{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}]);
    let bed = with_table(table).await;
    put(&bed, [("pk", text("alice")), ("sk", text("42"))]).await;
    put(&bed, [("pk", text("a,b")), ("sk", text("c|d"))]).await;
    for (id, form) in [
        ("orders,alice,42", ","),
        ("orders|pk||alice||sk||42|", "|"),
        (
            "arn:aws:dynamodb:eu-west-1:123456789012:table/orders,alice,42",
            ",",
        ),
    ] {
        let found = import(&bed, id).await.expect("found");
        let item = json!({"pk": {"S": "alice"}, "sk": {"S": "42"}}).to_string();
        assert_eq!(found.len(), 1, "{id}");
        assert_eq!(
            found[0]["item"].as_str().map(str::trim),
            Some(&*item),
            "{id}"
        );
        let value = match form {
            "," => json!("alice"),
            _ => Json::Null,
        };
        assert_eq!(found[0]["hash_key_value"], value, "{id}");
        assert_eq!(found[0]["id"], json!(id));
    }
    for id in ["orders,a,b,c|d", "orders|pk||a,b||sk||c|d|"] {
        let found = import(&bed, id).await.expect("found");
        assert!(found[0]["item"].to_string().contains("c|d"), "{id}");
    }
    assert_eq!(import(&bed, "orders,bob,1").await, Ok(vec![]));
    put(&bed, [("pk", text("a")), ("sk", text("b,c|d"))]).await;
    let several = import(&bed, "orders,a,b,c|d")
        .await
        .expect_err("two of them");
    assert!(several.contains("several items"), "{several}");
    let exactly = r#"orders,{"pk":{"S":"a"},"sk":{"S":"b,c|d"}}"#;
    let found = import(&bed, exactly).await.expect("found");
    assert_eq!(found[0]["hash_key_value"], json!("a"));
    for (id, expected) in [
        ("orders", "unexpected format"),
        ("orders,alice", "must give both"),
        ("events,alice", "no table named \"events\""),
    ] {
        let said = import(&bed, id).await.expect_err("refused");
        assert!(said.contains(expected), "{id}: {said}");
    }
}

#[tokio::test]
async fn binary_keys_are_imported_by_base64() {
    let mut table = orders();
    table["attribute"] = json!([{"name": "pk", "type": "B"}]);
    let bed = with_table(table).await;
    let object = bed
        .apply(KIND, None, &item(json!({"pk": {"B": "AAH/"}})))
        .await;
    let id = to_json(&object.value)["id"].clone();
    assert_eq!(id, json!("orders|pk|AAH/||"));
    for id in ["orders|pk|AAH/||", "orders,AAH/"] {
        let found = import(&bed, id).await.expect("found");
        assert_eq!(found[0]["id"], json!(id));
    }
    // Bytes that are base64 text themselves stand in old ids as they are.
    let object = bed
        .apply(KIND, None, &item(json!({"pk": {"B": "dGVzdA=="}})))
        .await;
    assert_eq!(to_json(&object.value)["id"], json!("orders|pk|test||"));
}

#[tokio::test]
async fn an_imported_item_is_planned_without_a_change() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "a"}, "n": {"N": "1.50"}, "s": {"SS": ["y", "x"]}}));
    bed.apply(KIND, None, &config).await;
    let found = bed.kind(KIND).import(&bed.cx, "orders,a").await;
    let object = found.expect("found").remove(0).object;
    let planned = bed.plan(KIND, Some(&object), &config);
    assert!(planned.value.raw_equals(&object.value));
}

#[tokio::test]
async fn a_later_release_s_form_is_kept() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "a"}, "n": {"N": "1"}}));
    let object = bed.apply(KIND, None, &config).await;
    let mut members = object.value.as_members().expect("an object").clone();
    members.insert("id".into(), trueup_value::Value::string("orders,a"));
    members.insert("hash_key_value".into(), trueup_value::Value::string("a"));
    let object = Object {
        value: trueup_value::Value::object(members),
        ..object
    };
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert!(read.value.raw_equals(&object.value));
    let changed = item(json!({"pk": {"S": "a"}, "n": {"N": "2"}}));
    let object = bed.apply(KIND, Some(&read), &changed).await;
    assert_eq!(to_json(&object.value)["id"], json!("orders,a"));
    let moved = item(json!({"pk": {"S": "b"}, "n": {"N": "2"}}));
    let object = bed.apply(KIND, Some(&object), &moved).await;
    let said = to_json(&object.value);
    assert_eq!(
        (&said["id"], &said["hash_key_value"]),
        (&json!("orders,b"), &json!("b"))
    );
}
