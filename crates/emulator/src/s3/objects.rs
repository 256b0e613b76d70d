//! Objects: put, get, head, delete, copy, and what is kept beside their content.

use std::collections::BTreeMap;

use bytes::Bytes;
use rusqlite::Connection;
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput,
    DeleteObjectOutput, ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    PutObjectInput, PutObjectOutput, Range, StreamingBlob, Timestamp, TimestampFormat,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::checksums::{self, fill_sums, given_sums};
use super::guards::{self, ReadConditions, internal, timestamp};
use super::store::{self, BucketRow, Meta, NewObject, ObjectRow};
use super::{Scope, decoded, settings};
use crate::{caller, kms};

/// The fields of [`Meta`] that every writing request has under the same names.
macro_rules! meta_of {
    ($input:expr) => {
        Meta {
            content_type: $input.content_type.clone(),
            content_encoding: $input.content_encoding.clone(),
            content_language: $input.content_language.clone(),
            content_disposition: $input.content_disposition.clone(),
            cache_control: $input.cache_control.clone(),
            expires: $input.expires.as_ref().map($crate::s3::objects::http_date),
            storage_class: $input.storage_class.as_ref().map(|c| c.as_str().to_owned()),
            website_redirect: $input.website_redirect_location.clone(),
            user: $input
                .metadata
                .clone()
                .unwrap_or_default()
                .into_iter()
                .collect(),
            encryption: $input
                .server_side_encryption
                .as_ref()
                .map(|e| e.as_str().to_owned()),
            kms_key: $input.ssekms_key_id.clone(),
            bucket_key: $input.bucket_key_enabled,
            customer_key_md5: $input.sse_customer_key_md5.clone(),
            tags: $crate::s3::objects::tags_of_header($input.tagging.as_deref()),
            lock_mode: $input
                .object_lock_mode
                .as_ref()
                .map(|m| m.as_str().to_owned()),
            lock_until: $input
                .object_lock_retain_until_date
                .as_ref()
                .map($crate::s3::guards::seconds),
            legal_hold: $input
                .object_lock_legal_hold_status
                .as_ref()
                .is_some_and(|s| s.as_str() == "ON"),
            ..Meta::default()
        }
    };
}
pub(crate) use meta_of;

/// The encryption members that every answer has under the same names.
macro_rules! fill_encryption {
    ($output:expr, $meta:expr) => {{
        $output.server_side_encryption = $meta.encryption.clone().map(Into::into);
        $output.ssekms_key_id = $meta.kms_key.clone();
        $output.bucket_key_enabled = $meta.bucket_key;
        $output.sse_customer_key_md5 = $meta.customer_key_md5.clone();
        $output.sse_customer_algorithm = $meta
            .customer_key_md5
            .is_some()
            .then(|| "AES256".to_owned().into());
    }};
}
pub(crate) use fill_encryption;

/// A time as HTTP headers hold it.
pub(crate) fn http_date(time: &Timestamp) -> String {
    let mut text = Vec::new();
    if time.format(TimestampFormat::HttpDate, &mut text).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Tags of an `x-amz-tagging` header: `a=b&c=d`.
pub(crate) fn tags_of_header(header: Option<&str>) -> Vec<(String, String)> {
    header
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name, true), decoded(value, true))
        })
        .collect()
}

/// Completes encryption from the bucket's default, and key names to ARNs.
pub(crate) fn settle_encryption(
    connection: &Connection,
    scope: &Scope,
    bucket: &BucketRow,
    meta: &mut Meta,
) -> S3Result<()> {
    if meta.customer_key_md5.is_some() {
        return Ok(());
    }
    if meta.encryption.is_none() {
        let (algorithm, key, bucket_key) =
            settings::default_encryption(connection, &bucket.name).map_err(internal)?;
        meta.bucket_key = meta.bucket_key.or(bucket_key.filter(|on| *on));
        meta.encryption = Some(algorithm);
        meta.kms_key = meta.kms_key.take().or(key);
    }
    let by_kms = meta
        .encryption
        .as_deref()
        .is_some_and(|algorithm| algorithm.starts_with("aws:kms"));
    if !by_kms {
        meta.kms_key = None;
        return Ok(());
    }
    let region = &scope.region;
    let account = &scope.account;
    meta.kms_key = Some(match meta.kms_key.take() {
        None => kms::default_key_arn(account, region, "s3"),
        Some(key) if key.starts_with("arn:") => key,
        Some(key) if key.starts_with("alias/") => kms::alias_key_arn(account, region, &key),
        Some(key) => format!(
            "arn:{}:kms:{region}:{account}:key/{key}",
            caller::partition(region)
        ),
    });
    Ok(())
}

