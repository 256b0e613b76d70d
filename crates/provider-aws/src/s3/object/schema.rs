//! The attributes of `aws_s3_object`.

use std::sync::OnceLock;

use crate::rules::{Body, Holding, Mode, Nested, boolean, text, text_map};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_object";

/// The canned ACLs of objects.
const CANNED: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
];

const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
];

/// The members whose change writes the object anew.
pub(super) const CONTENT: &[&str] = &[
    "bucket_key_enabled",
    "cache_control",
    "checksum_algorithm",
    "content",
    "content_base64",
    "content_disposition",
    "content_encoding",
    "content_language",
    "content_type",
    "etag",
    "kms_key_id",
    "metadata",
    "server_side_encryption",
    "source",
    "source_hash",
    "storage_class",
    "website_redirect",
];

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let default_tags = Body::new(vec![text_map("tags", O)]);
        let overrides = Body::default().with_blocks(vec![
            Nested::new("default_tags", Holding::List, O, default_tags).at_most(1),
        ]);
        Body::new(vec![
            text("acl", OC).words(CANNED),
            text("arn", C),
            text("bucket", R).replaces(),
            boolean("bucket_key_enabled", OC),
            text("cache_control", O),
            text("checksum_algorithm", O).words(&["CRC32", "CRC32C", "SHA1", "SHA256"]),
            text("checksum_crc32", C),
            text("checksum_crc32c", C),
            text("checksum_sha1", C),
            text("checksum_sha256", C),
            text("content", O).conflicts(&["source", "content_base64"]),
            text("content_base64", O).conflicts(&["source", "content"]),
            text("content_disposition", O),
            text("content_encoding", O),
            text("content_language", O),
            text("content_type", OC),
            text("etag", OC).conflicts(&["kms_key_id"]),
            boolean("force_destroy", O).default(false),
            text("id", OC),
            text("key", R).replaces(),
            text("kms_key_id", OC),
            text_map("metadata", O),
            text("object_lock_legal_hold_status", O).words(&["ON", "OFF"]),
            text("object_lock_mode", O).words(&["GOVERNANCE", "COMPLIANCE"]),
            text("object_lock_retain_until_date", O),
            text("server_side_encryption", OC).words(&["AES256", "aws:kms", "aws:kms:dsse"]),
            text("source", O).conflicts(&["content", "content_base64"]),
            text("source_hash", O),
            text("storage_class", OC).words(STORAGE_CLASSES),
            text_map("tags", O),
            text_map("tags_all", OC),
            text("version_id", C),
            text("website_redirect", O),
        ])
        .with_blocks(vec![
            Nested::new("override_provider", Holding::List, O, overrides).at_most(1),
        ])
    })
}
