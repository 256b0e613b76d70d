//! The attributes of the data source `aws_iam_policy_document`.

use std::sync::OnceLock;

use crate::rules::{Body, Holding, Mode, Nested, text, text_list, text_set};

/// The name of the data source.
pub(crate) const KIND: &str = "aws_iam_policy_document";

/// What a statement, and a document, is without a word of it.
pub(super) const EFFECT: &str = "Allow";

/// The version of the language without a word of it.
pub(super) const VERSION: &str = "2012-10-17";

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("id", Mode::OptionalComputed),
            text("json", Mode::Computed),
            text("override_json", O),
            text_list("override_policy_documents", O),
            text("policy_id", O),
            text("source_json", O),
            text_list("source_policy_documents", O),
            text("version", O).default(VERSION),
        ])
        .with_blocks(vec![Nested::new(
            "statement",
            Holding::List,
            O,
            statement(),
        )])
    })
}

fn statement() -> Body {
    let principals = |name| {
        let body = Body::new(vec![text_set("identifiers", R), text("type", R)]);
        Nested::new(name, Holding::Set(None), O, body)
    };
    Body::new(vec![
        text_set("actions", O),
        text("effect", O).default(EFFECT),
        text_set("not_actions", O),
        text_set("not_resources", O),
        text_set("resources", O),
        text("sid", O),
    ])
    .with_blocks(vec![
        Nested::new(
            "condition",
            Holding::Set(None),
            O,
            Body::new(vec![
                text("test", R),
                text_list("values", R),
                text("variable", R),
            ]),
        ),
        principals("not_principals"),
        principals("principals"),
    ])
}
