//! Objects on the embedded AWS, managed and read.

use serde_json::{Value as Json, json};
use trueup_provider::{DataRequest, Provider};

use super::{BUCKET, a_bucket, over, settled};
use crate::bed::{Bed, bed, to_json};

const OBJECT: &str = "aws_s3_object";

#[tokio::test]
async fn an_object_lives_and_ends() {
    let bed = bed().await;
    a_bucket(&bed, "orders").await;
    let made = json!({"bucket": "orders", "key": "notes/a.txt", "content": "first"});
    let object = bed.apply(OBJECT, None, &made).await;
    let state = to_json(&object.value);
    for (name, value) in [
        ("id", json!("notes/a.txt")),
        ("arn", json!("arn:aws:s3:::orders/notes/a.txt")),
        ("etag", json!("8b04d5e3775d298e78455efc5ca404d5")),
        ("content_type", json!("application/octet-stream")),
        ("storage_class", json!("STANDARD")),
        ("server_side_encryption", json!("AES256")),
        ("version_id", json!("")),
        ("force_destroy", json!(false)),
        ("tags_all", json!({})),
    ] {
        assert_eq!(state[name], value, "{name}");
    }
    let read = settled(&bed, OBJECT, &object, &made).await;
    // Its bytes and what goes with them are written anew.
    let rich = json!({
        "bucket": "orders", "key": "notes/a.txt", "content_base64": "c2Vjb25k",
        "content_type": "text/plain", "cache_control": "max-age=60", "content_language": "de",
        "content_disposition": "inline", "content_encoding": "identity",
        "website_redirect": "/b", "storage_class": "STANDARD_IA", "checksum_algorithm": "SHA256",
        "metadata": {"by": "hand"}, "tags": {"team": "a b"},
    });
    let planned = bed.plan(OBJECT, Some(&read), &rich);
    assert!(planned.requires_replace.is_empty());
    assert_eq!(
        to_json(&planned.value)["version_id"],
        json!({"$unknown": true})
    );
    let object = bed.apply(OBJECT, Some(&read), &rich).await;
    let read = settled(&bed, OBJECT, &object, &rich).await;
    assert_eq!(to_json(&read.value)["tags"], json!({"team": "a b"}));
    assert_eq!(
        to_json(&read.value)["checksum_sha256"],
        "FjZ6rLZ6SgF8jairlWgsyzkIY3gPcRTdoKDgxVZEx8Q="
    );
    // Tags alone are changed in place.
    let tagged = over(&rich, &json!({"tags": {"team": "b"}}));
    let before = bed.counts.snapshot();
    let object = bed.apply(OBJECT, Some(&read), &tagged).await;
    let after = bed.counts.snapshot();
    assert_eq!(before["s3"].get("PutObject"), after["s3"].get("PutObject"));
    let read = settled(&bed, OBJECT, &object, &tagged).await;
    // Imported.
    for id in ["orders/notes/a.txt", "s3://orders/notes/a.txt"] {
        let found = bed.kind(OBJECT).import(&bed.cx, id).await;
        let imported = found.expect("it is there").remove(0).object;
        assert_eq!(
            to_json(&imported.value)["etag"],
            to_json(&read.value)["etag"]
        );
    }
    // Written by somebody else: seen by what a block says of its bytes.
    let said = json!({
        "bucket": "orders", "key": "notes/a.txt", "content": "ours", "etag": "abdc793c700a0f9110566c092398985f",
    });
    let object = bed.apply(OBJECT, Some(&read), &said).await;
    let object = settled(&bed, OBJECT, &object, &said).await;
    let request = trueup_aws::s3::PutObject {
        bucket: "orders".to_owned(),
        key: "notes/a.txt".to_owned(),
        body: "theirs".into(),
        ..Default::default()
    };
    bed.session.s3().put_object(request).await.expect("put");
    let drifted = bed.read(OBJECT, &object).await.expect("it is there");
    assert_ne!(
        to_json(&drifted.value)["etag"],
        to_json(&object.value)["etag"]
    );
    let right = bed.apply(OBJECT, Some(&drifted), &said).await;
    settled(&bed, OBJECT, &right, &said).await;
    // Another key is another object.
    let other = over(&said, &json!({"key": "notes/b.txt"}));
    assert!(
        !bed.plan(OBJECT, Some(&right), &other)
            .requires_replace
            .is_empty()
    );
    bed.delete(OBJECT, &right).await;
    assert!(bed.read(OBJECT, &right).await.is_none());
    bed.delete(OBJECT, &right).await;
    let found = bed.kind(OBJECT).import(&bed.cx, "orders/notes/a.txt").await;
    let found = found.expect_err("there is none");
    assert_eq!(found.summary, "Cannot import non-existent remote object");
}

