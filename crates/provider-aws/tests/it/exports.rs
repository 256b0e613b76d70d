//! Exports of tables, on the embedded AWS: the objects they write, and what becomes of a failed one.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_aws::S3;
use trueup_aws::s3::{GetObject, ListObjects};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent, StepKind};

use crate::bed::{Bed, address, bed, to_json};

const TABLE: &str = "aws_dynamodb_table";
const ITEM: &str = "aws_dynamodb_table_item";
const EXPORT: &str = "aws_dynamodb_table_export";
const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

async fn with_table(recovery: bool) -> (Bed, Arc<dyn S3>) {
    let bed = bed().await;
    let table = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}],
        "point_in_time_recovery": [{"enabled": recovery}],
    });
    bed.apply(TABLE, None, &table).await;
    let item = json!({"table_name": "orders", "hash_key": "pk", "item": "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"7\"}}"});
    bed.apply(ITEM, None, &item).await;
    bed.emulator
        .ensure_bucket("dumps", "eu-west-1")
        .expect("a bucket");
    let s3 = bed.session_in("eu-west-1").await.s3();
    (bed, s3)
}

async fn keys(s3: &dyn S3, prefix: &str) -> Vec<String> {
    let request = ListObjects {
        bucket: "dumps".to_owned(),
        prefix: prefix.to_owned(),
        ..ListObjects::default()
    };
    let found = s3.list_objects(request).await.expect("a list");
    found.into_iter().map(|object| object.key).collect()
}

async fn content(s3: &dyn S3, key: &str) -> Vec<u8> {
    let request = GetObject {
        bucket: "dumps".to_owned(),
        key: key.to_owned(),
        ..GetObject::default()
    };
    s3.get_object(request)
        .await
        .expect("an object")
        .body
        .to_vec()
}

/// The stored content of a gzip file of one block.
fn unpacked(file: &[u8]) -> String {
    assert_eq!(file[..3], [0x1f, 0x8b, 8]);
    String::from_utf8(file[15..file.len() - 8].to_vec()).expect("text")
}

fn config(more: &[(&str, Json)]) -> Json {
    let mut config = json!({"table_arn": ARN, "s3_bucket": "dumps"});
    for (name, value) in more {
        config[*name] = value.clone();
    }
    config
}

#[tokio::test]
async fn an_export_writes_items_and_manifests() {
    let (bed, s3) = with_table(true).await;
    let wanted = config(&[("s3_prefix", json!("daily"))]);
    let (outcome, heard) = bed.try_apply(EXPORT, None, Some(&wanted)).await;
    let ApplyOutcome::Done(Some(object), problems) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert!(problems.is_empty());
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        [format!(
            "waiting for the export of {ARN} to complete (IN_PROGRESS)"
        )]
    );
    let value = to_json(&object.value);
    let arn = value["arn"].as_str().expect("an ARN");
    let id = arn.rsplit('/').next().expect("an id");
    assert_eq!(value["id"], value["arn"]);
    assert_eq!(value["export_status"], "COMPLETED");
    assert_eq!(value["export_format"], "DYNAMODB_JSON");
    assert_eq!(value["export_type"], Json::Null);
    assert_eq!(value["s3_bucket_owner"], "123456789012");
    assert_eq!(value["s3_sse_algorithm"], "AES256");
    assert_eq!(value["item_count"], 1);
    for name in ["start_time", "end_time", "export_time"] {
        assert!(
            value[name].as_str().is_some_and(|t| t.ends_with('Z')),
            "{name}"
        );
    }
    let folder = format!("daily/AWSDynamoDB/{id}");
    let found = keys(&*s3, "daily/").await;
    assert_eq!(found.len(), 6, "{found:?}");
    assert_eq!(
        value["manifest_files_s3_key"],
        format!("{folder}/manifest-summary.json")
    );
    let files = content(&*s3, &format!("{folder}/manifest-files.json")).await;
    let files: Json = serde_json::from_slice(&files).expect("JSON");
    assert_eq!(files["itemCount"], 1);
    let data = content(&*s3, files["dataFileS3Key"].as_str().expect("a key")).await;
    let line: Json = serde_json::from_str(&unpacked(&data)).expect("JSON");
    assert_eq!(line, json!({"Item": {"pk": {"S": "a"}, "n": {"N": "7"}}}));
    let read = bed.read(EXPORT, &object).await.expect("it is known");
    let planned = bed.plan(EXPORT, Some(&read), &wanted);
    assert!(planned.value.raw_equals(&object.value));
    let found = bed.kind(EXPORT).import(&bed.cx, arn).await.expect("known");
    let planned = bed.plan(EXPORT, Some(&found[0].object), &wanted);
    assert!(planned.requires_replace.is_empty());
    // It can't be taken back: no call is made.
    let before = bed.sent();
    bed.delete(EXPORT, &object).await;
    assert_eq!(bed.sent(), before);
}

