//! The S3 trait over the SDK.
use std::collections::BTreeMap;

use super::{
    CreateBucket, DeleteObject, Encryption, GetObject, HeadObject, ListObjects, ListVersions,
    ListedObject, ListedVersion, Object, ObjectHead, PutObject, PutOutcome, S3,
};
use crate::calls::send;
use crate::failure::chain;
use crate::query::form;
use crate::{Answer, Error, Failure};
use aws_sdk_s3::types as sdk;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::byte_stream::error::Error as ByteStreamError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) const SERVICE: &str = "S3";
/// How often an object is read again when its bytes break off.
const READ_ATTEMPTS: u32 = 3;

/// S3 behind the SDK's client.
pub(crate) struct Client {
    pub(super) sdk: aws_sdk_s3::Client,
    region: String,
    endpoint: String,
}

/// The three headers of a key that the caller keeps.
struct CustomerKey {
    algorithm: Option<String>,
    key: Option<String>,
    md5: Option<String>,
}

impl CustomerKey {
    fn of(encryption: &Encryption, operation: &'static str) -> Result<Self, Error> {
        let Encryption::Customer(key) = encryption else {
            return Ok(Self {
                algorithm: None,
                key: None,
                md5: None,
            });
        };
        let bytes = STANDARD
            .decode(key)
            .ok()
            .filter(|b| b.len() == 32)
            .ok_or_else(|| Error::Invalid {
                service: SERVICE,
                operation,
                detail: "the customer key is not the base64 of 32 bytes".to_owned(),
            })?;
        Ok(Self {
            algorithm: Some("AES256".to_owned()),
            key: Some(key.clone()),
            md5: Some(STANDARD.encode(md5(&bytes))),
        })
    }
}

fn md5(bytes: &[u8]) -> [u8; 16] {
    use md5::Digest;
    md5::Md5::digest(bytes).into()
}

impl Client {
    pub(crate) fn new(sdk: aws_sdk_s3::Client, region: String, endpoint: String) -> Self {
        Self {
            sdk,
            region,
            endpoint,
        }
    }

