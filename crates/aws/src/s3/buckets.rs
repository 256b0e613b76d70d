//! Settings of buckets and versions of objects: the calls of those who manage buckets.

use crate::Answer;
use crate::xml::Element;

use super::Headers;

/// A bucket of a listing: its name, and when it was made in seconds since 1970.
pub type BucketNamed = (String, Option<i64>);

/// A setting of a bucket: what S3 calls a sub-resource. Its calls differ in nothing but its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of S3's own calls")]
pub enum BucketSetting {
    Accelerate,
    Acl,
    Cors,
    Encryption,
    Lifecycle,
    Logging,
    ObjectLock,
    OwnershipControls,
    Policy,
    PublicAccessBlock,
    Replication,
    RequestPayment,
    Tagging,
    Versioning,
    Website,
}

/// How a setting is called: in the query, and by its three operations ("" where there is none).
pub(super) struct Called {
    pub(super) query: &'static str,
    pub(super) get: &'static str,
    pub(super) put: &'static str,
    pub(super) delete: &'static str,
}

impl BucketSetting {
    /// What its calls are called.
    pub(super) fn called(self) -> Called {
        let (query, get, put, delete) = match self {
            Self::Accelerate => (
                "accelerate",
                "GetBucketAccelerateConfiguration",
                "PutBucketAccelerateConfiguration",
                "",
            ),
            Self::Acl => ("acl", "GetBucketAcl", "PutBucketAcl", ""),
            Self::Cors => ("cors", "GetBucketCors", "PutBucketCors", "DeleteBucketCors"),
            Self::Encryption => (
                "encryption",
                "GetBucketEncryption",
                "PutBucketEncryption",
                "DeleteBucketEncryption",
            ),
            Self::Lifecycle => (
                "lifecycle",
                "GetBucketLifecycleConfiguration",
                "PutBucketLifecycleConfiguration",
                "DeleteBucketLifecycle",
            ),
            Self::Logging => ("logging", "GetBucketLogging", "PutBucketLogging", ""),
            Self::ObjectLock => (
                "object-lock",
                "GetObjectLockConfiguration",
                "PutObjectLockConfiguration",
                "",
            ),
            Self::OwnershipControls => (
                "ownershipControls",
                "GetBucketOwnershipControls",
                "PutBucketOwnershipControls",
                "DeleteBucketOwnershipControls",
            ),
            Self::Policy => (
                "policy",
                "GetBucketPolicy",
                "PutBucketPolicy",
                "DeleteBucketPolicy",
            ),
            Self::PublicAccessBlock => (
                "publicAccessBlock",
                "GetPublicAccessBlock",
                "PutPublicAccessBlock",
                "DeletePublicAccessBlock",
            ),
            Self::Replication => (
                "replication",
                "GetBucketReplication",
                "PutBucketReplication",
                "DeleteBucketReplication",
            ),
            Self::RequestPayment => (
                "requestPayment",
                "GetBucketRequestPayment",
                "PutBucketRequestPayment",
                "",
            ),
            Self::Tagging => (
                "tagging",
                "GetBucketTagging",
                "PutBucketTagging",
                "DeleteBucketTagging",
            ),
            Self::Versioning => (
                "versioning",
                "GetBucketVersioning",
                "PutBucketVersioning",
                "",
            ),
            Self::Website => (
                "website",
                "GetBucketWebsite",
                "PutBucketWebsite",
                "DeleteBucketWebsite",
            ),
        };
        Called {
            query,
            get,
            put,
            delete,
        }
    }
}

/// What a setting says: a document, and what S3 carries beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The document; of a policy, an element whose text is the policy.
    pub document: Element,
    /// Headers of S3's own (`x-amz-…`), by their names in lower case.
    pub headers: Headers,
}

impl From<Element> for Said {
    fn from(document: Element) -> Self {
        Self {
            document,
            headers: Headers::new(),
        }
    }
}

/// One version of an object, or a mark that it was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectVersion {
    /// Key.
    pub key: String,
    /// Version; `null` for what was written before versioning was turned on.
    pub version_id: String,
    /// Whether it is a delete marker.
    pub marker: bool,
}

/// Why one version was not deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotDeleted {
    /// The version.
    pub version: ObjectVersion,
    /// S3's code, such as `AccessDenied`.
    pub code: String,
    /// S3's words.
    pub message: String,
}

/// The calls of those who manage buckets.
///
/// A setting that was never made is [`crate::Class::NotFound`] with a code of its own, such as
/// `NoSuchBucketPolicy`; a missing bucket is `NoSuchBucket`. `owner` is the account that the bucket is
/// expected to belong to.
pub trait Buckets: Send + Sync {
    /// Reads a setting.
    fn get_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
    ) -> Answer<'a, Said>;
    /// Makes a setting.
    fn put_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
        said: Said,
    ) -> Answer<'a, ()>;
    /// Takes a setting away.
    fn delete_setting<'a>(
        &'a self,
        bucket: &'a str,
        setting: BucketSetting,
        owner: Option<&'a str>,
    ) -> Answer<'a, ()>;
    /// The account's buckets whose names begin so, each with the time it was made, in seconds since 1970.
    fn buckets_named<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<BucketNamed>>;
    /// The versions and delete markers under a prefix: the first page of at most 1000.
    fn list_versions<'a>(
        &'a self,
        bucket: &'a str,
        prefix: &'a str,
    ) -> Answer<'a, Vec<ObjectVersion>>;
    /// Deletes up to 1000 versions; what was refused is told. `bypass` passes over governance.
    fn delete_versions<'a>(
        &'a self,
        bucket: &'a str,
        versions: Vec<ObjectVersion>,
        bypass: bool,
    ) -> Answer<'a, Vec<NotDeleted>>;
}
