//! Table items on the embedded AWS: written and read in batches, compared as DynamoDB does.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{ApplyOutcome, Object, ReadOutcome, ReadRequest, Step};

use crate::bed::{Bed, address, bed, to_json};

pub const KIND: &str = "aws_dynamodb_table_item";

pub async fn with_table(table: Json) -> Bed {
    let bed = bed().await;
    bed.apply("aws_dynamodb_table", None, &table).await;
    bed
}

pub fn orders() -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}],
    })
}

pub fn item(item: Json) -> Json {
    json!({"table_name": "orders", "hash_key": "pk", "item": item.to_string()})
}

pub fn numbered(n: usize) -> Json {
    item(json!({"pk": {"S": format!("item-{n:05}")}, "n": {"N": n.to_string()}}))
}

pub async fn apply_all(bed: &Bed, steps: Vec<Step>) -> Vec<ApplyOutcome> {
    bed.kind(KIND).apply_many(&bed.cx, steps).await
}

pub fn done(outcomes: Vec<ApplyOutcome>) -> Vec<Object> {
    outcomes
        .into_iter()
        .map(|outcome| match outcome {
            ApplyOutcome::Done(Some(object), _) => object,
            other => panic!("done: {other:?}"),
        })
        .collect()
}

pub async fn read_all(bed: &Bed, objects: &[Object]) -> Vec<ReadOutcome> {
    let requests = objects
        .iter()
        .map(|prior| ReadRequest {
            address: Arc::new(address(KIND, "a")),
            prior: prior.clone(),
        })
        .collect();
    bed.kind(KIND).read_many(&bed.cx, requests).await
}

#[tokio::test]
async fn an_item_stands_in_state_as_everybody_writes_it() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "<a>|b"}, "total": {"N": "10"}}));
    let object = bed.apply(KIND, None, &config).await;
    assert_eq!(
        to_json(&object.value),
        json!({
            "hash_key": "pk", "hash_key_value": null, "id": "orders|pk||<a>|b|", "item": config["item"],
            "range_key": null, "range_key_value": null, "region": null, "table_name": "orders",
        })
    );
    assert_eq!(object.private.as_deref(), Some(&b"null"[..]));
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert!(read.value.raw_equals(&object.value));
    bed.delete(KIND, &object).await;
    assert!(bed.read(KIND, &object).await.is_none());
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn spelling_and_order_are_no_difference() {
    let bed = with_table(orders()).await;
    let first = item(json!({
        "pk": {"S": "a"}, "n": {"N": "1.50"}, "s": {"SS": ["b", "a"]}, "ns": {"NS": ["1", "20"]},
        "m": {"M": {"deep": {"L": [{"N": "1e2"}, {"NULL": true}]}}},
    }));
    let object = bed.apply(KIND, None, &first).await;
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert!(read.value.raw_equals(&object.value), "{:?}", read.value);
    let same = item(json!({
        "m": {"M": {"deep": {"L": [{"N": "100"}, {"NULL": true}]}}}, "n": {"N": "15e-1"},
        "ns": {"NS": ["2e1", "1.0"]}, "pk": {"S": "a"}, "s": {"SS": ["a", "b"]},
    }));
    let planned = bed.plan(KIND, Some(&read), &same);
    assert!(planned.value.raw_equals(&read.value));
    let digest = |config: &Json| bed.kind(KIND).digest(&bed.config(KIND, config));
    assert_eq!(digest(&first), digest(&same));
    let other = item(json!({"pk": {"S": "a"}, "n": {"N": "1.51"}}));
    assert_ne!(digest(&first), digest(&other));
    let planned = bed.plan(KIND, Some(&read), &other);
    assert_eq!(to_json(&planned.value)["item"], other["item"]);
    assert!(planned.requires_replace.is_empty());
}

#[tokio::test]
async fn what_changed_outside_is_read_as_it_is() {
    let bed = with_table(orders()).await;
    let config = item(json!({"pk": {"S": "a"}, "n": {"N": "1"}}));
    let object = bed.apply(KIND, None, &config).await;
    let stranger = trueup_aws::dynamodb::PutItem {
        table: "orders".to_owned(),
        item: [
            (
                "pk".to_owned(),
                trueup_aws::AttributeValue::S("a".to_owned()),
            ),
            (
                "extra".to_owned(),
                trueup_aws::AttributeValue::S("<x>".to_owned()),
            ),
        ]
        .into(),
        ..Default::default()
    };
    bed.dynamodb.put_item(stranger).await.expect("written");
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert_eq!(
        to_json(&read.value)["item"],
        json!("{\"extra\":{\"S\":\"\\u003cx\\u003e\"},\"pk\":{\"S\":\"a\"}}\n")
    );
    let object = bed.apply(KIND, Some(&read), &config).await;
    let again = bed.read(KIND, &object).await.expect("the item is there");
    assert!(again.value.raw_equals(&object.value));
}

