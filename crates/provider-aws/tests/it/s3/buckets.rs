//! Buckets on the embedded AWS: with their inline blocks, names, regions, and what runs leave behind.
// tidy: long because one block holds every inline block of a bucket

use serde_json::{Value as Json, json};
use trueup_aws::s3::BucketSetting;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent, Object, Unheard};

use super::{BUCKET, put, settled};
use crate::bed::{Bed, bed, to_json};
use crate::recovery::intent;

#[tokio::test]
async fn a_bucket_lives_and_ends() {
    let bed = bed().await;
    let made = json!({"bucket": "orders", "tags": {"team": "a"}});
    let planned = bed.plan(BUCKET, None, &made);
    assert_eq!(to_json(&planned.value)["region"], json!({"$unknown": true}));
    let bucket = bed.apply(BUCKET, None, &made).await;
    let state = to_json(&bucket.value);
    for (name, value) in [
        ("arn", json!("arn:aws:s3:::orders")),
        ("region", json!("eu-west-1")),
        (
            "bucket_regional_domain_name",
            json!("orders.s3.eu-west-1.amazonaws.com"),
        ),
        ("hosted_zone_id", json!("Z1BKCTXD74EZPE")),
        ("force_destroy", json!(false)),
        ("request_payer", json!("BucketOwner")),
        (
            "versioning",
            json!([{"enabled": false, "mfa_delete": false}]),
        ),
        ("tags_all", json!({"team": "a"})),
        ("object_lock_enabled", json!(false)),
    ] {
        assert_eq!(state[name], value, "{name}");
    }
    assert_eq!(
        state["server_side_encryption_configuration"][0]["rule"][0]["apply_server_side_encryption_by_default"]
            [0]["sse_algorithm"],
        "AES256"
    );
    let read = settled(&bed, BUCKET, &bucket, &made).await;
    // Changed in place, all inline blocks at once; and back again where that is possible.
    let changed = inline();
    let planned = bed.plan(BUCKET, Some(&read), &changed);
    assert!(planned.requires_replace.is_empty());
    let object = bed.apply(BUCKET, Some(&read), &changed).await;
    let object = settled(&bed, BUCKET, &object, &changed).await;
    // A block that is taken out stays as it is.
    let plain = json!({"bucket": "orders", "tags": {"team": "a"}});
    let object = settled_without_tags(&bed, object, &plain).await;
    // Changed outside.
    put(
        &bed,
        BucketSetting::Versioning,
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
    )
    .await;
    put(
        &bed,
        BucketSetting::Tagging,
        "<Tagging><TagSet><Tag><Key>extra</Key><Value>1</Value></Tag></TagSet></Tagging>",
    )
    .await;
    let drifted = bed.read(BUCKET, &object).await.expect("it is there");
    assert_eq!(to_json(&drifted.value)["tags"], json!({"extra": "1"}));
    assert_eq!(
        to_json(&drifted.value)["versioning"][0]["enabled"],
        json!(false)
    );
    let right = bed.apply(BUCKET, Some(&drifted), &changed).await;
    let right = settled(&bed, BUCKET, &right, &changed).await;
    // What needs another bucket.
    for other in [
        json!({"bucket": "events"}),
        json!({"bucket": "orders", "object_lock_enabled": true}),
        json!({"bucket_prefix": "orders-"}),
    ] {
        let planned = bed.plan(BUCKET, Some(&right), &other);
        assert!(!planned.requires_replace.is_empty(), "{other}");
    }
    // Imported: what only a state knows is unset, and no difference.
    let found = bed.kind(BUCKET).import(&bed.cx, "orders").await;
    let imported = found.expect("it is there").remove(0).object;
    assert_eq!(to_json(&imported.value)["force_destroy"], Json::Null);
    settled(
        &bed,
        BUCKET,
        &imported,
        &json!({"bucket": "orders", "tags": {"team": "b"}}),
    )
    .await;
    bed.delete(BUCKET, &right).await;
    assert!(bed.read(BUCKET, &right).await.is_none());
    bed.delete(BUCKET, &right).await;
}

/// A block without the inline blocks: only the tags differ.
async fn settled_without_tags(bed: &Bed, object: Object, plain: &Json) -> Object {
    let planned = bed.plan(BUCKET, Some(&object), plain);
    let (before, after) = (to_json(&object.value), to_json(&planned.value));
    for (name, value) in before.as_object().expect("an object") {
        if name != "tags" && name != "tags_all" {
            assert_eq!(&after[name], value, "{name}");
        }
    }
    object
}