    async fn get(&self, r: GetObject) -> Result<Object, Error> {
        const OP: &str = "GetObject";
        let customer = CustomerKey::of(&r.encryption, OP)?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let call = self
                .sdk
                .get_object()
                .bucket(&r.bucket)
                .key(&r.key)
                .set_version_id(r.version_id.clone())
                .set_range(r.first.map(|bytes| format!("bytes=0-{}", bytes.max(1) - 1)))
                .set_sse_customer_algorithm(customer.algorithm.clone())
                .set_sse_customer_key(customer.key.clone())
                .set_sse_customer_key_md5(customer.md5.clone());
            let output = send(SERVICE, OP, call.send()).await?;
            let head = ObjectHead {
                etag: output.e_tag,
                version_id: output.version_id,
                content_length: length(output.content_length),
                content_type: output.content_type,
                last_modified: output.last_modified.map(|d| d.secs()),
                server_side_encryption: output
                    .server_side_encryption
                    .map(|e| e.as_str().to_owned()),
                metadata: sorted(output.metadata),
            };
            match output.body.collect().await {
                Ok(bytes) => {
                    return Ok(Object {
                        head,
                        body: bytes.into_bytes(),
                    });
                }
                Err(broken) if attempt >= READ_ATTEMPTS => {
                    return Err(Error::Unreachable {
                        failure: Box::new(Failure {
                            endpoint: self.endpoint.clone(),
                            attempts: attempt,
                            ..broke_off(OP, &broken)
                        }),
                    });
                }
                Err(_) => {}
            }
        }
    }

    async fn head(&self, r: HeadObject) -> Result<ObjectHead, Error> {
        const OP: &str = "HeadObject";
        let customer = CustomerKey::of(&r.encryption, OP)?;
        let call = self
            .sdk
            .head_object()
            .bucket(r.bucket)
            .key(r.key)
            .set_version_id(r.version_id)
            .set_sse_customer_algorithm(customer.algorithm)
            .set_sse_customer_key(customer.key)
            .set_sse_customer_key_md5(customer.md5);
        let output = send(SERVICE, OP, call.send()).await?;
        Ok(ObjectHead {
            etag: output.e_tag,
            version_id: output.version_id,
            content_length: length(output.content_length),
            content_type: output.content_type,
            last_modified: output.last_modified.map(|d| d.secs()),
            server_side_encryption: output.server_side_encryption.map(|e| e.as_str().to_owned()),
            metadata: sorted(output.metadata),
        })
    }

    async fn put(&self, r: PutObject) -> Result<PutOutcome, Error> {
        const OP: &str = "PutObject";
        let customer = CustomerKey::of(&r.encryption, OP)?;
        let (at_rest, kms_key) = match r.encryption {
            Encryption::S3 => (Some(sdk::ServerSideEncryption::Aes256), None),
            Encryption::Kms(key) => (Some(sdk::ServerSideEncryption::AwsKms), Some(key)),
            Encryption::BucketDefault | Encryption::Customer(_) => (None, None),
        };
        let call = self
            .sdk
            .put_object()
            .bucket(r.bucket)
            .key(r.key)
            .body(ByteStream::from(r.body))
            .set_content_type(r.content_type)
            .set_if_match(r.if_match)
            .set_if_none_match(r.if_none_match.then(|| "*".to_owned()))
            .set_content_md5(r.content_md5)
            .set_checksum_algorithm(
                r.checksum_sha256
                    .is_some()
                    .then_some(sdk::ChecksumAlgorithm::Sha256),
            )
            .set_checksum_sha256(r.checksum_sha256)
            .set_server_side_encryption(at_rest)
            .set_ssekms_key_id(kms_key)
            .set_sse_customer_algorithm(customer.algorithm)
            .set_sse_customer_key(customer.key)
            .set_sse_customer_key_md5(customer.md5)
            .set_acl(r.acl.as_deref().map(Into::into))
            .set_tagging((!r.tags.is_empty()).then(|| tagging(&r.tags)))
            .set_metadata((!r.metadata.is_empty()).then(|| r.metadata.into_iter().collect()));
        let output = send(SERVICE, OP, call.send()).await?;
        Ok(PutOutcome {
            etag: output.e_tag,
            version_id: output.version_id,
        })
    }

    async fn list(&self, r: ListObjects) -> Result<Vec<ListedObject>, Error> {
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let call = self
                .sdk
                .list_objects_v2()
                .bucket(&r.bucket)
                .prefix(&r.prefix)
                .max_keys(1000)
                .set_continuation_token(next);
            let page = send(SERVICE, "ListObjectsV2", call.send()).await?;
            for object in page.contents.unwrap_or_default() {
                found.push(ListedObject {
                    key: object.key.unwrap_or_default(),
                    etag: object.e_tag,
                    size: length(object.size),
                    last_modified: object.last_modified.map(|d| d.secs()),
                });
            }
            next = page
                .next_continuation_token
                .filter(|t| page.is_truncated == Some(true) && !t.is_empty());
            if next.is_none() || r.limit.is_some_and(|l| found.len() >= l) {
                return Ok(found);
            }
        }
    }

    async fn create(&self, r: CreateBucket) -> Result<(), Error> {
        // us-east-1 is the one region that must not be named.
        let place = (self.region != "us-east-1").then(|| {
            sdk::CreateBucketConfiguration::builder()
                .location_constraint(self.region.as_str().into())
                .build()
        });
        let call = self
            .sdk
            .create_bucket()
            .bucket(r.bucket)
            .set_acl(r.acl.as_deref().map(Into::into))
            .set_object_lock_enabled_for_bucket(r.object_lock.then_some(true))
            .set_create_bucket_configuration(place);
        send(SERVICE, "CreateBucket", call.send()).await.map(drop)
    }
}

pub(super) fn length(given: Option<i64>) -> u64 {
    given
        .and_then(|l| u64::try_from(l).ok())
        .unwrap_or_default()
}

