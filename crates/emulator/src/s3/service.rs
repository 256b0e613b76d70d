//! The S3 trait over our store: each call takes the store's lock and one transaction.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use rusqlite::{Connection, params};
use s3s::dto::*;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::Scope;
use super::guards::{self, internal, scope_of, timestamp};
use super::store::{self, S3Store};
use super::{checksums, listing, multipart, objects};

/// The store behind the S3 trait.
pub(crate) struct S3Face {
    store: Arc<S3Store>,
}

impl S3Face {
    /// The trait over a store.
    pub(crate) fn new(store: Arc<S3Store>) -> S3Face {
        S3Face { store }
    }

    /// One transaction: rolled back where `work` fails.
    fn write<I, O>(
        &self,
        request: &S3Request<I>,
        work: impl FnOnce(&Connection, &Scope, &I) -> S3Result<O>,
    ) -> S3Result<S3Response<O>> {
        let scope = scope_of(request)?;
        let mut connection = self.store.lock();
        let transaction = connection.transaction().map_err(internal)?;
        let output = work(&transaction, &scope, &request.input)?;
        transaction.commit().map_err(internal)?;
        Ok(S3Response::new(output))
    }

    fn read<I, O>(
        &self,
        request: &S3Request<I>,
        work: impl FnOnce(&Connection, &Scope, &I) -> S3Result<O>,
    ) -> S3Result<S3Response<O>> {
        let scope = scope_of(request)?;
        let connection = self.store.lock();
        Ok(S3Response::new(work(&connection, &scope, &request.input)?))
    }
}

async fn content(body: Option<StreamingBlob>) -> S3Result<Vec<u8>> {
    let Some(body) = body else {
        return Ok(Vec::new());
    };
    let collected = s3s::Body::from(body)
        .collect()
        .await
        .map_err(|error| S3Error::with_message(S3ErrorCode::IncompleteBody, error.to_string()))?;
    Ok(collected.to_bytes().to_vec())
}

