//! The S3 trait over our store: each call takes the store's lock and one transaction.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use rusqlite::Connection;
use s3s::dto::*;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::Scope;
use super::guards::{internal, scope_of};
use super::store::S3Store;
use super::{attributes, buckets, completion, deleting, listing, multipart, reading, writing};

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
        self.read(&request, buckets::list)
    }

    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        self.write(&request, buckets::create)
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.read(&request, buckets::head)
    }

    async fn delete_bucket(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        let mut response = self.write(&request, buckets::delete)?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let body = content(request.input.body.take()).await?;
        self.write(&request, |connection, scope, input| {
            writing::put(connection, scope, input, &body)
        })
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let mut response = self.read(&request, reading::get)?;
        if response.output.content_range.is_some() {
            response.status = Some(http::StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let mut response = self.read(&request, reading::head)?;
        if response.output.content_range.is_some() {
            response.status = Some(http::StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let mut response = self.write(&request, deleting::delete)?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        self.write(&request, deleting::delete_many)
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        self.write(&request, writing::copy)
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
        self.write(&request, completion::complete)
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
        self.read(&request, attributes::tagging)
    }

    async fn put_object_tagging(
        &self,
        request: S3Request<PutObjectTaggingInput>,
    ) -> S3Result<S3Response<PutObjectTaggingOutput>> {
        self.write(&request, attributes::put_tagging)
    }

    async fn delete_object_tagging(
        &self,
        request: S3Request<DeleteObjectTaggingInput>,
    ) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
        let mut response = self.write(&request, attributes::delete_tagging)?;
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    async fn get_object_acl(
        &self,
        request: S3Request<GetObjectAclInput>,
    ) -> S3Result<S3Response<GetObjectAclOutput>> {
        self.read(&request, attributes::acl)
    }

    async fn put_object_acl(
        &self,
        request: S3Request<PutObjectAclInput>,
    ) -> S3Result<S3Response<PutObjectAclOutput>> {
        // Ownership is the bucket owner's alone: an ACL is taken and changes nothing.
        self.read(&request, attributes::put_acl)
    }

    async fn get_object_retention(
        &self,
        request: S3Request<GetObjectRetentionInput>,
    ) -> S3Result<S3Response<GetObjectRetentionOutput>> {
        self.read(&request, attributes::retention)
    }

    async fn put_object_retention(
        &self,
        request: S3Request<PutObjectRetentionInput>,
    ) -> S3Result<S3Response<PutObjectRetentionOutput>> {
        self.write(&request, attributes::put_retention)
    }

    async fn get_object_legal_hold(
        &self,
        request: S3Request<GetObjectLegalHoldInput>,
    ) -> S3Result<S3Response<GetObjectLegalHoldOutput>> {
        self.read(&request, attributes::legal_hold)
    }

    async fn put_object_legal_hold(
        &self,
        request: S3Request<PutObjectLegalHoldInput>,
    ) -> S3Result<S3Response<PutObjectLegalHoldOutput>> {
        self.write(&request, attributes::put_legal_hold)
    }

    async fn get_object_attributes(
        &self,
        request: S3Request<GetObjectAttributesInput>,
    ) -> S3Result<S3Response<GetObjectAttributesOutput>> {
        self.read(&request, attributes::attributes)
    }
}
