//! Objects: conditions, versions, ranges, checksums, multipart.

use http::Method;
use trueup_emulator::Emulator;

use crate::bed::{Answer, ask, memory, s3, s3_in};

const BUCKET: &str = "/trueup-state";

async fn bucket() -> Emulator {
    let emulator = memory(0);
    let made = ask(&emulator, &s3(Method::PUT, BUCKET, &[], b"")).await;
    assert_eq!(made.status, 200, "{}", made.text());
    emulator
}

async fn put(emulator: &Emulator, key: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let path = format!("{BUCKET}/{key}");
    ask(emulator, &s3(Method::PUT, &path, headers, body)).await
}

async fn get(emulator: &Emulator, key: &str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("{BUCKET}/{key}");
    ask(emulator, &s3(Method::GET, &path, headers, b"")).await
}

async fn delete(emulator: &Emulator, key: &str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("{BUCKET}/{key}");
    ask(emulator, &s3(Method::DELETE, &path, headers, b"")).await
}

#[tokio::test]
async fn writes_are_fenced_by_tags() {
    let emulator = bucket().await;
    let missing = put(&emulator, "state", &[("if-match", "\"00\"")], b"x").await;
    assert_eq!(
        (missing.status, missing.element("Code").as_str()),
        (404, "NoSuchKey")
    );
    let first = put(&emulator, "state", &[("if-none-match", "*")], b"one").await;
    assert_eq!(first.status, 200, "{}", first.text());
    let tag = first.header("etag").to_owned();
    assert_eq!(tag, "\"f97c5d29941bfb1b2fdab0874906ab82\"");
    let again = put(&emulator, "state", &[("if-none-match", "*")], b"two").await;
    assert_eq!(
        (again.status, again.element("Code").as_str()),
        (412, "PreconditionFailed")
    );
    let second = put(&emulator, "state", &[("if-match", &tag)], b"two").await;
    assert_eq!(second.status, 200);
    let stale = put(&emulator, "state", &[("if-match", &tag)], b"three").await;
    assert_eq!(stale.status, 412);
    assert_eq!(get(&emulator, "state", &[]).await.text(), "two");
    let stale = delete(&emulator, "state", &[("if-match", &tag)]).await;
    assert_eq!(stale.status, 412);
    let gone = delete(&emulator, "state", &[("if-match", second.header("etag"))]).await;
    assert_eq!(gone.status, 204);
    assert_eq!(
        get(&emulator, "state", &[]).await.element("Code"),
        "NoSuchKey"
    );
    assert_eq!(delete(&emulator, "state", &[]).await.status, 204);
}

#[tokio::test]
async fn reads_know_ranges_and_conditions() {
    let emulator = bucket().await;
    put(
        &emulator,
        "state",
        &[("content-type", "application/json")],
        b"0123456789",
    )
    .await;
    let part = get(&emulator, "state", &[("range", "bytes=0-5242879")]).await;
    assert_eq!(
        (part.status, part.header("content-range")),
        (206, "bytes 0-9/10")
    );
    let part = get(&emulator, "state", &[("range", "bytes=2-4")]).await;
    assert_eq!(
        (part.text().as_str(), part.header("content-length")),
        ("234", "3")
    );
    let past = get(&emulator, "state", &[("range", "bytes=10-")]).await;
    assert_eq!(
        (past.status, past.element("Code").as_str()),
        (416, "InvalidRange")
    );
    let head = ask(
        &emulator,
        &s3(Method::HEAD, "/trueup-state/state", &[], b""),
    )
    .await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), "10");
    assert_eq!(head.header("content-type"), "application/json");
    assert_eq!(head.header("x-amz-server-side-encryption"), "AES256");
    assert!(head.body.is_empty());
    let same = get(
        &emulator,
        "state",
        &[("if-none-match", head.header("etag"))],
    )
    .await;
    assert_eq!(same.status, 304);
    let missing = ask(
        &emulator,
        &s3(Method::HEAD, "/trueup-state/other", &[], b""),
    )
    .await;
    assert_eq!((missing.status, missing.body.len()), (404, 0));
}

#[tokio::test]
async fn keys_are_data() {
    let emulator = bucket().await;
    let keys = [
        "..%2F..%2Fevil",
        "a",
        "a/b",
        "a/b/",
        "a//b",
        "env%3A/dev/app",
        "%E2%82%AC%20x",
        "a+b",
    ];
    for key in keys {
        assert_eq!(
            put(&emulator, key, &[], key.as_bytes()).await.status,
            200,
            "{key}"
        );
    }
    for key in keys {
        assert_eq!(get(&emulator, key, &[]).await.text(), key);
    }
    let list = ask(
        &emulator,
        &s3(
            Method::GET,
            "/trueup-state?list-type=2&max-keys=1000&prefix=env%3A%2F",
            &[],
            b"",
        ),
    )
    .await;
    assert_eq!(list.element("Key"), "env:/dev/app", "{}", list.text());
    assert_eq!(list.element("KeyCount"), "1");
}

