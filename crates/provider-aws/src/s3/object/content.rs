//! The bytes of an object, and what goes with them when it is written.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use trueup_aws::Error;
use trueup_aws::s3::Headers;
use trueup_value::Value;

use crate::members::{filled, flag, text, text_map};
use crate::tags::Tags;

/// The headers that are one member each.
pub(super) const PLAIN: &[(&str, &str)] = &[
    ("cache_control", "cache-control"),
    ("content_disposition", "content-disposition"),
    ("content_encoding", "content-encoding"),
    ("content_language", "content-language"),
    ("content_type", "content-type"),
    (
        "object_lock_legal_hold_status",
        "x-amz-object-lock-legal-hold",
    ),
    ("object_lock_mode", "x-amz-object-lock-mode"),
    (
        "object_lock_retain_until_date",
        "x-amz-object-lock-retain-until-date",
    ),
    ("server_side_encryption", "x-amz-server-side-encryption"),
    ("storage_class", "x-amz-storage-class"),
    ("website_redirect", "x-amz-website-redirect-location"),
];

/// The header that names the key of an object.
pub(super) const KMS_KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";

/// The header that says whether a bucket key is used.
pub(super) const BUCKET_KEY: &str = "x-amz-server-side-encryption-bucket-key-enabled";

/// The headers of an object with these tags.
pub(super) fn headers(wanted: &Value, tags: &Tags) -> Headers {
    let mut headers = Headers::new();
    for (member, header) in PLAIN {
        if let Some(said) = filled(wanted, member) {
            headers.insert((*header).to_owned(), said.to_owned());
        }
    }
    for (member, header) in [
        ("acl", "x-amz-acl"),
        ("checksum_algorithm", "x-amz-sdk-checksum-algorithm"),
    ] {
        if let Some(said) = filled(wanted, member) {
            headers.insert(header.to_owned(), said.to_owned());
        }
    }
    if let Some(key) = filled(wanted, "kms_key_id") {
        headers.insert(KMS_KEY.to_owned(), key.to_owned());
        headers.insert(
            "x-amz-server-side-encryption".to_owned(),
            "aws:kms".to_owned(),
        );
    }
    if flag(wanted, "bucket_key_enabled") == Some(true) {
        headers.insert(BUCKET_KEY.to_owned(), "true".to_owned());
    }
    for (key, value) in text_map(wanted, "metadata") {
        headers.insert(format!("x-amz-meta-{key}"), value);
    }
    for (key, value) in tags {
        headers.insert(format!("tag:{key}"), value.clone());
    }
    headers
}

/// The files that objects are made from.
#[derive(Clone, Debug, Default)]
pub(crate) struct LocalFiles {
    /// Where relative paths begin.
    pub(crate) folder: PathBuf,
    /// What `~` stands for.
    pub(crate) home: Option<PathBuf>,
}

impl LocalFiles {
    fn path(&self, said: &str) -> PathBuf {
        match (said.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.folder.join(Path::new(said)),
        }
    }

    /// The bytes that a block says.
    pub(super) async fn bytes(&self, wanted: &Value) -> Result<Bytes, Error> {
        let wrong = |detail: String| Error::Invalid {
            service: "S3",
            operation: "PutObject",
            detail,
        };
        if let Some(source) = filled(wanted, "source") {
            let read = tokio::fs::read(self.path(source)).await;
            let read = read
                .map_err(|error| wrong(format!("opening S3 object source ({source}): {error}")));
            return Ok(read?.into());
        }
        if let Some(content) = text(wanted, "content") {
            return Ok(content.to_owned().into());
        }
        match filled(wanted, "content_base64") {
            Some(content) => {
                let bytes = STANDARD.decode(content);
                let bytes =
                    bytes.map_err(|error| wrong(format!("decoding content_base64: {error}")));
                Ok(bytes?.into())
            }
            None => Ok(Bytes::new()),
        }
    }
}

/// A key as it is sent: without a slash or `./` before it, and without empty parts.
pub(super) fn clean_key(key: &str) -> String {
    let key = key.strip_prefix("./").unwrap_or(key);
    let mut clean = String::with_capacity(key.len());
    for c in key.trim_start_matches('/').chars() {
        if c != '/' || !clean.ends_with('/') {
            clean.push(c);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::clean_key;

    #[test]
    fn keys_are_sent_clean() {
        for (key, clean) in [
            ("a/b", "a/b"),
            ("./a", "a"),
            ("/a//b///c/", "a/b/c/"),
            ("", ""),
        ] {
            assert_eq!(clean_key(key), clean, "{key}");
        }
    }
}
