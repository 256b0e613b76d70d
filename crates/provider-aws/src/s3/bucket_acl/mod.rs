//! `aws_s3_bucket_acl`: who may do what with a bucket, as it was said before policies.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::bucket::inline::grants::kind_of;
use super::form::{Say, text_in};
use super::setting::{self, Members, OWNER, Removal, Setting};
use crate::members::{block, elements, filled, is_unknown, text as text_member};
use crate::rules::{Body, Bounds, Draft, Holding, Mode, Nested, text};

/// The name of the type.
pub(crate) const KIND: &str = "aws_s3_bucket_acl";

const POLICY: &str = "access_control_policy";

/// The canned ACLs.
const CANNED: &[&str] = &[
    "aws-exec-read",
    "authenticated-read",
    "log-delivery-write",
    "private",
    "public-read",
    "public-read-write",
    "bucket-owner-full-control",
    "bucket-owner-read",
];

/// What a grantee may say.
pub(super) fn grantee_body() -> Body {
    Body::new(vec![
        text("display_name", Mode::Computed),
        text("email_address", Mode::Optional),
        text("id", Mode::Optional),
        text("type", Mode::Required).words(&["CanonicalUser", "AmazonCustomerByEmail", "Group"]),
        text("uri", Mode::Optional),
    ])
}

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
        let grant = Body::new(vec![text("permission", Mode::Required).words(&[
            "FULL_CONTROL",
            "WRITE",
            "WRITE_ACP",
            "READ",
            "READ_ACP",
        ])])
        .with_blocks(vec![one("grantee", Mode::Optional, grantee_body())]);
        let owner = Body::new(vec![
            text("display_name", Mode::OptionalComputed),
            text("id", Mode::Required),
        ]);
        let policy = Body::default().with_blocks(vec![
            Nested::new("grant", Holding::Set(None), Mode::Optional, grant),
            one("owner", Mode::Required, owner),
        ]);
        Body::new(vec![
            text("acl", Mode::Optional)
                .words(CANNED)
                .conflicts(&[POLICY]),
            text("bucket", Mode::Required)
                .replaces()
                .bounds(Bounds::Length(1, 63)),
            text(OWNER, Mode::Optional).replaces(),
            text("id", Mode::OptionalComputed),
        ])
        .with_blocks(vec![
            one(POLICY, Mode::OptionalComputed, policy).conflicts(&["acl"]),
        ])
    })
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = setting::validate(config);
    let said = text_member(config, "acl").is_some() || is_unknown(config, "acl");
    if !said && elements(config, POLICY).is_empty() && !is_unknown(config, POLICY) {
        for name in [POLICY, "acl"] {
            let detail = format!("\"{name}\": one of `{POLICY},acl` must be specified");
            let problem = Problem::error("Invalid combination of arguments", detail);
            found.push(problem.at(Path::new().attr(name)));
        }
    }
    found
}

/// The element of a grantee.
pub(super) fn grantee(said: &Value) -> Element {
    let kind = text_member(said, "type").unwrap_or_default();
    super::bucket::inline::grants::grantee(kind, filled(said, "id"), filled(said, "uri")).say_text(
        "EmailAddress",
        said,
        "email_address",
    )
}

/// The members of a grantee.
pub(super) fn grantee_of(grantee: &Element) -> [(&'static str, Value); 5] {
    [
        ("display_name", text_in(grantee, "DisplayName")),
        ("email_address", text_in(grantee, "EmailAddress")),
        ("id", text_in(grantee, "ID")),
        ("type", Value::string(kind_of(grantee))),
        ("uri", text_in(grantee, "URI")),
    ]
}

/// The setting as a type.
pub(crate) struct Acl;

impl Setting for Acl {
    const LABEL: &'static str = "S3 Bucket ({}) ACL";
    const SETTING: BucketSetting = BucketSetting::Acl;

    fn body() -> &'static Body {
        body()
    }

    fn said(value: &Value) -> Option<Said> {
        if let Some(acl) = filled(value, "acl") {
            return Some(Said {
                document: Element::default(),
                headers: BTreeMap::from([("x-amz-acl".to_owned(), acl.to_owned())]),
            });
        }
        let policy = block(value, POLICY)?;
        let mut list = Element::new("AccessControlList");
        for grant in elements(policy, "grant") {
            let to = block(grant, "grantee").map(grantee);
            let grant = Element::new("Grant")
                .say(to)
                .say_text("Permission", grant, "permission");
            list = list.with(grant);
        }
        let owner = block(policy, "owner").map(|owner| {
            Element::new("Owner")
                .say_text("DisplayName", owner, "display_name")
                .say_text("ID", owner, "id")
        });
        let document = Element::new("AccessControlPolicy").with(list).say(owner);
        Some(document.into())
    }

    fn seen(said: &Said, _like: &Value) -> Option<Members> {
        let inner = body().within(POLICY);
        let list = said.document.get("AccessControlList");
        let grants = list.into_iter().flat_map(|list| list.all("Grant"));
        let within = inner.within("grant");
        let grants = grants.map(|grant| {
            let to = grant.get("Grantee").map(grantee_of);
            [
                ("permission", text_in(grant, "Permission")),
                ("grantee", within.blocks("grantee", to)),
            ]
        });
        let owner = said.document.get("Owner").map(|owner| {
            [
                ("display_name", text_in(owner, "DisplayName")),
                ("id", text_in(owner, "ID")),
            ]
        });
        let policy = [[
            ("grant", inner.blocks("grant", grants)),
            ("owner", inner.blocks("owner", owner)),
        ]];
        Some(vec![(POLICY, body().blocks(POLICY, policy))])
    }

    fn removal(_prior: &Value) -> Removal {
        // A bucket always has an ACL: it stays as it is.
        Removal::Nothing
    }

    fn adjust(draft: &mut Draft, prior: Option<&Value>, wanted: &Value, _problems: &mut Problems) {
        // Grants follow from a canned ACL, but only S3 knows which.
        if let (Some(prior), Some(after)) = (prior, filled(wanted, "acl"))
            && filled(prior, "acl") != Some(after)
        {
            let unknown = Value::unknown(draft.get(POLICY).ty());
            draft.set(POLICY, unknown, Some(prior));
        }
    }

    fn further_id(value: &Value) -> Option<&str> {
        filled(value, "acl")
    }

    fn of_further_id(further: &[&str]) -> Option<Members> {
        match further {
            [acl] if CANNED.contains(acl) => Some(vec![("acl", Value::string(*acl))]),
            _ => None,
        }
    }
}
