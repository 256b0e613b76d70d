//! Objects read: whole, by range, by part, or their headers only.

use bytes::Bytes;
use rusqlite::Connection;
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, StreamingBlob,
    Timestamp, TimestampFormat,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Scope;
use super::checksums::fill_sums;
use super::guards::{self, ReadConditions, internal, timestamp};
use super::kept::{fill_encryption, shown_version};
use super::store::{self, BucketRow, ObjectRow};

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

/// What GetObject and HeadObject ask for alike.
struct Wanted<'a> {
    bucket: &'a str,
    key: &'a str,
    version: Option<&'a str>,
    customer_key_md5: Option<&'a str>,
    conditions: ReadConditions<'a>,
    range: Option<&'a Range>,
    part: Option<i32>,
}

macro_rules! wanted {
    ($input:expr) => {
        Wanted {
            bucket: &$input.bucket,
            key: &$input.key,
            version: $input.version_id.as_deref(),
            customer_key_md5: $input.sse_customer_key_md5.as_deref(),
            conditions: ReadConditions {
                if_match: $input.if_match.as_ref(),
                if_none_match: $input.if_none_match.as_ref(),
                if_modified_since: $input.if_modified_since.as_ref(),
                if_unmodified_since: $input.if_unmodified_since.as_ref(),
            },
            range: $input.range.as_ref(),
            part: $input.part_number,
        }
    };
}

impl Wanted<'_> {
    /// The bucket, the object in it, and which part of it is asked for.
    fn found(
        &self,
        connection: &Connection,
        scope: &Scope,
    ) -> S3Result<(BucketRow, ObjectRow, Slice)> {
        let bucket = guards::bucket(connection, self.bucket, scope)?;
        let row = guards::object(connection, &bucket, self.key, self.version)?;
        guards::check_customer_key(&row.meta, self.customer_key_md5)?;
        self.conditions.check(&row)?;
        let slice = slice_of(&row, self.range, self.part)?;
        Ok((bucket, row, slice))
    }

    /// How many parts the object was uploaded in, where one of them is asked for.
    fn parts_count(&self, row: &ObjectRow) -> Option<i32> {
        self.part?;
        let count = i32::try_from(row.meta.parts.len()).ok()?;
        (count > 0).then_some(count)
    }
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
            guards::custom(
                "InvalidPartNumber",
                http::StatusCode::RANGE_NOT_SATISFIABLE,
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
    let wanted = wanted!(input);
    let (bucket, row, slice) = wanted.found(connection, scope)?;
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
    output.parts_count = wanted.parts_count(&row);
    output.body = Some(StreamingBlob::from(s3s::Body::from(content)));
    Ok(output)
}

/// HeadObject.
pub(crate) fn head(
    connection: &Connection,
    scope: &Scope,
    input: &HeadObjectInput,
) -> S3Result<HeadObjectOutput> {
    let wanted = wanted!(input);
    let (bucket, row, slice) = wanted.found(connection, scope)?;
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
    output.parts_count = wanted.parts_count(&row);
    Ok(output)
}
