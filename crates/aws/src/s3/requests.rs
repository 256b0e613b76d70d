//! Requests for objects and buckets and their answers, as plain structs.
use std::collections::BTreeMap;

use bytes::Bytes;

/// How an object is encrypted at rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Encryption {
    /// As the bucket says.
    #[default]
    BucketDefault,
    /// `AES256`: with a key of S3.
    S3,
    /// `aws:kms`: with a KMS key (id, ARN or alias).
    Kms(String),
    /// With a key of the caller: 32 bytes as base64, sent along with its MD5 on
    /// every read and write of the object.
    Customer(String),
}

/// GetObject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GetObject {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// Version; `None` for the latest.
    pub version_id: Option<String>,
    /// Only `Customer` matters for reading.
    pub encryption: Encryption,
    /// Only this many bytes from the beginning; `None` for all. Of an object without bytes none can be asked for.
    pub first: Option<u64>,
}

/// HeadObject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadObject {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// Version; `None` for the latest.
    pub version_id: Option<String>,
    /// Only `Customer` matters for reading.
    pub encryption: Encryption,
}

/// What is known of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectHead {
    /// Entity tag, in its quotes, as `if_match` takes it.
    pub etag: Option<String>,
    /// Version, in a versioned bucket.
    pub version_id: Option<String>,
    /// Bytes.
    pub content_length: u64,
    /// Content type.
    pub content_type: Option<String>,
    /// When it was written, in seconds since 1970.
    pub last_modified: Option<i64>,
    /// `AES256`, `aws:kms`, …
    pub server_side_encryption: Option<String>,
    /// User metadata.
    pub metadata: BTreeMap<String, String>,
}

/// An object with its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// What is known of it.
    pub head: ObjectHead,
    /// Its bytes.
    pub body: Bytes,
}

/// PutObject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PutObject {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// The bytes.
    pub body: Bytes,
    /// Content type.
    pub content_type: Option<String>,
    /// Write only over the object with this entity tag (in its quotes).
    pub if_match: Option<String>,
    /// Write only if there is no object (`If-None-Match: *`).
    pub if_none_match: bool,
    /// MD5 of the body, base64, for the store to check.
    pub content_md5: Option<String>,
    /// SHA-256 of the body, base64, for the store to check and keep.
    pub checksum_sha256: Option<String>,
    /// Encryption at rest.
    pub encryption: Encryption,
    /// Canned ACL.
    pub acl: Option<String>,
    /// Object tags.
    pub tags: BTreeMap<String, String>,
    /// User metadata.
    pub metadata: BTreeMap<String, String>,
}

/// What a write left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PutOutcome {
    /// Entity tag of the object written, in its quotes.
    pub etag: Option<String>,
    /// Version, in a versioned bucket.
    pub version_id: Option<String>,
}

/// DeleteObject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteObject {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// Delete only the object with this entity tag (in its quotes).
    pub if_match: Option<String>,
    /// Delete this version for good; `None` leaves a delete marker in a versioned bucket.
    pub version_id: Option<String>,
}

/// ListObjectsV2.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListObjects {
    /// Bucket.
    pub bucket: String,
    /// Prefix; may be empty.
    pub prefix: String,
    /// Stop after about this many (pages are not cut); `None` for all.
    pub limit: Option<usize>,
}

/// One object of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedObject {
    /// Key.
    pub key: String,
    /// Entity tag, in its quotes.
    pub etag: Option<String>,
    /// Bytes.
    pub size: u64,
    /// When it was written, in seconds since 1970.
    pub last_modified: Option<i64>,
}

/// CreateBucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateBucket {
    /// Bucket.
    pub bucket: String,
    /// Canned ACL.
    pub acl: Option<String>,
    /// Whether object lock is to be possible.
    pub object_lock: bool,
}
