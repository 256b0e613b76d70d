//! Inline `lifecycle_rule`: when objects of a bucket move to other storage, and when they go.

use std::collections::BTreeMap;

use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::super::schema::body;
use super::on;
use crate::made_up;
use crate::members::{block, elements, filled, flag, text as text_member, text_map, whole};
use crate::s3::form::{Say, number_in, text, text_in};
use crate::tags::{Tags, to_value};

pub(super) fn said(wanted: &Value, _new: bool, token: &str) -> Option<Said> {
    let mut document = Element::new("LifecycleConfiguration");
    for (n, rule) in elements(wanted, "lifecycle_rule").iter().enumerate() {
        document = document.with(rule_element(rule, &format!("{token}-{n}")));
    }
    (!document.children.is_empty()).then(|| document.into())
}

/// A day as S3 takes it: its midnight.
fn midnight(day: &str) -> String {
    format!("{day}T00:00:00Z")
}

/// Tags as elements.
pub(in crate::s3) fn with_tags(element: Element, tags: &Tags) -> Element {
    tags.iter().fold(element, |element, (key, value)| {
        element.with(Element::new("Tag").leaf("Key", key).leaf("Value", value))
    })
}

/// Tags of elements.
pub(in crate::s3) fn tags_in(element: &Element) -> Tags {
    let pair = |tag: &Element| {
        let of = |name: &str| tag.text_of(name).unwrap_or_default().to_owned();
        (of("Key"), of("Value"))
    };
    element.all("Tag").map(pair).collect::<BTreeMap<_, _>>()
}

fn rule_element(rule: &Value, token: &str) -> Element {
    let prefix = text_member(rule, "prefix").unwrap_or_default();
    let tags = text_map(rule, "tags");
    let filter = Element::new("Filter");
    let filter = match tags.is_empty() {
        true => filter.leaf("Prefix", prefix),
        false => filter.with(with_tags(Element::new("And").leaf("Prefix", prefix), &tags)),
    };
    let id = match filled(rule, "id") {
        Some(id) => id.to_owned(),
        None => made_up::name("tf-s3-lifecycle-", token),
    };
    let on = flag(rule, "enabled") == Some(true);
    let mut actions = Vec::new();
    if let Some(expiration) = block(rule, "expiration") {
        let element = Element::new("Expiration");
        actions.push(
            match (filled(expiration, "date"), whole(expiration, "days")) {
                (Some(date), _) => element.leaf("Date", midnight(date)),
                (None, Some(days)) if days > 0 => element.leaf("Days", days),
                _ => element.say_flag(
                    "ExpiredObjectDeleteMarker",
                    expiration,
                    "expired_object_delete_marker",
                ),
            },
        );
    }
    for transition in elements(rule, "transition") {
        let element = Element::new("Transition");
        let element = match filled(transition, "date") {
            Some(date) => element.leaf("Date", midnight(date)),
            None => element.leaf("Days", whole(transition, "days").unwrap_or(0)),
        };
        actions.push(element.say_text("StorageClass", transition, "storage_class"));
    }
    if let Some(expiration) = block(rule, "noncurrent_version_expiration") {
        let element = Element::new("NoncurrentVersionExpiration");
        actions.push(element.say_number("NoncurrentDays", expiration, "days"));
    }
    for transition in elements(rule, "noncurrent_version_transition") {
        actions.push(
            Element::new("NoncurrentVersionTransition")
                .leaf("NoncurrentDays", whole(transition, "days").unwrap_or(0))
                .say_text("StorageClass", transition, "storage_class"),
        );
    }
    if let Some(days) = whole(rule, "abort_incomplete_multipart_upload_days").filter(|n| *n > 0) {
        actions
            .push(Element::new("AbortIncompleteMultipartUpload").leaf("DaysAfterInitiation", days));
    }
    if actions.is_empty() {
        // S3 takes no rule that does nothing: this one changes nothing.
        let nothing = Element::new("Expiration").leaf("ExpiredObjectDeleteMarker", false);
        actions.push(nothing);
    }
    let mut element = Element::new("Rule").leaf("ID", id).with(filter);
    element = element.leaf("Status", if on { "Enabled" } else { "Disabled" });
    element.children.extend(actions);
    element
}

pub(super) fn rules(document: Option<&Element>) -> Value {
    let rules = document
        .into_iter()
        .flat_map(|document| document.all("Rule"));
    body().blocks("lifecycle_rule", rules.map(rule_of))
}

fn rule_of(rule: &Element) -> [(&'static str, Value); 9] {
    let inner = body().within("lifecycle_rule");
    let filter = rule.get("Filter");
    let and = filter.and_then(|filter| filter.get("And"));
    let prefix = [and, filter, Some(rule)]
        .into_iter()
        .flatten()
        .find_map(|element| element.text_of("Prefix"));
    let tags = and.or(filter).map(tags_in).unwrap_or_default();
    let day = |element: &Element| {
        let date = element.text_of("Date").unwrap_or_default();
        text(date.split('T').next())
    };
    let expiration = rule.get("Expiration").filter(|expiration| {
        expiration.get("Date").is_some()
            || expiration.get("Days").is_some()
            || expiration.text_of("ExpiredObjectDeleteMarker") == Some("true")
    });
    let expiration = expiration.map(|expiration| {
        [
            ("date", day(expiration)),
            ("days", number_in(expiration, "Days")),
            (
                "expired_object_delete_marker",
                on(expiration, "ExpiredObjectDeleteMarker"),
            ),
        ]
    });
    let noncurrent = rule.get("NoncurrentVersionExpiration");
    let noncurrent =
        noncurrent.map(|noncurrent| [("days", number_in(noncurrent, "NoncurrentDays"))]);
    let noncurrent_transitions = rule.all("NoncurrentVersionTransition").map(|transition| {
        [
            ("days", number_in(transition, "NoncurrentDays")),
            ("storage_class", text_in(transition, "StorageClass")),
        ]
    });
    let transitions = rule.all("Transition").map(|transition| {
        [
            ("date", day(transition)),
            ("days", number_in(transition, "Days")),
            ("storage_class", text_in(transition, "StorageClass")),
        ]
    });
    let abort = rule.get("AbortIncompleteMultipartUpload");
    [
        (
            "abort_incomplete_multipart_upload_days",
            abort.map_or(Value::number(0), |abort| {
                number_in(abort, "DaysAfterInitiation")
            }),
        ),
        (
            "enabled",
            Value::bool(rule.text_of("Status") == Some("Enabled")),
        ),
        ("id", text_in(rule, "ID")),
        ("prefix", text(prefix)),
        ("tags", to_value(&tags)),
        ("expiration", inner.blocks("expiration", expiration)),
        (
            "noncurrent_version_expiration",
            inner.blocks("noncurrent_version_expiration", noncurrent),
        ),
        (
            "noncurrent_version_transition",
            inner.blocks("noncurrent_version_transition", noncurrent_transitions),
        ),
        ("transition", inner.blocks("transition", transitions)),
    ]
}
