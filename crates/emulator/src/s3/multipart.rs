//! Multipart uploads: begun, filled with parts, listed, aborted.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use s3s::dto::{
    CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput,
    MultipartUpload, Part, Range, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Scope;
use super::checksums::{self, fill_sums, given_sums};
use super::guards::{self, internal, timestamp};
use super::kept::{fill_encryption, meta_of, settle_encryption, shown_version};
use super::listing::owner;
use super::store::{self, Meta};

/// Part numbers go from 1 to this.
const MAX_PART: i32 = 10_000;

/// An upload that is under way.
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) meta: Meta,
}

/// The upload of an id.
pub(crate) fn upload(
    connection: &Connection,
    bucket: &str,
    key: &str,
    id: &str,
) -> S3Result<Upload> {
    connection
        .query_row(
            "SELECT key, meta FROM upload WHERE id = ?1 AND bucket = ?2 AND key = ?3",
            params![id, bucket, key],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()
        .map_err(internal)?
        .map(|(key, meta)| Upload {
            key,
            meta: serde_json::from_str(&meta).unwrap_or_default(),
        })
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::NoSuchUpload,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            )
        })
}

/// CreateMultipartUpload.
pub(crate) fn create(
    connection: &Connection,
    scope: &Scope,
    input: &CreateMultipartUploadInput,
) -> S3Result<CreateMultipartUploadOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let mut meta = meta_of!(input);
    let algorithm = input
        .checksum_algorithm
        .as_ref()
        .map(|a| a.as_str().to_lowercase());
    meta.sum_type = input
        .checksum_type
        .as_ref()
        .map(|t| t.as_str().to_owned())
        .or_else(|| {
            let full = algorithm.as_deref().is_none_or(|a| a == "crc64nvme");
            Some(if full { "FULL_OBJECT" } else { "COMPOSITE" }.to_owned())
        });
    meta.sum_algorithm = algorithm;
    settle_encryption(connection, scope, &bucket, &mut meta)?;
    let id = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    connection
        .execute(
            "INSERT INTO upload (id, bucket, key, created, meta) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                id,
                bucket.name,
                input.key,
                store::now_ms(),
                serde_json::to_string(&meta).unwrap_or_default()
            ],
        )
        .map_err(internal)?;
    let mut output = CreateMultipartUploadOutput {
        bucket: Some(bucket.name),
        key: Some(input.key.clone()),
        upload_id: Some(id),
        checksum_algorithm: input.checksum_algorithm.clone(),
        checksum_type: input
            .checksum_algorithm
            .as_ref()
            .and(meta.sum_type.clone())
            .map(Into::into),
        ..CreateMultipartUploadOutput::default()
    };
    fill_encryption!(output, meta);
    Ok(output)
}

fn check_number(number: i32) -> S3Result<()> {
    if (1..=MAX_PART).contains(&number) {
        return Ok(());
    }
    Err(S3Error::with_message(
        S3ErrorCode::InvalidArgument,
        "Part number must be an integer between 1 and 10000, inclusive",
    ))
}

fn insert_part(
    connection: &Connection,
    id: &str,
    number: i32,
    sums: &BTreeMap<String, String>,
    body: &[u8],
) -> S3Result<(String, i64)> {
    let etag = checksums::md5_hex(body);
    let modified = store::now_ms();
    connection
        .execute(
            "INSERT INTO part (upload, number, etag, size, modified, sums, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (upload, number) DO UPDATE SET etag = excluded.etag, size = excluded.size,
                modified = excluded.modified, sums = excluded.sums, body = excluded.body",
            params![
                id,
                number,
                etag,
                i64::try_from(body.len()).unwrap_or(i64::MAX),
                modified,
                serde_json::to_string(sums).unwrap_or_default(),
                body
            ],
        )
        .map_err(internal)?;
    Ok((etag, modified))
}

/// UploadPart.
pub(crate) fn upload_part(
    connection: &Connection,
    scope: &Scope,
    input: &UploadPartInput,
    body: &[u8],
) -> S3Result<UploadPartOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let upload = upload(connection, &bucket.name, &input.key, &input.upload_id)?;
    check_number(input.part_number)?;
    guards::check_customer_key(&upload.meta, input.sse_customer_key_md5.as_deref())?;
    checksums::check_md5(input.content_md5.as_deref(), body)?;
    let wanted = upload.meta.sum_algorithm.as_deref();
    let sums = checksums::settle(&given_sums!(input), wanted, body)?;
    let (etag, _) = insert_part(connection, &input.upload_id, input.part_number, &sums, body)?;
    let mut output = UploadPartOutput {
        e_tag: Some(ETag::Strong(etag)),
        ..UploadPartOutput::default()
    };
    fill_sums!(output, &sums);
    fill_encryption!(output, upload.meta);
    Ok(output)
}

