//! Listings: keys in byte order, grouped by delimiter, page by page.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use s3s::S3Result;
use s3s::dto::{
    CommonPrefix, DeleteMarkerEntry, ETag, EncodingType, ListObjectVersionsInput,
    ListObjectVersionsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, ObjectVersion, Owner,
};

use super::Scope;
use super::defaults::canonical_id;
use super::guards::{self, internal, timestamp};
use super::store::{BucketRow, OBJECT_COLUMNS, ObjectRow};
use crate::escapes::encoded;

/// The most entries of one page.
const PAGE: i32 = 1000;

/// The owner of everything here.
pub(crate) fn owner(scope: &Scope) -> Owner {
    Owner {
        display_name: None,
        id: Some(canonical_id(&scope.account)),
    }
}

struct Page {
    rows: Vec<ObjectRow>,
    prefixes: Vec<String>,
    /// The last key or common prefix of a page that is not the last.
    next: Option<String>,
}

/// The common prefix of a key below `prefix`, if it has the delimiter.
fn group_of(key: &str, prefix: &str, delimiter: Option<&str>) -> Option<String> {
    let delimiter = delimiter.filter(|d| !d.is_empty())?;
    let rest = key.get(prefix.len()..)?;
    let end = rest.find(delimiter)? + delimiter.len();
    key.get(..prefix.len() + end).map(str::to_owned)
}

/// What all listings ask for.
struct Listing<'a> {
    bucket: BucketRow,
    prefix: &'a str,
    delimiter: Option<&'a str>,
    /// The most entries of a page, as it is answered.
    max: i32,
    encoder: Encoder,
}

macro_rules! listing {
    ($connection:expr, $scope:expr, $input:expr) => {
        Listing {
            bucket: guards::bucket($connection, &$input.bucket, $scope)?,
            prefix: $input.prefix.as_deref().unwrap_or_default(),
            delimiter: $input.delimiter.as_deref(),
            max: $input.max_keys.unwrap_or(PAGE).clamp(0, PAGE),
            encoder: Encoder::of($input.encoding_type.as_ref()),
        }
    };
}

impl Listing<'_> {
    fn limit(&self) -> usize {
        usize::try_from(self.max).unwrap_or(0)
    }

    /// A text as the answer holds it.
    fn text(&self, text: &str) -> Option<String> {
        Some(self.encoder.text(text))
    }

    /// The delimiter as the answer holds it.
    fn told_delimiter(&self) -> Option<String> {
        self.delimiter.map(|text| self.encoder.text(text))
    }
}

/// The current objects after `after`.
fn page(connection: &Connection, listing: &Listing<'_>, after: &str) -> S3Result<Page> {
    let (prefix, delimiter, limit) = (listing.prefix, listing.delimiter, listing.limit());
    let mut found = Page {
        rows: Vec::new(),
        prefixes: Vec::new(),
        next: None,
    };
    if limit == 0 {
        return Ok(found);
    }
    let mut statement = connection
        .prepare_cached(&format!(
            "SELECT {OBJECT_COLUMNS} FROM object
             WHERE bucket = ?1 AND key > ?2 AND key >= ?3 AND latest = 1 AND marker = 0
             ORDER BY key"
        ))
        .map_err(internal)?;
    let mut rows = statement
        .query(params![listing.bucket.name, after, prefix])
        .map_err(internal)?;
    let mut last = String::new();
    while let Some(row) = rows.next().map_err(internal)? {
        let row = ObjectRow::read(row).map_err(internal)?;
        if !row.key.starts_with(prefix) {
            break;
        }
        let group = group_of(&row.key, prefix, delimiter);
        if let Some(group) = &group
            && (found.prefixes.last() == Some(group) || after.starts_with(group.as_str()))
        {
            // One of a group that this page or an earlier one has named.
            continue;
        }
        if found.rows.len() + found.prefixes.len() >= limit {
            found.next = Some(last);
            break;
        }
        match group {
            Some(group) => {
                last.clone_from(&group);
                found.prefixes.push(group);
            }
            None => {
                last.clone_from(&row.key);
                found.rows.push(row);
            }
        }
    }
    Ok(found)
}

