//! Kinesis streams on the embedded AWS: created, changed, read, deleted, imported, recovered.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Object};

use crate::bed::{Bed, bed, bed_with, errors, to_json};
use crate::looks::{calls, failed, imported, plain, private, settled};
use crate::recovery::{intent, judge};

const STREAM: &str = "aws_kinesis_stream";
const ARN: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders-changes";

fn stream() -> Json {
    json!({"name": "orders-changes", "shard_count": 1})
}

fn asked(bed: &Bed, operation: &str) -> u64 {
    calls(bed, "kinesis", operation)
}

/// Applies, and wants it to be at rest.
async fn made(bed: &Bed, prior: Option<&Object>, config: &Json) -> Object {
    let object = bed.apply(STREAM, prior, config).await;
    settled(bed, STREAM, &object, config).await;
    object
}

#[tokio::test]
async fn a_stream_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let (outcome, heard) = bed.try_apply(STREAM, None, Some(&stream())).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(
        plain(&object),
        json!({
            "arn": ARN, "encryption_type": "NONE", "enforce_consumer_deletion": false, "id": ARN,
            "kms_key_id": "", "max_record_size_in_kib": null, "name": "orders-changes",
            "retention_period": 24, "shard_count": 1, "shard_level_metrics": null,
            "stream_mode_details": [{"stream_mode": "PROVISIONED"}],
            "tags": null, "tags_all": {}, "timeouts": null,
        })
    );
    assert_eq!(
        private(&object),
        Some(
            "{\"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0\":{\"create\":300000000000,\"delete\":7200000000000,\"update\":7200000000000},\"schema_version\":\"1\"}"
        )
    );
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        ["waiting for Kinesis stream orders-changes to become ACTIVE (CREATING)"]
    );
    // A day is what a new stream keeps records for without being told.
    assert_eq!(asked(&bed, "IncreaseStreamRetentionPeriod"), 0);
    settled(&bed, STREAM, &object, &stream()).await;
    for id in ["orders-changes", ARN] {
        let found = imported(&bed, STREAM, id).await.expect("it is there");
        settled(&bed, STREAM, &found, &stream()).await;
    }
    assert!(imported(&bed, STREAM, "other").await.is_err());
    bed.delete(STREAM, &object).await;
    assert!(bed.read(STREAM, &object).await.is_none());
    bed.delete(STREAM, &object).await;
}

