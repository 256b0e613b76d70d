//! Batches that meet strangers, throttles, lost answers and bad items: each step gets the outcome that is its own.

use serde_json::json;
use trueup_aws::AttributeValue;
use trueup_aws::dynamodb::PutItem;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use crate::bed::{Bed, to_json};
use crate::items::{KIND, apply_all, done, item, numbered, orders, with_table};

async fn put(bed: &Bed, key: &str, n: &str) {
    let item = [
        ("pk".to_owned(), AttributeValue::S(key.to_owned())),
        ("n".to_owned(), AttributeValue::N(n.to_owned())),
    ];
    let request = PutItem {
        table: "orders".to_owned(),
        item: item.into(),
        ..PutItem::default()
    };
    bed.dynamodb.put_item(request).await.expect("written");
}

async fn count(bed: &Bed) -> usize {
    let scan = trueup_aws::dynamodb::Scan {
        table: "orders".to_owned(),
        ..Default::default()
    };
    bed.dynamodb.scan(scan).await.expect("read").items.len()
}

fn order(rule: Rule, bed: &Bed) {
    bed.emulator.faults().add(rule);
}

#[tokio::test]
async fn a_stranger_fails_its_own_step_only() {
    let bed = with_table(orders()).await;
    put(&bed, "item-00003", "77").await;
    let steps = (0..10)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    let outcomes = apply_all(&bed, steps).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        match outcome {
            ApplyOutcome::Done(Some(_), _) if n != 3 => {}
            ApplyOutcome::Failed(None, problems) if n == 3 => {
                assert_eq!(
                    problems[0].summary,
                    "creating DynamoDB Table Item (orders): ConditionalCheckFailedException: The conditional request failed"
                );
                assert!(
                    problems[0].detail.contains("pk = \"item-00003\""),
                    "{problems:?}"
                );
            }
            other => panic!("{n}: {other:?}"),
        }
    }
    assert_eq!(bed.sent()["TransactWriteItems"], 2);
    assert_eq!(count(&bed).await, 10);
}

#[tokio::test]
async fn an_update_that_meets_another_change_writes_nothing() {
    let bed = with_table(orders()).await;
    let steps = (0..3)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    let objects = done(apply_all(&bed, steps).await);
    put(&bed, "item-00001", "99").await;
    let steps = objects
        .iter()
        .enumerate()
        .map(|(n, object)| {
            let changed = json!({"pk": {"S": format!("item-{n:05}")}, "n": {"N": "5"}});
            bed.step(KIND, Some(object), Some(&item(changed)))
        })
        .collect();
    let outcomes = apply_all(&bed, steps).await;
    assert!(
        matches!(outcomes[0], ApplyOutcome::Done(..)),
        "{outcomes:?}"
    );
    assert!(
        matches!(outcomes[2], ApplyOutcome::Done(..)),
        "{outcomes:?}"
    );
    let ApplyOutcome::Failed(Some(kept), problems) = &outcomes[1] else {
        panic!("{outcomes:?}");
    };
    assert!(kept.value.raw_equals(&objects[1].value));
    assert!(
        problems[0].detail.contains("changed after the plan"),
        "{problems:?}"
    );
}

#[tokio::test]
async fn a_stranger_under_the_new_key_stops_the_move() {
    let bed = with_table(orders()).await;
    let object = bed.apply(KIND, None, &numbered(1)).await;
    put(&bed, "item-00002", "9").await;
    let (outcome, _) = bed.try_apply(KIND, Some(&object), Some(&numbered(2))).await;
    assert!(
        matches!(outcome, ApplyOutcome::Failed(Some(_), _)),
        "{outcome:?}"
    );
    assert!(bed.read(KIND, &object).await.is_some());
}

#[tokio::test]
async fn keys_can_be_exchanged_within_a_batch() {
    let bed = with_table(orders()).await;
    let first = bed.apply(KIND, None, &numbered(1)).await;
    // The one is deleted while another takes its key: they don't meet in one request.
    let steps = vec![
        bed.step(KIND, Some(&first), None),
        bed.step(KIND, None, Some(&numbered(1))),
        bed.step(KIND, None, Some(&numbered(2))),
    ];
    let outcomes = apply_all(&bed, steps).await;
    for outcome in &outcomes {
        assert!(matches!(outcome, ApplyOutcome::Done(..)), "{outcomes:?}");
    }
    assert_eq!(count(&bed).await, 2);
}

#[tokio::test]
async fn a_refused_request_is_sent_in_parts() {
    let bed = with_table(orders()).await;
    let refused = Fault::FailBefore {
        status: 400,
        code: "ValidationException".to_owned(),
        message: "too much".to_owned(),
    };
    order(
        Rule::next(Service::DynamoDb, "TransactWriteItems", 3, refused),
        &bed,
    );
    let steps = (0..40)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    let objects = done(apply_all(&bed, steps).await);
    assert_eq!(objects.len(), 40);
    assert_eq!(count(&bed).await, 40);
}

/// A bed where so many items were created although the first transactions went wrong.
async fn written_in_spite_of(fault: Fault, times: u32, items: usize) -> Bed {
    let bed = with_table(orders()).await;
    let rule = Rule::next(Service::DynamoDb, "TransactWriteItems", times, fault);
    order(rule, &bed);
    let steps = (0..items)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    done(apply_all(&bed, steps).await);
    assert_eq!(count(&bed).await, items);
    bed
}

