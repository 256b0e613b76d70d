//! The attributes of `aws_s3_bucket_lifecycle_configuration`.

use std::sync::OnceLock;

use crate::rules::{Body, Bounds, Holding, Mode, Nested, boolean, number, text, text_map};
use crate::s3::setting::OWNER;

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_lifecycle_configuration";

/// The member that says below which size nothing moves.
pub(super) const SIZE: &str = "transition_default_minimum_object_size";

const STORAGE_CLASSES: &[&str] = &[
    "GLACIER",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

fn one(name: &'static str, body: Body) -> Nested {
    Nested::new(name, Holding::List, O, body).at_most(1)
}

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("bucket", R).replaces().bounds(Bounds::Length(1, 63)),
            text(OWNER, O).replaces(),
            text("id", OC),
            text(SIZE, OC).words(&["all_storage_classes_128K", "varies_by_storage_class"]),
        ])
        .with_blocks(vec![
            Nested::new("rule", Holding::List, R, rule()).at_least(1),
        ])
    })
}

fn rule() -> Body {
    let abort = Body::new(vec![number("days_after_initiation", O)]);
    let expiration = Body::new(vec![
        text("date", O),
        number("days", O),
        boolean("expired_object_delete_marker", OC),
    ]);
    let and = Body::new(vec![
        number("object_size_greater_than", O).bounds(Bounds::AtLeast(0)),
        number("object_size_less_than", O).bounds(Bounds::AtLeast(1)),
        text("prefix", O),
        text_map("tags", O),
    ]);
    let tag = Body::new(vec![text("key", R), text("value", R)]);
    let filter = Body::new(vec![
        text("object_size_greater_than", O),
        text("object_size_less_than", O),
        text("prefix", O),
    ])
    .with_blocks(vec![one("and", and), one("tag", tag)]);
    let noncurrent = || {
        vec![
            text("newer_noncurrent_versions", O),
            number("noncurrent_days", O).bounds(Bounds::AtLeast(0)),
        ]
    };
    let mut moved = noncurrent();
    moved.push(text("storage_class", R).words(STORAGE_CLASSES));
    let transition = Body::new(vec![
        text("date", O),
        number("days", O).bounds(Bounds::AtLeast(0)),
        text("storage_class", R).words(STORAGE_CLASSES),
    ]);
    Body::new(vec![
        text("id", R).bounds(Bounds::Length(1, 255)),
        text("prefix", O).deprecated("Use filter instead"),
        text("status", R).words(&["Enabled", "Disabled"]),
    ])
    .with_blocks(vec![
        one("abort_incomplete_multipart_upload", abort),
        one("expiration", expiration),
        one("filter", filter),
        one("noncurrent_version_expiration", Body::new(noncurrent())),
        Nested::new(
            "noncurrent_version_transition",
            Holding::Set(None),
            O,
            Body::new(moved),
        ),
        Nested::new("transition", Holding::Set(None), O, transition),
    ])
}
