//! What the services' answers become.
use trueup_aws::dynamodb::{PutItem, TransactWrite, WriteAction};
use trueup_aws::s3::{DeleteObject, GetObject, HeadObject, PutObject};
use trueup_aws::{Class, Error};

use crate::{answer, item, json, scripted};

fn put() -> PutItem {
    PutItem {
        table: "orders".into(),
        item: item(&[("pk", "a")]),
        condition: Some("attribute_not_exists(pk)".into()),
        return_item_on_failure: true,
        ..PutItem::default()
    }
}

#[tokio::test]
async fn an_error_says_operation_status_request_and_message() {
    let session = scripted(|_| {
        json(
            400,
            r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}"#,
        )
    })
    .await;
    let error = session
        .dynamodb()
        .put_item(put())
        .await
        .expect_err("an error");
    assert_eq!(
        error.to_string(),
        "operation error DynamoDB: PutItem, https response error StatusCode: 400, \
         RequestID: REQUEST1, ValidationException: no"
    );
    assert_eq!(error.class(), Class::Invalid);
    assert!(!error.lost_answer());
}

#[tokio::test]
async fn a_failed_condition_brings_the_item() {
    let session = scripted(|_| {
        json(
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message":"The conditional request failed","Item":{"pk":{"S":"a"},"v":{"S":"1"}}}"#,
        )
    })
    .await;
    match session.dynamodb().put_item(put()).await {
        Err(Error::ConditionFailed { item: found, .. }) => {
            assert_eq!(found, Some(item(&[("pk", "a"), ("v", "1")])));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cancelled_transaction_brings_a_reason_for_each_action() {
    let session = scripted(|_| {
        json(
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message":"Transaction cancelled [None, ConditionalCheckFailed]",
                "CancellationReasons":[{"Code":"None"},
                {"Code":"ConditionalCheckFailed","Message":"no","Item":{"pk":{"S":"b"}}}]}"#,
        )
    })
    .await;
    let request = TransactWrite {
        actions: vec![WriteAction::Put(put()), WriteAction::Put(put())],
        token: Some("token".into()),
    };
    match session.dynamodb().transact_write_items(request).await {
        Err(Error::TransactionCancelled { reasons, failure }) => {
            assert_eq!(reasons.len(), 2);
            assert_eq!(reasons[0].code, None);
            assert!(reasons[1].is_condition());
            assert_eq!(reasons[1].item, Some(item(&[("pk", "b")])));
            assert!(failure.message.contains("cancelled"), "{failure}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn s3_answers_have_classes() {
    let xml = |status: u16, code: &str| {
        let body = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        move |_: &_| answer(status, "application/xml", &body)
    };
    for (status, code, want) in [
        (412, "PreconditionFailed", Class::PreconditionFailed),
        (409, "ConditionalRequestConflict", Class::Conflict),
        (404, "NoSuchBucket", Class::NotFound),
        (403, "AccessDenied", Class::AccessDenied),
    ] {
        let s3 = scripted(xml(status, code)).await.s3();
        let put = PutObject {
            bucket: "states".into(),
            key: "k".into(),
            if_none_match: true,
            ..PutObject::default()
        };
        let error = s3.put_object(put).await.expect_err("an error");
        assert_eq!((error.class(), error.code()), (want, code));
        let delete = DeleteObject {
            bucket: "states".into(),
            key: "k".into(),
            ..DeleteObject::default()
        };
        let error = s3.delete_object(delete).await.expect_err("an error");
        assert_eq!(error.class(), want);
    }
    let s3 = scripted(|_| answer(404, "application/xml", "")).await.s3();
    let head = HeadObject {
        bucket: "states".into(),
        key: "k".into(),
        ..HeadObject::default()
    };
    assert!(s3.head_object(head).await.expect_err("404").is_not_found());
    let moved = scripted(|_| {
        answer(301, "application/xml", "").map(|mut r| {
            r.headers_mut()
                .insert("x-amz-bucket-region", "eu-west-1".parse().expect("text"));
            r
        })
    });
    let error = moved
        .await
        .s3()
        .head_bucket("states")
        .await
        .expect_err("301");
    assert_eq!(
        error.message(),
        "the bucket is in another region: eu-west-1"
    );
    let s3 = scripted(xml(404, "NoSuchKey")).await.s3();
    let get = GetObject {
        bucket: "states".into(),
        key: "k".into(),
        ..GetObject::default()
    };
    let error = s3.get_object(get).await.expect_err("404");
    assert_eq!(
        error.to_string(),
        "operation error S3: GetObject, https response error StatusCode: 404, \
         RequestID: REQUEST1, NoSuchKey: m"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_unreachable() {
    let session = scripted(|_| json(200, "{\"Item\":")).await;
    let error = session
        .dynamodb()
        .put_item(put())
        .await
        .expect_err("an error");
    assert_eq!(error.class(), Class::Unreachable);
    assert!(error.lost_answer(), "{error}");
}
