//! How often a call is sent, and what is remembered of attempts that failed.
use std::time::{Duration, Instant};

use trueup_aws::dynamodb::{PutItem, TransactWrite, WriteAction};
use trueup_aws::{Class, DispatchError, Error, Settings};

use crate::{Answer, in_turn, item, json, scripted, scripted_with};

fn put() -> PutItem {
    PutItem {
        table: "orders".into(),
        item: item(&[("pk", "a")]),
        ..PutItem::default()
    }
}

fn refused() -> Answer {
    Err(DispatchError::Refused("nobody listens".into()))
}

fn lost() -> Answer {
    Err(DispatchError::Lost("reset by peer".into()))
}

fn error(status: u16, code: &str) -> Answer {
    json(status, &format!(r#"{{"__type":"{code}","message":"m"}}"#))
}

fn ok() -> Answer {
    json(200, "{}")
}

#[tokio::test]
async fn attempts_are_bounded_by_what_went_wrong() {
    let slow = "ProvisionedThroughputExceededException";
    let condition = "ConditionalCheckFailedException";
    for (name, answers, attempts, want) in [
        ("success", vec![ok()], 1, Ok(())),
        (
            "throttled, then success",
            vec![error(400, slow), error(400, slow), ok()],
            3,
            Ok(()),
        ),
        (
            "throttled to the end",
            vec![error(400, slow)],
            7,
            Err((Class::Throttled, false)),
        ),
        ("refused once", vec![refused(), ok()], 2, Ok(())),
        (
            "refused",
            vec![refused()],
            4,
            Err((Class::Unreachable, false)),
        ),
        ("lost once", vec![lost(), ok()], 2, Ok(())),
        ("lost", vec![lost()], 7, Err((Class::Unreachable, true))),
        (
            "lost, then a condition that may be our own write",
            vec![lost(), error(400, condition)],
            2,
            Err((Class::ConditionFailed, true)),
        ),
        (
            "a plain condition",
            vec![error(400, condition)],
            1,
            Err((Class::ConditionFailed, false)),
        ),
        (
            "broken while working, then refused",
            vec![error(500, "InternalServerError"), refused()],
            5,
            Err((Class::Unreachable, true)),
        ),
        (
            "not allowed",
            vec![error(400, "AccessDeniedException")],
            1,
            Err((Class::AccessDenied, false)),
        ),
    ] {
        let settings = Settings {
            max_retries: Some(7),
            ..Settings::default()
        };
        let session = scripted_with(settings, in_turn(answers)).await;
        let got = session.dynamodb().put_item(put()).await;
        assert_eq!(
            got.as_ref()
                .copied()
                .map_err(|e| (e.class(), e.lost_answer())),
            want,
            "{name}: {got:?}"
        );
        assert_eq!(
            session.counts().snapshot()["dynamodb"]["PutItem"],
            attempts,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_throttled_transaction_comes_back_soon() {
    let slow = "ProvisionedThroughputExceededException";
    let fault = "InternalServerError";
    for (name, answers, attempts, want) in [
        (
            "throttled, then success",
            vec![error(400, slow), error(400, slow), ok()],
            3,
            Ok(()),
        ),
        (
            "throttled to the end",
            vec![error(400, slow)],
            3,
            Err(Class::Throttled),
        ),
        (
            "a fault of the service",
            vec![error(500, fault)],
            7,
            Err(Class::ServiceFault),
        ),
    ] {
        let settings = Settings {
            max_retries: Some(7),
            ..Settings::default()
        };
        let session = scripted_with(settings, in_turn(answers)).await;
        let write = TransactWrite {
            actions: vec![WriteAction::Put(put())],
            ..TransactWrite::default()
        };
        let got = session.dynamodb().transact_write_items(write).await;
        assert_eq!(
            got.as_ref().copied().map_err(|e| e.class()),
            want,
            "{name}: {got:?}"
        );
        assert_eq!(
            session.counts().snapshot()["dynamodb"]["TransactWriteItems"],
            attempts,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_refused_endpoint_is_named_within_seconds() {
    let started = Instant::now();
    let session = scripted(in_turn(vec![refused()])).await;
    let error = session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect_err("an error");
    assert!(started.elapsed() < Duration::from_secs(5));
    let Error::Unreachable { failure } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.endpoint, "http://embedded.invalid");
    assert_eq!(
        error.to_string(),
        "operation error DynamoDB: DescribeTable, io error: connection refused: nobody listens \
         (endpoint http://embedded.invalid, attempts: 4)"
    );
}

#[tokio::test]
async fn a_panic_behind_the_door_is_a_lost_answer() {
    let settings = Settings {
        max_retries: Some(2),
        ..Settings::default()
    };
    let session = scripted_with(settings, |_| panic!("on purpose")).await;
    let error = session
        .dynamodb()
        .put_item(put())
        .await
        .expect_err("an error");
    assert!(error.lost_answer());
}
