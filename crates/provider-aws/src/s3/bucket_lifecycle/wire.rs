//! Lifecycle rules between their forms: the document that S3 takes and gives, and the blocks in state.

use trueup_aws::xml::Element;
use trueup_value::Value;

use super::schema::body;
use crate::members::{block, elements, filled, flag, text as text_member, text_map, whole};
use crate::rfc3339;
use crate::s3::bucket::inline::lifecycle::{tags_in, with_tags};
use crate::s3::form::{Say, flag_in, number_in, text, text_in};
use crate::tags::to_value;

/// The document for rules.
pub(super) fn document(rules: &[Value]) -> Element {
    let document = Element::new("LifecycleConfiguration");
    rules
        .iter()
        .fold(document, |document, rule| document.with(rule_element(rule)))
}

fn rule_element(rule: &Value) -> Element {
    let mut element = Element::new("Rule").say_text("ID", rule, "id");
    let prefix = filled(rule, "prefix");
    match (elements(rule, "filter").first(), prefix) {
        (Some(filter), _) => element = element.with(filter_element(filter)),
        (None, Some(prefix)) => element = element.leaf("Prefix", prefix),
        // What S3 takes for a rule about everything.
        (None, None) => element = element.with(Element::new("Filter").leaf("Prefix", "")),
    }
    element = element.say_text("Status", rule, "status");
    if let Some(abort) = block(rule, "abort_incomplete_multipart_upload") {
        let abort = Element::new("AbortIncompleteMultipartUpload").say_number(
            "DaysAfterInitiation",
            abort,
            "days_after_initiation",
        );
        element = element.with(abort);
    }
    if let Some(said) = elements(rule, "expiration").first() {
        let expiration = Element::new("Expiration");
        let days = whole(said, "days").filter(|days| *days > 0);
        element = element.with(match (filled(said, "date"), days) {
            (Some(date), _) => expiration.leaf("Date", date),
            (None, Some(days)) => expiration.leaf("Days", days),
            (None, None) => {
                let marker = flag(said, "expired_object_delete_marker").unwrap_or_default();
                expiration.leaf("ExpiredObjectDeleteMarker", marker)
            }
        });
    }
    for transition in elements(rule, "transition") {
        let moved = Element::new("Transition");
        let moved = match filled(transition, "date") {
            Some(date) => moved.leaf("Date", date),
            None => moved.leaf("Days", whole(transition, "days").unwrap_or(0)),
        };
        element = element.with(moved.say_text("StorageClass", transition, "storage_class"));
    }
    if let Some(said) = block(rule, "noncurrent_version_expiration") {
        let name = "NoncurrentVersionExpiration";
        element = element.with(noncurrent_element(name, said));
    }
    for said in elements(rule, "noncurrent_version_transition") {
        let moved = noncurrent_element("NoncurrentVersionTransition", said);
        element = element.with(moved.say_text("StorageClass", said, "storage_class"));
    }
    element
}

fn noncurrent_element(name: &str, said: &Value) -> Element {
    Element::new(name)
        .say_text("NewerNoncurrentVersions", said, "newer_noncurrent_versions")
        .say_number("NoncurrentDays", said, "noncurrent_days")
}

fn filter_element(said: &Value) -> Element {
    let filter = Element::new("Filter");
    if let Some(and) = block(said, "and") {
        let all = Element::new("And")
            .say_number("ObjectSizeGreaterThan", and, "object_size_greater_than")
            .say_number("ObjectSizeLessThan", and, "object_size_less_than")
            .leaf("Prefix", text_member(and, "prefix").unwrap_or_default());
        return filter.with(with_tags(all, &text_map(and, "tags")));
    }
    if let Some(tag) = block(said, "tag") {
        let tag = Element::new("Tag")
            .say_text("Key", tag, "key")
            .leaf("Value", text_member(tag, "value").unwrap_or_default());
        return filter.with(tag);
    }
    for (name, member) in [
        ("ObjectSizeGreaterThan", "object_size_greater_than"),
        ("ObjectSizeLessThan", "object_size_less_than"),
    ] {
        if filled(said, member).is_some() {
            return filter.say_text(name, said, member);
        }
    }
    filter.leaf("Prefix", text_member(said, "prefix").unwrap_or_default())
}