fn inline() -> Json {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::orders/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]});
    json!({
        "bucket": "orders",
        "tags": {"team": "b"},
        "acceleration_status": "Enabled",
        "request_payer": "Requester",
        "policy": policy.to_string(),
        "versioning": [{"enabled": true}],
        "cors_rule": [{
            "allowed_methods": ["GET", "PUT"], "allowed_origins": ["https://a.example"],
            "allowed_headers": ["*"], "expose_headers": ["ETag"], "max_age_seconds": 3000,
        }],
        "website": [{
            "index_document": "index.html", "error_document": "error.html",
            "routing_rules": "[{\"Condition\": {\"KeyPrefixEquals\": \"docs/\"}, \"Redirect\": {\"ReplaceKeyPrefixWith\": \"documents/\"}}]",
        }],
        "logging": [{"target_bucket": "orders", "target_prefix": "log/"}],
        "lifecycle_rule": [{
            "id": "old", "enabled": true, "prefix": "tmp/", "tags": {"kind": "draft"},
            "abort_incomplete_multipart_upload_days": 7,
            "expiration": [{"days": 90}],
            "noncurrent_version_expiration": [{"days": 30}],
            "transition": [
                {"days": 30, "storage_class": "STANDARD_IA"}, {"days": 60, "storage_class": "GLACIER"},
            ],
            "noncurrent_version_transition": [{"days": 10, "storage_class": "STANDARD_IA"}],
        }, {
            "id": "date", "enabled": false, "expiration": [{"date": "2030-01-01"}],
        }],
        "server_side_encryption_configuration": [{"rule": [{
            "bucket_key_enabled": true,
            "apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}],
        }]}],
        "replication_configuration": [{
            "role": "arn:aws:iam::123456789012:role/copy",
            "rules": [{
                "id": "all", "status": "Enabled", "priority": 1,
                "delete_marker_replication_status": "Enabled",
                "filter": [{"prefix": "x/", "tags": {"a": "b"}}],
                "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"enabled": true}]}],
                "destination": [{
                    "bucket": "arn:aws:s3:::copies", "storage_class": "STANDARD",
                    "account_id": "123456789012",
                    "replica_kms_key_id": "arn:aws:kms:eu-west-1:123456789012:key/1",
                    "access_control_translation": [{"owner": "Destination"}],
                    "replication_time": [{}], "metrics": [{}],
                }],
            }],
        }],
    })
}

#[tokio::test]
async fn a_bucket_is_made_with_its_inline_blocks() {
    let bed = bed().await;
    let mut config = inline();
    config["object_lock_configuration"] = json!([{
        "object_lock_enabled": "Enabled", "rule": [{"default_retention": [{"mode": "GOVERNANCE", "days": 3}]}],
    }]);
    config["acl"] = json!("private");
    let bucket = bed.apply(BUCKET, None, &config).await;
    let bucket = settled(&bed, BUCKET, &bucket, &config).await;
    let state = to_json(&bucket.value);
    assert_eq!(state["object_lock_enabled"], true);
    assert_eq!(
        state["website_endpoint"],
        "orders.s3-website-eu-west-1.amazonaws.com"
    );
    bed.delete(BUCKET, &bucket).await;
}

#[tokio::test]
async fn names_are_made_up_and_tell_their_prefix() {
    let bed = bed().await;
    for (config, prefix) in [
        (json!({"bucket_prefix": "drafts-"}), "drafts-"),
        (json!({}), "terraform-"),
    ] {
        let bucket = bed.apply(BUCKET, None, &config).await;
        let state = to_json(&bucket.value);
        let name = state["bucket"].as_str().expect("a name");
        assert!(
            name.starts_with(prefix) && name.len() == prefix.len() + 26,
            "{name}"
        );
        assert_eq!(state["bucket_prefix"], prefix);
        settled(&bed, BUCKET, &bucket, &config).await;
        bed.delete(BUCKET, &bucket).await;
    }
}