fn sorted(given: Option<std::collections::HashMap<String, String>>) -> BTreeMap<String, String> {
    given.unwrap_or_default().into_iter().collect()
}

/// Tags as the header carries them: a query string, percent-encoded.
pub(super) fn tagging(tags: &BTreeMap<String, String>) -> String {
    form(tags.iter().map(|(key, value)| (&**key, &**value)))
}

/// The failure of an answer that said yes and whose body is of no use.
pub(super) fn unread(operation: &'static str, why: String) -> Failure {
    Failure {
        service: SERVICE.to_owned(),
        operation: operation.to_owned(),
        message: why,
        ..Failure::default()
    }
}

/// The failure of an object that did not come whole.
pub(super) fn broke_off(operation: &'static str, error: &ByteStreamError) -> Failure {
    let why = format!("the object's bytes broke off: {}", chain(error));
    unread(operation, why)
}

impl S3 for Client {
    fn get_object(&self, request: GetObject) -> Answer<'_, Object> {
        Box::pin(self.get(request))
    }

    fn head_object(&self, request: HeadObject) -> Answer<'_, ObjectHead> {
        Box::pin(self.head(request))
    }

    fn put_object(&self, request: PutObject) -> Answer<'_, PutOutcome> {
        Box::pin(self.put(request))
    }

    fn delete_object(&self, r: DeleteObject) -> Answer<'_, ()> {
        Box::pin(async move {
            let call = self
                .sdk
                .delete_object()
                .bucket(r.bucket)
                .key(r.key)
                .set_if_match(r.if_match)
                .set_version_id(r.version_id);
            send(SERVICE, "DeleteObject", call.send()).await.map(drop)
        })
    }

    fn list_objects(&self, request: ListObjects) -> Answer<'_, Vec<ListedObject>> {
        Box::pin(self.list(request))
    }

    fn list_versions(&self, request: ListVersions) -> Answer<'_, Vec<ListedVersion>> {
        Box::pin(self.versions(request))
    }

    fn create_bucket(&self, request: CreateBucket) -> Answer<'_, ()> {
        Box::pin(self.create(request))
    }

    fn head_bucket<'a>(&'a self, bucket: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let call = self.sdk.head_bucket().bucket(bucket);
            let output = send(SERVICE, "HeadBucket", call.send()).await?;
            Ok(output.bucket_region)
        })
    }

    fn get_bucket_versioning<'a>(&'a self, bucket: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let call = self.sdk.get_bucket_versioning().bucket(bucket);
            let output = send(SERVICE, "GetBucketVersioning", call.send()).await?;
            Ok(output.status.map(|s| s.as_str().to_owned()))
        })
    }

    fn put_bucket_versioning<'a>(&'a self, bucket: &'a str, status: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let versioning = sdk::VersioningConfiguration::builder()
                .status(status.into())
                .build();
            let call = self
                .sdk
                .put_bucket_versioning()
                .bucket(bucket)
                .versioning_configuration(versioning);
            send(SERVICE, "PutBucketVersioning", call.send())
                .await
                .map(drop)
        })
    }

    fn delete_bucket<'a>(&'a self, bucket: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let call = self.sdk.delete_bucket().bucket(bucket);
            send(SERVICE, "DeleteBucket", call.send()).await.map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_percent_encoded() {
        let tags = BTreeMap::from([
            ("a b".to_owned(), "x&y=ü".to_owned()),
            ("team".to_owned(), String::new()),
        ]);
        assert_eq!(tagging(&tags), "a%20b=x%26y%3D%C3%BC&team=");
    }

    #[test]
    fn a_customer_key_is_32_bytes() {
        let key = STANDARD.encode([7u8; 32]);
        let made = CustomerKey::of(&Encryption::Customer(key.clone()), "GetObject").expect("a key");
        assert_eq!(made.key, Some(key));
        assert_eq!(made.md5.map(|m| m.len()), Some(24));
        let short = Encryption::Customer(STANDARD.encode([7u8; 31]));
        assert!(CustomerKey::of(&short, "GetObject").is_err());
    }
}