#[tokio::test]
async fn transactions_that_meet_are_sent_again() {
    let bed = written_in_spite_of(Fault::TransactionConflict(3), 3, 10).await;
    assert_eq!(bed.sent()["TransactWriteItems"], 4);
}

#[tokio::test]
async fn a_throttle_is_waited_out() {
    written_in_spite_of(Fault::Throttle, 5, 40).await;
}

#[tokio::test]
async fn a_throttled_batch_is_halved() {
    // Each size is tried three times, and half of it next: 40, 20, 10, and 5 goes through.
    let bed = written_in_spite_of(Fault::Throttle, 9, 40).await;
    // What went through doubles again: 5, 10, 20, and the last 5.
    assert_eq!(bed.sent()["TransactWriteItems"], 9 + 4);
}

#[tokio::test]
async fn a_provisioned_table_starts_small() {
    let mut table = orders();
    table["billing_mode"] = json!("PROVISIONED");
    table["read_capacity"] = json!(5);
    table["write_capacity"] = json!(5);
    let bed = with_table(table).await;
    let steps = (0..100)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    done(apply_all(&bed, steps).await);
    // 10, 20, 40, and the last 30.
    assert_eq!(bed.sent()["TransactWriteItems"], 4);
}

#[tokio::test]
async fn lost_answers_are_looked_into() {
    for fault in [Fault::DropAnswer, Fault::FailAfter, Fault::DropRequest] {
        let bed = with_table(orders()).await;
        let lost = Rule::next(Service::DynamoDb, "TransactWriteItems", 1, fault.clone());
        order(lost, &bed);
        let steps = (0..20)
            .map(|n| bed.step(KIND, None, Some(&numbered(n))))
            .collect();
        let objects = done(apply_all(&bed, steps).await);
        assert_eq!(count(&bed).await, 20, "{fault:?}");

        for operation in ["PutItem", "UpdateItem", "DeleteItem"] {
            order(
                Rule::next(Service::DynamoDb, operation, 1, fault.clone()),
                &bed,
            );
        }
        let single = bed.apply(KIND, None, &numbered(99)).await;
        let changed = item(json!({"pk": {"S": "item-00099"}, "n": {"N": "1"}}));
        let single = bed.apply(KIND, Some(&single), &changed).await;
        bed.delete(KIND, &single).await;
        assert_eq!(count(&bed).await, 20, "{fault:?}");

        order(
            Rule::next(Service::DynamoDb, "TransactWriteItems", 1, fault.clone()),
            &bed,
        );
        let steps = objects
            .iter()
            .map(|object| bed.step(KIND, Some(object), None))
            .collect();
        for outcome in apply_all(&bed, steps).await {
            assert!(
                matches!(outcome, ApplyOutcome::Done(None, _)),
                "{outcome:?}"
            );
        }
        assert_eq!(count(&bed).await, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_bad_item_fails_alone() {
    let bed = with_table(orders()).await;
    let mut steps: Vec<_> = (0..6)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    // The table's key is a text; this one is a number, and nobody knew when it was planned.
    let mut bad = bed.step(KIND, None, Some(&numbered(77)));
    let config = bed.config(KIND, &item(json!({"pk": {"N": "5"}})));
    (bad.planned, bad.config) = (Some(config.clone()), Some(config));
    steps.insert(2, bad);
    let outcomes = apply_all(&bed, steps).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        match outcome {
            ApplyOutcome::Done(Some(_), _) if n != 2 => {}
            ApplyOutcome::Failed(None, problems) if n == 2 => {
                assert!(
                    problems[0].summary.contains("Type mismatch"),
                    "{problems:?}"
                );
            }
            other => panic!("{n}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_cancelled_run_leaves_the_rest_untried() {
    let bed = with_table(orders()).await;
    let steps: Vec<_> = (0..3)
        .map(|n| bed.step(KIND, None, Some(&numbered(n))))
        .collect();
    bed.cx.cancel.cancel();
    for outcome in apply_all(&bed, steps).await {
        assert!(matches!(outcome, ApplyOutcome::NotTried), "{outcome:?}");
    }
}

#[tokio::test]
async fn updates_touch_only_what_changes() {
    let bed = with_table(orders()).await;
    let config = item(json!({
        "pk": {"S": "a"}, "keep": {"S": "k"}, "set": {"SS": ["x", "y"]}, "gone": {"BOOL": true},
        "map": {"M": {"a": {"N": "1"}}},
    }));
    let object = bed.apply(KIND, None, &config).await;
    let changed = item(json!({
        "pk": {"S": "a"}, "keep": {"S": "k"}, "set": {"SS": ["y", "z"]},
        "map": {"M": {"a": {"N": "2"}, "b": {"NULL": true}}}, "new": {"B": "aGk="},
    }));
    let object = bed.apply(KIND, Some(&object), &changed).await;
    let read = bed.read(KIND, &object).await.expect("the item is there");
    assert_eq!(to_json(&read.value)["item"], changed["item"]);
}
