//! What is kept of an object beside its content, from the headers that put it to those that show it.

use rusqlite::Connection;
use s3s::S3Result;
use s3s::dto::{Timestamp, TimestampFormat};

use super::guards::internal;
use super::store::{BucketRow, Meta};
use super::{Scope, defaults};
use crate::escapes::form;
use crate::{caller, kms};

/// The fields of [`Meta`] that every writing request has under the same names.
macro_rules! meta_of {
    ($input:expr) => {
        Meta {
            content_type: $input.content_type.clone(),
            content_encoding: $input.content_encoding.clone(),
            content_language: $input.content_language.clone(),
            content_disposition: $input.content_disposition.clone(),
            cache_control: $input.cache_control.clone(),
            expires: $input.expires.as_ref().map($crate::s3::kept::http_date),
            storage_class: $input.storage_class.as_ref().map(|c| c.as_str().to_owned()),
            website_redirect: $input.website_redirect_location.clone(),
            user: $input
                .metadata
                .clone()
                .unwrap_or_default()
                .into_iter()
                .collect(),
            encryption: $input
                .server_side_encryption
                .as_ref()
                .map(|e| e.as_str().to_owned()),
            kms_key: $input.ssekms_key_id.clone(),
            bucket_key: $input.bucket_key_enabled,
            customer_key_md5: $input.sse_customer_key_md5.clone(),
            tags: $crate::s3::kept::tags_of_header($input.tagging.as_deref()),
            lock_mode: $input
                .object_lock_mode
                .as_ref()
                .map(|m| m.as_str().to_owned()),
            lock_until: $input
                .object_lock_retain_until_date
                .as_ref()
                .map($crate::s3::guards::seconds),
            legal_hold: $input
                .object_lock_legal_hold_status
                .as_ref()
                .is_some_and(|s| s.as_str() == "ON"),
            ..Meta::default()
        }
    };
}
pub(crate) use meta_of;

/// The encryption members that every answer has under the same names.
macro_rules! fill_encryption {
    ($output:expr, $meta:expr) => {{
        $output.server_side_encryption = $meta.encryption.clone().map(Into::into);
        $output.ssekms_key_id = $meta.kms_key.clone();
        $output.bucket_key_enabled = $meta.bucket_key;
        $output.sse_customer_key_md5 = $meta.customer_key_md5.clone();
        $output.sse_customer_algorithm = $meta
            .customer_key_md5
            .is_some()
            .then(|| "AES256".to_owned().into());
    }};
}
pub(crate) use fill_encryption;

/// A time as HTTP headers hold it.
pub(crate) fn http_date(time: &Timestamp) -> String {
    let mut text = Vec::new();
    if time.format(TimestampFormat::HttpDate, &mut text).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Tags of an `x-amz-tagging` header: `a=b&c=d`.
pub(crate) fn tags_of_header(header: Option<&str>) -> Vec<(String, String)> {
    form(header.unwrap_or_default()).collect()
}

/// Completes encryption from the bucket's default, and key names to ARNs.
pub(crate) fn settle_encryption(
    connection: &Connection,
    scope: &Scope,
    bucket: &BucketRow,
    meta: &mut Meta,
) -> S3Result<()> {
    if meta.customer_key_md5.is_some() {
        return Ok(());
    }
    if meta.encryption.is_none() {
        let (algorithm, key, bucket_key) =
            defaults::encryption(connection, &bucket.name).map_err(internal)?;
        meta.bucket_key = meta.bucket_key.or(bucket_key.filter(|on| *on));
        meta.encryption = Some(algorithm);
        meta.kms_key = meta.kms_key.take().or(key);
    }
    let by_kms = meta
        .encryption
        .as_deref()
        .is_some_and(|algorithm| algorithm.starts_with("aws:kms"));
    if !by_kms {
        meta.kms_key = None;
        return Ok(());
    }
    let region = &scope.region;
    let account = &scope.account;
    meta.kms_key = Some(match meta.kms_key.take() {
        None => kms::default_key_arn(account, region, "s3"),
        Some(key) if key.starts_with("arn:") => key,
        Some(key) if key.starts_with("alias/") => kms::alias_key_arn(account, region, &key),
        Some(key) => format!(
            "arn:{}:kms:{region}:{account}:key/{key}",
            caller::partition(region)
        ),
    });
    Ok(())
}

/// The version id as answers show it: buckets without versioning show none.
pub(crate) fn shown_version(bucket: &BucketRow, version: &str) -> Option<String> {
    bucket.versioning.as_ref().map(|_| version.to_owned())
}
