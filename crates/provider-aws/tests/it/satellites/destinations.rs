//! Kinesis streams as destinations of tables.

use serde_json::json;
use trueup_provider::ApplyOutcome;

use super::{ARN, KINESIS, STREAM, TABLE, table};
use crate::bed::bed;
use crate::looks::{failed, imported, plain, private, settled};

#[tokio::test]
async fn a_kinesis_destination_lives_and_ends() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let config = json!({"table_name": "orders", "stream_arn": STREAM});
    let (outcome, heard) = bed.try_apply(KINESIS, None, Some(&config)).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(
        plain(&object),
        json!({
            "approximate_creation_date_time_precision": null, "id": format!("orders,{STREAM}"),
            "stream_arn": STREAM, "table_name": "orders",
        })
    );
    assert_eq!(private(&object), Some("null"));
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        [format!(
            "waiting for Kinesis destination {STREAM} of table orders to become ACTIVE (ENABLING)"
        )]
    );
    settled(&bed, KINESIS, &object, &config).await;
    let found = imported(&bed, KINESIS, &format!("orders,{STREAM}"))
        .await
        .expect("it is there");
    let mut precise = config.clone();
    precise["approximate_creation_date_time_precision"] = json!("MILLISECOND");
    settled(&bed, KINESIS, &found, &config).await;
    settled(&bed, KINESIS, &found, &precise).await;
    precise["approximate_creation_date_time_precision"] = json!("MICROSECOND");
    let planned = bed.plan(KINESIS, Some(&found), &precise);
    assert_eq!(planned.requires_replace.len(), 1);
    bed.delete(KINESIS, &object).await;
    assert!(bed.read(KINESIS, &object).await.is_none());
    // It is off: to turn it off again is no error, and it can be turned on again.
    bed.delete(KINESIS, &object).await;
    let object = bed.apply(KINESIS, None, &precise).await;
    settled(&bed, KINESIS, &object, &precise).await;
}

#[tokio::test]
async fn a_kinesis_destination_gone_outside_or_with_its_table_is_gone() {
    let bed = bed().await;
    let orders = bed.apply(TABLE, None, &table()).await;
    let config = json!({"table_name": "orders", "stream_arn": STREAM});
    let object = bed.apply(KINESIS, None, &config).await;
    let off = bed.dynamodb.disable_kinesis_destination("orders", STREAM);
    off.await.expect("turned off");
    assert!(bed.read(KINESIS, &object).await.is_none());
    bed.delete(TABLE, &orders).await;
    assert!(bed.read(KINESIS, &object).await.is_none());
    bed.delete(KINESIS, &object).await;
}

#[tokio::test]
async fn a_kinesis_stream_is_checked_before_and_by_the_service() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let of = |arn: &str| json!({"table_name": "orders", "stream_arn": arn});
    for (arn, summary) in [
        (
            "changes",
            "\"stream_arn\" (changes) is an invalid ARN: arn: invalid prefix",
        ),
        (
            ARN,
            "\"stream_arn\" (arn:aws:dynamodb:eu-west-1:123456789012:table/orders) is not the ARN of a Kinesis stream",
        ),
    ] {
        assert_eq!(bed.provider_problems(KINESIS, &of(arn)), [summary]);
    }
    let foreign = "arn:aws:kinesis:eu-west-1:210987654321:stream/changes";
    let (outcome, heard) = bed.try_apply(KINESIS, None, Some(&of(foreign))).await;
    let (object, summary) = failed(outcome);
    assert!(object.is_none());
    assert!(heard.created.lock().expect("not poisoned").is_empty());
    assert!(
        summary.contains("Stream changes under account 210987654321 not found"),
        "{summary}"
    );
}