#[tokio::test]
async fn listings_group_and_page() {
    let emulator = bucket().await;
    for key in ["a", "d/1", "d/2", "e/1", "f"] {
        put(&emulator, key, &[], b"x").await;
    }
    let page = |token: String| {
        let path = format!("{BUCKET}?list-type=2&delimiter=%2F&max-keys=2{token}");
        let emulator = emulator.clone();
        async move { ask(&emulator, &s3(Method::GET, &path, &[], b"")).await }
    };
    let first = page(String::new()).await;
    assert_eq!(first.element("IsTruncated"), "true");
    assert!(
        first.text().contains("<Prefix>d/</Prefix>"),
        "{}",
        first.text()
    );
    let token = first.element("NextContinuationToken");
    let second = page(format!("&continuation-token={token}")).await;
    assert_eq!(second.element("IsTruncated"), "false", "{}", second.text());
    assert!(second.text().contains("<Prefix>e/</Prefix>"));
    assert!(!second.text().contains("<Prefix>d/</Prefix>"));
    assert_eq!(second.element("Key"), "f");
}

#[tokio::test]
async fn versions_are_kept_marked_and_removed() {
    let emulator = bucket().await;
    let on = b"<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";
    let set = ask(
        &emulator,
        &s3(Method::PUT, "/trueup-state?versioning", &[], on),
    )
    .await;
    assert_eq!(set.status, 200, "{}", set.text());
    let first = put(&emulator, "state", &[], b"one").await;
    let one = first.header("x-amz-version-id").to_owned();
    let second = put(&emulator, "state", &[], b"two").await;
    let two = second.header("x-amz-version-id").to_owned();
    assert_ne!(one, two);
    let marked = delete(&emulator, "state", &[]).await;
    assert_eq!(marked.header("x-amz-delete-marker"), "true");
    let marker = marked.header("x-amz-version-id").to_owned();
    let gone = get(&emulator, "state", &[]).await;
    assert_eq!(
        (gone.status, gone.header("x-amz-delete-marker")),
        (404, "true")
    );
    // A marker counts as nothing for a conditional write.
    let old = get(&emulator, &format!("state?versionId={one}"), &[]).await;
    assert_eq!(old.text(), "one");
    let list = ask(
        &emulator,
        &s3(Method::GET, "/trueup-state?versions", &[], b""),
    )
    .await;
    assert_eq!(
        list.text().matches("<Version>").count(),
        2,
        "{}",
        list.text()
    );
    assert_eq!(list.text().matches("<DeleteMarker>").count(), 1);
    let full = ask(&emulator, &s3(Method::DELETE, BUCKET, &[], b"")).await;
    assert_eq!(
        (full.status, full.element("Code").as_str()),
        (409, "BucketNotEmpty")
    );
    let restored = delete(&emulator, &format!("state?versionId={marker}"), &[]).await;
    assert_eq!(restored.status, 204);
    assert_eq!(get(&emulator, "state", &[]).await.text(), "two");
    let both = format!(
        "<Delete><Object><Key>state</Key><VersionId>{one}</VersionId></Object><Object><Key>state</Key><VersionId>{two}</VersionId></Object></Delete>"
    );
    let removed = ask(
        &emulator,
        &s3(Method::POST, "/trueup-state?delete", &[], both.as_bytes()),
    )
    .await;
    assert_eq!(
        removed.text().matches("<Deleted>").count(),
        2,
        "{}",
        removed.text()
    );
    let empty = ask(&emulator, &s3(Method::DELETE, BUCKET, &[], b"")).await;
    assert_eq!(empty.status, 204, "{}", empty.text());
}

#[tokio::test]
async fn wrong_checksums_are_refused_and_right_ones_kept() {
    let emulator = bucket().await;
    let sum = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let put_ok = put(
        &emulator,
        "state",
        &[("x-amz-checksum-sha256", sum)],
        b"hello",
    )
    .await;
    assert_eq!(put_ok.status, 200, "{}", put_ok.text());
    assert_eq!(put_ok.header("x-amz-checksum-sha256"), sum);
    let wrong = put(
        &emulator,
        "state",
        &[("x-amz-checksum-sha256", sum)],
        b"hullo",
    )
    .await;
    assert_eq!(wrong.element("Code"), "BadDigest");
    let wrong = put(
        &emulator,
        "state",
        &[("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")],
        b"hullo",
    )
    .await;
    assert_eq!(wrong.element("Code"), "BadDigest");
    let read = get(&emulator, "state", &[("x-amz-checksum-mode", "ENABLED")]).await;
    assert_eq!(read.header("x-amz-checksum-sha256"), sum);
    let chunked = b"5\r\nhello\r\n0\r\nx-amz-checksum-sha256:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\r\n\r\n";
    let streamed = put(
        &emulator,
        "streamed",
        &[
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "5"),
            ("x-amz-trailer", "x-amz-checksum-sha256"),
        ],
        chunked,
    )
    .await;
    assert_eq!(streamed.status, 200, "{}", streamed.text());
    let read = get(&emulator, "streamed", &[]).await;
    assert_eq!(
        (read.text().as_str(), read.header("content-encoding")),
        ("hello", "")
    );
}