/// Writes keys as the request wants them: percent-encoded, or as they are.
struct Encoder(bool);

impl Encoder {
    fn of(encoding: Option<&EncodingType>) -> Encoder {
        Encoder(encoding.is_some_and(|e| e.as_str() == EncodingType::URL))
    }

    fn text(&self, text: &str) -> String {
        if !self.0 {
            return text.to_owned();
        }
        encoded(text, b"/")
    }

    fn prefixes(&self, prefixes: &[String]) -> Option<Vec<CommonPrefix>> {
        (!prefixes.is_empty()).then(|| {
            prefixes
                .iter()
                .map(|prefix| CommonPrefix {
                    prefix: Some(self.text(prefix)),
                })
                .collect()
        })
    }

    fn object(&self, row: &ObjectRow, owner: Option<Owner>) -> Object {
        Object {
            e_tag: Some(ETag::Strong(row.etag.clone())),
            key: Some(self.text(&row.key)),
            last_modified: Some(timestamp(row.modified)),
            owner,
            size: Some(row.size),
            storage_class: Some(
                row.meta
                    .storage_class
                    .clone()
                    .unwrap_or_else(|| "STANDARD".to_owned())
                    .into(),
            ),
            ..Object::default()
        }
    }
}

/// ListObjectsV2. A continuation token is the last key of the page before, in hex.
pub(crate) fn list_v2(
    connection: &Connection,
    scope: &Scope,
    input: &ListObjectsV2Input,
) -> S3Result<ListObjectsV2Output> {
    let listing = listing!(connection, scope, input);
    let after = match &input.continuation_token {
        Some(token) => super::checksums::unhex(token)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| {
                s3s::S3Error::with_message(
                    s3s::S3ErrorCode::InvalidArgument,
                    "The continuation token provided is incorrect",
                )
            })?,
        None => input.start_after.clone().unwrap_or_default(),
    };
    let page = page(connection, &listing, &after)?;
    let owner = input.fetch_owner.unwrap_or(false).then(|| owner(scope));
    let count = page.rows.len() + page.prefixes.len();
    Ok(ListObjectsV2Output {
        name: Some(listing.bucket.name.clone()),
        prefix: listing.text(listing.prefix),
        max_keys: Some(listing.max),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token.clone(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page
            .next
            .as_ref()
            .map(|key| super::checksums::hex(key.as_bytes())),
        contents: Some(
            page.rows
                .iter()
                .map(|row| listing.encoder.object(row, owner.clone()))
                .collect(),
        ),
        common_prefixes: listing.encoder.prefixes(&page.prefixes),
        delimiter: listing.told_delimiter(),
        encoding_type: input.encoding_type.clone(),
        start_after: input.start_after.as_deref().and_then(|s| listing.text(s)),
        ..ListObjectsV2Output::default()
    })
}

/// ListObjects.
pub(crate) fn list_v1(
    connection: &Connection,
    scope: &Scope,
    input: &ListObjectsInput,
) -> S3Result<ListObjectsOutput> {
    let listing = listing!(connection, scope, input);
    let marker = input.marker.as_deref().unwrap_or_default();
    let page = page(connection, &listing, marker)?;
    Ok(ListObjectsOutput {
        name: Some(listing.bucket.name.clone()),
        prefix: listing.text(listing.prefix),
        marker: listing.text(marker),
        max_keys: Some(listing.max),
        is_truncated: Some(page.next.is_some()),
        next_marker: page
            .next
            .as_deref()
            .filter(|_| input.delimiter.is_some())
            .and_then(|next| listing.text(next)),
        contents: Some(
            page.rows
                .iter()
                .map(|row| listing.encoder.object(row, Some(owner(scope))))
                .collect(),
        ),
        common_prefixes: listing.encoder.prefixes(&page.prefixes),
        delimiter: listing.told_delimiter(),
        encoding_type: input.encoding_type.clone(),
        ..ListObjectsOutput::default()
    })
}

