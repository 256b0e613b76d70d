//! Objects deleted: versions for good, or hidden behind a delete marker.

use rusqlite::Connection;
use s3s::S3Result;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
    ETagCondition, Error, Timestamp,
};
use s3s::{S3Error, S3ErrorCode};

use super::Scope;
use super::guards::{self, internal};
use super::store::{self, BucketRow, Meta, NewObject, ObjectRow};

/// What a deletion asks for.
pub(crate) struct Deletion<'a> {
    pub(crate) key: &'a str,
    pub(crate) version: Option<&'a str>,
    pub(crate) if_match: Option<&'a ETagCondition>,
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

/// DeleteObjects.
pub(crate) fn delete_many(
    connection: &Connection,
    scope: &Scope,
    input: &DeleteObjectsInput,
) -> S3Result<DeleteObjectsOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    if input.delete.objects.len() > 1000 {
        return Err(S3Error::with_message(
            S3ErrorCode::MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema",
        ));
    }
    let mut deleted = Vec::new();
    let mut errors = Vec::new();
    for object in &input.delete.objects {
        let if_match = object.e_tag.clone().map(ETagCondition::ETag);
        let wanted = Deletion {
            key: &object.key,
            version: object.version_id.as_deref(),
            if_match: if_match.as_ref(),
            if_size: object.size,
            if_modified: object.last_modified_time.as_ref(),
            bypass: input.bypass_governance_retention.unwrap_or(false),
        };
        match remove(connection, &bucket, &wanted) {
            Ok(done) => deleted.push(DeletedObject {
                key: Some(object.key.clone()),
                version_id: object.version_id.clone(),
                delete_marker: done.marker.then_some(true),
                delete_marker_version_id: done.version.filter(|_| done.marker),
            }),
            Err(error) => errors.push(Error {
                code: Some(error.code().as_str().to_owned()),
                key: Some(object.key.clone()),
                message: error.message().map(str::to_owned),
                version_id: object.version_id.clone(),
            }),
        }
    }
    let quiet = input.delete.quiet.unwrap_or(false);
    Ok(DeleteObjectsOutput {
        deleted: (!quiet).then_some(deleted),
        errors: (!errors.is_empty()).then_some(errors),
        ..DeleteObjectsOutput::default()
    })
}