#[tokio::test]
async fn ten_thousand_items_take_a_hundred_calls_each_way() {
    let bed = with_table(orders()).await;
    let kind = bed.kind(KIND);
    let before = bed.sent();
    let since = |name: &str| {
        let count =
            |sent: &std::collections::BTreeMap<String, u64>| sent.get(name).copied().unwrap_or(0);
        count(&bed.sent()) - count(&before)
    };
    let mut objects = Vec::new();
    for start in (0..10_000).step_by(100) {
        let steps = (start..start + 100)
            .map(|n| bed.step(KIND, None, Some(&numbered(n))))
            .collect();
        objects.extend(done(kind.apply_many(&bed.cx, steps).await));
    }
    assert_eq!(since("TransactWriteItems"), 100);
    assert!(since("DescribeTable") <= 1);
    for outcome in read_all(&bed, &objects).await {
        assert!(matches!(outcome, ReadOutcome::Present(_)));
    }
    assert_eq!(since("BatchGetItem"), 100);
    for objects in objects.chunks(100) {
        let steps = objects
            .iter()
            .map(|object| bed.step(KIND, Some(object), None))
            .collect();
        for outcome in kind.apply_many(&bed.cx, steps).await {
            assert!(
                matches!(outcome, ApplyOutcome::Done(None, _)),
                "{outcome:?}"
            );
        }
    }
    assert_eq!(since("TransactWriteItems"), 200);
    assert_eq!(since("GetItem"), 0);
}

#[tokio::test]
async fn where_batches_may_not_be_read_items_are_read_alone() {
    let bed = with_table(orders()).await;
    let steps = (0..5)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    let objects = done(apply_all(&bed, steps).await);
    let denied = Fault::FailBefore {
        status: 400,
        code: "AccessDeniedException".to_owned(),
        message: "not allowed".to_owned(),
    };
    bed.emulator
        .faults()
        .add(Rule::next(Service::DynamoDb, "BatchGetItem", 100, denied));
    for outcome in read_all(&bed, &objects).await {
        assert!(matches!(outcome, ReadOutcome::Present(_)), "{outcome:?}");
    }
    for outcome in read_all(&bed, &objects).await {
        assert!(matches!(outcome, ReadOutcome::Present(_)), "{outcome:?}");
    }
    assert_eq!(bed.sent()["BatchGetItem"], 1);
    assert_eq!(bed.sent()["GetItem"], 10);
}

#[tokio::test]
async fn one_step_alone_is_a_plain_call() {
    let bed = with_table(orders()).await;
    let object = bed.apply(KIND, None, &numbered(1)).await;
    let changed = item(json!({"pk": {"S": "item-00001"}, "more": {"BOOL": true}}));
    let object = bed.apply(KIND, Some(&object), &changed).await;
    bed.delete(KIND, &object).await;
    let sent = bed.sent();
    assert_eq!(sent.get("TransactWriteItems"), None);
    for operation in ["PutItem", "UpdateItem", "DeleteItem"] {
        assert_eq!(sent[operation], 1, "{operation}");
    }
}

#[tokio::test]
async fn a_changed_key_moves_the_item_at_once() {
    let bed = with_table(orders()).await;
    let object = bed.apply(KIND, None, &numbered(1)).await;
    let moved = bed.apply(KIND, Some(&object), &numbered(2)).await;
    assert_eq!(to_json(&moved.value)["id"], json!("orders|pk||item-00002|"));
    assert!(bed.read(KIND, &object).await.is_none());
    assert!(bed.read(KIND, &moved).await.is_some());
    assert_eq!(bed.sent()["TransactWriteItems"], 1);
}

#[tokio::test]
async fn reads_of_a_missing_table_find_nothing() {
    let bed = bed().await;
    let config = bed.config(KIND, &numbered(1));
    let mut members = config.as_members().expect("an object").clone();
    members.insert("id".into(), trueup_value::Value::string("x"));
    let object = Object::new(trueup_value::Value::object(members));
    assert!(bed.read(KIND, &object).await.is_none());
    let (outcome, _) = bed.try_apply(KIND, None, Some(&numbered(1))).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert!(
        problems[0]
            .summary
            .starts_with("creating DynamoDB Table Item (orders): ResourceNotFoundException"),
        "{problems:?}"
    );
    assert!(problems[0].detail.contains("table_name"));
}
