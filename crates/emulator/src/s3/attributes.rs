//! What hangs on an object: tags, ACL, retention, legal hold, attributes.

use rusqlite::Connection;
use s3s::dto::{
    Checksum, DeleteObjectTaggingInput, DeleteObjectTaggingOutput, ETag, GetObjectAclInput,
    GetObjectAclOutput, GetObjectAttributesInput, GetObjectAttributesOutput,
    GetObjectLegalHoldInput, GetObjectLegalHoldOutput, GetObjectRetentionInput,
    GetObjectRetentionOutput, GetObjectTaggingInput, GetObjectTaggingOutput, Grant, Grantee,
    ObjectLockLegalHold, ObjectLockRetention, PutObjectAclInput, PutObjectAclOutput,
    PutObjectLegalHoldInput, PutObjectLegalHoldOutput, PutObjectRetentionInput,
    PutObjectRetentionOutput, PutObjectTaggingInput, PutObjectTaggingOutput, Tag,
};
use s3s::{S3Error, S3Result};

use super::guards::{self, internal, timestamp};
use super::kept::shown_version;
use super::store;
use super::{Scope, checksums, listing};

/// GetObjectTagging.
pub(crate) fn tagging(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectTaggingInput,
) -> S3Result<GetObjectTaggingOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    Ok(GetObjectTaggingOutput {
        tag_set: row
            .meta
            .tags
            .into_iter()
            .map(|(key, value)| Tag {
                key: Some(key),
                value: Some(value),
            })
            .collect(),
        version_id: shown_version(&bucket, &row.version),
    })
}

/// PutObjectTagging.
pub(crate) fn put_tagging(
    connection: &Connection,
    scope: &Scope,
    input: &PutObjectTaggingInput,
) -> S3Result<PutObjectTaggingOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    if input.tagging.tag_set.len() > 10 {
        return Err(guards::custom(
            "BadRequest",
            http::StatusCode::BAD_REQUEST,
            "Object tags cannot be greater than 10",
        ));
    }
    let mut meta = row.meta;
    meta.tags = input
        .tagging
        .tag_set
        .iter()
        .map(|tag| {
            (
                tag.key.clone().unwrap_or_default(),
                tag.value.clone().unwrap_or_default(),
            )
        })
        .collect();
    store::set_meta(connection, row.seq, &meta).map_err(internal)?;
    Ok(PutObjectTaggingOutput {
        version_id: shown_version(&bucket, &row.version),
    })
}

/// DeleteObjectTagging.
pub(crate) fn delete_tagging(
    connection: &Connection,
    scope: &Scope,
    input: &DeleteObjectTaggingInput,
) -> S3Result<DeleteObjectTaggingOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    let mut meta = row.meta;
    meta.tags.clear();
    store::set_meta(connection, row.seq, &meta).map_err(internal)?;
    Ok(DeleteObjectTaggingOutput {
        version_id: shown_version(&bucket, &row.version),
    })
}

/// GetObjectAcl.
pub(crate) fn acl(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectAclInput,
) -> S3Result<GetObjectAclOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    guards::object(connection, &bucket, &input.key, input.version_id.as_deref())?;
    let owner = listing::owner(scope);
    Ok(GetObjectAclOutput {
        grants: Some(vec![Grant {
            grantee: Some(Grantee {
                display_name: None,
                email_address: None,
                id: owner.id.clone(),
                type_: "CanonicalUser".to_owned().into(),
                uri: None,
            }),
            permission: Some("FULL_CONTROL".to_owned().into()),
        }]),
        owner: Some(owner),
        ..GetObjectAclOutput::default()
    })
}

/// PutObjectAcl.
pub(crate) fn put_acl(
    connection: &Connection,
    scope: &Scope,
    input: &PutObjectAclInput,
) -> S3Result<PutObjectAclOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    guards::object(connection, &bucket, &input.key, input.version_id.as_deref())?;
    Ok(PutObjectAclOutput::default())
}

