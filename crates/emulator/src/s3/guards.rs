//! What may stop a request: bucket and region, conditional headers, locks on versions.

use rusqlite::Connection;
use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result};

use super::Scope;
use super::store::{self, BucketRow, Meta, ObjectRow};

/// A failure of the store is an internal error.
pub(crate) fn internal(error: rusqlite::Error) -> S3Error {
    tracing::error!(%error, "the store of the embedded S3 failed");
    S3Error::with_message(
        S3ErrorCode::InternalError,
        // The cause is said: whoever reads it owns the disk it is on.
        format!("We encountered an internal error. Please try again. ({error})"),
    )
}

/// The scope that the front put into a request.
pub(crate) fn scope_of<T>(request: &S3Request<T>) -> S3Result<Scope> {
    request
        .extensions
        .get::<Scope>()
        .cloned()
        .ok_or_else(|| S3Error::new(S3ErrorCode::InternalError))
}

/// The bucket of a request, in the region the request was signed for.
pub(crate) fn bucket(connection: &Connection, name: &str, scope: &Scope) -> S3Result<BucketRow> {
    let bucket = store::bucket(connection, name)
        .map_err(internal)?
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::NoSuchBucket,
                "The specified bucket does not exist",
            )
        })?;
    if bucket.region == scope.region {
        return Ok(bucket);
    }
    let mut error = S3Error::with_message(
        S3ErrorCode::PermanentRedirect,
        format!(
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint: s3.{}.amazonaws.com",
            bucket.region
        ),
    );
    let mut headers = http::HeaderMap::new();
    if let Ok(region) = http::HeaderValue::from_str(&bucket.region) {
        headers.insert("x-amz-bucket-region", region);
    }
    error.set_status_code(http::StatusCode::MOVED_PERMANENTLY);
    error.set_headers(headers);
    Err(error)
}

/// The version that a request means. Delete markers and what is not there are errors.
pub(crate) fn object(
    connection: &Connection,
    bucket: &BucketRow,
    key: &str,
    version: Option<&str>,
) -> S3Result<ObjectRow> {
    let found = match version {
        Some(version) => store::version(connection, &bucket.name, key, version),
        None => store::latest(connection, &bucket.name, key),
    }
    .map_err(internal)?;
    match (found, version) {
        (Some(row), Some(_)) if row.marker => {
            let mut error = S3Error::with_message(
                S3ErrorCode::MethodNotAllowed,
                "The specified method is not allowed against this resource.",
            );
            error.set_headers(marker_headers(&row));
            Err(error)
        }
        (Some(row), None) if row.marker => {
            let mut error = no_such_key();
            error.set_headers(marker_headers(&row));
            Err(error)
        }
        (Some(row), _) => Ok(row),
        (None, Some(_)) => Err(S3Error::with_message(
            S3ErrorCode::NoSuchVersion,
            "The specified version does not exist.",
        )),
        (None, None) => Err(no_such_key()),
    }
}

fn marker_headers(row: &ObjectRow) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    headers.insert(
        "x-amz-delete-marker",
        http::HeaderValue::from_static("true"),
    );
    if let Ok(version) = http::HeaderValue::from_str(&row.version) {
        headers.insert("x-amz-version-id", version);
    }
    headers
}

/// An error whose code the S3 types do not list, with its status.
pub(crate) fn custom(
    code: &'static str,
    status: http::StatusCode,
    message: &'static str,
) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status);
    error
}

/// `NoSuchKey`.
pub(crate) fn no_such_key() -> S3Error {
    S3Error::with_message(S3ErrorCode::NoSuchKey, "The specified key does not exist.")
}

/// `PreconditionFailed`.
pub(crate) fn precondition_failed() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::PreconditionFailed,
        "At least one of the pre-conditions you specified did not hold",
    )
}

/// Whether a condition names the object's tag.
pub(crate) fn matches(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(ETag::Strong(tag) | ETag::Weak(tag)) => tag == etag,
    }
}

