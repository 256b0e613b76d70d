//! What the published provider's own acceptance tests of table items prove, one test each, named after them.

use serde_json::{Value as Json, json};
use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::{DeleteItem, PutItem, Scan};

use crate::bed::{Bed, to_json};
use crate::items::{KIND, item, orders, with_table};

fn ranged() -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk", "range_key": "sk",
        "attribute": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
    })
}

fn in_range(item: Json) -> Json {
    json!({"table_name": "orders", "hash_key": "pk", "range_key": "sk", "item": item.to_string()})
}

async fn count(bed: &Bed) -> usize {
    let scan = Scan {
        table: "orders".to_owned(),
        ..Scan::default()
    };
    bed.dynamodb.scan(scan).await.expect("read").items.len()
}

#[tokio::test]
async fn table_item_basic() {
    let bed = with_table(orders()).await;
    let config = item(json!({
        "pk": {"S": "something"}, "one": {"N": "11111"}, "two": {"N": "22222"},
    }));
    let object = bed.apply(KIND, None, &config).await;
    assert_eq!(count(&bed).await, 1);
    let read = bed.read(KIND, &object).await.expect("the item is there");
    let planned = bed.plan(KIND, Some(&read), &config);
    assert!(planned.value.raw_equals(&read.value));
}

#[tokio::test]
async fn table_item_range_key() {
    let bed = with_table(ranged()).await;
    let config = in_range(json!({"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1"}}));
    let object = bed.apply(KIND, None, &config).await;
    assert_eq!(to_json(&object.value)["id"], json!("orders|pk||a||sk||b|"));
    assert!(bed.read(KIND, &object).await.is_some());
}

#[tokio::test]
async fn table_item_with_multiple_items() {
    let bed = with_table(ranged()).await;
    for sk in ["first", "second"] {
        let config = in_range(json!({"pk": {"S": "a"}, "sk": {"S": sk}}));
        bed.apply(KIND, None, &config).await;
    }
    assert_eq!(count(&bed).await, 2);
}

#[tokio::test]
async fn table_item_wonky_items() {
    let mut table = orders();
    table["hash_key"] = json!("hash.key-with_odd chars#1");
    table["attribute"] = json!([{"name": "hash.key-with_odd chars#1", "type": "S"}]);
    let bed = with_table(table).await;
    let config = json!({
        "table_name": "orders", "hash_key": "hash.key-with_odd chars#1",
        "item": json!({
            "hash.key-with_odd chars#1": {"S": "a.b-c|d,e"}, "a.b": {"M": {"c-d": {"S": "x"}}},
            "#n": {"N": "1"}, ":v": {"S": "size"}, "size": {"SS": ["a"]},
        }).to_string(),
    });
    let object = bed.apply(KIND, None, &config).await;
    let mut changed = config.clone();
    changed["item"] = json!(
        json!({
            "hash.key-with_odd chars#1": {"S": "a.b-c|d,e"}, "a.b": {"M": {"c-d": {"S": "y"}}},
            "#n": {"N": "2"}, "size": {"SS": ["a", "b"]},
        })
        .to_string()
    );
    let object = bed.apply(KIND, Some(&object), &changed).await;
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert!(read.value.raw_equals(&object.value));
    assert_eq!(count(&bed).await, 1);
}

#[tokio::test]
async fn table_item_update() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "before"}, "one": {"N": "1"}, "gone": {"S": "x"}}));
    let object = bed.apply(KIND, None, &config).await;
    let config = item(json!({"pk": {"S": "after"}, "one": {"N": "2"}, "new": {"S": "y"}}));
    let object = bed.apply(KIND, Some(&object), &config).await;
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert!(read.value.raw_equals(&object.value));
    assert_eq!(count(&bed).await, 1);
}

#[tokio::test]
async fn table_item_disappears() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "a"}}));
    let object = bed.apply(KIND, None, &config).await;
    let gone = DeleteItem {
        table: "orders".to_owned(),
        key: [("pk".to_owned(), AttributeValue::S("a".to_owned()))].into(),
        ..DeleteItem::default()
    };
    bed.dynamodb.delete_item(gone).await.expect("deleted");
    assert!(bed.read(KIND, &object).await.is_none());
    // The table as well: the items are gone with it.
    bed.apply(KIND, None, &config).await;
    bed.dynamodb.delete_table("orders").await.expect("deleted");
    while bed.dynamodb.describe_table("orders").await.is_ok() {}
    assert!(bed.read(KIND, &object).await.is_none());
}

#[tokio::test]
async fn table_item_map_out_of_band_update() {
    let bed = with_table(orders()).await;
    let before = item(json!({"pk": {"S": "a"}, "map": {"M": {"x": {"S": "1"}}}}));
    let object = bed.apply(KIND, None, &before).await;
    let map = [("y".to_owned(), AttributeValue::S("2".to_owned()))].into();
    let outside = PutItem {
        table: "orders".to_owned(),
        item: [
            ("pk".to_owned(), AttributeValue::S("a".to_owned())),
            ("map".to_owned(), AttributeValue::M(map)),
        ]
        .into(),
        ..PutItem::default()
    };
    bed.dynamodb.put_item(outside).await.expect("written");
    let read = bed.read(KIND, &object).await.expect("the item is there");
    let after = item(json!({"pk": {"S": "a"}, "map": {"M": {"y": {"S": "2"}}}}));
    let planned = bed.plan(KIND, Some(&read), &after);
    assert!(planned.value.raw_equals(&read.value), "{:?}", planned.value);
}
