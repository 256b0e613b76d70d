//! The attributes of `aws_s3_bucket`: a bucket's own, and the deprecated blocks that say inline what
//! types of their own say today.
// tidy: long because the inline blocks of one type are one description

use std::sync::OnceLock;
use std::time::Duration;

use trueup_value::Value;

use crate::iam_policy;
use crate::rules::{
    Body, Bounds, Holding, Mode, Nested, boolean, number, text, text_list, text_map, text_set,
};
use crate::s3::{bucket_encryption, bucket_object_lock};
use crate::timeouts::Limits;

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket";

/// The members of the `timeouts` block.
pub(super) const TIMEOUTS: &[&str] = &["create", "delete", "read", "update"];

/// How long the phases may take.
pub(super) const LIMITS: Limits = Limits {
    phases: &[
        ("create", Duration::from_secs(20 * 60)),
        ("delete", Duration::from_secs(60 * 60)),
        ("read", Duration::from_secs(20 * 60)),
        ("update", Duration::from_secs(20 * 60)),
    ],
    version: 0,
};

/// The canned ACLs of a bucket.
pub(crate) const CANNED: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "log-delivery-write",
];

const STORAGE_CLASSES: &[&str] = &[
    "GLACIER",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

/// Whether two policies mean the same.
pub(in crate::s3) fn same_policy(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    iam_policy::equivalent(&text(old), &text(new))
}

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("acceleration_status", OC)
                .words(&["Enabled", "Suspended"])
                .deprecated("Use the aws_s3_bucket_accelerate_configuration resource instead"),
            text("acl", OC)
                .words(CANNED)
                .conflicts(&["grant"])
                .deprecated("Use the aws_s3_bucket_acl resource instead"),
            text("arn", C),
            text("bucket", OC)
                .replaces()
                .bounds(Bounds::Length(0, 63))
                .conflicts(&["bucket_prefix"]),
            text("bucket_domain_name", C),
            text("bucket_prefix", OC)
                .replaces()
                .bounds(Bounds::Length(0, 37))
                .conflicts(&["bucket"]),
            text("bucket_regional_domain_name", C),
            boolean("force_destroy", O).default(false),
            text("hosted_zone_id", C),
            text("id", OC),
            boolean("object_lock_enabled", OC)
                .replaces()
                .conflicts(&["object_lock_configuration"]),
            text("policy", OC)
                .suppress(same_policy)
                .bounds(Bounds::Json)
                .deprecated("Use the aws_s3_bucket_policy resource instead"),
            text("request_payer", OC)
                .words(&["Requester", "BucketOwner"])
                .deprecated("Use the aws_s3_bucket_request_payment_configuration resource instead"),
            text_map("tags", O),
            text_map("tags_all", OC),
            text("website_domain", C),
            text("website_endpoint", C),
        ])
        .with_blocks(blocks())
        .with_timeouts(TIMEOUTS)
    })
}

fn list(name: &'static str, mode: Mode, body: Body) -> Nested {
    Nested::new(name, Holding::List, mode, body)
}

fn one(name: &'static str, mode: Mode, body: Body) -> Nested {
    let least = usize::from(mode == R);
    list(name, mode, body).at_least(least).at_most(1)
}

fn set(name: &'static str, mode: Mode, body: Body) -> Nested {
    Nested::new(name, Holding::Set(None), mode, body)
}