#[tokio::test]
async fn only_a_forced_destruction_empties_a_bucket() {
    let bed = bed().await;
    let config = json!({"bucket": "orders", "versioning": [{"enabled": true}]});
    let bucket = bed.apply(BUCKET, None, &config).await;
    for n in 0..3 {
        let request = trueup_aws::s3::PutObject {
            bucket: "orders".to_owned(),
            key: format!("key-{}", n % 2),
            ..Default::default()
        };
        bed.session.s3().put_object(request).await.expect("put");
    }
    let request = trueup_aws::s3::DeleteObject {
        bucket: "orders".to_owned(),
        key: "key-1".to_owned(),
        ..Default::default()
    };
    bed.session
        .s3()
        .delete_object(request)
        .await
        .expect("deleted");
    let (outcome, _) = bed.try_apply(BUCKET, Some(&bucket), None).await;
    let ApplyOutcome::Failed(Some(_), problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert!(
        problems[0].summary.contains("BucketNotEmpty"),
        "{}",
        problems[0].summary
    );
    let mut forced = config.clone();
    forced["force_destroy"] = json!(true);
    let bucket = bed.apply(BUCKET, Some(&bucket), &forced).await;
    bed.delete(BUCKET, &bucket).await;
    assert!(bed.read(BUCKET, &bucket).await.is_none());
}

#[tokio::test]
async fn buckets_lie_in_the_region_that_they_name() {
    let bed = bed().await;
    let config = json!({"bucket": "orders", "region": "us-east-1"});
    let bucket = bed.apply(BUCKET, None, &config).await;
    let state = to_json(&bucket.value);
    assert_eq!(state["region"], "us-east-1");
    assert_eq!(state["hosted_zone_id"], "Z3AQBSTGFYJSTF");
    let versioning = json!({
        "bucket": "orders", "region": "us-east-1",
        "versioning_configuration": [{"status": "Enabled"}],
    });
    let kind = "aws_s3_bucket_versioning";
    let object = bed.apply(kind, None, &versioning).await;
    settled(&bed, kind, &object, &versioning).await;
    settled_region(&bed, &bucket, &config).await;
    let found = bed.kind(BUCKET).import(&bed.cx, "orders@us-east-1").await;
    assert_eq!(
        to_json(&found.expect("it is there").remove(0).object.value)["region"],
        "us-east-1"
    );
    let elsewhere = json!({"bucket": "orders", "region": "eu-west-1"});
    let planned = bed.plan(BUCKET, Some(&bucket), &elsewhere);
    assert!(!planned.requires_replace.is_empty());
    // There an owner is told nothing by S3 when a bucket is made again.
    let (outcome, _) = bed.try_apply(BUCKET, None, Some(&config)).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert!(
        problems[0].summary.contains("BucketAlreadyExists"),
        "{}",
        problems[0].summary
    );
}

async fn settled_region(bed: &Bed, bucket: &Object, config: &Json) {
    let read = bed.read(BUCKET, bucket).await.expect("it is there");
    let planned = bed.plan(BUCKET, Some(&read), config);
    assert!(planned.requires_replace.is_empty());
    assert_eq!(to_json(&read.value)["region"], "us-east-1");
}

#[tokio::test]
async fn a_later_call_that_fails_loses_nothing_and_is_made_up_for() {
    for operation in [
        "PutBucketTagging",
        "PutBucketVersioning",
        "PutBucketEncryption",
        "GetBucketPolicy",
    ] {
        let bed = bed().await;
        let config = json!({
            "bucket": "orders", "tags": {"team": "a"}, "versioning": [{"enabled": true}],
            "server_side_encryption_configuration": [{"rule": [{
                "apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}],
            }]}],
        });
        bed.emulator.faults().add(Rule::next(
            Service::S3,
            operation,
            1,
            Fault::FailBefore {
                status: 403,
                code: "AccessDenied".to_owned(),
                message: "Access Denied".to_owned(),
            },
        ));
        let (outcome, heard) = bed.try_apply(BUCKET, None, Some(&config)).await;
        let ApplyOutcome::Failed(Some(there), _) = outcome else {
            panic!("{operation} failed: {outcome:?}");
        };
        assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
        let read = bed.read(BUCKET, &there).await.expect("it is there");
        let whole = bed.apply(BUCKET, Some(&read), &config).await;
        settled(&bed, BUCKET, &whole, &config).await;
    }
}

#[tokio::test]
async fn a_bucket_that_a_broken_run_made_is_found_again() {
    let bed = bed().await;
    let config = json!({"bucket_prefix": "drafts-"});
    let kind = bed.kind(BUCKET);
    // Another of the same prefix is none of ours.
    let at_ms = made_at(&bed, &config).await;
    let step = bed.step(BUCKET, None, Some(&config));
    let intent = Intent {
        at_ms,
        ..intent(&bed, BUCKET, &step, None)
    };
    let judged = kind.recover(&bed.cx, vec![intent.clone()]).await.remove(0);
    assert!(matches!(judged, Adoption::Forget), "{judged:?}");
    kind.apply(&bed.cx, step, &Unheard).await;
    let judged = kind.recover(&bed.cx, vec![intent.clone()]).await.remove(0);
    let Adoption::Adopt(object) = judged else {
        panic!("adopted: {judged:?}");
    };
    settled(&bed, BUCKET, &object, &config).await;
    // One that has been there for long is none of ours.
    let old = Intent {
        at_ms: intent.at_ms + 1_000_000,
        ..intent
    };
    let judged = kind.recover(&bed.cx, vec![old]).await.remove(0);
    assert!(matches!(judged, Adoption::Forget), "{judged:?}");
}

/// Makes the bucket and tells when, by the clock of the world it is in.
async fn made_at(bed: &Bed, config: &Json) -> i64 {
    bed.apply(BUCKET, None, config).await;
    let all = bed.session.buckets();
    let all = all.buckets_named("drafts-").await.expect("listed");
    all[0].1.expect("a time") * 1000
}
