//! An object between its forms: what S3 tells, and the value that stands in state.

use std::collections::BTreeMap;

use trueup_aws::s3::Headers;
use trueup_value::{Type, Value};

use super::content::{BUCKET_KEY, KMS_KEY, PLAIN};
use crate::members::{block, filled, flag, member, text_map};
use crate::rfc3339;
use crate::s3::form::text;
use crate::tags::{TagPolicy, Tags, to_value};

/// An object as S3 tells of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(super) headers: Headers,
    pub(super) tags: Tags,
    /// Whether its key is the account's own for S3: such a key is nobody's choice.
    pub(super) usual_key: bool,
}

/// A header without quotes.
pub(in crate::s3) fn bare(headers: &Headers, name: &str) -> Value {
    text(headers.get(name).map(|said| said.trim_matches('"')))
}

/// What the provider block says about tags, as far as the block of an object does not override it.
pub(super) fn policy_for(policy: &TagPolicy, value: &Value) -> TagPolicy {
    let over = block(value, "override_provider").and_then(|over| block(over, "default_tags"));
    let mut policy = policy.clone();
    if over.is_some() {
        policy.defaults = Tags::new();
    }
    policy
}

/// Metadata of the user among headers.
pub(in crate::s3) fn metadata(headers: &Headers) -> Value {
    let metadata: BTreeMap<String, String> = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix("x-amz-meta-")?.to_owned(), value.clone()))
        })
        .collect();
    to_value(&metadata)
}

/// The members of a state by what S3 tells. `like` is what was believed or planned.
pub(super) fn members(
    found: &Found,
    tags: &TagPolicy,
    partition: &str,
    like: &Value,
) -> Vec<(&'static str, Value)> {
    let headers = &found.headers;
    let mut members: Vec<(&'static str, Value)> = PLAIN
        .iter()
        .map(|(member, header)| (*member, bare(headers, header)))
        .collect();
    let mut say = |name: &'static str, value: Value| {
        members.retain(|(said, _)| *said != name);
        members.push((name, value));
    };
    let class = headers.get("x-amz-storage-class");
    say(
        "storage_class",
        Value::string(class.map_or("STANDARD", String::as_str)),
    );
    let until = headers.get("x-amz-object-lock-retain-until-date");
    let until = until.map(|said| {
        let plain = rfc3339::read(said).and_then(rfc3339::write);
        plain.unwrap_or_else(|| said.clone())
    });
    say("object_lock_retain_until_date", text(until.as_deref()));
    for (name, header) in [
        ("etag", "etag"),
        ("version_id", "x-amz-version-id"),
        ("checksum_crc32", "x-amz-checksum-crc32"),
        ("checksum_crc32c", "x-amz-checksum-crc32c"),
        ("checksum_sha1", "x-amz-checksum-sha1"),
        ("checksum_sha256", "x-amz-checksum-sha256"),
    ] {
        say(name, bare(headers, header));
    }
    let bucket_key = headers.get(BUCKET_KEY).is_some_and(|said| said == "true");
    say("bucket_key_enabled", Value::bool(bucket_key));
    say("metadata", metadata(headers));
    match headers.get(KMS_KEY).filter(|_| !found.usual_key) {
        Some(key) => say("kms_key_id", Value::string(key)),
        None => {
            let before = member(like, "kms_key_id").filter(|before| before.is_known());
            say(
                "kms_key_id",
                before.cloned().unwrap_or_else(|| Value::null(Type::String)),
            );
        }
    }
    let (bucket, key) = (filled(like, "bucket"), filled(like, "key"));
    let (bucket, key) = (bucket.unwrap_or_default(), key.unwrap_or_default());
    say(
        "arn",
        Value::string(format!("arn:{partition}:s3:::{bucket}/{key}")),
    );
    say("id", Value::string(key));
    if !member(like, "acl").is_some_and(Value::is_known) {
        say("acl", Value::null(Type::String));
    }
    // After an import nothing is known of it.
    if flag(like, "force_destroy").is_none() {
        say("force_destroy", Value::null(Type::Bool));
    }
    let (all, own) = policy_for(tags, like).read(&found.tags, &text_map(like, "tags"));
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    members
}
