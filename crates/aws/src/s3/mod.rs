//! S3 as the rest of the program sees it: one object-safe trait over plain structs.
mod buckets;
mod buckets_client;
mod client;
mod extra;
mod requests;
mod stored;
mod stored_client;
mod versions;

pub use buckets::{BucketNamed, BucketSetting, Buckets, NotDeleted, ObjectVersion, Said};
pub(crate) use client::Client;
pub use requests::{
    CreateBucket, DeleteObject, Encryption, GetObject, HeadObject, ListObjects, ListedObject,
    Object, ObjectHead, PutObject, PutOutcome,
};
pub use versions::{ListVersions, ListedVersion};

pub use stored::{Headers, ListPage, ListRequest, ObjectName, Objects, Retention};

use crate::Answer;

/// The S3 calls the program makes.
///
/// A missing object or bucket is [`crate::Class::NotFound`], a failed
/// `If-Match` or `If-None-Match` is [`crate::Class::PreconditionFailed`], two
/// conditional writes that met are [`crate::Class::Conflict`].
pub trait S3: Send + Sync {
    /// Reads an object whole.
    fn get_object(&self, request: GetObject) -> Answer<'_, Object>;
    /// Reads what is known of an object without its bytes.
    fn head_object(&self, request: HeadObject) -> Answer<'_, ObjectHead>;
    /// Writes an object in one piece.
    fn put_object(&self, request: PutObject) -> Answer<'_, PutOutcome>;
    /// Deletes an object; deleting none is success unless a condition is set.
    fn delete_object(&self, request: DeleteObject) -> Answer<'_, ()>;
    /// Lists the objects under a prefix, all pages, in key order.
    fn list_objects(&self, request: ListObjects) -> Answer<'_, Vec<ListedObject>>;
    /// Lists the versions of one object, delete markers included, the newest first.
    fn list_versions(&self, request: ListVersions) -> Answer<'_, Vec<ListedVersion>>;
    /// Creates a bucket in the session's region.
    fn create_bucket(&self, request: CreateBucket) -> Answer<'_, ()>;
    /// Whether the bucket can be reached: success, `NotFound` or `AccessDenied`.
    /// Returns the bucket's region where the store says it.
    fn head_bucket<'a>(&'a self, bucket: &'a str) -> Answer<'a, Option<String>>;
    /// `Enabled`, `Suspended`, or `None` if versioning was never set.
    fn get_bucket_versioning<'a>(&'a self, bucket: &'a str) -> Answer<'a, Option<String>>;
    /// Sets versioning to `Enabled` or `Suspended`.
    fn put_bucket_versioning<'a>(&'a self, bucket: &'a str, status: &'a str) -> Answer<'a, ()>;
    /// Deletes an empty bucket.
    fn delete_bucket<'a>(&'a self, bucket: &'a str) -> Answer<'a, ()>;
}