/// ListObjectVersions: by key, the newest version first.
pub(crate) fn list_versions(
    connection: &Connection,
    scope: &Scope,
    input: &ListObjectVersionsInput,
) -> S3Result<ListObjectVersionsOutput> {
    let listing = listing!(connection, scope, input);
    let (prefix, limit, encoder) = (listing.prefix, listing.limit(), &listing.encoder);
    let key_marker = input.key_marker.clone().unwrap_or_default();
    let version_marker = input.version_id_marker.clone().unwrap_or_default();
    let mut output = ListObjectVersionsOutput {
        name: Some(listing.bucket.name.clone()),
        prefix: listing.text(prefix),
        key_marker: listing.text(&key_marker),
        version_id_marker: input.version_id_marker.clone(),
        max_keys: Some(listing.max),
        is_truncated: Some(false),
        delimiter: listing.told_delimiter(),
        encoding_type: input.encoding_type.clone(),
        ..ListObjectVersionsOutput::default()
    };
    let mut statement = connection
        .prepare_cached(&format!(
            "SELECT {OBJECT_COLUMNS} FROM object
             WHERE bucket = ?1 AND key >= ?2 AND key >= ?3 ORDER BY key, seq DESC"
        ))
        .map_err(internal)?;
    let mut rows = statement
        .query(params![listing.bucket.name, key_marker, prefix])
        .map_err(internal)?;
    let mut versions = Vec::new();
    let mut markers = Vec::new();
    let mut prefixes = BTreeSet::new();
    // With both markers the page begins after that very version.
    let mut skipping = !version_marker.is_empty();
    let mut last: Option<(String, String)> = None;
    while let Some(row) = rows.next().map_err(internal)? {
        let row = ObjectRow::read(row).map_err(internal)?;
        if !row.key.starts_with(prefix) {
            break;
        }
        if row.key == key_marker && !key_marker.is_empty() {
            if skipping {
                skipping = row.version != version_marker;
                continue;
            }
            if version_marker.is_empty() {
                continue;
            }
        }
        let group = group_of(&row.key, prefix, listing.delimiter);
        if let Some(group) = &group
            && (prefixes.contains(group) || key_marker.starts_with(group.as_str()))
        {
            continue;
        }
        if versions.len() + markers.len() + prefixes.len() >= limit {
            output.is_truncated = Some(limit > 0);
            if let Some((key, version)) = last {
                output.next_key_marker = Some(encoder.text(&key));
                output.next_version_id_marker = Some(version).filter(|v| !v.is_empty());
            }
            break;
        }
        if let Some(group) = group {
            last = Some((group.clone(), String::new()));
            prefixes.insert(group);
            continue;
        }
        last = Some((row.key.clone(), row.version.clone()));
        let entry = encoder.object(&row, Some(owner(scope)));
        if row.marker {
            markers.push(DeleteMarkerEntry {
                is_latest: Some(row.latest),
                key: entry.key,
                last_modified: entry.last_modified,
                owner: entry.owner,
                version_id: Some(row.version),
            });
        } else {
            versions.push(ObjectVersion {
                e_tag: entry.e_tag,
                is_latest: Some(row.latest),
                key: entry.key,
                last_modified: entry.last_modified,
                owner: entry.owner,
                size: entry.size,
                storage_class: Some("STANDARD".to_owned().into()),
                version_id: Some(row.version),
                ..ObjectVersion::default()
            });
        }
    }
    let prefixes: Vec<String> = prefixes.into_iter().collect();
    output.common_prefixes = encoder.prefixes(&prefixes);
    output.versions = Some(versions);
    output.delete_markers = Some(markers);
    Ok(output)
}
