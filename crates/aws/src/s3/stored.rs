//! Objects with all that S3 keeps of them: the calls of those who manage objects.

use std::collections::BTreeMap;

use crate::Answer;
use bytes::Bytes;

/// Headers by their names in lower case: what S3 keeps of an object beside its bytes, such as
/// `content-type`, `x-amz-storage-class` and `x-amz-meta-…`.
pub type Headers = BTreeMap<String, String>;

/// What names an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectName {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// Version; `None` for the latest.
    pub version_id: Option<String>,
}

/// The lock of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// `GOVERNANCE` or `COMPLIANCE`; `None` for no lock.
    pub mode: Option<String>,
    /// Until when, in seconds since 1970.
    pub until: Option<i64>,
    /// Whether governance is passed over, to cut a term short.
    pub bypass: bool,
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Keys, in order.
    pub keys: Vec<String>,
    /// What stands before the delimiter in keys that are left out for it.
    pub common_prefixes: Vec<String>,
    /// Owners of the keys, where they were asked for.
    pub owners: Vec<String>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// Bucket.
    pub bucket: String,
    /// Beginning of the keys.
    pub prefix: Option<String>,
    /// What cuts keys.
    pub delimiter: Option<String>,
    /// `url` to have keys encoded.
    pub encoding: Option<String>,
    /// The key after which it begins.
    pub start_after: Option<String>,
    /// Whether owners are asked for.
    pub owners: bool,
    /// At most so many on a page.
    pub most: Option<i32>,
    /// Where the page begins.
    pub next: Option<String>,
}

/// The calls of those who manage objects. A missing object is [`crate::Class::NotFound`].
pub trait Objects: Send + Sync {
    /// Writes an object with these headers and tells those that came back.
    fn write<'a>(
        &'a self,
        name: &'a ObjectName,
        headers: Headers,
        body: Bytes,
    ) -> Answer<'a, Headers>;
    /// The headers of an object; `checksums` asks for those of its bytes.
    fn head<'a>(
        &'a self,
        name: &'a ObjectName,
        checksums: bool,
        range: Option<&'a str>,
    ) -> Answer<'a, Headers>;
    /// The bytes of an object, or of a range of it (`bytes=0-9`).
    fn read<'a>(&'a self, name: &'a ObjectName, range: Option<&'a str>) -> Answer<'a, Bytes>;
    /// The tags of an object.
    fn tags<'a>(&'a self, name: &'a ObjectName) -> Answer<'a, BTreeMap<String, String>>;
    /// Gives an object these tags; none takes them away.
    fn put_tags<'a>(
        &'a self,
        name: &'a ObjectName,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()>;
    /// Gives an object a canned ACL.
    fn put_acl<'a>(&'a self, name: &'a ObjectName, canned: &'a str) -> Answer<'a, ()>;
    /// Puts a legal hold on an object (`ON`), or takes it off (`OFF`).
    fn put_legal_hold<'a>(&'a self, name: &'a ObjectName, status: &'a str) -> Answer<'a, ()>;
    /// Locks an object, or changes or ends its lock.
    fn put_retention<'a>(&'a self, name: &'a ObjectName, retention: Retention) -> Answer<'a, ()>;
    /// Lists a page of keys.
    fn list_page(&self, request: ListRequest) -> Answer<'_, ListPage>;
}