/// The conditions of a write: `If-Match` names the object that is replaced,
/// `If-None-Match: *` wants none to be there.
pub(crate) fn check_write(
    current: Option<&ObjectRow>,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    let current = current.filter(|row| !row.marker);
    if let Some(condition) = if_match {
        let Some(row) = current else {
            return Err(no_such_key());
        };
        if !matches(condition, &row.etag) {
            return Err(precondition_failed());
        }
    }
    match if_none_match {
        None => Ok(()),
        Some(ETagCondition::Any) if current.is_some() => Err(precondition_failed()),
        Some(ETagCondition::Any) => Ok(()),
        Some(ETagCondition::ETag(_)) => Err(S3Error::with_message(
            S3ErrorCode::NotImplemented,
            "A header you provided implies functionality that is not implemented",
        )),
    }
}

/// The conditions of a read.
pub(crate) struct ReadConditions<'a> {
    pub(crate) if_match: Option<&'a ETagCondition>,
    pub(crate) if_none_match: Option<&'a ETagCondition>,
    pub(crate) if_modified_since: Option<&'a Timestamp>,
    pub(crate) if_unmodified_since: Option<&'a Timestamp>,
}

impl ReadConditions<'_> {
    /// Stops with 412 or 304 where a condition does not hold.
    pub(crate) fn check(&self, row: &ObjectRow) -> S3Result<()> {
        // Headers carry whole seconds.
        let modified = timestamp(row.modified / 1000 * 1000);
        match (self.if_match, self.if_unmodified_since) {
            (Some(condition), _) if !matches(condition, &row.etag) => {
                return Err(precondition_failed());
            }
            (None, Some(since)) if modified > *since => return Err(precondition_failed()),
            _ => {}
        }
        let not_modified = match (self.if_none_match, self.if_modified_since) {
            (Some(condition), _) => matches(condition, &row.etag),
            (None, Some(since)) => modified <= *since,
            (None, None) => false,
        };
        if not_modified {
            let mut error = S3Error::new(S3ErrorCode::NotModified);
            let mut headers = http::HeaderMap::new();
            if let Ok(tag) = http::HeaderValue::from_str(&format!("\"{}\"", row.etag)) {
                headers.insert(http::header::ETAG, tag);
            }
            error.set_headers(headers);
            return Err(error);
        }
        Ok(())
    }
}

/// A time in milliseconds since the epoch, as the S3 types have it.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    let since = std::time::Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
    Timestamp::from(std::time::SystemTime::UNIX_EPOCH + since)
}

/// Seconds since the epoch of a time of the S3 types.
pub(crate) fn seconds(time: &Timestamp) -> i64 {
    let mut text = Vec::new();
    if time
        .format(s3s::dto::TimestampFormat::EpochSeconds, &mut text)
        .is_err()
    {
        return 0;
    }
    String::from_utf8_lossy(&text)
        .split('.')
        .next()
        .and_then(|whole| whole.parse().ok())
        .unwrap_or(0)
}

/// A locked version may not be removed.
pub(crate) fn check_lock(meta: &Meta, bypass: bool) -> S3Result<()> {
    let now = store::now_ms() / 1000;
    let retained = meta.lock_until.is_some_and(|until| until > now)
        && !(bypass && meta.lock_mode.as_deref() == Some("GOVERNANCE"));
    if meta.legal_hold || retained {
        return Err(S3Error::with_message(
            S3ErrorCode::AccessDenied,
            "Access Denied because object protected by object lock.",
        ));
    }
    Ok(())
}

/// An object under a customer's key is read with that key only.
pub(crate) fn check_customer_key(meta: &Meta, given_md5: Option<&str>) -> S3Result<()> {
    match (&meta.customer_key_md5, given_md5) {
        (None, None) => Ok(()),
        (Some(kept), Some(given)) if kept == given => Ok(()),
        (Some(_), Some(_)) => Err(S3Error::with_message(
            S3ErrorCode::AccessDenied,
            "Access Denied",
        )),
        (Some(_), None) => Err(S3Error::with_message(
            S3ErrorCode::InvalidRequest,
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
        )),
        (None, Some(_)) => Err(S3Error::with_message(
            S3ErrorCode::InvalidRequest,
            "The encryption parameters are not applicable to this object.",
        )),
    }
}
