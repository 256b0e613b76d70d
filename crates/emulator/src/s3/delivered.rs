//! Objects that another service of the embedded AWS puts into a bucket, such as DynamoDB's exports.

use rusqlite::Connection;

use super::Scope;
use super::checksums;
use super::kept::settle_encryption;
use super::store::{self, Meta, NewObject, S3Store};

/// Where a service puts its objects, and how they are kept.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Bucket.
    pub(crate) bucket: String,
    /// Region that the service works in.
    pub(crate) region: String,
    /// Twelve-digit account.
    pub(crate) account: String,
    /// `AES256` or `aws:kms`; `None` leaves it to the bucket.
    pub(crate) encryption: Option<String>,
    /// KMS key for `aws:kms`.
    pub(crate) kms_key: Option<String>,
}

/// Why objects were not put.
#[derive(Debug)]
pub(crate) enum Undelivered {
    /// There is no such bucket.
    NoSuchBucket,
    /// The store is broken.
    Broken(String),
}

impl From<rusqlite::Error> for Undelivered {
    fn from(error: rusqlite::Error) -> Self {
        Undelivered::Broken(error.to_string())
    }
}

impl S3Store {
    /// Puts objects (key, content type, content), all or none. A bucket of another region is as good
    /// as one of the same.
    pub(crate) fn deliver(
        &self,
        to: &Delivery,
        objects: &[(String, &'static str, Vec<u8>)],
    ) -> Result<(), Undelivered> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (key, content_type, body) in objects {
            put(&transaction, to, key, content_type, body)?;
        }
        Ok(transaction.commit()?)
    }
}

fn put(
    connection: &Connection,
    to: &Delivery,
    key: &str,
    content_type: &str,
    body: &[u8],
) -> Result<(), Undelivered> {
    let Some(bucket) = store::bucket(connection, &to.bucket)? else {
        return Err(Undelivered::NoSuchBucket);
    };
    let scope = Scope {
        region: to.region.clone(),
        account: to.account.clone(),
    };
    let mut meta = Meta {
        content_type: Some(content_type.to_owned()),
        encryption: to.encryption.clone(),
        kms_key: to.kms_key.clone(),
        ..Meta::default()
    };
    settle_encryption(connection, &scope, &bucket, &mut meta)
        .map_err(|error| Undelivered::Broken(error.to_string()))?;
    let etag = checksums::md5_hex(body);
    store::insert(
        connection,
        &NewObject {
            bucket: &bucket,
            key,
            marker: false,
            etag: &etag,
            meta: &meta,
            body,
        },
    )?;
    Ok(())
}

/// The MD5 of a content in base64, as it stands beside manifests.
pub(crate) fn md5_base64(body: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(checksums::md5_of(body))
}

impl S3Store {
    /// The contents of a bucket's objects below a prefix, in the order of keys; `None` without the bucket.
    pub(crate) fn contents(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> rusqlite::Result<Option<Vec<Vec<u8>>>> {
        let connection = self.lock();
        if store::bucket(&connection, bucket)?.is_none() {
            return Ok(None);
        }
        let mut rows = connection.prepare(
            "SELECT key, body FROM object WHERE bucket = ?1 AND latest = 1 AND marker = 0 ORDER BY key",
        )?;
        let found = rows.query_map([bucket], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let mut contents = Vec::new();
        for object in found {
            let (key, body) = object?;
            if key.starts_with(prefix) {
                contents.push(body);
            }
        }
        Ok(Some(contents))
    }
}
