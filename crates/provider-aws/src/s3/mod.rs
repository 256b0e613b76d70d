//! S3: buckets and what is said of them, managed and read.

pub(crate) mod bucket;
pub(crate) mod bucket_encryption;
pub(crate) mod bucket_object_lock;
pub(crate) mod bucket_public_access_block;
pub(crate) mod bucket_versioning;
mod form;
mod patient;
mod setting;

pub(crate) use setting::{Settings, validate};
