//! Keys of table items: checked against the table and other items, handed on from one to another.

use serde_json::{Value as Json, json};
use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::{DeleteItem, PutItem, Scan};
use trueup_provider::{ApplyOutcome, Object, Step};

use crate::bed::{Bed, address, bed, errors, plan_with, to_json};
use crate::items::{KIND, apply_all, done, item, numbered, orders, with_table};

fn ranged() -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk", "range_key": "sk",
        "attribute": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "N"}],
    })
}

fn at(pk: &str, sk: u32) -> Json {
    json!({
        "table_name": "orders", "hash_key": "pk", "range_key": "sk",
        "item": json!({"pk": {"S": pk}, "sk": {"N": sk.to_string()}}).to_string(),
    })
}

async fn made(bed: &Bed, range: std::ops::Range<usize>) -> Vec<Object> {
    let steps = range
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    done(apply_all(bed, steps).await)
}

async fn keys(bed: &Bed) -> Vec<String> {
    let scan = Scan {
        table: "orders".to_owned(),
        ..Scan::default()
    };
    let page = bed.dynamodb.scan(scan).await.expect("read");
    let mut keys: Vec<String> = page
        .items
        .iter()
        .map(|item| format!("{:?}", item["pk"]))
        .collect();
    keys.sort();
    keys
}

fn words(bed: &Bed, name: &str, json: &Json) -> Vec<String> {
    let config = bed.config(KIND, json);
    let proposed = crate::bed::proposed(bed.block(KIND), None, &config);
    let planned = bed.kind(KIND).plan(trueup_provider::PlanRequest {
        address: &address(KIND, name),
        prior: None,
        config: &config,
        proposed: &proposed,
    });
    errors(&planned.problems)
}

#[tokio::test]
async fn keys_are_held_against_the_planned_table() {
    let bed = bed().await;
    let table = "aws_dynamodb_table";
    let config = bed.config(table, &ranged());
    plan_with(&*bed.kind(table), bed.block(table), None, &config);
    assert_eq!(words(&bed, "a", &at("x", 1)), Vec::<String>::new());
    for (config, expected) in [
        (
            json!({"table_name": "orders", "hash_key": "id", "range_key": "sk",
                "item": "{\"id\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"}}"}),
            "hash_key does not fit the table",
        ),
        (
            json!({"table_name": "orders", "hash_key": "pk", "item": "{\"pk\":{\"S\":\"a\"}}"}),
            "range_key does not fit the table",
        ),
        (
            json!({"table_name": "orders", "hash_key": "pk", "range_key": "sk",
                "item": "{\"pk\":{\"S\":\"a\"},\"sk\":{\"S\":\"1\"}}"}),
            "Type mismatch for key sk expected: N actual: S",
        ),
    ] {
        let said = words(&bed, "b", &config);
        assert!(said.iter().any(|one| one.contains(expected)), "{said:?}");
    }
    // Of a table that was never met nothing is known.
    let mut other = at("x", 1);
    other["table_name"] = json!("events");
    assert_eq!(words(&bed, "c", &other), Vec::<String>::new());
}

#[tokio::test]
async fn with_duplicate_items_same_range_key_the_plan_says_so() {
    let bed = with_table(ranged()).await;
    assert_eq!(words(&bed, "a", &at("x", 1)), Vec::<String>::new());
    assert_eq!(words(&bed, "a", &at("x", 1)), Vec::<String>::new());
    let mut same = at("x", 1);
    same["item"] = json!("{\"sk\":{\"N\":\"1.0\"},\"pk\":{\"S\":\"x\"}}");
    let said = words(&bed, "b", &same);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("Two resources describe one table item"),
        "{said:?}"
    );
}

#[tokio::test]
async fn with_duplicate_items_different_range_key_both_are_written() {
    let bed = with_table(ranged()).await;
    assert_eq!(words(&bed, "a", &at("x", 1)), Vec::<String>::new());
    assert_eq!(words(&bed, "b", &at("x", 2)), Vec::<String>::new());
    let bed = with_table(ranged()).await;
    bed.apply(KIND, None, &at("x", 1)).await;
    bed.apply(KIND, None, &at("x", 2)).await;
    assert_eq!(keys(&bed).await.len(), 2);
}

#[tokio::test]
async fn update_with_range_key_moves_the_item() {
    let bed = with_table(ranged()).await;
    let object = bed.apply(KIND, None, &at("x", 1)).await;
    let moved = bed.apply(KIND, Some(&object), &at("x", 2)).await;
    assert_eq!(to_json(&moved.value)["id"], json!("orders|pk||x||sk|||2"));
    assert!(bed.read(KIND, &object).await.is_none());
    assert_eq!(keys(&bed).await.len(), 1);
}