#[tokio::test]
async fn an_export_in_ion_under_a_key() {
    let (bed, s3) = with_table(true).await;
    let key = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    let wanted = config(&[
        ("export_format", json!("ION")),
        ("s3_sse_algorithm", json!("KMS")),
        ("s3_sse_kms_key_id", json!(key)),
    ]);
    let object = bed.apply(EXPORT, None, &wanted).await;
    let value = to_json(&object.value);
    assert_eq!(value["s3_sse_kms_key_id"], key);
    let found = keys(&*s3, "AWSDynamoDB/").await;
    let data = found.iter().find(|key| key.ends_with(".ion.gz"));
    let data = content(&*s3, data.expect("data")).await;
    let line = unpacked(&data);
    assert!(line.starts_with("$ion_1_0 {Item:{"), "{line}");
    assert!(line.contains("\"n\":7."), "{line}");
    for name in ["export_format", "s3_sse_algorithm"] {
        let other = match name {
            "export_format" => json!("DYNAMODB_JSON"),
            _ => json!("AES256"),
        };
        let mut changed = wanted.clone();
        changed[name] = other;
        let planned = bed.plan(EXPORT, Some(&object), &changed);
        assert_eq!(planned.requires_replace.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_incremental_export_has_a_span() {
    let (bed, s3) = with_table(true).await;
    let span = |to: &str| {
        config(&[
            ("export_type", json!("INCREMENTAL_EXPORT")),
            (
                "incremental_export_specification",
                json!([{"export_from_time": "2026-01-01T00:00:00Z", "export_to_time": to,
                    "export_view_type": "NEW_IMAGE"}]),
            ),
        ])
    };
    let wanted = span("2026-01-01T06:00:00Z");
    let object = bed.apply(EXPORT, None, &wanted).await;
    assert_eq!(to_json(&object.value)["export_type"], "INCREMENTAL_EXPORT");
    let found = keys(&*s3, "AWSDynamoDB/data/").await;
    let line: Json =
        serde_json::from_str(&unpacked(&content(&*s3, &found[0]).await)).expect("JSON");
    assert_eq!(line["Keys"], json!({"pk": {"S": "a"}}));
    let read = bed.read(EXPORT, &object).await.expect("it is known");
    assert!(
        bed.plan(EXPORT, Some(&read), &wanted)
            .value
            .raw_equals(&object.value)
    );
    assert_eq!(
        bed.provider_problems(EXPORT, &span("2026-01-01T00:05:00Z")),
        ["the span of an incremental export is from 15 minutes to 24 hours"]
    );
    assert_eq!(
        bed.provider_problems(
            EXPORT,
            &config(&[("export_type", json!("INCREMENTAL_EXPORT"))])
        ),
        ["an incremental export needs incremental_export_specification"]
    );
}

#[tokio::test]
async fn an_export_needs_recovery_and_a_failed_one_is_told() {
    let (bed, _) = with_table(false).await;
    let (outcome, _) = bed.try_apply(EXPORT, None, Some(&config(&[]))).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert!(
        problems[0]
            .summary
            .contains("PointInTimeRecoveryUnavailableException"),
        "{problems:?}"
    );
    let (bed, _) = with_table(true).await;
    let wanted = config(&[("s3_bucket", json!("nowhere"))]);
    let (outcome, _) = bed.try_apply(EXPORT, None, Some(&wanted)).await;
    let ApplyOutcome::Done(Some(object), problems) = outcome else {
        panic!("made: {outcome:?}");
    };
    assert_eq!(to_json(&object.value)["export_status"], "FAILED");
    assert_eq!(
        problems[0].summary,
        format!("The export of {ARN} failed: S3NoSuchBucket: The specified bucket does not exist")
    );
}

#[tokio::test]
async fn an_export_that_aws_forgot_is_not_made_again() {
    let (bed, _) = with_table(true).await;
    let object = bed.apply(EXPORT, None, &config(&[])).await;
    let forgotten = Fault::FailBefore {
        status: 400,
        code: "ExportNotFoundException".to_owned(),
        message: "gone".to_owned(),
    };
    let faults = bed.emulator.faults();
    faults.add(Rule::next(
        Service::DynamoDb,
        "DescribeExport",
        1,
        forgotten,
    ));
    let read = bed.read(EXPORT, &object).await.expect("still believed");
    assert!(read.value.raw_equals(&object.value));
}

#[tokio::test]
async fn an_export_of_a_run_that_died_is_found_again() {
    let (bed, _) = with_table(true).await;
    let kind = bed.kind(EXPORT);
    let wanted = bed.plan(EXPORT, None, &config(&[])).value;
    let intent = |at_ms: i64| Intent {
        address: Arc::new(address(EXPORT, "a")),
        kind: StepKind::Create,
        identity: kind.identity(&wanted),
        at_ms,
        planned_digest: Some(kind.digest(&wanted)),
        prior_digest: None,
        in_state: None,
        made: None,
    };
    let nothing = kind.recover(&bed.cx, vec![intent(0)]).await.remove(0);
    assert!(matches!(nothing, Adoption::Forget), "{nothing:?}");
    let made = bed.apply(EXPORT, None, &config(&[])).await;
    let Adoption::Adopt(found) = kind.recover(&bed.cx, vec![intent(0)]).await.remove(0) else {
        panic!("it was made");
    };
    assert_eq!(to_json(&found.value)["arn"], to_json(&made.value)["arn"]);
    // One that began before that run meant to make it is another.
    let older = kind
        .recover(&bed.cx, vec![intent(i64::MAX / 2)])
        .await
        .remove(0);
    assert!(matches!(older, Adoption::Forget), "{older:?}");
}

#[tokio::test]
async fn arguments_of_an_export_are_checked() {
    let bed = bed().await;
    for (name, value, summary) in [
        (
            "export_format",
            json!("CSV"),
            "expected export_format to be one of [\"DYNAMODB_JSON\" \"ION\"], got CSV",
        ),
        (
            "s3_sse_algorithm",
            json!("x"),
            "expected s3_sse_algorithm to be one of [\"AES256\" \"KMS\"], got x",
        ),
        (
            "table_arn",
            json!("orders"),
            "\"table_arn\" (orders) is an invalid ARN: arn: invalid prefix",
        ),
        (
            "s3_bucket_owner",
            json!("me"),
            "\"s3_bucket_owner\" doesn't look like AWS Account ID (exactly 12 digits): \"me\"",
        ),
        (
            "export_time",
            json!("yesterday"),
            "\"export_time\" must be in RFC3339 time format \"2006-01-02T15:04:05Z\". Example: 2024-01-31T12:00:00Z",
        ),
    ] {
        assert_eq!(
            bed.provider_problems(EXPORT, &config(&[(name, value)])),
            [summary]
        );
    }
}