#[tokio::test]
async fn encryption_and_tags_are_shown_again() {
    let emulator = bucket().await;
    let made = put(
        &emulator,
        "state",
        &[
            ("x-amz-server-side-encryption", "aws:kms"),
            (
                "x-amz-server-side-encryption-aws-kms-key-id",
                "alias/orders",
            ),
            ("x-amz-acl", "bucket-owner-full-control"),
            ("x-amz-tagging", "team=shop&stage=test"),
            ("x-amz-meta-note", "kept"),
        ],
        b"{}",
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.text());
    let key = made.header("x-amz-server-side-encryption-aws-kms-key-id");
    assert!(
        key.starts_with("arn:aws:kms:us-east-1:123456789012:key/"),
        "{key}"
    );
    let read = get(&emulator, "state", &[]).await;
    assert_eq!(read.header("x-amz-server-side-encryption"), "aws:kms");
    assert_eq!(read.header("x-amz-meta-note"), "kept");
    let tags = get(&emulator, "state?tagging", &[]).await;
    assert!(
        tags.text().contains("<Key>stage</Key><Value>test</Value>"),
        "{}",
        tags.text()
    );
    let md5 = "XrY7u+Ae7tCTyyK7j1rNww==";
    let customer = [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        (
            "x-amz-server-side-encryption-customer-key",
            "aGVsbG8gd29ybGQ=",
        ),
        ("x-amz-server-side-encryption-customer-key-md5", md5),
    ];
    assert_eq!(put(&emulator, "secret", &customer, b"s").await.status, 200);
    assert_eq!(get(&emulator, "secret", &[]).await.status, 400);
    assert_eq!(get(&emulator, "secret", &customer).await.text(), "s");
}

#[tokio::test]
async fn a_multipart_upload_becomes_one_object() {
    let emulator = bucket().await;
    let begun = ask(
        &emulator,
        &s3(
            Method::POST,
            "/trueup-state/big?uploads",
            &[("x-amz-checksum-algorithm", "SHA256")],
            b"",
        ),
    )
    .await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let id = begun.element("UploadId");
    let first = vec![b'a'; 5 * 1024 * 1024];
    let mut tags = Vec::new();
    for (number, body) in [(1, first.as_slice()), (2, b"tail".as_slice())] {
        let path = format!("big?partNumber={number}&uploadId={id}");
        let part = put(&emulator, &path, &[], body).await;
        assert_eq!(part.status, 200, "{}", part.text());
        tags.push(part.header("etag").to_owned());
    }
    let parts = get(&emulator, &format!("big?uploadId={id}"), &[]).await;
    assert_eq!(parts.text().matches("<Part>").count(), 2);
    let complete = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part><Part><PartNumber>2</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
        tags[0], tags[1]
    );
    let path = format!("{BUCKET}/big?uploadId={id}");
    let done = ask(
        &emulator,
        &s3(Method::POST, &path, &[], complete.as_bytes()),
    )
    .await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("-2"), "{}", done.text());
    let read = get(&emulator, "big", &[]).await;
    assert_eq!(read.body.len(), first.len() + 4);
    assert!(read.header("etag").ends_with("-2\""));
    let again = ask(
        &emulator,
        &s3(Method::POST, &path, &[], complete.as_bytes()),
    )
    .await;
    assert_eq!(again.element("Code"), "NoSuchUpload");
}

#[tokio::test]
async fn a_bucket_of_another_region_is_pointed_to() {
    let emulator = bucket().await;
    let elsewhere = ask(
        &emulator,
        &s3_in("eu-west-1", Method::HEAD, BUCKET, &[], b""),
    )
    .await;
    assert_eq!(elsewhere.status, 301);
    assert_eq!(elsewhere.header("x-amz-bucket-region"), "us-east-1");
    let mut hosted = s3(
        Method::GET,
        "http://trueup-state.s3.us-east-1.amazonaws.com/?list-type=2",
        &[],
        b"",
    );
    hosted.headers.push(("x-test".to_owned(), "1".to_owned()));
    let mut request = crate::bed::request(&hosted);
    request.headers_mut().insert(
        "host",
        "trueup-state.s3.us-east-1.amazonaws.com"
            .parse()
            .expect("a header"),
    );
    assert_eq!(emulator.call(request).await.status(), 200);
}
