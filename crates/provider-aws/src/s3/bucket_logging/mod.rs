//! `aws_s3_bucket_logging`: where the log of a bucket's requests goes.

use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::bucket_acl::{grantee, grantee_body, grantee_of};
use super::form::{Say, text, text_in};
use super::setting::{Members, OWNER, Removal, Setting};
use crate::members::{block, elements, text as text_member};
use crate::rules::{self, Body, Bounds, Holding, Mode, Nested};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_logging";

const FORMAT: &str = "target_object_key_format";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let one = |name, mode, body: Body| {
            let least = usize::from(mode == Mode::Required);
            Nested::new(name, Holding::List, mode, body)
                .at_least(least)
                .at_most(1)
        };
        let grant = Body::new(vec![rules::text("permission", Mode::Required).words(&[
            "FULL_CONTROL",
            "READ",
            "WRITE",
        ])])
        .with_blocks(vec![one("grantee", Mode::Required, grantee_body())]);
        let partitioned = Body::new(vec![
            rules::text("partition_date_source", Mode::Required)
                .words(&["EventTime", "DeliveryTime"]),
        ]);
        let format = Body::default().with_blocks(vec![
            one("partitioned_prefix", Mode::Optional, partitioned).conflicts(&["simple_prefix"]),
            one("simple_prefix", Mode::Optional, Body::default())
                .conflicts(&["partitioned_prefix"]),
        ]);
        Body::new(vec![
            rules::text("bucket", Mode::Required)
                .replaces()
                .bounds(Bounds::Length(1, 63)),
            rules::text(OWNER, Mode::Optional).replaces(),
            rules::text("id", Mode::OptionalComputed),
            rules::text("target_bucket", Mode::Required).bounds(Bounds::Length(1, 63)),
            rules::text("target_prefix", Mode::Required),
        ])
        .with_blocks(vec![
            Nested::new("target_grant", Holding::Set(None), Mode::Optional, grant),
            one(FORMAT, Mode::Optional, format),
        ])
    })
}

/// The setting as a type.
pub(crate) struct Logging;

impl Setting for Logging {
    const LABEL: &'static str = "S3 Bucket ({}) Logging";
    const SETTING: BucketSetting = BucketSetting::Logging;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        let prefix = text_member(value, "target_prefix").unwrap_or_default();
        let mut enabled = Element::new("LoggingEnabled")
            .say_text("TargetBucket", value, "target_bucket")
            .leaf("TargetPrefix", prefix);
        let mut grants = Element::new("TargetGrants");
        for grant in elements(value, "target_grant") {
            let to = block(grant, "grantee").map(grantee);
            let grant = Element::new("Grant")
                .say(to)
                .say_text("Permission", grant, "permission");
            grants = grants.with(grant);
        }
        if !grants.children.is_empty() {
            enabled = enabled.with(grants);
        }
        if let Some(format) = block(value, FORMAT) {
            let partitioned = block(format, "partitioned_prefix").map(|said| {
                Element::new("PartitionedPrefix").say_text(
                    "PartitionDateSource",
                    said,
                    "partition_date_source",
                )
            });
            let simple = elements(format, "simple_prefix")
                .first()
                .map(|_| Element::new("SimplePrefix"));
            let format = Element::new("TargetObjectKeyFormat");
            enabled = enabled.with(format.say(partitioned).say(simple));
        }
        Some(Element::new("BucketLoggingStatus").with(enabled).into())
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let enabled = said.document.get("LoggingEnabled")?;
        let grants = enabled.get("TargetGrants");
        let grants = grants.into_iter().flat_map(|grants| grants.all("Grant"));
        let within = body().within("target_grant");
        let grants = grants.map(|grant| {
            let to = grant.get("Grantee").map(grantee_of);
            [
                ("permission", text_in(grant, "Permission")),
                ("grantee", within.blocks("grantee", to)),
            ]
        });
        let inner = body().within(FORMAT);
        let format = enabled.get("TargetObjectKeyFormat").map(|format| {
            let partitioned = format.get("PartitionedPrefix");
            let partitioned = partitioned.map(|said| {
                let source = said.text_of("PartitionDateSource");
                [("partition_date_source", text(source))]
            });
            let simple = format.get("SimplePrefix").map(|_| []);
            [
                (
                    "partitioned_prefix",
                    inner.blocks("partitioned_prefix", partitioned),
                ),
                ("simple_prefix", inner.blocks("simple_prefix", simple)),
            ]
        });
        Some(vec![
            ("target_bucket", text_in(enabled, "TargetBucket")),
            ("target_prefix", text_in(enabled, "TargetPrefix")),
            ("target_grant", body().blocks("target_grant", grants)),
            (FORMAT, body().blocks(FORMAT, format)),
        ])
    }

    fn removal(_prior: &Value) -> Removal {
        Removal::Put(Element::new("BucketLoggingStatus").into())
    }
}
