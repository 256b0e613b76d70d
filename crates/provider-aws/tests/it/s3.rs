//! S3's types on the embedded AWS. Each is a line of one table: made, found again without a
//! difference, changed in place, replaced where that is forced, seen changed from outside, gone
//! outside, imported, and taken away.

use serde_json::{Value as Json, json};
use trueup_aws::s3::{BucketSetting, CreateBucket, Said};
use trueup_aws::xml::Element;
use trueup_provider::{Object, same_but_for_zero};

use crate::bed::{Bed, bed, difference, errors, to_json};

const BUCKET: &str = "aws_s3_bucket";

/// What is done to the world beside us.
enum Outside {
    /// A setting of the bucket is made another one.
    Put(BucketSetting, &'static str),
    /// A setting is taken away.
    Delete(BucketSetting),
}

/// A type and what may happen to it.
struct Life {
    kind: &'static str,
    /// Settings that have to be there before.
    before: &'static [(BucketSetting, &'static str)],
    /// As it is made, on the bucket `orders`.
    made: Json,
    /// The same, changed in place.
    changed: Json,
    /// A member that shows the change, by JSON pointer, and its values.
    shown: (&'static str, Json, Json),
    /// A change from outside, after which `shown` is something else.
    outside: Outside,
    /// What takes it away outside; `None` where it can't be.
    gone: Option<Outside>,
    /// What needs another object, as arguments put over `made`.
    replaces: Json,
    /// Its import id.
    id: &'static str,
    /// Members that an import does not tell.
    untold: &'static [&'static str],
}

fn lives() -> Vec<Life> {
    use BucketSetting as S;
    vec![
        Life {
            kind: "aws_s3_bucket_versioning",
            before: &[],
            made: json!({"bucket": "orders", "versioning_configuration": [{"status": "Enabled"}]}),
            changed: json!({"bucket": "orders", "versioning_configuration": [{"status": "Suspended"}]}),
            shown: (
                "/versioning_configuration/0/status",
                json!("Enabled"),
                json!("Suspended"),
            ),
            outside: Outside::Put(
                S::Versioning,
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            ),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_server_side_encryption_configuration",
            before: &[],
            made: json!({"bucket": "orders", "rule": [{
                "apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}],
            }]}),
            changed: json!({"bucket": "orders", "rule": [{
                "bucket_key_enabled": true,
                "apply_server_side_encryption_by_default": [
                    {"sse_algorithm": "aws:kms", "kms_master_key_id": "alias/aws/s3"},
                ],
            }]}),
            shown: (
                "/rule/0/apply_server_side_encryption_by_default/0/sse_algorithm",
                json!("AES256"),
                json!("aws:kms"),
            ),
            outside: Outside::Delete(S::Encryption),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_public_access_block",
            before: &[],
            made: json!({"bucket": "orders", "block_public_acls": true}),
            changed: json!({"bucket": "orders", "block_public_acls": true, "block_public_policy": true}),
            shown: ("/block_public_policy", json!(false), json!(true)),
            outside: Outside::Put(
                S::PublicAccessBlock,
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
            ),
            gone: Some(Outside::Delete(S::PublicAccessBlock)),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_object_lock_configuration",
            before: &[(
                S::Versioning,
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            )],
            made: json!({"bucket": "orders", "rule": [{
                "default_retention": [{"mode": "GOVERNANCE", "days": 3}],
            }]}),
            changed: json!({"bucket": "orders", "rule": [{
                "default_retention": [{"mode": "GOVERNANCE", "years": 1}],
            }]}),
            shown: ("/rule/0/default_retention/0/days", json!(3), json!(0)),
            outside: Outside::Put(
                S::ObjectLock,
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>9</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
            ),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &["token"],
        },
    ]
}

