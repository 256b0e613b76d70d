//! Objects written: put and copied.

use std::collections::BTreeMap;

use bytes::Bytes;
use rusqlite::Connection;
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, ETag, PutObjectInput,
    PutObjectOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Scope;
use super::checksums::{self, fill_sums, given_sums};
use super::guards::{self, ReadConditions, internal, timestamp};
use super::kept::{fill_encryption, meta_of, settle_encryption, shown_version};
use super::store::{self, BucketRow, Meta, NewObject, ObjectRow};

/// What a write left behind.
struct Written {
    etag: String,
    version: String,
    /// Milliseconds since 1970.
    modified: i64,
}

/// Writes a whole object, encrypted as `meta` or else the bucket says.
fn write(
    connection: &Connection,
    scope: &Scope,
    bucket: &BucketRow,
    key: &str,
    meta: &mut Meta,
    body: &[u8],
) -> S3Result<Written> {
    meta.sum_type = Some("FULL_OBJECT".to_owned());
    settle_encryption(connection, scope, bucket, meta)?;
    let etag = checksums::md5_hex(body);
    let new = NewObject {
        bucket,
        key,
        marker: false,
        etag: &etag,
        meta,
        body,
    };
    let (version, modified) = store::insert(connection, &new).map_err(internal)?;
    Ok(Written {
        etag,
        version,
        modified,
    })
}

/// PutObject.
pub(crate) fn put(
    connection: &Connection,
    scope: &Scope,
    input: &PutObjectInput,
    body: &[u8],
) -> S3Result<PutObjectOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    checksums::check_md5(input.content_md5.as_deref(), body)?;
    let wanted = input.checksum_algorithm.as_ref().map(|a| a.as_str());
    let sums = checksums::settle(&given_sums!(input), wanted, body)?;
    let current = store::latest(connection, &bucket.name, &input.key).map_err(internal)?;
    guards::check_write(
        current.as_ref(),
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    if let Some(row) = &current
        && bucket.versioning.as_deref() != Some("Enabled")
        && row.version == store::NULL_VERSION
    {
        guards::check_lock(&row.meta, false)?;
    }
    let mut meta = meta_of!(input);
    meta.sums = sums;
    let new = write(connection, scope, &bucket, &input.key, &mut meta, body)?;
    let mut output = PutObjectOutput {
        e_tag: Some(ETag::Strong(new.etag)),
        version_id: shown_version(&bucket, &new.version),
        checksum_type: Some("FULL_OBJECT".to_owned().into()),
        ..PutObjectOutput::default()
    };
    fill_sums!(output, &meta.sums);
    fill_encryption!(output, meta);
    Ok(output)
}

/// The object that a copy reads: its bucket, version and content.
pub(crate) fn copy_source(
    connection: &Connection,
    source: &CopySource,
) -> S3Result<(BucketRow, ObjectRow, Bytes)> {
    let CopySource::Bucket {
        bucket,
        key,
        version_id,
    } = source
    else {
        return Err(S3Error::new(S3ErrorCode::NotImplemented));
    };
    // A copy may read from another region.
    let from = store::bucket(connection, bucket)
        .map_err(internal)?
        .ok_or_else(|| S3Error::new(S3ErrorCode::NoSuchBucket))?;
    let row = guards::object(connection, &from, key, version_id.as_deref())?;
    let content = store::body(connection, row.seq).map_err(internal)?;
    Ok((from, row, Bytes::from(content)))
}

/// CopyObject.
pub(crate) fn copy(
    connection: &Connection,
    scope: &Scope,
    input: &CopyObjectInput,
) -> S3Result<CopyObjectOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let (from, source, content) = copy_source(connection, &input.copy_source)?;
    let conditions = ReadConditions {
        if_match: input.copy_source_if_match.as_ref(),
        if_none_match: input.copy_source_if_none_match.as_ref(),
        if_modified_since: input.copy_source_if_modified_since.as_ref(),
        if_unmodified_since: input.copy_source_if_unmodified_since.as_ref(),
    };
    if conditions.check(&source).is_err() {
        return Err(guards::precondition_failed());
    }
    guards::check_customer_key(
        &source.meta,
        input.copy_source_sse_customer_key_md5.as_deref(),
    )?;
    let replaces = |directive: Option<&str>| directive == Some("REPLACE");
    let mut meta = meta_of!(input);
    if !replaces(input.metadata_directive.as_ref().map(|d| d.as_str())) {
        let kept = source.meta.clone();
        meta = Meta {
            content_type: kept.content_type,
            content_encoding: kept.content_encoding,
            content_language: kept.content_language,
            content_disposition: kept.content_disposition,
            cache_control: kept.cache_control,
            expires: kept.expires,
            user: kept.user,
            ..meta
        };
    }
    if !replaces(input.tagging_directive.as_ref().map(|d| d.as_str())) {
        meta.tags = source.meta.tags.clone();
    }
    let wanted = input.checksum_algorithm.as_ref().map(|a| a.as_str());
    meta.sums = checksums::settle(&BTreeMap::new(), wanted, &content)?;
    let new = write(connection, scope, &bucket, &input.key, &mut meta, &content)?;
    let mut result = CopyObjectResult {
        e_tag: Some(ETag::Strong(new.etag)),
        last_modified: Some(timestamp(new.modified)),
        ..CopyObjectResult::default()
    };
    fill_sums!(result, &meta.sums);
    let mut output = CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: shown_version(&from, &source.version),
        version_id: shown_version(&bucket, &new.version),
        ..CopyObjectOutput::default()
    };
    fill_encryption!(output, meta);
    Ok(output)
}
