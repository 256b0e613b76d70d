//! Settings of buckets: the text that was put is the text that is read back.
//!
//! A setting is stored as it came, after it was read once through the S3 types
//! so that a malformed one is refused. That keeps elements a later AWS may add.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use rusqlite::{Connection, params};
use s3s::dto;
use s3s::xml::Deserializer;

use super::defaults::{acl_with, canned_grants, element, text_of};
use super::store::{self, BucketRow, S3Store};
use super::{Scope, error, xml};
use super::{access, guards};
use crate::escapes::{decoded, fields};

/// The header that carries the size below which lifecycle rules move nothing; also the name under
/// which it is kept.
const SMALLEST: &str = "x-amz-transition-default-minimum-object-size";

/// What a setting that was never put reads as.
enum Unset {
    /// An error with this code and message.
    Missing(&'static str, &'static str),
    /// An element of this name with this content.
    Element(&'static str, &'static str),
}

struct Setting {
    /// Name of the sub-resource in the query.
    name: &'static str,
    unset: Unset,
    /// Whether a body may be put.
    accepts: fn(&[u8]) -> bool,
    /// Whether it can be deleted.
    deletable: bool,
}

fn reads<T: for<'xml> s3s::xml::Deserialize<'xml>>(body: &[u8]) -> bool {
    let mut reader = Deserializer::new(body);
    T::deserialize(&mut reader).is_ok() && reader.expect_eof().is_ok()
}

fn is_policy(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|value| value.is_object())
}