/// The version id as answers show it: buckets without versioning show none.
pub(crate) fn shown_version(bucket: &BucketRow, version: &str) -> Option<String> {
    bucket.versioning.as_ref().map(|_| version.to_owned())
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
    meta.sum_type = Some("FULL_OBJECT".to_owned());
    settle_encryption(connection, scope, &bucket, &mut meta)?;
    let etag = checksums::md5_hex(body);
    let (version, _) = store::insert(
        connection,
        &NewObject {
            bucket: &bucket,
            key: &input.key,
            marker: false,
            etag: &etag,
            meta: &meta,
            body,
        },
    )
    .map_err(internal)?;
    let mut output = PutObjectOutput {
        e_tag: Some(ETag::Strong(etag)),
        version_id: shown_version(&bucket, &version),
        checksum_type: Some("FULL_OBJECT".to_owned().into()),
        ..PutObjectOutput::default()
    };
    fill_sums!(output, &meta.sums);
    fill_encryption!(output, meta);
    Ok(output)
}

/// The members that GetObject and HeadObject answer alike.
macro_rules! read_output {
    ($output:ident, $bucket:expr, $row:expr, $length:expr, $range:expr, $with_sums:expr) => {{
        let meta = &$row.meta;
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: meta.cache_control.clone(),
            content_disposition: meta.content_disposition.clone(),
            content_encoding: meta.content_encoding.clone(),
            content_language: meta.content_language.clone(),
            content_length: Some($length),
            content_range: $range,
            content_type: Some(
                meta.content_type
                    .clone()
                    .unwrap_or_else(|| "binary/octet-stream".to_owned()),
            ),
            e_tag: Some(ETag::Strong($row.etag.clone())),
            expires: meta
                .expires
                .as_deref()
                .and_then(|text| Timestamp::parse(TimestampFormat::HttpDate, text).ok()),
            last_modified: Some(timestamp($row.modified)),
            metadata: Some(meta.user.clone().into_iter().collect()),
            object_lock_legal_hold_status: meta.legal_hold.then(|| "ON".to_owned().into()),
            object_lock_mode: meta.lock_mode.clone().map(Into::into),
            object_lock_retain_until_date: meta.lock_until.map(|s| timestamp(s * 1000)),
            storage_class: meta
                .storage_class
                .clone()
                .filter(|class| class != "STANDARD")
                .map(Into::into),
            version_id: shown_version($bucket, &$row.version),
            website_redirect_location: meta.website_redirect.clone(),
            ..$output::default()
        };
        if $with_sums {
            fill_sums!(output, &meta.sums);
            output.checksum_type = meta.sum_type.clone().map(Into::into);
        }
        fill_encryption!(output, meta);
        output
    }};
}

/// The part of the content that is asked for.
struct Slice {
    start: u64,
    end: u64,
    /// `Content-Range`, where only a part is answered.
    header: Option<String>,
}

fn slice_of(row: &ObjectRow, range: Option<&Range>, part: Option<i32>) -> S3Result<Slice> {
    let size = u64::try_from(row.size).unwrap_or(0);
    let whole = Slice {
        start: 0,
        end: size,
        header: None,
    };
    if let Some(part) = part {
        return slice_of_part(row, size, part);
    }
    let Some(range) = range else {
        return Ok(whole);
    };
    let range = range.check(size).map_err(|_| invalid_range(size))?;
    if range.is_empty() {
        return Err(invalid_range(size));
    }
    Ok(Slice {
        header: Some(format!("bytes {}-{}/{size}", range.start, range.end - 1)),
        start: range.start,
        end: range.end,
    })
}

