//! S3's objects, against the embedded AWS.
use bytes::Bytes;
use trueup_aws::Class;
use trueup_aws::s3::{CreateBucket, DeleteObject, GetObject, HeadObject, ListObjects, PutObject};

use crate::bed::session;

#[tokio::test]
async fn objects_with_conditions_and_versions() {
    let (session, _emulator) = session().await;
    let s3 = session.s3();
    assert!(
        s3.head_bucket("states")
            .await
            .expect_err("none")
            .is_not_found()
    );
    s3.create_bucket(CreateBucket {
        bucket: "states".into(),
        ..CreateBucket::default()
    })
    .await
    .expect("a bucket");
    s3.head_bucket("states").await.expect("a bucket");
    assert_eq!(
        s3.get_bucket_versioning("states").await.expect("none"),
        None
    );
    s3.put_bucket_versioning("states", "Enabled")
        .await
        .expect("versions");
    assert_eq!(
        s3.get_bucket_versioning("states")
            .await
            .expect("some")
            .as_deref(),
        Some("Enabled")
    );
    let put = |body: &'static str| PutObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        body: Bytes::from_static(body.as_bytes()),
        content_type: Some("application/json".into()),
        ..PutObject::default()
    };
    let first = s3
        .put_object(PutObject {
            if_none_match: true,
            ..put("{}")
        })
        .await
        .expect("the first");
    let again = s3
        .put_object(PutObject {
            if_none_match: true,
            ..put("[]")
        })
        .await
        .expect_err("there is one");
    assert_eq!(again.class(), Class::PreconditionFailed, "{again}");
    let second = s3
        .put_object(PutObject {
            if_match: first.etag.clone(),
            ..put("[1]")
        })
        .await
        .expect("the second");
    let stale = s3
        .put_object(PutObject {
            if_match: first.etag.clone(),
            ..put("[2]")
        })
        .await
        .expect_err("stale");
    assert_eq!(stale.class(), Class::PreconditionFailed, "{stale}");

    let get = GetObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        ..GetObject::default()
    };
    let object = s3.get_object(get.clone()).await.expect("an object");
    assert_eq!(&object.body[..], b"[1]");
    assert_eq!(object.head.etag, second.etag);
    assert_eq!(
        object.head.content_type.as_deref(),
        Some("application/json")
    );
    let old = s3
        .get_object(GetObject {
            version_id: first.version_id,
            ..get.clone()
        })
        .await
        .expect("the old version");
    assert_eq!(&old.body[..], b"{}");
    let head = s3
        .head_object(HeadObject {
            bucket: "states".into(),
            key: "env:/dev/app.tfstate".into(),
            ..HeadObject::default()
        })
        .await
        .expect("an object");
    assert_eq!(head.content_length, 3);
    let listed = s3
        .list_objects(ListObjects {
            bucket: "states".into(),
            prefix: "env:/".into(),
            limit: None,
        })
        .await
        .expect("a listing");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].key, "env:/dev/app.tfstate");
    let delete = |tag: Option<String>| DeleteObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        if_match: tag,
        version_id: None,
    };
    let stale = s3
        .delete_object(delete(first.etag))
        .await
        .expect_err("stale");
    assert_eq!(stale.class(), Class::PreconditionFailed, "{stale}");
    s3.delete_object(delete(second.etag))
        .await
        .expect("deleted");
    let gone = s3.get_object(get).await.expect_err("gone");
    assert!(gone.is_not_found(), "{gone}");
}