#[tokio::test]
async fn a_list_that_shifts_touches_only_what_changes() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 0..60).await;
    let before = bed.sent();
    // The first is taken out: each address gets the next one's item, and the last goes.
    let mut steps: Vec<Step> = (0..59)
        .map(|n| bed.step(KIND, Some(&objects[n]), Some(&numbered(n + 1))))
        .collect();
    steps.push(bed.step(KIND, Some(&objects[59]), None));
    let outcomes = apply_all(&bed, steps).await;
    for outcome in &outcomes {
        assert!(matches!(outcome, ApplyOutcome::Done(..)), "{outcome:?}");
    }
    assert_eq!(keys(&bed).await.len(), 59);
    // Nothing but the first item had to go.
    assert_eq!(bed.sent()["DeleteItem"], 1);
    let transactions = |sent: &std::collections::BTreeMap<String, u64>| {
        sent.get("TransactWriteItems").copied().unwrap_or(0)
    };
    assert_eq!(transactions(&bed.sent()), transactions(&before));
}

#[tokio::test]
async fn keys_are_exchanged_in_one_request() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 1..4).await;
    let with = |n: usize, total: &str| {
        item(json!({"pk": {"S": format!("item-{n:05}")}, "total": {"N": total}}))
    };
    let steps = vec![
        bed.step(KIND, Some(&objects[0]), Some(&with(2, "10"))),
        bed.step(KIND, Some(&objects[1]), Some(&with(3, "20"))),
        bed.step(KIND, Some(&objects[2]), Some(&with(1, "30"))),
    ];
    let objects = done(apply_all(&bed, steps).await);
    for (object, total) in objects.iter().zip(["10", "20", "30"]) {
        let read = bed.read(KIND, object).await.expect("the item is there");
        let text = to_json(&read.value)["item"].to_string();
        assert!(text.contains(total), "{text}");
    }
    assert_eq!(bed.sent()["TransactWriteItems"], 2);
}

#[tokio::test]
async fn a_list_that_shifts_by_more_than_a_request_holds_gets_there() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 0..100).await;
    let total =
        |n: usize| item(json!({"pk": {"S": format!("item-{n:05}")}, "t": {"N": n.to_string()}}));
    // A hundred items change, and one key more than that is touched.
    let steps = (0..100)
        .map(|n| bed.step(KIND, Some(&objects[n]), Some(&total(n + 1))))
        .collect();
    done(apply_all(&bed, steps).await);
    let found = keys(&bed).await;
    assert_eq!(found.len(), 100);
    assert!(found[0].contains("item-00001"), "{found:?}");
    assert_eq!(bed.sent()["TransactWriteItems"], 3);
}

#[tokio::test]
async fn keys_that_go_round_change_hands_though_one_change_fails() {
    let bed = with_table(orders()).await;
    let many = 250;
    let objects = made(&bed, 0..many).await;
    // Somebody changes one of them meanwhile.
    bed.dynamodb
        .put_item(PutItem {
            table: "orders".to_owned(),
            item: trueup_aws::Item::from([
                ("pk".to_owned(), AttributeValue::S("item-00007".to_owned())),
                ("n".to_owned(), AttributeValue::N("700".to_owned())),
            ]),
            ..PutItem::default()
        })
        .await
        .expect("written");
    let next = |n: usize| {
        let key = format!("item-{:05}", (n + 1) % many);
        item(json!({"pk": {"S": key}, "n": {"N": n.to_string()}}))
    };
    let steps = (0..many)
        .map(|n| bed.step(KIND, Some(&objects[n]), Some(&next(n))))
        .collect();
    let outcomes = apply_all(&bed, steps).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        let (object, failed) = match outcome {
            ApplyOutcome::Done(Some(object), _) => (object, false),
            ApplyOutcome::Failed(Some(object), _) => (object, true),
            other => panic!("{n}: {other:?}"),
        };
        assert_eq!(failed, n == 6, "{outcome:?}");
        let id = to_json(&object.value)["id"].to_string();
        assert!(id.contains(&format!("item-{:05}", (n + 1) % many)), "{id}");
    }
    assert_eq!(keys(&bed).await.len(), many);
    let read = bed.read(KIND, &objects[7]).await.expect("theirs stays");
    assert!(to_json(&read.value)["item"].to_string().contains("700"));
}