async fn put(bed: &Bed, setting: BucketSetting, text: &str) {
    let document = match setting {
        BucketSetting::Policy => Element {
            text: text.to_owned(),
            ..Element::new("Policy")
        },
        _ => Element::read(text).expect("XML"),
    };
    let buckets = bed.session.buckets();
    let done = buckets.put_setting("orders", setting, None, Said::from(document));
    done.await.expect("put outside");
}

async fn do_outside(bed: &Bed, outside: &Outside) {
    match outside {
        Outside::Put(setting, text) => put(bed, *setting, text).await,
        Outside::Delete(setting) => {
            let buckets = bed.session.buckets();
            let done = buckets.delete_setting("orders", *setting, None);
            done.await.expect("deleted outside");
        }
    }
}

async fn a_bucket(bed: &Bed, name: &str) {
    let request = CreateBucket {
        bucket: name.to_owned(),
        ..CreateBucket::default()
    };
    bed.session
        .s3()
        .create_bucket(request)
        .await
        .expect("a bucket");
}

fn over(made: &Json, changes: &Json) -> Json {
    let mut made = made.clone();
    for (name, value) in changes.as_object().expect("an object") {
        made[name] = value.clone();
    }
    made
}

/// Reads it again and plans it: nothing may differ.
async fn settled(bed: &Bed, kind: &str, object: &Object, config: &Json) -> Object {
    let read = bed.read(kind, object).await.expect("it is there");
    assert!(
        same_but_for_zero(&read.value, &object.value),
        "{kind}\n{}",
        difference(&to_json(&object.value), &to_json(&read.value))
    );
    let planned = bed.plan(kind, Some(&read), config);
    assert_eq!(errors(&planned.problems), Vec::<String>::new());
    assert!(planned.requires_replace.is_empty(), "{kind}");
    assert!(
        same_but_for_zero(&planned.value, &read.value),
        "{kind}\n{}",
        difference(&to_json(&read.value), &to_json(&planned.value))
    );
    read
}

async fn live(life: &Life) {
    let (bed, kind) = (bed().await, life.kind);
    let at = |object: &Object| to_json(&object.value).pointer(life.shown.0).cloned();
    a_bucket(&bed, "orders").await;
    for (setting, text) in life.before {
        put(&bed, *setting, text).await;
    }
    // Made.
    let made = bed.apply(kind, None, &life.made).await;
    assert_eq!(at(&made).as_ref(), Some(&life.shown.1), "{kind} made");
    let read = settled(&bed, kind, &made, &life.made).await;
    // Imported: as it was read, and planned without a difference.
    let found = bed.kind(kind).import(&bed.cx, life.id).await;
    let imported = found.expect("it is there").remove(0).object;
    let strip = |object: &Object| {
        let mut json = to_json(&object.value);
        for name in life.untold {
            json[name] = Json::Null;
        }
        json
    };
    assert_eq!(
        at(&imported),
        at(&read),
        "{kind} imported\n{}",
        strip(&imported)
    );
    let planned = bed.plan(kind, Some(&imported), &life.made);
    assert!(
        same_but_for_zero(&planned.value, &imported.value),
        "{kind} imported\n{}",
        difference(&to_json(&imported.value), &to_json(&planned.value))
    );
    // Changed in place.
    let planned = bed.plan(kind, Some(&read), &life.changed);
    assert!(planned.requires_replace.is_empty(), "{kind}");
    let changed = bed.apply(kind, Some(&read), &life.changed).await;
    assert_eq!(at(&changed).as_ref(), Some(&life.shown.2), "{kind} changed");
    let read = settled(&bed, kind, &changed, &life.changed).await;
    // Changed outside: seen, and put right.
    do_outside(&bed, &life.outside).await;
    let drifted = bed.read(kind, &read).await.expect("it is there");
    assert_ne!(at(&drifted).as_ref(), Some(&life.shown.2), "{kind} drifted");
    let right = bed.apply(kind, Some(&drifted), &life.changed).await;
    assert_eq!(at(&right).as_ref(), Some(&life.shown.2), "{kind} put right");
    settled(&bed, kind, &right, &life.changed).await;
    // What needs another object.
    let other = bed.plan(kind, Some(&right), &over(&life.changed, &life.replaces));
    assert!(!other.requires_replace.is_empty(), "{kind} replaced");
    // Gone outside, and made again.
    let mut there = right;
    if let Some(gone) = &life.gone {
        do_outside(&bed, gone).await;
        assert!(bed.read(kind, &there).await.is_none(), "{kind} gone");
        there = bed.apply(kind, None, &life.changed).await;
    }
    // Taken away, also where it is gone already.
    bed.delete(kind, &there).await;
    bed.delete(kind, &there).await;
    if life.gone.is_some() {
        assert!(bed.read(kind, &there).await.is_none(), "{kind} deleted");
    }
    // Gone with its bucket.
    bed.session
        .s3()
        .delete_bucket("orders")
        .await
        .expect("deleted");
    assert!(
        bed.read(kind, &there).await.is_none(),
        "{kind} without its bucket"
    );
    bed.delete(kind, &there).await;
    let found = bed.kind(kind).import(&bed.cx, life.id).await;
    let found = found.expect_err("there is none");
    assert_eq!(found.summary, "Cannot import non-existent remote object");
}

