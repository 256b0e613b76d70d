//! The data source `aws_s3_object`: what S3 keeps of an object, and its text.

use std::sync::{Arc, OnceLock};

use trueup_aws::s3::{Headers, ObjectName};
use trueup_aws::{Class, Objects};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Type, Value};

use super::form::text;
use super::object::model::{bare, metadata};
use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::filled;
use crate::region::Place;
use crate::rfc3339;
use crate::rules::{self, Body, Mode, boolean, number, text_map};
use crate::satellite::{said, with};
use crate::tags::{TagPolicy, Tags, to_value};

const C: Mode = Mode::Computed;
const O: Mode = Mode::Optional;

/// The members that are one header each.
const PLAIN: &[(&str, &str)] = &[
    ("cache_control", "cache-control"),
    ("checksum_crc32", "x-amz-checksum-crc32"),
    ("checksum_crc32c", "x-amz-checksum-crc32c"),
    ("checksum_sha1", "x-amz-checksum-sha1"),
    ("checksum_sha256", "x-amz-checksum-sha256"),
    ("content_disposition", "content-disposition"),
    ("content_encoding", "content-encoding"),
    ("content_language", "content-language"),
    ("content_type", "content-type"),
    ("etag", "etag"),
    (
        "object_lock_legal_hold_status",
        "x-amz-object-lock-legal-hold",
    ),
    ("object_lock_mode", "x-amz-object-lock-mode"),
    ("server_side_encryption", "x-amz-server-side-encryption"),
    (
        "sse_kms_key_id",
        "x-amz-server-side-encryption-aws-kms-key-id",
    ),
    ("version_id", "x-amz-version-id"),
    (
        "website_redirect_location",
        "x-amz-website-redirect-location",
    ),
];

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let mut attributes = vec![
            rules::text("arn", C),
            rules::text("body", C),
            rules::text("bucket", Mode::Required),
            boolean("bucket_key_enabled", C),
            rules::text("checksum_mode", O).words(&["ENABLED"]),
            number("content_length", C),
            rules::text("expiration", C),
            rules::text("expires", C),
            rules::text("id", Mode::OptionalComputed),
            rules::text("key", Mode::Required),
            rules::text("last_modified", C),
            text_map("metadata", C),
            rules::text("object_lock_retain_until_date", C),
            rules::text("range", O),
            rules::text("storage_class", C),
            text_map("tags", Mode::OptionalComputed),
        ];
        attributes.extend(PLAIN.iter().map(|(name, _)| match *name {
            "version_id" => rules::text(name, Mode::OptionalComputed),
            name => rules::text(name, C),
        }));
        attributes.sort_by_key(|attribute| attribute.name);
        Body::new(attributes)
    })
}

/// The data source in one region.
pub(crate) struct ObjectData {
    aws: Connection,
    objects: Arc<dyn Objects>,
    tags: Arc<TagPolicy>,
}

impl ObjectData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self {
            aws: place.aws.clone(),
            objects: place.aws.session.objects(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

/// Whether the bytes of a type are shown as a text.
fn is_text(kind: &str) -> bool {
    const TEXTS: &[&str] = &[
        "json",
        "ld+json",
        "xml",
        "atom+xml",
        "xhtml+xml",
        "x-csh",
        "x-sh",
        "x-httpd-php",
    ];
    match kind.split_once('/') {
        Some(("text", rest)) => !rest.is_empty(),
        Some(("application", rest)) => TEXTS.contains(&rest),
        _ => false,
    }
}

/// A time as HTTP writes it, in the published provider's words for its zone.
fn http_time(headers: &Headers, name: &str) -> Value {
    let said = headers.get(name).map(|said| said.replace("GMT", "UTC"));
    text(said.as_deref())
}

fn members(headers: &Headers, tags: &Tags) -> Vec<(&'static str, Value)> {
    let mut members: Vec<(&'static str, Value)> = PLAIN
        .iter()
        .map(|(name, header)| (*name, bare(headers, header)))
        .collect();
    let flag = headers.get("x-amz-server-side-encryption-bucket-key-enabled");
    let length = headers
        .get("content-length")
        .and_then(|said| said.parse::<i64>().ok());
    let until = headers.get("x-amz-object-lock-retain-until-date");
    let until = until.map(|said| {
        let plain = rfc3339::read(said).and_then(rfc3339::write);
        plain.unwrap_or_else(|| said.clone())
    });
    let class = headers.get("x-amz-storage-class");
    members.extend([
        (
            "bucket_key_enabled",
            Value::bool(flag.is_some_and(|said| said == "true")),
        ),
        ("content_length", Value::number(length.unwrap_or_default())),
        ("expiration", bare(headers, "x-amz-expiration")),
        ("expires", http_time(headers, "expires")),
        ("last_modified", http_time(headers, "last-modified")),
        ("metadata", metadata(headers)),
        ("object_lock_retain_until_date", text(until.as_deref())),
        (
            "storage_class",
            Value::string(class.map_or("STANDARD", String::as_str)),
        ),
        ("tags", to_value(tags)),
    ]);
    members
}

impl Lookup for ObjectData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let of = |name: &str| filled(config, name).map(str::to_owned);
        let name = ObjectName {
            bucket: of("bucket").unwrap_or_default(),
            key: of("key").unwrap_or_default(),
            version_id: of("version_id"),
        };
        let range = filled(config, "range");
        let doing = format!("reading S3 Bucket ({}) Object ({})", name.bucket, name.key);
        let failed = |found: Problem| vec![found.at(Path::new().attr("key"))];
        let checksums = filled(config, "checksum_mode").is_some();
        let head = self.objects.head(&name, checksums, range);
        let (head, tags) = futures::future::join(head, self.objects.tags(&name)).await;
        let headers = match head {
            Ok(headers) => headers,
            Err(error) if error.is_not_found() => {
                return Err(failed(Problem::error(
                    format!("{doing}: couldn't find resource"),
                    "There is no such object, or no such version of it.",
                )));
            }
            Err(error) => return Err(failed(problem(&doing, &error))),
        };
        let tags = match tags {
            Ok(tags) => self.tags.own(&tags),
            // Not every store has tags.
            Err(error) if error.class() == Class::Unsupported => Tags::new(),
            Err(error) => return Err(failed(problem(&doing, &error))),
        };
        let kind = headers.get("content-type").map_or("", String::as_str);
        let content = match is_text(kind) {
            true => {
                let bytes = self.objects.read(&name, range).await;
                let bytes = bytes.map_err(|error| failed(problem(&doing, &error)))?;
                Value::string(String::from_utf8_lossy(&bytes))
            }
            false => Value::null(Type::String),
        };
        let mut id = format!("{}/{}", name.bucket, name.key);
        if let Some(version) = &name.version_id {
            id.push_str(&format!("@{version}"));
        }
        let partition = self.aws.session.partition();
        let arn = format!("arn:{partition}:s3:::{}/{}", name.bucket, name.key);
        let mut value = said(
            body(),
            [
                ("arn", Value::string(arn)),
                ("body", content),
                ("bucket", Value::string(&name.bucket)),
                ("id", Value::string(id)),
                ("key", Value::string(&name.key)),
            ],
        );
        for name in ["checksum_mode", "range"] {
            if let Some(given) = filled(config, name) {
                value = with(&value, [(name, Value::string(given))]);
            }
        }
        for member in members(&headers, &tags) {
            value = with(&value, [member]);
        }
        Ok(value)
    }
}
