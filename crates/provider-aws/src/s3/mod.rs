//! S3: buckets and what is said of them, managed and read.

pub(crate) mod bucket;
pub(crate) mod bucket_acl;
pub(crate) mod bucket_data;
pub(crate) mod bucket_encryption;
pub(crate) mod bucket_lifecycle;
pub(crate) mod bucket_logging;
pub(crate) mod bucket_object_lock;
pub(crate) mod bucket_ownership;
pub(crate) mod bucket_policy;
pub(crate) mod bucket_public_access_block;
pub(crate) mod bucket_versioning;
mod form;
pub(crate) mod object;
pub(crate) mod object_data;
pub(crate) mod objects_data;
mod patient;
mod setting;
mod versions;

pub(crate) use setting::{Settings, validate};