/// GetObjectRetention.
pub(crate) fn retention(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectRetentionInput,
) -> S3Result<GetObjectRetentionOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    if row.meta.lock_mode.is_none() {
        return Err(no_lock());
    }
    Ok(GetObjectRetentionOutput {
        retention: Some(ObjectLockRetention {
            mode: row.meta.lock_mode.map(Into::into),
            retain_until_date: row.meta.lock_until.map(|s| timestamp(s * 1000)),
        }),
    })
}

/// PutObjectRetention.
pub(crate) fn put_retention(
    connection: &Connection,
    scope: &Scope,
    input: &PutObjectRetentionInput,
) -> S3Result<PutObjectRetentionOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    let mut meta = row.meta;
    let retention = input.retention.as_ref();
    let until = retention
        .and_then(|r| r.retain_until_date.as_ref())
        .map(guards::seconds);
    // A term may grow freely; to cut it short needs the right to bypass.
    if until < meta.lock_until {
        let mut held = meta.clone();
        held.legal_hold = false;
        guards::check_lock(&held, input.bypass_governance_retention.unwrap_or(false))?;
    }
    meta.lock_until = until;
    meta.lock_mode = retention
        .and_then(|r| r.mode.as_ref())
        .map(|m| m.as_str().to_owned());
    store::set_meta(connection, row.seq, &meta).map_err(internal)?;
    Ok(PutObjectRetentionOutput::default())
}

/// GetObjectLegalHold.
pub(crate) fn legal_hold(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectLegalHoldInput,
) -> S3Result<GetObjectLegalHoldOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    let status = if row.meta.legal_hold { "ON" } else { "OFF" };
    Ok(GetObjectLegalHoldOutput {
        legal_hold: Some(ObjectLockLegalHold {
            status: Some(status.to_owned().into()),
        }),
    })
}

/// PutObjectLegalHold.
pub(crate) fn put_legal_hold(
    connection: &Connection,
    scope: &Scope,
    input: &PutObjectLegalHoldInput,
) -> S3Result<PutObjectLegalHoldOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    let mut meta = row.meta;
    meta.legal_hold = input
        .legal_hold
        .as_ref()
        .and_then(|hold| hold.status.as_ref())
        .is_some_and(|status| status.as_str() == "ON");
    store::set_meta(connection, row.seq, &meta).map_err(internal)?;
    Ok(PutObjectLegalHoldOutput::default())
}

/// GetObjectAttributes.
pub(crate) fn attributes(
    connection: &Connection,
    scope: &Scope,
    input: &GetObjectAttributesInput,
) -> S3Result<GetObjectAttributesOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let version = input.version_id.as_deref();
    let row = guards::object(connection, &bucket, &input.key, version)?;
    let wants = |name: &str| {
        input
            .object_attributes
            .iter()
            .any(|attribute| attribute.as_str() == name)
    };
    let mut sums = Checksum::default();
    checksums::fill_sums!(sums, &row.meta.sums);
    sums.checksum_type = row.meta.sum_type.clone().map(Into::into);
    let class = row.meta.storage_class.clone();
    Ok(GetObjectAttributesOutput {
        checksum: wants("Checksum").then_some(sums),
        e_tag: wants("ETag").then(|| ETag::Strong(row.etag.clone())),
        last_modified: Some(timestamp(row.modified)),
        object_size: wants("ObjectSize").then_some(row.size),
        storage_class: wants("StorageClass")
            .then(|| class.unwrap_or_else(|| "STANDARD".to_owned()).into()),
        version_id: shown_version(&bucket, &row.version),
        ..GetObjectAttributesOutput::default()
    })
}

fn no_lock() -> S3Error {
    guards::custom(
        "NoSuchObjectLockConfiguration",
        http::StatusCode::NOT_FOUND,
        "The specified object does not have a ObjectLock configuration",
    )
}