#[tokio::test]
async fn a_key_that_another_batch_gives_up_is_waited_for() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 0..3).await;
    let kind = bed.kind(KIND);
    let first = vec![
        bed.step(KIND, Some(&objects[1]), Some(&numbered(7))),
        bed.step(KIND, Some(&objects[2]), None),
    ];
    let second = vec![
        bed.step(KIND, Some(&objects[0]), Some(&numbered(1))),
        bed.step(KIND, None, Some(&numbered(2))),
    ];
    let throttle = trueup_emulator::Rule::next(
        trueup_emulator::Service::DynamoDb,
        "TransactWriteItems",
        1,
        trueup_emulator::Fault::TransactionConflict(0),
    );
    bed.emulator.faults().add(throttle);
    let (first, second) = futures::join!(
        kind.apply_many(&bed.cx, first),
        kind.apply_many(&bed.cx, second)
    );
    for outcome in first.iter().chain(&second) {
        assert!(matches!(outcome, ApplyOutcome::Done(..)), "{outcome:?}");
    }
    assert_eq!(keys(&bed).await.len(), 3);
}

#[tokio::test]
async fn a_move_stands_on_what_the_plan_saw() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 1..3).await;
    let stranger = PutItem {
        table: "orders".to_owned(),
        item: [
            ("pk".to_owned(), AttributeValue::S("item-00001".to_owned())),
            ("n".to_owned(), AttributeValue::N("99".to_owned())),
        ]
        .into(),
        ..PutItem::default()
    };
    bed.dynamodb.put_item(stranger).await.expect("written");
    let gone = DeleteItem {
        table: "orders".to_owned(),
        key: [("pk".to_owned(), AttributeValue::S("item-00002".to_owned()))].into(),
        ..DeleteItem::default()
    };
    bed.dynamodb.delete_item(gone).await.expect("deleted");
    let steps = vec![
        bed.step(KIND, Some(&objects[0]), Some(&numbered(11))),
        bed.step(KIND, Some(&objects[1]), Some(&numbered(12))),
    ];
    let outcomes = apply_all(&bed, steps).await;
    for (outcome, expected) in outcomes
        .iter()
        .zip(["was changed after", "was changed or deleted"])
    {
        let ApplyOutcome::Failed(Some(_), problems) = outcome else {
            panic!("refused: {outcome:?}");
        };
        assert!(problems[0].detail.contains(expected), "{problems:?}");
    }
    assert_eq!(keys(&bed).await.len(), 1);
}

#[tokio::test]
async fn a_stranger_in_the_way_of_a_chain_stops_all_of_it() {
    let bed = with_table(orders()).await;
    let objects = made(&bed, 1..3).await;
    let stranger = PutItem {
        table: "orders".to_owned(),
        item: [("pk".to_owned(), AttributeValue::S("item-00003".to_owned()))].into(),
        ..PutItem::default()
    };
    bed.dynamodb.put_item(stranger).await.expect("written");
    let steps = vec![
        bed.step(KIND, Some(&objects[0]), Some(&numbered(2))),
        bed.step(KIND, Some(&objects[1]), Some(&numbered(3))),
        bed.step(KIND, None, Some(&numbered(4))),
    ];
    let outcomes = apply_all(&bed, steps).await;
    for (outcome, expected) in outcomes.iter().zip(["hands keys on", "already holds"]) {
        let ApplyOutcome::Failed(Some(_), problems) = outcome else {
            panic!("refused: {outcome:?}");
        };
        assert!(problems[0].detail.contains(expected), "{problems:?}");
    }
    assert!(
        matches!(outcomes[2], ApplyOutcome::Done(..)),
        "{outcomes:?}"
    );
    assert_eq!(keys(&bed).await.len(), 4);
}

#[tokio::test]
async fn items_of_a_table_that_is_made_anew_are_made_again() {
    let bed = with_table(orders()).await;
    let kind = "aws_dynamodb_table";
    let object = bed.apply(KIND, None, &numbered(1)).await;
    // A table that is there, and is planned to be made.
    bed.plan(kind, None, &orders());
    let planned = bed.plan(KIND, Some(&object), &numbered(1));
    assert_eq!(planned.requires_replace.len(), 1);
    let mut other = numbered(1);
    other["table_name"] = json!("events");
    let planned = bed.plan(KIND, Some(&object), &other);
    assert_eq!(
        planned.requires_replace.len(),
        1,
        "its table's name is another"
    );
}

#[tokio::test]
async fn an_item_that_is_not_known_yet_may_get_another_key() {
    let bed = with_table(orders()).await;
    let object = bed.apply(KIND, None, &numbered(1)).await;
    let unknown = json!({"table_name": "orders", "hash_key": "pk", "item": {"$unknown": true}});
    let planned = bed.plan(KIND, Some(&object), &unknown);
    let id = planned
        .value
        .as_members()
        .and_then(|members| members.get("id"));
    assert!(id.is_some_and(|id| !id.is_known()));
}
