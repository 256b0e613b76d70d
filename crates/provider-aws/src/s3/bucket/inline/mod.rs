//! The deprecated inline blocks of a bucket, one setting each: what is put for them, and what they
//! are where S3 tells of them.

mod cors;
pub(in crate::s3) mod grants;
pub(in crate::s3) mod lifecycle;
mod logging;
mod replication;
mod website;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::xml::Element;
use trueup_provider::same_but_for_zero;
use trueup_value::Value;

use super::model::Found;
use super::schema::body;
use crate::iam_policy;
use crate::members::{block, elements, filled, flag, member, text as text_member};
use crate::s3::form::{flag_in, text};
use crate::s3::{bucket_encryption, bucket_object_lock};

/// A setting that a bucket may say inline.
pub(super) struct Inline {
    /// The argument or block.
    pub(super) member: &'static str,
    /// The setting.
    pub(super) setting: BucketSetting,
    /// What is put for it: of the planned value, that of a new bucket or not, for the step of that token.
    pub(super) said: fn(&Value, bool, &str) -> Option<Said>,
}

/// All of them, in the order in which they are put.
pub(super) const ALL: &[Inline] = &[
    inline("policy", BucketSetting::Policy, policy),
    inline("cors_rule", BucketSetting::Cors, cors::said),
    inline("website", BucketSetting::Website, website::said),
    inline("versioning", BucketSetting::Versioning, versioning),
    inline("acl", BucketSetting::Acl, grants::canned),
    inline("grant", BucketSetting::Acl, grants::said),
    inline("logging", BucketSetting::Logging, logging::said),
    inline("lifecycle_rule", BucketSetting::Lifecycle, lifecycle::said),
    inline("acceleration_status", BucketSetting::Accelerate, accelerate),
    inline("request_payer", BucketSetting::RequestPayment, payer),
    inline(
        "replication_configuration",
        BucketSetting::Replication,
        replication::said,
    ),
    inline(
        "server_side_encryption_configuration",
        BucketSetting::Encryption,
        encryption,
    ),
    inline(
        "object_lock_configuration",
        BucketSetting::ObjectLock,
        object_lock,
    ),
];

const fn inline(
    member: &'static str,
    setting: BucketSetting,
    said: fn(&Value, bool, &str) -> Option<Said>,
) -> Inline {
    Inline {
        member,
        setting,
        said,
    }
}

/// Whether a planned value says something else of a member than the prior one; of a new bucket,
/// whether it says anything.
pub(super) fn differs(name: &str, prior: Option<&Value>, wanted: &Value) -> bool {
    let Some(after) = member(wanted, name).filter(|after| after.is_wholly_known()) else {
        // Parts that only the service gives may be unknown in what is said all the same.
        return !elements(wanted, name).is_empty();
    };
    let nothing = Value::dynamic_null();
    let before = prior
        .and_then(|prior| member(prior, name))
        .unwrap_or(&nothing);
    !same_but_for_zero(before, after)
}

fn policy(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let policy = filled(wanted, "policy")?;
    let text = iam_policy::normalized(policy).unwrap_or_else(|| policy.to_owned());
    let document = Element {
        text,
        ..Element::new("Policy")
    };
    Some(document.into())
}

fn versioning(wanted: &Value, new: bool, _token: &str) -> Option<Said> {
    let block = block(wanted, "versioning")?;
    let (on, mfa) = (flag(block, "enabled"), flag(block, "mfa_delete"));
    let mut document = Element::new("VersioningConfiguration");
    // A new bucket has neither, and is not told so.
    if !new || mfa == Some(true) {
        let word = if mfa == Some(true) {
            "Enabled"
        } else {
            "Disabled"
        };
        document = document.leaf("MfaDelete", word);
    }
    if !new || on == Some(true) {
        let word = if on == Some(true) {
            "Enabled"
        } else {
            "Suspended"
        };
        document = document.leaf("Status", word);
    }
    (!document.children.is_empty()).then(|| document.into())
}