#[tokio::test]
async fn settings_of_a_bucket_live_and_end() {
    for life in lives() {
        live(&life).await;
    }
}

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
    let trueup_provider::ApplyOutcome::Failed(Some(_), problems) = outcome else {
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
    let trueup_provider::ApplyOutcome::Failed(None, problems) = outcome else {
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
async fn wrong_arguments_are_found_without_aws() {
    let bed = bed().await;
    let long = "x".repeat(64);
    for (kind, config, expected) in [
        (BUCKET, json!({"bucket": long}), format!("expected length of bucket to be in the range (0 - 63), got {long}")),
        (BUCKET, json!({"bucket": "a", "bucket_prefix": "b"}), "Conflicting configuration arguments".to_owned()),
        (
            "aws_s3_bucket_versioning",
            json!({"bucket": "a", "versioning_configuration": [{"status": "On"}]}),
            "expected versioning_configuration.0.status to be one of [\"Enabled\" \"Suspended\" \"Disabled\"], got On".to_owned(),
        ),
        (
            "aws_s3_bucket_versioning",
            json!({"bucket": "a", "expected_bucket_owner": "me", "versioning_configuration": [{"status": "Enabled"}]}),
            "\"expected_bucket_owner\" doesn't look like AWS Account ID (exactly 12 digits): \"me\"".to_owned(),
        ),
        (
            BUCKET,
            json!({"lifecycle_rule": [{"enabled": true, "expiration": [{"date": "soon"}]}]}),
            "expected \"date\" to be a valid YYYY-MM-DD date, got \"soon\"".to_owned(),
        ),
        (
            BUCKET,
            json!({"bucket": "orders--use1-az4--x-s3"}),
            "invalid value for bucket (must not be of the format [bucket_name]--[azid]--x-s3. Use the aws_s3_directory_bucket resource to manage S3 Express buckets)".to_owned(),
        ),
    ] {
        let found = bed.provider_problems(kind, &config);
        assert!(found.contains(&expected), "{config}: {found:?}");
    }
}

#[tokio::test]
async fn versioning_that_was_on_cannot_be_as_if_it_never_was() {
    let bed = bed().await;
    a_bucket(&bed, "orders").await;
    let kind = "aws_s3_bucket_versioning";
    let with = |status: &str| json!({"bucket": "orders", "versioning_configuration": [{"status": status}]});
    let never = bed.apply(kind, None, &with("Disabled")).await;
    settled(&bed, kind, &never, &with("Disabled")).await;
    let on = bed.apply(kind, Some(&never), &with("Enabled")).await;
    let planned = bed.plan(kind, Some(&on), &with("Disabled"));
    assert_eq!(
        errors(&planned.problems),
        ["versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'"]
    );
}
