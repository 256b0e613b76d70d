//! `aws_s3_bucket_versioning`: whether a bucket keeps the versions of its objects.

use std::sync::OnceLock;

use trueup_aws::Error;
use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::form::{Say, text_in};
use super::setting::{Members, OWNER, Removal, Setting};
use crate::members::{block, filled, text as text_member};
use crate::rules::{Body, Bounds, Draft, Holding, Mode, Nested, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_versioning";

const BLOCK: &str = "versioning_configuration";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let configuration = Body::new(vec![
            text("mfa_delete", Mode::OptionalComputed).words(&["Enabled", "Disabled"]),
            text("status", Mode::Required).words(&["Enabled", "Suspended", "Disabled"]),
        ]);
        Body::new(vec![
            text("bucket", Mode::Required)
                .replaces()
                .bounds(Bounds::Length(1, 63)),
            text(OWNER, Mode::Optional).replaces(),
            text("id", Mode::OptionalComputed),
            text("mfa", Mode::Optional),
        ])
        .with_blocks(vec![
            Nested::new(BLOCK, Holding::List, Mode::Required, configuration)
                .at_least(1)
                .at_most(1),
        ])
    })
}

/// The setting as a type.
pub(crate) struct Versioning;

fn status(value: &Value) -> Option<&str> {
    text_member(block(value, BLOCK)?, "status")
}

fn wire(value: &Value, status: &str) -> Said {
    let configuration = block(value, BLOCK);
    let mut document = Element::new("VersioningConfiguration");
    if let Some(configuration) = configuration {
        document = document.say_text("MfaDelete", configuration, "mfa_delete");
    }
    let mut said = Said::from(document.leaf("Status", status));
    if let Some(mfa) = filled(value, "mfa") {
        said.headers.insert("x-amz-mfa".to_owned(), mfa.to_owned());
    }
    said
}

impl Setting for Versioning {
    const LABEL: &'static str = "S3 Bucket ({}) Versioning";
    const SETTING: BucketSetting = BucketSetting::Versioning;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        // A bucket has no versioning until somebody turns it on.
        let status = status(value).filter(|status| *status != "Disabled")?;
        Some(wire(value, status))
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let status = said.document.text_of("Status").unwrap_or("Disabled");
        let mfa_delete = text_in(&said.document, "MfaDelete");
        let configuration = [[
            ("mfa_delete", mfa_delete),
            ("status", Value::string(status)),
        ]];
        Some(vec![(BLOCK, body().blocks(BLOCK, configuration))])
    }

    fn removal(prior: &Value) -> Removal {
        match status(prior) {
            Some("Disabled") => Removal::Nothing,
            _ => Removal::Put(wire(prior, "Suspended")),
        }
    }

    fn ended(error: &Error) -> bool {
        // Object lock keeps versioning on for as long as the bucket is there.
        error.code() == "InvalidBucketState" && error.message().contains("Object Lock")
    }

    fn adjust(_draft: &mut Draft, prior: Option<&Value>, wanted: &Value, problems: &mut Problems) {
        let same = |prior: &Value| filled(prior, "bucket") == filled(wanted, "bucket");
        let before = prior.filter(|prior| same(prior)).and_then(status);
        if let (Some(before @ ("Enabled" | "Suspended")), Some("Disabled")) =
            (before, status(wanted))
        {
            let summary = format!(
                "versioning_configuration.status cannot be updated from '{before}' to 'Disabled'"
            );
            let detail = "Versioning that was on once can only be suspended.";
            let at = Path::new().attr(BLOCK).position(0).attr("status");
            problems.push(Problem::error(summary, detail).at(at));
        }
    }
}
