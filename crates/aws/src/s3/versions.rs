//! The versions of one object, as a versioned bucket keeps them.
use crate::Error;
use crate::calls::send;

use super::client::{Client, SERVICE, length};

/// ListObjectVersions, of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListVersions {
    /// Bucket.
    pub bucket: String,
    /// The very key.
    pub key: String,
    /// Stop after this many; `None` for all.
    pub limit: Option<usize>,
}

/// One version of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedVersion {
    /// The version's id; `null` where it was written without versioning.
    pub version_id: String,
    /// Bytes; 0 of a delete marker.
    pub size: u64,
    /// When it was written, in seconds since 1970.
    pub last_modified: Option<i64>,
    /// Whether this is what a reader gets who names no version.
    pub latest: bool,
    /// Whether it says that the object was deleted.
    pub deleted: bool,
}

impl Client {
    /// Versions and delete markers of one key, the newest first. Keys are listed in order, so that the pages end
    /// where the first other key begins.
    pub(super) async fn versions(&self, r: ListVersions) -> Result<Vec<ListedVersion>, Error> {
        let mut found: Vec<ListedVersion> = Vec::new();
        let (mut key_marker, mut version_marker) = (None, None);
        loop {
            let call = self
                .sdk
                .list_object_versions()
                .bucket(&r.bucket)
                .prefix(&r.key)
                .max_keys(1000)
                .set_key_marker(key_marker)
                .set_version_id_marker(version_marker);
            let page = send(SERVICE, "ListObjectVersions", call.send()).await?;
            let mut others = false;
            let mut of_key = |key: Option<&str>| {
                let same = key == Some(r.key.as_str());
                others |= !same;
                same
            };
            // Each with its time to the nanosecond, as far as the store tells it.
            let mut here = Vec::new();
            for one in page.versions.unwrap_or_default() {
                if of_key(one.key.as_deref()) {
                    let version = ListedVersion {
                        version_id: one.version_id.unwrap_or_default(),
                        size: length(one.size),
                        last_modified: one.last_modified.map(|d| d.secs()),
                        latest: one.is_latest == Some(true),
                        deleted: false,
                    };
                    here.push((one.last_modified.map(|d| d.as_nanos()), version));
                }
            }
            for one in page.delete_markers.unwrap_or_default() {
                if of_key(one.key.as_deref()) {
                    let version = ListedVersion {
                        version_id: one.version_id.unwrap_or_default(),
                        size: 0,
                        last_modified: one.last_modified.map(|d| d.secs()),
                        latest: one.is_latest == Some(true),
                        deleted: true,
                    };
                    here.push((one.last_modified.map(|d| d.as_nanos()), version));
                }
            }
            // Versions and markers come apart, each the newest first. The sort is stable.
            here.sort_by_key(|(time, one)| (!one.latest, std::cmp::Reverse(*time)));
            found.extend(here.into_iter().map(|(_, one)| one));
            let more = page.is_truncated == Some(true) && !others;
            if !more || r.limit.is_some_and(|limit| found.len() >= limit) {
                found.truncate(r.limit.unwrap_or(usize::MAX));
                return Ok(found);
            }
            key_marker = page.next_key_marker;
            version_marker = page.next_version_id_marker;
            if key_marker.is_none() {
                return Ok(found);
            }
        }
    }
}
