//! The store of S3: buckets, object versions and uploads in one SQLite database per account.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use crate::database;

/// The version id of an object that was put while its bucket had no versioning.
pub(crate) const NULL_VERSION: &str = "null";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS bucket (
    name TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    created INTEGER NOT NULL,
    versioning TEXT,
    object_lock INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bucket_setting (
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    latest INTEGER NOT NULL,
    marker INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    meta TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS object_version ON object (bucket, key, version);
CREATE INDEX IF NOT EXISTS object_order ON object (bucket, key, seq);
CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    created INTEGER NOT NULL,
    meta TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part (
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    etag TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    sums TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (upload, number)
);
";

/// What is kept of an object beside its content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Meta {
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) storage_class: Option<String>,
    pub(crate) website_redirect: Option<String>,
    /// User metadata, names without `x-amz-meta-`.
    pub(crate) user: BTreeMap<String, String>,
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub(crate) encryption: Option<String>,
    /// ARN of the KMS key.
    pub(crate) kms_key: Option<String>,
    pub(crate) bucket_key: Option<bool>,
    /// MD5 of the customer's key, where one was used.
    pub(crate) customer_key_md5: Option<String>,
    /// Checksums in base64, by algorithm in lower case.
    pub(crate) sums: BTreeMap<String, String>,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub(crate) sum_type: Option<String>,
    /// Algorithm that an upload's parts are summed with.
    pub(crate) sum_algorithm: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    /// `GOVERNANCE` or `COMPLIANCE`.
    pub(crate) lock_mode: Option<String>,
    /// Seconds since the epoch.
    pub(crate) lock_until: Option<i64>,
    pub(crate) legal_hold: bool,
    /// Sizes of the parts of a multipart upload.
    pub(crate) parts: Vec<i64>,
}

/// A bucket.
#[derive(Debug, Clone)]
pub(crate) struct BucketRow {
    pub(crate) name: String,
    pub(crate) region: String,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
    /// `Enabled` or `Suspended`; `None` if versioning was never on.
    pub(crate) versioning: Option<String>,
    pub(crate) object_lock: bool,
}

/// One version of an object, without its content.
#[derive(Debug, Clone)]
pub(crate) struct ObjectRow {
    pub(crate) seq: i64,
    pub(crate) key: String,
    pub(crate) version: String,
    pub(crate) latest: bool,
    /// A delete marker.
    pub(crate) marker: bool,
    pub(crate) size: i64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since the epoch.
    pub(crate) modified: i64,
    pub(crate) meta: Meta,
}

/// The columns of an [`ObjectRow`], in its order.
pub(crate) const OBJECT_COLUMNS: &str =
    "seq, key, version, latest, marker, size, etag, modified, meta";

impl ObjectRow {
    /// Reads [`OBJECT_COLUMNS`].
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<ObjectRow> {
        let meta: String = row.get(8)?;
        Ok(ObjectRow {
            seq: row.get(0)?,
            key: row.get(1)?,
            version: row.get(2)?,
            latest: row.get(3)?,
            marker: row.get(4)?,
            size: row.get(5)?,
            etag: row.get(6)?,
            modified: row.get(7)?,
            meta: serde_json::from_str(&meta).unwrap_or_default(),
        })
    }
}

/// The store.
pub(crate) struct S3Store {
    connection: Mutex<Connection>,
}

impl S3Store {
    /// Opens the store; `None` keeps it in memory.
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<S3Store> {
        let connection = database::open(path, SCHEMA)?;
        Ok(S3Store {
            connection: Mutex::new(connection),
        })
    }

    /// The connection. One request at a time holds it, so that a condition and
    /// the write that depends on it are never parted.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a bucket unless it is there.
    pub(crate) fn ensure_bucket(&self, name: &str, region: &str) -> rusqlite::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        if bucket(&transaction, name)?.is_none() {
            insert_bucket(&transaction, name, region, false)?;
        }
        transaction.commit()
    }
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A bucket by name.
pub(crate) fn bucket(connection: &Connection, name: &str) -> rusqlite::Result<Option<BucketRow>> {
    connection
        .prepare_cached(
            "SELECT name, region, created, versioning, object_lock FROM bucket WHERE name = ?1",
        )?
        .query_row(params![name], read_bucket)
        .optional()
}

/// All buckets, by name.
pub(crate) fn buckets(connection: &Connection) -> rusqlite::Result<Vec<BucketRow>> {
    connection
        .prepare_cached(
            "SELECT name, region, created, versioning, object_lock FROM bucket ORDER BY name",
        )?
        .query_map([], read_bucket)?
        .collect()
}

fn read_bucket(row: &Row<'_>) -> rusqlite::Result<BucketRow> {
    Ok(BucketRow {
        name: row.get(0)?,
        region: row.get(1)?,
        created: row.get(2)?,
        versioning: row.get(3)?,
        object_lock: row.get(4)?,
    })
}