#[tokio::test]
async fn versions_of_an_object_end_with_it() {
    let bed = bed().await;
    let config = json!({"bucket": "orders", "object_lock_enabled": true});
    bed.apply(BUCKET, None, &config).await;
    let with = |content: &str| {
        json!({
            "bucket": "orders", "key": "a", "content": content,
            "object_lock_mode": "GOVERNANCE", "object_lock_retain_until_date": "2099-01-01T00:00:00Z",
            "object_lock_legal_hold_status": "ON", "force_destroy": true,
        })
    };
    let first = bed.apply(OBJECT, None, &with("1")).await;
    assert_ne!(to_json(&first.value)["version_id"], "");
    let second = bed.apply(OBJECT, Some(&first), &with("2")).await;
    let second = settled(&bed, OBJECT, &second, &with("2")).await;
    let longer = over(
        &with("2"),
        &json!({"object_lock_retain_until_date": "2100-01-01T00:00:00Z"}),
    );
    let second = bed.apply(OBJECT, Some(&second), &longer).await;
    let second = settled(&bed, OBJECT, &second, &longer).await;
    bed.delete(OBJECT, &second).await;
    let left = bed.session.buckets();
    let left = left.list_versions("orders", "").await.expect("listed");
    assert_eq!(left, []);
}

#[tokio::test]
async fn data_sources_tell_of_buckets_objects_and_keys() {
    let bed = bed().await;
    a_bucket(&bed, "orders").await;
    for (key, content) in [("conf/app.json", "{}"), ("conf/b", "b"), ("other", "o")] {
        let config = json!({
            "bucket": "orders", "key": key, "content": content,
            "content_type": if key.ends_with("json") { "application/json" } else { "image/png" },
            "metadata": {"by": "hand"}, "tags": {"k": "v"},
        });
        bed.apply(OBJECT, None, &config).await;
    }
    let bucket = data(&bed, BUCKET, json!({"bucket": "orders"}))
        .await
        .expect("read");
    assert_eq!(bucket["arn"], "arn:aws:s3:::orders");
    assert_eq!(bucket["region"], "eu-west-1");
    assert_eq!(bucket["website_domain"], Json::Null);
    let object = json!({"bucket": "orders", "key": "conf/app.json"});
    let object = data(&bed, OBJECT, object).await.expect("read");
    assert_eq!(object["body"], "{}");
    assert_eq!(object["content_length"], 2);
    assert_eq!(object["metadata"], json!({"by": "hand"}));
    assert_eq!(object["tags"], json!({"k": "v"}));
    assert_eq!(object["id"], "orders/conf/app.json");
    let picture = data(&bed, OBJECT, json!({"bucket": "orders", "key": "other"})).await;
    assert_eq!(picture.expect("read")["body"], Json::Null);
    let list = "aws_s3_objects";
    let keys = data(&bed, list, json!({"bucket": "orders", "prefix": "conf/"})).await;
    assert_eq!(
        keys.expect("read")["keys"],
        json!(["conf/app.json", "conf/b"])
    );
    let keys = data(
        &bed,
        list,
        json!({"bucket": "orders", "delimiter": "/", "max_keys": 5}),
    )
    .await;
    let keys = keys.expect("read");
    assert_eq!(
        (&keys["keys"], &keys["common_prefixes"]),
        (&json!(["other"]), &json!(["conf/"]))
    );
    let one = data(&bed, list, json!({"bucket": "orders", "max_keys": 1})).await;
    assert_eq!(one.expect("read")["keys"], json!(["conf/app.json"]));
    for (kind, config, summary) in [
        (
            BUCKET,
            json!({"bucket": "ghost"}),
            "reading S3 Bucket (ghost): couldn't find resource",
        ),
        (
            OBJECT,
            json!({"bucket": "orders", "key": "ghost"}),
            "reading S3 Bucket (orders) Object (ghost): couldn't find resource",
        ),
    ] {
        let found = data(&bed, kind, config).await.expect_err("there is none");
        assert_eq!(found, summary);
    }
}

async fn data(bed: &Bed, kind: &str, config: Json) -> Result<Json, String> {
    let schema = bed.provider.schema().of(trueup_addrs::Mode::Data, kind);
    let config = crate::bed::coerce(&schema.expect("a data source").block, &config);
    let source = bed.configured.data_source(kind).expect("a data source");
    let request = DataRequest {
        address: std::sync::Arc::new(crate::bed::address(kind, "a")),
        config,
    };
    match source.read(&bed.cx, request).await {
        Ok(value) => Ok(to_json(&value)),
        Err(problems) => Err(problems[0].summary.clone()),
    }
}