fn blocks() -> Vec<Nested> {
    let cors_rule = Body::new(vec![
        text_list("allowed_headers", O),
        text_list("allowed_methods", R),
        text_list("allowed_origins", R),
        text_list("expose_headers", O),
        number("max_age_seconds", O),
    ]);
    let grant = Body::new(vec![
        text("id", O),
        text_set("permissions", R),
        text("type", R).words(&["CanonicalUser", "Group"]),
        text("uri", O),
    ]);
    let logging = Body::new(vec![text("target_bucket", R), text("target_prefix", O)]);
    let object_lock = Body::new(vec![
        text("object_lock_enabled", O)
            .replaces()
            .words(&["Enabled"])
            .deprecated("Use the top-level parameter object_lock_enabled instead"),
    ])
    .with_blocks(vec![one("rule", O, bucket_object_lock::rule()).deprecated(
        "Use the aws_s3_bucket_object_lock_configuration resource instead",
    )]);
    let encryption = Body::default().with_blocks(vec![one("rule", R, bucket_encryption::rule(R))]);
    let versioning = Body::new(vec![
        boolean("enabled", O).default(false),
        boolean("mfa_delete", O).default(false),
    ]);
    let website = Body::new(vec![
        text("error_document", O),
        text("index_document", O).conflicts(&["redirect_all_requests_to"]),
        text("redirect_all_requests_to", O).conflicts(&[
            "index_document",
            "error_document",
            "routing_rules",
        ]),
        text("routing_rules", O)
            .bounds(Bounds::Json)
            .stored_as(|text| iam_policy::normalized(text).unwrap_or_else(|| text.to_owned())),
    ]);
    vec![
        list("cors_rule", OC, cors_rule)
            .deprecated("Use the aws_s3_bucket_cors_configuration resource instead"),
        set("grant", OC, grant)
            .conflicts(&["acl"])
            .deprecated("Use the aws_s3_bucket_acl resource instead"),
        list("lifecycle_rule", OC, lifecycle())
            .deprecated("Use the aws_s3_bucket_lifecycle_configuration resource instead"),
        one("logging", OC, logging)
            .deprecated("Use the aws_s3_bucket_logging resource instead"),
        one("object_lock_configuration", OC, object_lock)
            .conflicts(&["object_lock_enabled"])
            .deprecated("Use the top-level parameter object_lock_enabled and the aws_s3_bucket_object_lock_configuration resource instead"),
        one("replication_configuration", OC, replication())
            .deprecated("Use the aws_s3_bucket_replication_configuration resource instead"),
        one("server_side_encryption_configuration", OC, encryption).deprecated(
            "Use the aws_s3_bucket_server_side_encryption_configuration resource instead",
        ),
        one("versioning", OC, versioning)
            .deprecated("Use the aws_s3_bucket_versioning resource instead"),
        one("website", OC, website)
            .deprecated("Use the aws_s3_bucket_website_configuration resource instead"),
    ]
}

fn lifecycle() -> Body {
    let expiration = Body::new(vec![
        text("date", O),
        number("days", O).bounds(Bounds::AtLeast(0)),
        boolean("expired_object_delete_marker", O),
    ]);
    let noncurrent_expiration = Body::new(vec![number("days", O).bounds(Bounds::AtLeast(1))]);
    let noncurrent_transition = Body::new(vec![
        number("days", O).bounds(Bounds::AtLeast(0)),
        text("storage_class", R).words(STORAGE_CLASSES),
    ]);
    let transition = Body::new(vec![
        text("date", O),
        number("days", O).bounds(Bounds::AtLeast(0)),
        text("storage_class", R).words(STORAGE_CLASSES),
    ]);
    Body::new(vec![
        number("abort_incomplete_multipart_upload_days", O),
        boolean("enabled", R),
        text("id", OC).bounds(Bounds::Length(0, 255)),
        text("prefix", O),
        text_map("tags", O),
    ])
    .with_blocks(vec![
        one("expiration", O, expiration),
        one("noncurrent_version_expiration", O, noncurrent_expiration),
        set("noncurrent_version_transition", O, noncurrent_transition),
        set("transition", O, transition),
    ])
}

fn replication() -> Body {
    let minutes = || {
        Body::new(vec![
            number("minutes", O)
                .default(15)
                .bounds(Bounds::Range(10, 15)),
            text("status", O)
                .default("Enabled")
                .words(&["Enabled", "Disabled"]),
        ])
    };
    let translation = Body::new(vec![text("owner", R).words(&["Destination"])]);
    let destination = Body::new(vec![
        text("account_id", O),
        text("bucket", R),
        text("replica_kms_key_id", O),
        text("storage_class", O),
    ])
    .with_blocks(vec![
        one("access_control_translation", O, translation),
        one("metrics", O, minutes()),
        one("replication_time", O, minutes()),
    ]);
    let filter = Body::new(vec![text("prefix", O), text_map("tags", O)]);
    let encrypted = Body::new(vec![boolean("enabled", R)]);
    let criteria =
        Body::default().with_blocks(vec![one("sse_kms_encrypted_objects", O, encrypted)]);
    let rules = Body::new(vec![
        text("delete_marker_replication_status", O).words(&["Enabled"]),
        text("id", O).bounds(Bounds::Length(0, 255)),
        text("prefix", O).bounds(Bounds::Length(0, 1024)),
        number("priority", O),
        text("status", R).words(&["Enabled", "Disabled"]),
    ])
    .with_blocks(vec![
        one("destination", R, destination),
        one("filter", O, filter),
        one("source_selection_criteria", O, criteria),
    ]);
    Body::new(vec![text("role", R)]).with_blocks(vec![set("rules", R, rules).at_least(1)])
}