/// Makes a bucket with the settings that AWS gives to new ones.
pub(crate) fn insert_bucket(
    connection: &Connection,
    name: &str,
    region: &str,
    object_lock: bool,
) -> rusqlite::Result<()> {
    let versioning = object_lock.then_some("Enabled");
    connection.execute(
        "INSERT INTO bucket (name, region, created, versioning, object_lock) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, region, now_ms(), versioning, object_lock],
    )?;
    for (setting, body) in super::defaults::of_new_bucket(object_lock) {
        put_setting(connection, name, setting, body.as_bytes())?;
    }
    Ok(())
}

/// A stored setting of a bucket.
pub(crate) fn setting(
    connection: &Connection,
    bucket: &str,
    name: &str,
) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT body FROM bucket_setting WHERE bucket = ?1 AND name = ?2")?
        .query_row(params![bucket, name], |row| row.get(0))
        .optional()
}

/// Stores a setting of a bucket.
pub(crate) fn put_setting(
    connection: &Connection,
    bucket: &str,
    name: &str,
    body: &[u8],
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO bucket_setting (bucket, name, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (bucket, name) DO UPDATE SET body = excluded.body",
            params![bucket, name, body],
        )
        .map(|_| ())
}

/// The version that a request without version id means; it may be a delete marker.
pub(crate) fn latest(
    connection: &Connection,
    bucket: &str,
    key: &str,
) -> rusqlite::Result<Option<ObjectRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {OBJECT_COLUMNS} FROM object WHERE bucket = ?1 AND key = ?2 AND latest = 1"
        ))?
        .query_row(params![bucket, key], ObjectRow::read)
        .optional()
}

/// One version of an object.
pub(crate) fn version(
    connection: &Connection,
    bucket: &str,
    key: &str,
    version: &str,
) -> rusqlite::Result<Option<ObjectRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {OBJECT_COLUMNS} FROM object WHERE bucket = ?1 AND key = ?2 AND version = ?3"
        ))?
        .query_row(params![bucket, key, version], ObjectRow::read)
        .optional()
}

/// The content of a version.
pub(crate) fn body(connection: &Connection, seq: i64) -> rusqlite::Result<Vec<u8>> {
    connection
        .prepare_cached("SELECT body FROM object WHERE seq = ?1")?
        .query_row(params![seq], |row| row.get(0))
}

/// A new version to be stored.
pub(crate) struct NewObject<'a> {
    pub(crate) bucket: &'a BucketRow,
    pub(crate) key: &'a str,
    pub(crate) marker: bool,
    pub(crate) etag: &'a str,
    pub(crate) meta: &'a Meta,
    pub(crate) body: &'a [u8],
}

/// Stores a version and makes it the latest. Returns its version id, and when
/// it was stored in milliseconds since the epoch.
pub(crate) fn insert(
    connection: &Connection,
    new: &NewObject<'_>,
) -> rusqlite::Result<(String, i64)> {
    let bucket = &new.bucket.name;
    let id = match new.bucket.versioning.as_deref() {
        Some("Enabled") => new_version(),
        _ => NULL_VERSION.to_owned(),
    };
    if id == NULL_VERSION {
        connection.execute(
            "DELETE FROM object WHERE bucket = ?1 AND key = ?2 AND version = ?3",
            params![bucket, new.key, id],
        )?;
    }
    connection.execute(
        "UPDATE object SET latest = 0 WHERE bucket = ?1 AND key = ?2 AND latest = 1",
        params![bucket, new.key],
    )?;
    let modified = now_ms();
    let size = i64::try_from(new.body.len()).unwrap_or(i64::MAX);
    let meta = serde_json::to_string(new.meta).unwrap_or_default();
    connection.execute(
        "INSERT INTO object (bucket, key, version, latest, marker, size, etag, modified, meta, body)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![bucket, new.key, id, new.marker, size, new.etag, modified, meta, new.body],
    )?;
    Ok((id, modified))
}

/// Removes one version for good; the newest of the others becomes the latest.
pub(crate) fn remove(
    connection: &Connection,
    bucket: &str,
    row: &ObjectRow,
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM object WHERE seq = ?1", params![row.seq])?;
    if row.latest {
        connection.execute(
            "UPDATE object SET latest = 1 WHERE seq =
                (SELECT max(seq) FROM object WHERE bucket = ?1 AND key = ?2)",
            params![bucket, row.key],
        )?;
    }
    Ok(())
}

/// Replaces what is kept beside the content of a version.
pub(crate) fn set_meta(connection: &Connection, seq: i64, meta: &Meta) -> rusqlite::Result<()> {
    let text = serde_json::to_string(meta).unwrap_or_default();
    connection
        .execute(
            "UPDATE object SET meta = ?2 WHERE seq = ?1",
            params![seq, text],
        )
        .map(|_| ())
}

fn new_version() -> String {
    // As long as AWS's, and safe in an address.
    uuid::Uuid::new_v4().simple().to_string()
}
