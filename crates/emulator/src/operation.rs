//! Which service and operation a request asks for.

use http::Method;
use http::request::Parts;

use crate::escapes::fields;

/// A service of the embedded AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// DynamoDB and DynamoDB Streams.
    DynamoDb,
    /// S3.
    S3,
    /// STS.
    Sts,
    /// KMS.
    Kms,
    /// Application Auto Scaling.
    AutoScaling,
    /// EC2.
    Ec2,
    /// IAM.
    Iam,
    /// Kinesis data streams.
    Kinesis,
}

impl Service {
    /// The lower-case name of the service as it stands in a credential scope.
    pub fn name(self) -> &'static str {
        match self {
            Service::DynamoDb => "dynamodb",
            Service::S3 => "s3",
            Service::Sts => "sts",
            Service::Kms => "kms",
            Service::AutoScaling => "application-autoscaling",
            Service::Ec2 => "ec2",
            Service::Iam => "iam",
            Service::Kinesis => "kinesis",
        }
    }
}

/// The service and operation of a request, as AWS names them (`BatchGetItem`,
/// `PutObject`). The body is needed for Query-protocol calls only. An operation
/// that cannot be told is `Unknown`.
pub fn operation_of(parts: &Parts, body: &[u8]) -> (Service, String) {
    if let Some(target) = header(parts, "x-amz-target") {
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
        let service = if prefix.starts_with("TrentService") {
            Service::Kms
        } else if prefix.starts_with("AnyScaleFrontendService") {
            Service::AutoScaling
        } else if prefix.starts_with("Kinesis_") {
            Service::Kinesis
        } else {
            Service::DynamoDb
        };
        return (service, name.to_owned());
    }
    let scope = crate::caller::Caller::of(parts);
    let query_action = || {
        fields(parts.uri.query().unwrap_or_default())
            .chain(fields(std::str::from_utf8(body).unwrap_or_default()))
            .find(|(name, _)| *name == "Action")
            .map(|(_, value)| value.to_owned())
    };
    let by_query = match scope.service.as_deref() {
        Some("sts") => Some(Service::Sts),
        Some("ec2") => Some(Service::Ec2),
        Some("iam") => Some(Service::Iam),
        _ => None,
    };
    if let Some(service) = by_query {
        let action = query_action().unwrap_or_else(|| "Unknown".to_owned());
        return (service, action);
    }
    if scope.service.as_deref() == Some("dynamodb") {
        return (Service::DynamoDb, "Unknown".to_owned());
    }
    let form = header(parts, "content-type")
        .is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    if scope.service.as_deref() != Some("s3")
        && parts.uri.path() == "/"
        && (parts.method == Method::POST && form || parts.method == Method::GET)
        && let Some(action) = query_action()
    {
        return (Service::Sts, action);
    }
    (Service::S3, s3_operation(parts).to_owned())
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|v| v.to_str().ok())
}

/// Sub-resources of a bucket that have a Get, a Put and a Delete of one name.
const BUCKET_SETTINGS: &[(&str, [&str; 3])] = &[
    ("acl", ["GetBucketAcl", "PutBucketAcl", "Unknown"]),
    (
        "accelerate",
        [
            "GetBucketAccelerateConfiguration",
            "PutBucketAccelerateConfiguration",
            "Unknown",
        ],
    ),
    (
        "cors",
        ["GetBucketCors", "PutBucketCors", "DeleteBucketCors"],
    ),
    (
        "encryption",
        [
            "GetBucketEncryption",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
        ],
    ),
    (
        "lifecycle",
        [
            "GetBucketLifecycleConfiguration",
            "PutBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
        ],
    ),
    ("location", ["GetBucketLocation", "Unknown", "Unknown"]),
    (
        "logging",
        ["GetBucketLogging", "PutBucketLogging", "Unknown"],
    ),
    (
        "object-lock",
        [
            "GetObjectLockConfiguration",
            "PutObjectLockConfiguration",
            "Unknown",
        ],
    ),
    (
        "ownershipControls",
        [
            "GetBucketOwnershipControls",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
        ],
    ),
    (
        "policy",
        ["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"],
    ),
    (
        "publicAccessBlock",
        [
            "GetPublicAccessBlock",
            "PutPublicAccessBlock",
            "DeletePublicAccessBlock",
        ],
    ),
    (
        "replication",
        [
            "GetBucketReplication",
            "PutBucketReplication",
            "DeleteBucketReplication",
        ],
    ),
    (
        "requestPayment",
        [
            "GetBucketRequestPayment",
            "PutBucketRequestPayment",
            "Unknown",
        ],
    ),
    (
        "tagging",
        [
            "GetBucketTagging",
            "PutBucketTagging",
            "DeleteBucketTagging",
        ],
    ),
    (
        "versioning",
        ["GetBucketVersioning", "PutBucketVersioning", "Unknown"],
    ),
    (
        "website",
        [
            "GetBucketWebsite",
            "PutBucketWebsite",
            "DeleteBucketWebsite",
        ],
    ),
];

fn s3_operation(parts: &Parts) -> &'static str {
    let path = parts.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let query = parts.uri.query().unwrap_or_default();
    let has = |name: &str| fields(query).any(|(n, _)| n == name);
    let method = &parts.method;
    if bucket.is_empty() {
        return if method == Method::GET {
            "ListBuckets"
        } else {
            "Unknown"
        };
    }
    if key.is_empty() {
        for (name, [get, put, delete]) in BUCKET_SETTINGS {
            if has(name) {
                return match *method {
                    Method::GET => get,
                    Method::PUT => put,
                    Method::DELETE => delete,
                    _ => "Unknown",
                };
            }
        }
        return match *method {
            Method::HEAD => "HeadBucket",
            Method::PUT => "CreateBucket",
            Method::DELETE => "DeleteBucket",
            Method::POST if has("delete") => "DeleteObjects",
            Method::GET if has("versions") => "ListObjectVersions",
            Method::GET if has("uploads") => "ListMultipartUploads",
            Method::GET if has("list-type") => "ListObjectsV2",
            Method::GET => "ListObjects",
            _ => "Unknown",
        };
    }
    let copies = parts.headers.contains_key("x-amz-copy-source");
    match *method {
        Method::HEAD => "HeadObject",
        Method::GET if has("uploadId") => "ListParts",
        Method::GET if has("tagging") => "GetObjectTagging",
        Method::GET if has("acl") => "GetObjectAcl",
        Method::GET if has("attributes") => "GetObjectAttributes",
        Method::GET if has("retention") => "GetObjectRetention",
        Method::GET if has("legal-hold") => "GetObjectLegalHold",
        Method::GET => "GetObject",
        Method::PUT if has("uploadId") && copies => "UploadPartCopy",
        Method::PUT if has("uploadId") => "UploadPart",
        Method::PUT if has("tagging") => "PutObjectTagging",
        Method::PUT if has("acl") => "PutObjectAcl",
        Method::PUT if has("retention") => "PutObjectRetention",
        Method::PUT if has("legal-hold") => "PutObjectLegalHold",
        Method::PUT if copies => "CopyObject",
        Method::PUT => "PutObject",
        Method::POST if has("uploads") => "CreateMultipartUpload",
        Method::POST if has("uploadId") => "CompleteMultipartUpload",
        Method::DELETE if has("uploadId") => "AbortMultipartUpload",
        Method::DELETE if has("tagging") => "DeleteObjectTagging",
        Method::DELETE => "DeleteObject",
        _ => "Unknown",
    }
}