fn slice_of_part(row: &ObjectRow, size: u64, part: i32) -> S3Result<Slice> {
    let sizes = if row.meta.parts.is_empty() {
        vec![row.size]
    } else {
        row.meta.parts.clone()
    };
    let index = usize::try_from(part)
        .ok()
        .and_then(|part| part.checked_sub(1))
        .filter(|index| *index < sizes.len())
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::Custom("InvalidPartNumber".into()),
                "The requested partnumber is not satisfiable",
            )
        })?;
    let start: i64 = sizes.iter().take(index).sum();
    let length = sizes.get(index).copied().unwrap_or(0);
    let start = u64::try_from(start).unwrap_or(0);
    let end = start + u64::try_from(length).unwrap_or(0);
    Ok(Slice {
        start,
        end,
        header: (end > start).then(|| format!("bytes {start}-{}/{size}", end - 1)),
    })
}

fn invalid_range(size: u64) -> S3Error {
    let mut error = S3Error::with_message(
        S3ErrorCode::InvalidRange,
        "The requested range is not satisfiable",
    );
    let mut headers = http::HeaderMap::new();
    if let Ok(value) = http::HeaderValue::from_str(&format!("bytes */{size}")) {
        headers.insert(http::header::CONTENT_RANGE, value);
    }
    error.set_headers(headers);
    error
}

/// GetObject.
pub(crate) fn get(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectInput,
) -> S3Result<GetObjectOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let row = guards::object(connection, &bucket, &input.key, input.version_id.as_deref())?;
    guards::check_customer_key(&row.meta, input.sse_customer_key_md5.as_deref())?;
    ReadConditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
        if_modified_since: input.if_modified_since.as_ref(),
        if_unmodified_since: input.if_unmodified_since.as_ref(),
    }
    .check(&row)?;
    let slice = slice_of(&row, input.range.as_ref(), input.part_number)?;
    let content = Bytes::from(store::body(connection, row.seq).map_err(internal)?);
    let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(content.len());
    let content = content.slice(at(slice.start)..at(slice.end));
    let with_sums = slice.header.is_none()
        && input
            .checksum_mode
            .as_ref()
            .is_some_and(|mode| mode.as_str() == "ENABLED");
    let length = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let mut output = read_output!(
        GetObjectOutput,
        &bucket,
        &row,
        length,
        slice.header.clone(),
        with_sums
    );
    output.tag_count =
        (!row.meta.tags.is_empty()).then(|| i32::try_from(row.meta.tags.len()).unwrap_or(i32::MAX));
    output.parts_count = input
        .part_number
        .and_then(|_| i32::try_from(row.meta.parts.len()).ok())
        .filter(|count| *count > 0);
    output.body = Some(StreamingBlob::from(s3s::Body::from(content)));
    Ok(output)
}

/// HeadObject.
pub(crate) fn head(
    connection: &Connection,
    scope: &Scope,
    input: &HeadObjectInput,
) -> S3Result<HeadObjectOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let row = guards::object(connection, &bucket, &input.key, input.version_id.as_deref())?;
    guards::check_customer_key(&row.meta, input.sse_customer_key_md5.as_deref())?;
    ReadConditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
        if_modified_since: input.if_modified_since.as_ref(),
        if_unmodified_since: input.if_unmodified_since.as_ref(),
    }
    .check(&row)?;
    let slice = slice_of(&row, input.range.as_ref(), input.part_number)?;
    let with_sums = input
        .checksum_mode
        .as_ref()
        .is_some_and(|mode| mode.as_str() == "ENABLED");
    let length = i64::try_from(slice.end - slice.start).unwrap_or(i64::MAX);
    let mut output = read_output!(
        HeadObjectOutput,
        &bucket,
        &row,
        length,
        slice.header.clone(),
        with_sums
    );
    output.parts_count = input
        .part_number
        .and_then(|_| i32::try_from(row.meta.parts.len()).ok())
        .filter(|count| *count > 0);
    Ok(output)
}

/// What a deletion asks for.
pub(crate) struct Deletion<'a> {
    pub(crate) key: &'a str,
    pub(crate) version: Option<&'a str>,
    pub(crate) if_match: Option<&'a s3s::dto::ETagCondition>,
    pub(crate) if_size: Option<i64>,
    pub(crate) if_modified: Option<&'a Timestamp>,
    pub(crate) bypass: bool,
}