#[tokio::test]
async fn every_setting_of_a_stream_changes_in_place() {
    let bed =
        bed_with(json!({"region": "eu-west-1", "default_tags": [{"tags": {"env": "test"}}]})).await;
    let full = json!({
        "name": "orders-changes", "shard_count": 2, "retention_period": 48,
        "encryption_type": "kms", "kms_key_id": "alias/aws/kinesis", "enforce_consumer_deletion": true,
        "shard_level_metrics": ["ALL"], "max_record_size_in_kib": 2048, "tags": {"team": "red"},
    });
    let object = made(&bed, None, &full).await;
    let state = to_json(&object.value);
    assert_eq!(state["tags_all"], json!({"env": "test", "team": "red"}));
    assert_eq!(state["shard_level_metrics"], json!(["ALL"]));
    assert_eq!(state["encryption_type"], json!("KMS"));
    let less = json!({
        "name": "orders-changes", "shard_count": 4, "retention_period": 36,
        "shard_level_metrics": ["IncomingBytes", "OutgoingBytes"], "max_record_size_in_kib": 4096,
        "tags": {"team": "blue"},
    });
    let object = made(&bed, Some(&object), &less).await;
    let state = to_json(&object.value);
    assert_eq!(state["encryption_type"], json!("NONE"));
    assert_eq!(state["kms_key_id"], json!(""));
    assert_eq!(state["tags_all"], json!({"env": "test", "team": "blue"}));
    for operation in [
        "UpdateShardCount",
        "DecreaseStreamRetentionPeriod",
        "UpdateMaxRecordSize",
        "DisableEnhancedMonitoring",
        "StopStreamEncryption",
    ] {
        assert_eq!(asked(&bed, operation), 1, "{operation}");
    }
    let by_itself = json!({
        "name": "orders-changes", "stream_mode_details": [{"stream_mode": "ON_DEMAND"}],
    });
    let object = made(&bed, Some(&object), &by_itself).await;
    let state = to_json(&object.value);
    assert_eq!(state["shard_count"], Json::Null);
    assert_eq!(state["retention_period"], json!(24));
    // What is left to AWS stays as it is.
    let back = json!({
        "name": "orders-changes", "shard_count": 4,
        "stream_mode_details": [{"stream_mode": "PROVISIONED"}],
    });
    let object = made(&bed, Some(&object), &back).await;
    let renamed = json!({"name": "other", "shard_count": 4});
    let planned = bed.plan(STREAM, Some(&object), &renamed);
    assert_eq!(planned.requires_replace.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_is_said_before_anything_is_done() {
    let bed = bed().await;
    let plan = |config: Json| errors(&bed.plan(STREAM, None, &config).problems);
    assert_eq!(
        plan(json!({"name": "a"})),
        ["shard_count must be at least 1 when stream_mode is PROVISIONED"]
    );
    assert_eq!(
        plan(
            json!({"name": "a", "shard_count": 1, "stream_mode_details": [{"stream_mode": "ON_DEMAND"}]})
        ),
        ["shard_count must not be set when stream_mode is ON_DEMAND"]
    );
    assert_eq!(
        plan(json!({"name": "a", "shard_count": 1, "encryption_type": "KMS"})),
        ["KMS Key Id required when setting encryption_type is not set as NONE"]
    );
    let unknown = json!({"$unknown": true});
    for later in [
        json!({"name": "a", "shard_count": unknown}),
        json!({"name": "a", "stream_mode_details": unknown}),
        json!({"name": "a", "stream_mode_details": [{"stream_mode": unknown}]}),
        json!({"name": "a", "shard_count": 1, "encryption_type": "KMS", "kms_key_id": unknown}),
    ] {
        assert_eq!(plan(later.clone()), Vec::<String>::new(), "{later}");
    }
    for (argument, value, summary) in [
        (
            "encryption_type",
            json!("AES"),
            "expected encryption_type to be one of [\"NONE\" \"KMS\"], got AES",
        ),
        (
            "retention_period",
            json!(23),
            "expected retention_period to be in the range (24 - 8760), got 23",
        ),
        (
            "stream_mode_details",
            json!([{"stream_mode": "FAST"}]),
            "expected stream_mode to be one of [\"PROVISIONED\" \"ON_DEMAND\"], got FAST",
        ),
        (
            "timeouts",
            json!({"create": "soon"}),
            "timeouts.create: time: invalid duration \"soon\"",
        ),
    ] {
        let mut config = stream();
        config[argument] = value;
        assert_eq!(bed.provider_problems(STREAM, &config), [summary]);
    }
}

#[tokio::test]
async fn a_later_call_that_fails_loses_nothing() {
    let bed = bed().await;
    let config = json!({"name": "orders-changes", "shard_count": 1, "retention_period": 48, "tags": {"team": "red"}});
    for operation in [
        "DescribeStreamSummary",
        "IncreaseStreamRetentionPeriod",
        "AddTagsToStream",
    ] {
        let denied = Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".to_owned(),
            message: "not allowed".to_owned(),
        };
        bed.emulator
            .faults()
            .add(Rule::next(Service::Kinesis, operation, 1, denied));
        let (outcome, heard) = bed.try_apply(STREAM, None, Some(&config)).await;
        let (object, summary) = failed(outcome);
        assert!(summary.contains("orders-changes"), "{summary}");
        assert!(!heard.created.lock().expect("not poisoned").is_empty());
        let object = object.expect("it is kept");
        let read = bed.read(STREAM, &object).await.expect("it is there");
        let object = made(&bed, Some(&read), &config).await;
        assert_eq!(to_json(&object.value)["retention_period"], json!(48));
        bed.delete(STREAM, &object).await;
    }
}

#[tokio::test]
async fn a_busy_stream_is_waited_for_and_a_stranger_is_left_alone() {
    let bed = bed().await;
    let object = bed.apply(STREAM, None, &stream()).await;
    let (kept, summary) = failed(bed.try_apply(STREAM, None, Some(&stream())).await.0);
    assert!(kept.is_none());
    assert!(summary.contains("already exists"), "{summary}");
    let busy = Fault::FailBefore {
        status: 400,
        code: "ResourceInUseException".to_owned(),
        message:
            "Stream orders-changes under account 123456789012 not ACTIVE, instead in state UPDATING"
                .to_owned(),
    };
    let fast = Fault::FailBefore {
        status: 400,
        code: "LimitExceededException".to_owned(),
        message: "Rate exceeded for stream orders-changes under account 123456789012.".to_owned(),
    };
    let faults = bed.emulator.faults();
    faults.add(Rule::next(Service::Kinesis, "UpdateShardCount", 2, busy));
    faults.add(Rule::next(
        Service::Kinesis,
        "DescribeStreamSummary",
        2,
        fast,
    ));
    let wider = json!({"name": "orders-changes", "shard_count": 2});
    made(&bed, Some(&object), &wider).await;
}

#[tokio::test]
async fn an_open_intent_of_a_stream_is_judged_by_a_look() {
    let bed = bed().await;
    let step = bed.step(STREAM, None, Some(&stream()));
    let asked = || intent(&bed, STREAM, &step, None);
    let judged = judge(&bed, STREAM, vec![asked()]).await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    let object = bed.apply(STREAM, None, &stream()).await;
    let judged = judge(&bed, STREAM, vec![asked()]).await;
    let Adoption::Adopt(found) = &judged[0] else {
        panic!("adopted: {judged:?}");
    };
    settled(&bed, STREAM, found, &stream()).await;
    let leaving = bed.step(STREAM, Some(&object), None);
    let judged = judge(
        &bed,
        STREAM,
        vec![intent(&bed, STREAM, &leaving, Some(&object))],
    )
    .await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    bed.delete(STREAM, &object).await;
    let judged = judge(
        &bed,
        STREAM,
        vec![intent(&bed, STREAM, &leaving, Some(&object))],
    )
    .await;
    assert!(matches!(judged[0], Adoption::Gone), "{judged:?}");
}
