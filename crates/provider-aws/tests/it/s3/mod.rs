//! S3's types on the embedded AWS. Each is a line of one table: made, found again without a
//! difference, changed in place, replaced where that is forced, seen changed from outside, gone
//! outside, imported, and taken away.

mod buckets;
mod lives;
mod objects;

use serde_json::{Value as Json, json};
use trueup_aws::s3::{BucketSetting, CreateBucket, Said};
use trueup_aws::xml::Element;
use trueup_provider::{ApplyOutcome, Object, same_but_for_zero};

use crate::bed::{Bed, bed, difference, errors, to_json};
use lives::{Life, Outside, lives};

const BUCKET: &str = "aws_s3_bucket";

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

#[tokio::test]
async fn acls_need_an_ownership_that_has_them() {
    let bed = bed().await;
    let kind = "aws_s3_bucket_acl";
    a_bucket(&bed, "orders").await;
    let canned = json!({"bucket": "orders", "acl": "private"});
    let (outcome, _) = bed.try_apply(kind, None, Some(&canned)).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    let refused = "creating S3 Bucket (orders) ACL: operation error S3: PutBucketAcl, https response error StatusCode: 400";
    assert!(
        problems[0].summary.starts_with(refused),
        "{}",
        problems[0].summary
    );
    assert!(
        problems[0]
            .summary
            .contains("AccessControlListNotSupported")
    );
    put(
        &bed,
        BucketSetting::OwnershipControls,
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
    )
    .await;
    // Canned: its name is part of the id.
    let made = bed.apply(kind, None, &canned).await;
    assert_eq!(to_json(&made.value)["id"], "orders,private");
    let read = settled(&bed, kind, &made, &canned).await;
    let logs = json!({"bucket": "orders", "acl": "log-delivery-write"});
    let changed = bed.apply(kind, Some(&read), &logs).await;
    let read = settled(&bed, kind, &changed, &logs).await;
    let state = to_json(&read.value);
    assert_eq!(state["id"], "orders,log-delivery-write");
    let policy = &state["access_control_policy"][0];
    assert_eq!(policy["grant"].as_array().map(Vec::len), Some(3));
    let found = bed
        .kind(kind)
        .import(&bed.cx, "orders,log-delivery-write")
        .await;
    let imported = found.expect("it is there").remove(0).object;
    assert!(same_but_for_zero(&imported.value, &read.value));
    // Grants one by one.
    let owner = policy["owner"][0]["id"].clone();
    let grant = |permission: &str| json!({"permission": permission, "grantee": [{"type": "CanonicalUser", "id": owner}]});
    let single = |grants: Json| json!({"bucket": "orders", "access_control_policy": [{"owner": [{"id": owner}], "grant": grants}]});
    let by_grants = single(json!([grant("FULL_CONTROL")]));
    let object = bed.apply(kind, Some(&read), &by_grants).await;
    let object = settled(&bed, kind, &object, &by_grants).await;
    put(
        &bed,
        BucketSetting::Acl,
        &format!(
            "<AccessControlPolicy><Owner><ID>{0}</ID></Owner><AccessControlList></AccessControlList></AccessControlPolicy>",
            owner.as_str().expect("an id")
        ),
    )
    .await;
    let drifted = bed.read(kind, &object).await.expect("it is there");
    assert!(!same_but_for_zero(&drifted.value, &object.value));
    let right = bed.apply(kind, Some(&drifted), &by_grants).await;
    let elsewhere = over(&by_grants, &json!({"bucket": "events"}));
    assert!(
        !bed.plan(kind, Some(&right), &elsewhere)
            .requires_replace
            .is_empty()
    );
    // An ACL stays when nobody manages it any more.
    bed.delete(kind, &right).await;
    assert!(bed.read(kind, &right).await.is_some());
}