/// The rules of a document.
pub(super) fn rules(document: &Element) -> Value {
    body().blocks("rule", document.all("Rule").map(rule_of))
}

/// A date as configurations write it.
fn date(element: &Element) -> Value {
    let said = element.text_of("Date").unwrap_or_default();
    let plain = rfc3339::read(said).and_then(rfc3339::write);
    text(Some(plain.as_deref().unwrap_or(said)))
}

fn noncurrent_of(said: &Element) -> [(&'static str, Value); 2] {
    [
        (
            "newer_noncurrent_versions",
            text_in(said, "NewerNoncurrentVersions"),
        ),
        ("noncurrent_days", number_in(said, "NoncurrentDays")),
    ]
}

fn rule_of(rule: &Element) -> [(&'static str, Value); 9] {
    let inner = body().within("rule");
    let abort = rule.get("AbortIncompleteMultipartUpload").map(|abort| {
        [(
            "days_after_initiation",
            number_in(abort, "DaysAfterInitiation"),
        )]
    });
    let expiration = rule.get("Expiration").map(|said| {
        [
            ("date", date(said)),
            ("days", number_in(said, "Days")),
            (
                "expired_object_delete_marker",
                flag_in(said, "ExpiredObjectDeleteMarker"),
            ),
        ]
    });
    let filter = rule.get("Filter").map(|filter| {
        let within = inner.within("filter");
        let and = filter.get("And").map(|and| {
            [
                (
                    "object_size_greater_than",
                    number_in(and, "ObjectSizeGreaterThan"),
                ),
                (
                    "object_size_less_than",
                    number_in(and, "ObjectSizeLessThan"),
                ),
                ("prefix", text_in(and, "Prefix")),
                ("tags", to_value(&tags_in(and))),
            ]
        });
        let tag = filter.get("Tag").map(|tag| {
            [
                ("key", text_in(tag, "Key")),
                ("value", text_in(tag, "Value")),
            ]
        });
        [
            ("and", within.blocks("and", and)),
            (
                "object_size_greater_than",
                text_in(filter, "ObjectSizeGreaterThan"),
            ),
            (
                "object_size_less_than",
                text_in(filter, "ObjectSizeLessThan"),
            ),
            ("prefix", text_in(filter, "Prefix")),
            ("tag", within.blocks("tag", tag)),
        ]
    });
    let expired = rule.get("NoncurrentVersionExpiration").map(noncurrent_of);
    let moved = rule.all("NoncurrentVersionTransition").map(|said| {
        let [newer, days] = noncurrent_of(said);
        [
            newer,
            days,
            ("storage_class", text_in(said, "StorageClass")),
        ]
    });
    let transitions = rule.all("Transition").map(|said| {
        [
            ("date", date(said)),
            ("days", number_in(said, "Days")),
            ("storage_class", text_in(said, "StorageClass")),
        ]
    });
    [
        (
            "abort_incomplete_multipart_upload",
            inner.blocks("abort_incomplete_multipart_upload", abort),
        ),
        ("expiration", inner.blocks("expiration", expiration)),
        ("filter", inner.blocks("filter", filter)),
        ("id", text_in(rule, "ID")),
        (
            "noncurrent_version_expiration",
            inner.blocks("noncurrent_version_expiration", expired),
        ),
        (
            "noncurrent_version_transition",
            inner.blocks("noncurrent_version_transition", moved),
        ),
        ("prefix", text_in(rule, "Prefix")),
        ("status", text_in(rule, "Status")),
        ("transition", inner.blocks("transition", transitions)),
    ]
}
