//! The end of a multipart upload: parts chosen, checked and joined.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use s3s::dto::{CompleteMultipartUploadInput, CompleteMultipartUploadOutput, ETag};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Scope;
use super::checksums::{self, fill_sums, given_sums};
use super::guards::{self, internal};
use super::kept::shown_version;
use super::multipart::{StoredPart, forget, stored_parts, upload};
use super::store::{self, Meta, NewObject};

/// Every part but the last has at least this many bytes.
const MIN_PART: i64 = 5 * 1024 * 1024;

/// The parts that a completion names, checked against those that are stored.
fn chosen_parts(
    stored: Vec<StoredPart>,
    input: &CompleteMultipartUploadInput,
) -> S3Result<Vec<StoredPart>> {
    let wanted = input
        .multipart_upload
        .as_ref()
        .and_then(|upload| upload.parts.as_ref())
        .filter(|parts| !parts.is_empty())
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema",
            )
        })?;
    let mut by_number: BTreeMap<i32, StoredPart> =
        stored.into_iter().map(|part| (part.number, part)).collect();
    let mut chosen: Vec<StoredPart> = Vec::with_capacity(wanted.len());
    for part in wanted {
        let number = part.part_number.unwrap_or(0);
        if chosen.last().is_some_and(|last| last.number >= number) {
            return Err(S3Error::with_message(
                S3ErrorCode::InvalidPartOrder,
                "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
            ));
        }
        let given = given_sums!(part);
        let found = by_number.remove(&number).filter(|stored| {
            part.e_tag
                .as_ref()
                .is_some_and(|tag| tag.value() == stored.etag)
                && given
                    .iter()
                    .all(|(name, value)| stored.sums.get(name).is_none_or(|sum| sum == value))
        });
        chosen.push(found.ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            )
        })?);
    }
    let all_but_last = chosen.len().saturating_sub(1);
    if chosen
        .iter()
        .take(all_but_last)
        .any(|part| part.size < MIN_PART)
    {
        return Err(S3Error::with_message(
            S3ErrorCode::EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed size",
        ));
    }
    Ok(chosen)
}

/// CompleteMultipartUpload.
pub(crate) fn complete(
    connection: &Connection,
    scope: &Scope,
    input: &CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let id = &input.upload_id;
    let upload = upload(connection, &bucket.name, &input.key, id)?;
    let chosen = chosen_parts(stored_parts(connection, id)?, input)?;
    let current = store::latest(connection, &bucket.name, &input.key).map_err(internal)?;
    guards::check_write(
        current.as_ref(),
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let mut body = Vec::new();
    let mut digests = Vec::new();
    for part in &chosen {
        let content: Vec<u8> = connection
            .query_row(
                "SELECT body FROM part WHERE upload = ?1 AND number = ?2",
                params![id, part.number],
                |row| row.get(0),
            )
            .map_err(internal)?;
        digests.extend(checksums::md5_of(&content));
        body.extend(content);
    }
    let etag = format!("{}-{}", checksums::md5_hex(&digests), chosen.len());
    let mut meta = upload.meta;
    meta.parts = chosen.iter().map(|part| part.size).collect();
    meta.sums = object_sums(&meta, &chosen, input, &body)?;
    let (version, _) = store::insert(
        connection,
        &NewObject {
            bucket: &bucket,
            key: &upload.key,
            marker: false,
            etag: &etag,
            meta: &meta,
            body: &body,
        },
    )
    .map_err(internal)?;
    forget(connection, id)?;
    let mut output = CompleteMultipartUploadOutput {
        bucket: Some(bucket.name.clone()),
        key: Some(upload.key.clone()),
        e_tag: Some(ETag::Strong(etag)),
        location: Some(format!(
            "https://{}.s3.{}.amazonaws.com/{}",
            bucket.name, bucket.region, upload.key
        )),
        version_id: shown_version(&bucket, &version),
        checksum_type: meta.sum_type.clone().map(Into::into),
        server_side_encryption: meta.encryption.clone().map(Into::into),
        ssekms_key_id: meta.kms_key.clone(),
        bucket_key_enabled: meta.bucket_key,
        ..CompleteMultipartUploadOutput::default()
    };
    fill_sums!(output, &meta.sums);
    Ok(output)
}

fn object_sums(
    meta: &Meta,
    parts: &[StoredPart],
    input: &CompleteMultipartUploadInput,
    body: &[u8],
) -> S3Result<BTreeMap<String, String>> {
    let given = given_sums!(input);
    if meta.sum_type.as_deref() != Some("COMPOSITE") {
        return checksums::settle(&given, meta.sum_algorithm.as_deref(), body);
    }
    let algorithm = meta.sum_algorithm.clone().unwrap_or_default();
    let of_parts: Option<Vec<&str>> = parts
        .iter()
        .map(|part| part.sums.get(&algorithm).map(String::as_str))
        .collect();
    let sum = of_parts.and_then(|sums| checksums::composite(&algorithm, &sums));
    let Some(sum) = sum else {
        return Ok(BTreeMap::new());
    };
    // A composite may be given with or without the number of parts.
    let bare = sum.split('-').next().unwrap_or_default();
    if given
        .get(&algorithm)
        .is_some_and(|value| *value != sum && value != bare)
    {
        return Err(S3Error::with_message(
            S3ErrorCode::BadDigest,
            "The checksum you specified did not match the calculated checksum.",
        ));
    }
    Ok(BTreeMap::from([(algorithm, sum)]))
}