fn accelerate(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let status = filled(wanted, "acceleration_status")?;
    let document = Element::new("AccelerateConfiguration").leaf("Status", status);
    Some(document.into())
}

fn payer(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let payer = filled(wanted, "request_payer")?;
    let document = Element::new("RequestPaymentConfiguration").leaf("Payer", payer);
    Some(document.into())
}

fn encryption(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let rules = elements(
        block(wanted, "server_side_encryption_configuration")?,
        "rule",
    );
    Some(bucket_encryption::document(rules).into())
}

fn object_lock(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let block = block(wanted, "object_lock_configuration")?;
    Some(bucket_object_lock::document(block, true).into())
}

/// The members of a state that S3's settings stand for. `like` is what was believed or planned.
pub(super) fn members(found: &Found, like: Option<&Value>) -> Vec<(&'static str, Value)> {
    let document = |setting| found.settings.get(&setting).map(|said| &said.document);
    let word = |setting, name: &str| text(document(setting).and_then(|said| said.text_of(name)));
    let lock = document(BucketSetting::ObjectLock);
    vec![
        (
            "acceleration_status",
            word(BucketSetting::Accelerate, "Status"),
        ),
        (
            "request_payer",
            word(BucketSetting::RequestPayment, "Payer"),
        ),
        ("policy", policy_of(document(BucketSetting::Policy), like)),
        ("cors_rule", cors::rules(document(BucketSetting::Cors))),
        ("grant", grants::grants(document(BucketSetting::Acl))),
        (
            "lifecycle_rule",
            lifecycle::rules(document(BucketSetting::Lifecycle)),
        ),
        ("logging", logging::of(document(BucketSetting::Logging))),
        ("object_lock_configuration", object_lock_of(lock)),
        (
            "object_lock_enabled",
            Value::bool(lock.and_then(|lock| lock.text_of("ObjectLockEnabled")) == Some("Enabled")),
        ),
        (
            "replication_configuration",
            replication::of(document(BucketSetting::Replication)),
        ),
        (
            "server_side_encryption_configuration",
            encryption_of(document(BucketSetting::Encryption)),
        ),
        (
            "versioning",
            versioning_of(document(BucketSetting::Versioning)),
        ),
        ("website", website::of(document(BucketSetting::Website))),
    ]
}

/// The policy in the words that stand in `like`, where they mean the same.
fn policy_of(document: Option<&Element>, like: Option<&Value>) -> Value {
    let Some(policy) = document.map(|document| document.text.as_str()) else {
        return Value::string("");
    };
    let before = like.and_then(|like| text_member(like, "policy"));
    let same = before.filter(|before| iam_policy::equivalent(before, policy));
    let policy = same.unwrap_or(policy);
    Value::string(iam_policy::normalized(policy).unwrap_or_else(|| policy.to_owned()))
}

fn versioning_of(document: Option<&Element>) -> Value {
    let on = |name: &str| document.and_then(|said| said.text_of(name)) == Some("Enabled");
    let block = document.map(|_| {
        [
            ("enabled", Value::bool(on("Status"))),
            ("mfa_delete", Value::bool(on("MfaDelete"))),
        ]
    });
    body().blocks("versioning", block)
}

fn encryption_of(document: Option<&Element>) -> Value {
    let inner = body().within("server_side_encryption_configuration");
    let rules = document.filter(|document| document.get("Rule").is_some());
    let block = rules.map(|document| [("rule", bucket_encryption::rules(inner, document))]);
    body().blocks("server_side_encryption_configuration", block)
}

fn object_lock_of(document: Option<&Element>) -> Value {
    let inner = body().within("object_lock_configuration");
    let block = document.map(|document| {
        [
            (
                "object_lock_enabled",
                text(document.text_of("ObjectLockEnabled")),
            ),
            ("rule", bucket_object_lock::rule_of(inner, document)),
        ]
    });
    body().blocks("object_lock_configuration", block)
}

/// A flag of a document's element, for those below.
fn on(document: &Element, name: &str) -> Value {
    flag_in(document, name)
}
