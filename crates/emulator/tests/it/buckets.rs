//! Settings of buckets: the right error where there is none, the put text where there is one.

use http::Method;

use crate::bed::{ask, memory, s3, s3_in};

/// Sub-resource, code where it is not set, a text to put, status of the put, whether it can be deleted.
const CASES: &[(&str, &str, &str, u16, bool)] = &[
    (
        "cors",
        "NoSuchCORSConfiguration",
        "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
        200,
        true,
    ),
    (
        "lifecycle",
        "NoSuchLifecycleConfiguration",
        "<LifecycleConfiguration><Rule><ID>old</ID><Filter><Prefix>log/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>",
        200,
        true,
    ),
    (
        "policy",
        "NoSuchBucketPolicy",
        "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
        204,
        true,
    ),
    (
        "replication",
        "ReplicationConfigurationNotFoundError",
        "<ReplicationConfiguration><Role>arn:aws:iam::123456789012:role/r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::events</Bucket></Destination></Rule></ReplicationConfiguration>",
        200,
        true,
    ),
    (
        "tagging",
        "NoSuchTagSet",
        "<Tagging><TagSet><Tag><Key>team</Key><Value>shop</Value></Tag></TagSet></Tagging>",
        204,
        true,
    ),
    (
        "website",
        "NoSuchWebsiteConfiguration",
        "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
        200,
        true,
    ),
    (
        "accelerate",
        "",
        "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>",
        200,
        false,
    ),
    (
        "logging",
        "",
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>events</TargetBucket><TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>",
        200,
        false,
    ),
    (
        "requestPayment",
        "",
        "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
        200,
        false,
    ),
    (
        "encryption",
        "",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
        200,
        true,
    ),
    (
        "publicAccessBlock",
        "",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        200,
        true,
    ),
    (
        "ownershipControls",
        "",
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
        200,
        true,
    ),
];

#[tokio::test]
async fn settings_are_read_back_as_they_were_put() {
    let emulator = memory(0);
    let put = |path: String, body: &'static str| s3(Method::PUT, &path, &[], body.as_bytes());
    let missing = ask(&emulator, &s3(Method::GET, "/events?cors", &[], b"")).await;
    assert_eq!(missing.element("Code"), "NoSuchBucket");
    ask(&emulator, &put("/events".to_owned(), "")).await;
    for (name, code, body, status, deletable) in CASES {
        let path = format!("/events?{name}");
        let get = s3(Method::GET, &path, &[], b"");
        let unset = ask(&emulator, &get).await;
        let expected = if code.is_empty() { 200 } else { 404 };
        assert_eq!(
            (unset.status, unset.element("Code").as_str()),
            (expected, *code),
            "{name}"
        );
        let bad = ask(&emulator, &put(path.clone(), "<Nonsense>")).await;
        assert_eq!(bad.status, 400, "{name}");
        let done = ask(&emulator, &put(path.clone(), body)).await;
        assert_eq!(done.status, *status, "{name}: {}", done.text());
        assert_eq!(ask(&emulator, &get).await.text(), *body, "{name}");
        let removed = ask(&emulator, &s3(Method::DELETE, &path, &[], b"")).await;
        assert_eq!(removed.status, if *deletable { 204 } else { 405 }, "{name}");
        if !code.is_empty() {
            assert_eq!(ask(&emulator, &get).await.element("Code"), *code, "{name}");
        }
    }
    let canned = s3(
        Method::PUT,
        "/events?acl",
        &[("x-amz-acl", "public-read")],
        b"",
    );
    assert_eq!(ask(&emulator, &canned).await.status, 200);
    let acl = ask(&emulator, &s3(Method::GET, "/events?acl", &[], b"")).await;
    assert!(acl.text().contains("AllUsers"), "{}", acl.text());
}

#[tokio::test]
async fn buckets_know_their_region() {
    let emulator = memory(0);
    let body = b"<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    let made = ask(
        &emulator,
        &s3_in("eu-west-1", Method::PUT, "/events", &[], body),
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.text());
    let again = ask(
        &emulator,
        &s3_in("eu-west-1", Method::PUT, "/events", &[], body),
    )
    .await;
    assert_eq!(
        (again.status, again.element("Code").as_str()),
        (409, "BucketAlreadyOwnedByYou")
    );
    let location = ask(
        &emulator,
        &s3_in("eu-west-1", Method::GET, "/events?location", &[], b""),
    )
    .await;
    assert!(
        location.text().contains(">eu-west-1<"),
        "{}",
        location.text()
    );
    let head = ask(
        &emulator,
        &s3_in("eu-west-1", Method::HEAD, "/events", &[], b""),
    )
    .await;
    assert_eq!(head.header("x-amz-bucket-region"), "eu-west-1");
    emulator
        .ensure_bucket("orders-state", "us-east-1")
        .expect("a bucket is made");
    emulator
        .ensure_bucket("orders-state", "us-east-1")
        .expect("and made again");
    assert!(emulator.ensure_bucket("No Bucket", "us-east-1").is_err());
    let list = ask(&emulator, &s3(Method::GET, "/", &[], b"")).await;
    assert!(
        list.text().contains("<Name>events</Name>"),
        "{}",
        list.text()
    );
    assert!(list.text().contains("<Name>orders-state</Name>"));
    let missing = ask(&emulator, &s3(Method::HEAD, "/nothing-here", &[], b"")).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn a_locked_version_stays() {
    let emulator = memory(0);
    let lock = [("x-amz-bucket-object-lock-enabled", "true")];
    ask(&emulator, &s3(Method::PUT, "/events", &lock, b"")).await;
    let held = [
        ("x-amz-object-lock-mode", "GOVERNANCE"),
        (
            "x-amz-object-lock-retain-until-date",
            "2099-01-01T00:00:00Z",
        ),
    ];
    let made = ask(&emulator, &s3(Method::PUT, "/events/a", &held, b"x")).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let path = format!("/events/a?versionId={}", made.header("x-amz-version-id"));
    let refused = ask(&emulator, &s3(Method::DELETE, &path, &[], b"")).await;
    assert_eq!(
        (refused.status, refused.element("Code").as_str()),
        (403, "AccessDenied")
    );
    let bypass = [("x-amz-bypass-governance-retention", "true")];
    assert_eq!(
        ask(&emulator, &s3(Method::DELETE, &path, &bypass, b""))
            .await
            .status,
        204
    );
    let versioning = ask(&emulator, &s3(Method::GET, "/events?versioning", &[], b"")).await;
    assert_eq!(versioning.element("Status"), "Enabled");
}