/// What a deletion did: whether a marker was made or removed, and its version.
#[derive(Default)]
pub(crate) struct Deleted {
    pub(crate) marker: bool,
    pub(crate) version: Option<String>,
}

/// Deletes one object or version.
pub(crate) fn remove(
    connection: &Connection,
    bucket: &BucketRow,
    wanted: &Deletion<'_>,
) -> S3Result<Deleted> {
    let key = wanted.key;
    let current = match wanted.version {
        Some(version) => store::version(connection, &bucket.name, key, version),
        None => store::latest(connection, &bucket.name, key),
    }
    .map_err(internal)?;
    check_deletion(current.as_ref(), wanted)?;
    if wanted.version.is_some() {
        let Some(row) = current else {
            return Ok(Deleted {
                marker: false,
                version: wanted.version.map(str::to_owned),
            });
        };
        guards::check_lock(&row.meta, wanted.bypass)?;
        store::remove(connection, &bucket.name, &row).map_err(internal)?;
        return Ok(Deleted {
            marker: row.marker,
            version: Some(row.version),
        });
    }
    if bucket.versioning.is_none() {
        if let Some(row) = current {
            guards::check_lock(&row.meta, wanted.bypass)?;
            store::remove(connection, &bucket.name, &row).map_err(internal)?;
        }
        return Ok(Deleted::default());
    }
    let (version, _) = store::insert(
        connection,
        &NewObject {
            bucket,
            key,
            marker: true,
            etag: "",
            meta: &Meta::default(),
            body: &[],
        },
    )
    .map_err(internal)?;
    Ok(Deleted {
        marker: true,
        version: Some(version),
    })
}

fn check_deletion(current: Option<&ObjectRow>, wanted: &Deletion<'_>) -> S3Result<()> {
    let conditional =
        wanted.if_match.is_some() || wanted.if_size.is_some() || wanted.if_modified.is_some();
    if !conditional {
        return Ok(());
    }
    let Some(row) = current.filter(|row| !row.marker) else {
        return Err(guards::no_such_key());
    };
    let holds = wanted
        .if_match
        .is_none_or(|condition| guards::matches(condition, &row.etag))
        && wanted.if_size.is_none_or(|size| size == row.size)
        && wanted
            .if_modified
            .is_none_or(|time| guards::seconds(time) == row.modified / 1000);
    if holds {
        Ok(())
    } else {
        Err(guards::precondition_failed())
    }
}

/// DeleteObject.
pub(crate) fn delete(
    connection: &Connection,
    scope: &Scope,
    input: &DeleteObjectInput,
) -> S3Result<DeleteObjectOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let done = remove(
        connection,
        &bucket,
        &Deletion {
            key: &input.key,
            version: input.version_id.as_deref(),
            if_match: input.if_match.as_ref(),
            if_size: input.if_match_size,
            if_modified: input.if_match_last_modified_time.as_ref(),
            bypass: input.bypass_governance_retention.unwrap_or(false),
        },
    )?;
    Ok(DeleteObjectOutput {
        delete_marker: done.marker.then_some(true),
        version_id: done.version,
        ..DeleteObjectOutput::default()
    })
}

/// The object that a copy reads: its bucket, version and content.
pub(crate) fn copy_source(
    connection: &Connection,
    scope: &Scope,
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
    let _ = scope;
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
    let (from, source, content) = copy_source(connection, scope, &input.copy_source)?;
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
    meta.sum_type = Some("FULL_OBJECT".to_owned());
    settle_encryption(connection, scope, &bucket, &mut meta)?;
    let etag = checksums::md5_hex(&content);
    let (version, modified) = store::insert(
        connection,
        &NewObject {
            bucket: &bucket,
            key: &input.key,
            marker: false,
            etag: &etag,
            meta: &meta,
            body: &content,
        },
    )
    .map_err(internal)?;
    let mut result = CopyObjectResult {
        e_tag: Some(ETag::Strong(etag)),
        last_modified: Some(timestamp(modified)),
        ..CopyObjectResult::default()
    };
    fill_sums!(result, &meta.sums);
    let mut output = CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: shown_version(&from, &source.version),
        version_id: shown_version(&bucket, &version),
        ..CopyObjectOutput::default()
    };
    fill_encryption!(output, meta);
    Ok(output)
}