fn never(_: &[u8]) -> bool {
    false
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "accelerate",
        unset: Unset::Element("AccelerateConfiguration", ""),
        accepts: reads::<dto::AccelerateConfiguration>,
        deletable: false,
    },
    Setting {
        name: "acl",
        unset: Unset::Element("AccessControlPolicy", ""),
        accepts: reads::<dto::AccessControlPolicy>,
        deletable: false,
    },
    Setting {
        name: "cors",
        unset: Unset::Missing(
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist",
        ),
        accepts: reads::<dto::CORSConfiguration>,
        deletable: true,
    },
    Setting {
        name: "encryption",
        unset: Unset::Element(
            "ServerSideEncryptionConfiguration",
            "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>",
        ),
        accepts: reads::<dto::ServerSideEncryptionConfiguration>,
        deletable: true,
    },
    Setting {
        name: "lifecycle",
        unset: Unset::Missing(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        ),
        accepts: reads::<dto::BucketLifecycleConfiguration>,
        deletable: true,
    },
    Setting {
        name: "location",
        unset: Unset::Element("LocationConstraint", ""),
        accepts: never,
        deletable: false,
    },
    Setting {
        name: "logging",
        unset: Unset::Element("BucketLoggingStatus", ""),
        accepts: reads::<dto::BucketLoggingStatus>,
        deletable: false,
    },
    Setting {
        name: "notification",
        unset: Unset::Element("NotificationConfiguration", ""),
        accepts: reads::<dto::NotificationConfiguration>,
        deletable: false,
    },
    Setting {
        name: "object-lock",
        unset: Unset::Missing(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
        accepts: reads::<dto::ObjectLockConfiguration>,
        deletable: false,
    },
    Setting {
        name: "ownershipControls",
        unset: Unset::Missing(
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
        accepts: reads::<dto::OwnershipControls>,
        deletable: true,
    },
    Setting {
        name: "policy",
        unset: Unset::Missing("NoSuchBucketPolicy", "The bucket policy does not exist"),
        accepts: is_policy,
        deletable: true,
    },
    Setting {
        name: "publicAccessBlock",
        unset: Unset::Missing(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        accepts: reads::<dto::PublicAccessBlockConfiguration>,
        deletable: true,
    },
    Setting {
        name: "replication",
        unset: Unset::Missing(
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
        accepts: reads::<dto::ReplicationConfiguration>,
        deletable: true,
    },
    Setting {
        name: "requestPayment",
        unset: Unset::Element("RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>"),
        accepts: reads::<dto::RequestPaymentConfiguration>,
        deletable: false,
    },
    Setting {
        name: "tagging",
        unset: Unset::Missing("NoSuchTagSet", "The TagSet does not exist"),
        accepts: reads::<dto::Tagging>,
        deletable: true,
    },
    Setting {
        name: "versioning",
        unset: Unset::Element("VersioningConfiguration", ""),
        accepts: reads::<dto::VersioningConfiguration>,
        deletable: false,
    },
    Setting {
        name: "website",
        unset: Unset::Missing(
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
        accepts: reads::<dto::WebsiteConfiguration>,
        deletable: true,
    },
];

/// Answers a request for a bucket's setting; `None` if it is for something else.
pub(crate) fn answer(
    store: &S3Store,
    scope: &Scope,
    parts: &Parts,
    body: &[u8],
) -> Option<Response<Bytes>> {
    let path = parts.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() || !key.is_empty() {
        return None;
    }
    let query = parts.uri.query()?;
    let setting = SETTINGS
        .iter()
        .find(|setting| fields(query).any(|(name, _)| name == setting.name))?;
    let connection = store.lock();
    let bucket = match guards::bucket(&connection, &decoded(bucket, false), scope) {
        Ok(bucket) => bucket,
        Err(problem) => return Some(of_error(&problem)),
    };
    let answer = match parts.method {
        Method::GET => get(&connection, scope, &bucket, setting),
        Method::PUT => put(&connection, scope, &bucket, setting, parts, body),
        Method::DELETE if setting.deletable => delete(&connection, &bucket, setting),
        _ => Ok(error(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        )),
    };
    Some(answer.unwrap_or_else(|problem| of_error(&guards::internal(problem))))
}

fn of_error(problem: &s3s::S3Error) -> Response<Bytes> {
    let status = problem
        .status_code()
        .or_else(|| problem.code().status_code())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = error(
        status,
        problem.code().as_str(),
        problem.message().unwrap_or_default(),
    );
    for (name, value) in problem.headers().into_iter().flatten() {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    answer
}

fn get(
    connection: &Connection,
    scope: &Scope,
    bucket: &BucketRow,
    setting: &Setting,
) -> rusqlite::Result<Response<Bytes>> {
    if setting.name == "location" && bucket.region != "us-east-1" {
        return Ok(xml(
            StatusCode::OK,
            element("LocationConstraint", &bucket.region),
        ));
    }
    if let Some(body) = store::setting(connection, &bucket.name, setting.name)? {
        let mut answer = xml(StatusCode::OK, body);
        if setting.name == "lifecycle" {
            let size = store::setting(connection, &bucket.name, SMALLEST)?;
            let size = size.and_then(|size| HeaderValue::from_bytes(&size).ok());
            let usual = HeaderValue::from_static("all_storage_classes_128K");
            answer.headers_mut().insert(SMALLEST, size.unwrap_or(usual));
        }
        if setting.name == "policy" {
            answer.headers_mut().insert(
                http::header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
        }
        return Ok(answer);
    }
    Ok(match setting.unset {
        Unset::Missing(code, message) => error(StatusCode::NOT_FOUND, code, message),
        Unset::Element("AccessControlPolicy", _) => xml(StatusCode::OK, acl_with(scope, "")),
        Unset::Element(name, content) => xml(StatusCode::OK, element(name, content)),
    })
}

fn put(
    connection: &Connection,
    scope: &Scope,
    bucket: &BucketRow,
    setting: &Setting,
    parts: &Parts,
    body: &[u8],
) -> rusqlite::Result<Response<Bytes>> {
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let canned = header("x-amz-acl");
    if let Some(refused) = access::refused(connection, bucket, setting.name, canned, body)? {
        return Ok(refused);
    }
    if setting.name == "acl" && body.is_empty() {
        let grants = canned.map_or(Some(String::new()), canned_grants);
        let Some(grants) = grants else {
            return Ok(error(
                StatusCode::BAD_REQUEST,
                "InvalidArgument",
                "The canned ACL is not valid",
            ));
        };
        let text = acl_with(scope, &grants);
        store::put_setting(connection, &bucket.name, setting.name, text.as_bytes())?;
        return Ok(empty(StatusCode::OK));
    }
    if !(setting.accepts)(body) {
        let (code, message) = if setting.name == "policy" {
            (
                "MalformedPolicy",
                "Policies must be valid JSON and the first byte must be '{'",
            )
        } else {
            (
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema",
            )
        };
        return Ok(error(StatusCode::BAD_REQUEST, code, message));
    }
    if setting.name == "versioning" {
        let text = String::from_utf8_lossy(body);
        let status = text_of(&text, "Status");
        if bucket.object_lock && status != Some("Enabled") {
            return Ok(error(
                StatusCode::CONFLICT,
                "InvalidBucketState",
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            ));
        }
        if let Some(status) = status {
            connection.execute(
                "UPDATE bucket SET versioning = ?2 WHERE name = ?1",
                params![bucket.name, status],
            )?;
        }
    }
    if setting.name == "object-lock" {
        if bucket.versioning.as_deref() != Some("Enabled") {
            return Ok(error(
                StatusCode::CONFLICT,
                "InvalidBucketState",
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            ));
        }
        connection.execute(
            "UPDATE bucket SET object_lock = 1 WHERE name = ?1",
            params![bucket.name],
        )?;
    }
    store::put_setting(connection, &bucket.name, setting.name, body)?;
    if setting.name == "lifecycle"
        && let Some(size) = header(SMALLEST)
    {
        store::put_setting(connection, &bucket.name, SMALLEST, size.as_bytes())?;
    }
    Ok(empty(match setting.name {
        "policy" | "tagging" => StatusCode::NO_CONTENT,
        _ => StatusCode::OK,
    }))
}

fn delete(
    connection: &Connection,
    bucket: &BucketRow,
    setting: &Setting,
) -> rusqlite::Result<Response<Bytes>> {
    connection.execute(
        "DELETE FROM bucket_setting WHERE bucket = ?1 AND name = ?2",
        params![bucket.name, setting.name],
    )?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = status;
    answer
}
