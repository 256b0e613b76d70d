//! Buckets: made, listed, looked at, deleted.

use rusqlite::{Connection, params};
use s3s::dto::{
    Bucket, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::access::ENFORCED;
use super::guards::{self, internal, timestamp};
use super::store;
use super::{Scope, defaults, listing};

/// ListBuckets.
pub(crate) fn list(
    connection: &Connection,
    scope: &Scope,
    input: &ListBucketsInput,
) -> S3Result<ListBucketsOutput> {
    let prefix = input.prefix.clone().unwrap_or_default();
    let buckets = store::buckets(connection)
        .map_err(internal)?
        .into_iter()
        .filter(|bucket| bucket.name.starts_with(&prefix))
        .filter(|bucket| {
            input
                .bucket_region
                .as_ref()
                .is_none_or(|region| *region == bucket.region)
        })
        .map(|bucket| Bucket {
            bucket_region: Some(bucket.region),
            creation_date: Some(timestamp(bucket.created)),
            name: Some(bucket.name),
        })
        .collect();
    Ok(ListBucketsOutput {
        buckets: Some(buckets),
        owner: Some(listing::owner(scope)),
        ..ListBucketsOutput::default()
    })
}

/// CreateBucket.
pub(crate) fn create(
    connection: &Connection,
    scope: &Scope,
    input: &CreateBucketInput,
) -> S3Result<CreateBucketOutput> {
    let constraint = input
        .create_bucket_configuration
        .as_ref()
        .and_then(|c| c.location_constraint.as_ref())
        .map(|c| {
            if c.as_str() == "EU" {
                "eu-west-1"
            } else {
                c.as_str()
            }
        });
    let region = match constraint {
        Some(region) if scope.region != "us-east-1" && region != scope.region => {
            return Err(S3Error::with_message(
                S3ErrorCode::IllegalLocationConstraintException,
                format!(
                    "The {region} location constraint is incompatible for the region specific endpoint this request was sent to."
                ),
            ));
        }
        Some(region) => region,
        None if scope.region != "us-east-1" => {
            return Err(S3Error::with_message(
                S3ErrorCode::IllegalLocationConstraintException,
                "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
            ));
        }
        None => "us-east-1",
    };
    if let Some(bucket) = store::bucket(connection, &input.bucket).map_err(internal)? {
        // AWS lets an owner make the bucket again in its first region.
        if bucket.region != "us-east-1" || region != "us-east-1" {
            return Err(S3Error::with_message(
                S3ErrorCode::BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it.",
            ));
        }
    } else {
        let acl = input.acl.as_ref().map(|acl| acl.as_str());
        let owned = input.object_ownership.as_ref().map(|owned| owned.as_str());
        // Owners of new buckets own everything in them: nobody else can be granted anything.
        if acl.is_some_and(|acl| acl != "private") && owned.is_none_or(|o| o == ENFORCED) {
            return Err(guards::custom(
                "InvalidBucketAclWithObjectOwnership",
                http::StatusCode::BAD_REQUEST,
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            ));
        }
        let lock = input.object_lock_enabled_for_bucket.unwrap_or(false);
        store::insert_bucket(connection, &input.bucket, region, lock).map_err(internal)?;
        if let Some(ownership) = &input.object_ownership {
            let text = format!(
                "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{}</ObjectOwnership></Rule></OwnershipControls>",
                crate::escapes::xml_escaped(ownership.as_str())
            );
            store::put_setting(
                connection,
                &input.bucket,
                "ownershipControls",
                text.as_bytes(),
            )
            .map_err(internal)?;
        }
        if let Some(grants) = acl
            .and_then(defaults::canned_grants)
            .filter(|g| !g.is_empty())
        {
            let text = defaults::acl_with(scope, &grants);
            store::put_setting(connection, &input.bucket, "acl", text.as_bytes())
                .map_err(internal)?;
        }
    }
    Ok(CreateBucketOutput {
        location: Some(format!("/{}", input.bucket)),
    })
}

/// HeadBucket.
pub(crate) fn head(
    connection: &Connection,
    scope: &Scope,
    input: &HeadBucketInput,
) -> S3Result<HeadBucketOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    Ok(HeadBucketOutput {
        bucket_region: Some(bucket.region),
        ..HeadBucketOutput::default()
    })
}

/// DeleteBucket.
pub(crate) fn delete(
    connection: &Connection,
    scope: &Scope,
    input: &DeleteBucketInput,
) -> S3Result<DeleteBucketOutput> {
    let bucket = guards::bucket(connection, &input.bucket, scope)?;
    let used: bool = connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM object WHERE bucket = ?1)",
            params![bucket.name],
            |row| row.get(0),
        )
        .map_err(internal)?;
    if used {
        let message = if bucket.versioning.is_some() {
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        } else {
            "The bucket you tried to delete is not empty"
        };
        return Err(S3Error::with_message(S3ErrorCode::BucketNotEmpty, message));
    }
    for statement in [
        "DELETE FROM part WHERE upload IN (SELECT id FROM upload WHERE bucket = ?1)",
        "DELETE FROM upload WHERE bucket = ?1",
        "DELETE FROM bucket_setting WHERE bucket = ?1",
        "DELETE FROM bucket WHERE name = ?1",
    ] {
        connection
            .execute(statement, params![bucket.name])
            .map_err(internal)?;
    }
    Ok(DeleteBucketOutput {})
}