/// UploadPartCopy.
pub(crate) fn upload_part_copy(
    connection: &Connection,
    scope: &Scope,
    input: &UploadPartCopyInput,
) -> S3Result<UploadPartCopyOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let upload = upload(connection, &bucket.name, &input.key, &input.upload_id)?;
    check_number(input.part_number)?;
    let (from, source, content) = super::writing::copy_source(connection, &input.copy_source)?;
    let content = match input.copy_source_range.as_deref() {
        None => content,
        Some(text) => {
            let range = Range::parse(text)
                .ok()
                .and_then(|range| range.check(content.len() as u64).ok())
                .ok_or_else(|| {
                    S3Error::with_message(
                        S3ErrorCode::InvalidArgument,
                        "The x-amz-copy-source-range value must be of the form bytes=first-last",
                    )
                })?;
            let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(content.len());
            content.slice(at(range.start)..at(range.end))
        }
    };
    let wanted = upload.meta.sum_algorithm.as_deref();
    let sums = checksums::settle(&BTreeMap::new(), wanted, &content)?;
    let (etag, modified) = insert_part(
        connection,
        &input.upload_id,
        input.part_number,
        &sums,
        &content,
    )?;
    let mut result = CopyPartResult {
        e_tag: Some(ETag::Strong(etag)),
        last_modified: Some(timestamp(modified)),
        ..CopyPartResult::default()
    };
    fill_sums!(result, &sums);
    let mut output = UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: shown_version(&from, &source.version),
        ..UploadPartCopyOutput::default()
    };
    fill_encryption!(output, upload.meta);
    Ok(output)
}

/// A part, without its content.
pub(crate) struct StoredPart {
    pub(crate) number: i32,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) size: i64,
    /// Milliseconds since the epoch.
    pub(crate) modified: i64,
    pub(crate) sums: BTreeMap<String, String>,
}

/// The parts of an upload, by number.
pub(crate) fn stored_parts(connection: &Connection, id: &str) -> S3Result<Vec<StoredPart>> {
    let mut statement = connection
        .prepare_cached(
            "SELECT number, etag, size, modified, sums FROM part WHERE upload = ?1 ORDER BY number",
        )
        .map_err(internal)?;
    let rows = statement
        .query_map(params![id], |row| {
            let sums: String = row.get(4)?;
            Ok(StoredPart {
                number: row.get(0)?,
                etag: row.get(1)?,
                size: row.get(2)?,
                modified: row.get(3)?,
                sums: serde_json::from_str(&sums).unwrap_or_default(),
            })
        })
        .map_err(internal)?;
    rows.collect::<rusqlite::Result<_>>().map_err(internal)
}

/// Removes an upload with its parts.
pub(crate) fn forget(connection: &Connection, id: &str) -> S3Result<()> {
    for table in [
        "DELETE FROM part WHERE upload = ?1",
        "DELETE FROM upload WHERE id = ?1",
    ] {
        connection.execute(table, params![id]).map_err(internal)?;
    }
    Ok(())
}

/// AbortMultipartUpload.
pub(crate) fn abort(
    connection: &Connection,
    scope: &Scope,
    bucket: &str,
    key: &str,
    id: &str,
) -> S3Result<()> {
    let bucket = guards::bucket(connection, bucket, scope)?;
    upload(connection, &bucket.name, key, id)?;
    forget(connection, id)
}

/// ListParts.
pub(crate) fn list_parts(
    connection: &Connection,
    scope: &Scope,
    input: &ListPartsInput,
) -> S3Result<ListPartsOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let upload = upload(connection, &bucket.name, &input.key, &input.upload_id)?;
    let after = input.part_number_marker.unwrap_or(0);
    let max = input.max_parts.unwrap_or(1000).clamp(0, 1000);
    let mut parts: Vec<StoredPart> = stored_parts(connection, &input.upload_id)?
        .into_iter()
        .filter(|part| part.number > after)
        .collect();
    let limit = usize::try_from(max).unwrap_or(0);
    let truncated = parts.len() > limit;
    parts.truncate(limit);
    Ok(ListPartsOutput {
        bucket: Some(bucket.name),
        key: Some(upload.key),
        upload_id: Some(input.upload_id.clone()),
        is_truncated: Some(truncated),
        max_parts: Some(max),
        part_number_marker: Some(after),
        next_part_number_marker: parts.last().map(|part| part.number),
        owner: Some(owner(scope)),
        storage_class: Some("STANDARD".to_owned().into()),
        checksum_algorithm: upload
            .meta
            .sum_algorithm
            .as_ref()
            .map(|a| a.to_uppercase().into()),
        parts: Some(
            parts
                .into_iter()
                .map(|stored| {
                    let mut part = Part {
                        e_tag: Some(ETag::Strong(stored.etag)),
                        last_modified: Some(timestamp(stored.modified)),
                        part_number: Some(stored.number),
                        size: Some(stored.size),
                        ..Part::default()
                    };
                    fill_sums!(part, &stored.sums);
                    part
                })
                .collect(),
        ),
        ..ListPartsOutput::default()
    })
}

/// ListMultipartUploads: all of a bucket in one page.
pub(crate) fn list_uploads(
    connection: &Connection,
    scope: &Scope,
    input: &ListMultipartUploadsInput,
) -> S3Result<ListMultipartUploadsOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let mut statement = connection
        .prepare_cached(
            "SELECT id, key, created FROM upload WHERE bucket = ?1 ORDER BY key, created, id",
        )
        .map_err(internal)?;
    let rows = statement
        .query_map(params![bucket.name], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })
        .map_err(internal)?;
    let mut uploads = Vec::new();
    for row in rows {
        let (id, key, created) = row.map_err(internal)?;
        if key.starts_with(&prefix) {
            uploads.push(MultipartUpload {
                key: Some(key),
                upload_id: Some(id),
                initiated: Some(timestamp(created)),
                owner: Some(owner(scope)),
                storage_class: Some("STANDARD".to_owned().into()),
                ..MultipartUpload::default()
            });
        }
    }
    Ok(ListMultipartUploadsOutput {
        bucket: Some(bucket.name.clone()),
        prefix: Some(prefix),
        is_truncated: Some(false),
        max_uploads: Some(1000),
        uploads: Some(uploads),
        ..ListMultipartUploadsOutput::default()
    })
}