#[async_trait::async_trait]
impl S3 for S3Face {
    async fn list_buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        self.read(&request, |connection, scope, input| {
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
        })
    }

    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        self.write(&request, |connection, scope, input| {
            let constraint = input
                .create_bucket_configuration
                .as_ref()
                .and_then(|c| c.location_constraint.as_ref())
                .map(|c| if c.as_str() == "EU" { "eu-west-1" } else { c.as_str() });
            let region = match constraint {
                Some(region) if scope.region != "us-east-1" && region != scope.region => {
                    return Err(S3Error::with_message(
                        S3ErrorCode::IllegalLocationConstraintException,
                        format!("The {region} location constraint is incompatible for the region specific endpoint this request was sent to."),
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
                let lock = input.object_lock_enabled_for_bucket.unwrap_or(false);
                store::insert_bucket(connection, &input.bucket, region, lock).map_err(internal)?;
                if let Some(ownership) = &input.object_ownership {
                    let text = format!(
                        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{}</ObjectOwnership></Rule></OwnershipControls>",
                        crate::sts::escaped(ownership.as_str())
                    );
                    store::put_setting(
                        connection,
                        &input.bucket,
                        "ownershipControls",
                        text.as_bytes(),
                    )
                    .map_err(internal)?;
                }
            }
            Ok(CreateBucketOutput {
                location: Some(format!("/{}", input.bucket)),
            })
        })
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.read(&request, |connection, scope, input| {
            let bucket = guards::bucket(connection, &input.bucket, scope)?;
            Ok(HeadBucketOutput {
                bucket_region: Some(bucket.region),
                ..HeadBucketOutput::default()
            })
        })
    }

    async fn delete_bucket(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        let mut response = self.write(&request, |connection, scope, input| {
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
        })?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let body = content(request.input.body.take()).await?;
        self.write(&request, |connection, scope, input| {
            objects::put(connection, scope, input, &body)
        })
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let mut response = self.read(&request, objects::get)?;
        if response.output.content_range.is_some() {
            response.status = Some(http::StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let mut response = self.read(&request, objects::head)?;
        if response.output.content_range.is_some() {
            response.status = Some(http::StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let mut response = self.write(&request, objects::delete)?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        self.write(&request, |connection, scope, input| {
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
                let wanted = objects::Deletion {
                    key: &object.key,
                    version: object.version_id.as_deref(),
                    if_match: if_match.as_ref(),
                    if_size: object.size,
                    if_modified: object.last_modified_time.as_ref(),
                    bypass: input.bypass_governance_retention.unwrap_or(false),
                };
                match objects::remove(connection, &bucket, &wanted) {
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
        })
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        self.write(&request, objects::copy)
    }

    async fn list_objects(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        self.read(&request, listing::list_v1)
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.read(&request, listing::list_v2)
    }

    async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<S3Response<ListObjectVersionsOutput>> {
        self.read(&request, listing::list_versions)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.write(&request, multipart::create)
    }

    async fn upload_part(
        &self,
        mut request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let body = content(request.input.body.take()).await?;
        self.write(&request, |connection, scope, input| {
            multipart::upload_part(connection, scope, input, &body)
        })
    }

    async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        self.write(&request, multipart::upload_part_copy)
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.write(&request, multipart::complete)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let mut response = self.write(&request, |connection, scope, input| {
            multipart::abort(
                connection,
                scope,
                &input.bucket,
                &input.key,
                &input.upload_id,
            )?;
            Ok(AbortMultipartUploadOutput::default())
        })?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        self.read(&request, multipart::list_parts)
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        self.read(&request, multipart::list_uploads)
    }

    async fn get_object_tagging(
        &self,
        request: S3Request<GetObjectTaggingInput>,
    ) -> S3Result<S3Response<GetObjectTaggingOutput>> {
        self.read(&request, |connection, scope, input| {
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
                version_id: objects::shown_version(&bucket, &row.version),
            })
        })
    }

    async fn put_object_tagging(
        &self,
        request: S3Request<PutObjectTaggingInput>,
    ) -> S3Result<S3Response<PutObjectTaggingOutput>> {
        self.write(&request, |connection, scope, input| {
            let bucket = guards::bucket(connection, &input.bucket, scope)?;
            let version = input.version_id.as_deref();
            let row = guards::object(connection, &bucket, &input.key, version)?;
            if input.tagging.tag_set.len() > 10 {
                return Err(S3Error::with_message(
                    S3ErrorCode::Custom("BadRequest".into()),
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
                version_id: objects::shown_version(&bucket, &row.version),
            })
        })
    }

    async fn delete_object_tagging(
        &self,
        request: S3Request<DeleteObjectTaggingInput>,
    ) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
        let mut response = self.write(&request, |connection, scope, input| {
            let bucket = guards::bucket(connection, &input.bucket, scope)?;
            let version = input.version_id.as_deref();
            let row = guards::object(connection, &bucket, &input.key, version)?;
            let mut meta = row.meta;
            meta.tags.clear();
            store::set_meta(connection, row.seq, &meta).map_err(internal)?;
            Ok(DeleteObjectTaggingOutput {
                version_id: objects::shown_version(&bucket, &row.version),
            })
        })?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn get_object_acl(
        &self,
        request: S3Request<GetObjectAclInput>,
    ) -> S3Result<S3Response<GetObjectAclOutput>> {
        self.read(&request, |connection, scope, input| {
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
        })
    }

    async fn put_object_acl(
        &self,
        request: S3Request<PutObjectAclInput>,
    ) -> S3Result<S3Response<PutObjectAclOutput>> {
        // Ownership is the bucket owner's alone: an ACL is taken and changes nothing.
        self.read(&request, |connection, scope, input| {
            let bucket = guards::bucket(connection, &input.bucket, scope)?;
            guards::object(connection, &bucket, &input.key, input.version_id.as_deref())?;
            Ok(PutObjectAclOutput::default())
        })
    }

    async fn get_object_retention(
        &self,
        request: S3Request<GetObjectRetentionInput>,
    ) -> S3Result<S3Response<GetObjectRetentionOutput>> {
        self.read(&request, |connection, scope, input| {
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
        })
    }

    async fn put_object_retention(
        &self,
        request: S3Request<PutObjectRetentionInput>,
    ) -> S3Result<S3Response<PutObjectRetentionOutput>> {
        self.write(&request, |connection, scope, input| {
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
        })
    }

    async fn get_object_legal_hold(
        &self,
        request: S3Request<GetObjectLegalHoldInput>,
    ) -> S3Result<S3Response<GetObjectLegalHoldOutput>> {
        self.read(&request, |connection, scope, input| {
            let bucket = guards::bucket(connection, &input.bucket, scope)?;
            let version = input.version_id.as_deref();
            let row = guards::object(connection, &bucket, &input.key, version)?;
            let status = if row.meta.legal_hold { "ON" } else { "OFF" };
            Ok(GetObjectLegalHoldOutput {
                legal_hold: Some(ObjectLockLegalHold {
                    status: Some(status.to_owned().into()),
                }),
            })
        })
    }

    async fn put_object_legal_hold(
        &self,
        request: S3Request<PutObjectLegalHoldInput>,
    ) -> S3Result<S3Response<PutObjectLegalHoldOutput>> {
        self.write(&request, |connection, scope, input| {
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
        })
    }

    async fn get_object_attributes(
        &self,
        request: S3Request<GetObjectAttributesInput>,
    ) -> S3Result<S3Response<GetObjectAttributesOutput>> {
        self.read(&request, |connection, scope, input| {
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
                version_id: objects::shown_version(&bucket, &row.version),
                ..GetObjectAttributesOutput::default()
            })
        })
    }
}

fn no_lock() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::Custom("NoSuchObjectLockConfiguration".into()),
        "The specified object does not have a ObjectLock configuration",
    )
}
