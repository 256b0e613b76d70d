//! Inline `replication_configuration`: what of a bucket is copied to others.

use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::super::schema::body;
use super::lifecycle::{tags_in, with_tags};
use crate::members::{block, elements, filled, flag, text as text_member, text_map, whole};
use crate::rules::Body;
use crate::s3::form::{Say, number_in, text, text_in};
use crate::tags::to_value;

const NAME: &str = "replication_configuration";

pub(super) fn said(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let block = block(wanted, NAME)?;
    let mut document = Element::new("ReplicationConfiguration").say_text("Role", block, "role");
    for rule in elements(block, "rules") {
        document = document.with(rule_element(rule));
    }
    Some(document.into())
}

fn rule_element(rule: &Value) -> Element {
    let status = text_member(rule, "status").unwrap_or_default();
    let mut element = Element::new("Rule")
        .say_text("ID", rule, "id")
        .leaf("Status", status);
    if let Some(criteria) = block(rule, "source_selection_criteria") {
        let encrypted = block(criteria, "sse_kms_encrypted_objects").map(|encrypted| {
            let on = flag(encrypted, "enabled") == Some(true);
            let word = if on { "Enabled" } else { "Disabled" };
            Element::new("SseKmsEncryptedObjects").leaf("Status", word)
        });
        element = element.with(Element::new("SourceSelectionCriteria").say(encrypted));
    }
    match block(rule, "filter") {
        // With a filter rules have priorities, and say what becomes of delete markers.
        Some(filter) => {
            let prefix = text_member(filter, "prefix").unwrap_or_default();
            let tags = text_map(filter, "tags");
            let said = Element::new("Filter");
            let said = match tags.is_empty() {
                true => said.leaf("Prefix", prefix),
                false => said.with(with_tags(Element::new("And").leaf("Prefix", prefix), &tags)),
            };
            let markers = filled(rule, "delete_marker_replication_status").unwrap_or("Disabled");
            element = element
                .leaf("Priority", whole(rule, "priority").unwrap_or(0))
                .with(said)
                .with(Element::new("DeleteMarkerReplication").leaf("Status", markers));
        }
        None => {
            element = element.leaf("Prefix", text_member(rule, "prefix").unwrap_or_default());
        }
    }
    element.say(block(rule, "destination").map(destination_element))
}

fn destination_element(destination: &Value) -> Element {
    let minutes = |name: &str, inner: &str, said: &Value| {
        let minutes = whole(said, "minutes").unwrap_or(15);
        Element::new(name)
            .say_text("Status", said, "status")
            .with(Element::new(inner).leaf("Minutes", minutes))
    };
    let key = filled(destination, "replica_kms_key_id")
        .map(|key| Element::new("EncryptionConfiguration").leaf("ReplicaKmsKeyID", key));
    let translation = block(destination, "access_control_translation")
        .map(|said| Element::new("AccessControlTranslation").say_text("Owner", said, "owner"));
    let time =
        block(destination, "replication_time").map(|said| minutes("ReplicationTime", "Time", said));
    let metrics =
        block(destination, "metrics").map(|said| minutes("Metrics", "EventThreshold", said));
    Element::new("Destination")
        .say_text("Bucket", destination, "bucket")
        .say_text("Account", destination, "account_id")
        .say_text("StorageClass", destination, "storage_class")
        .say(translation)
        .say(key)
        .say(time)
        .say(metrics)
}

pub(super) fn of(document: Option<&Element>) -> Value {
    let inner = body().within(NAME);
    let block = document.map(|document| {
        let rules = document
            .all("Rule")
            .map(|rule| rule_of(inner.within("rules"), rule));
        [
            ("role", text_in(document, "Role")),
            ("rules", inner.blocks("rules", rules)),
        ]
    });
    body().blocks(NAME, block)
}

fn rule_of(inner: &Body, rule: &Element) -> [(&'static str, Value); 8] {
    let filter = rule.get("Filter");
    let and = filter.and_then(|filter| filter.get("And"));
    let said = and.or(filter);
    let filter = said.map(|said| {
        [
            ("prefix", text_in(said, "Prefix")),
            ("tags", to_value(&tags_in(said))),
        ]
    });
    let criteria = rule.get("SourceSelectionCriteria").map(|criteria| {
        let within = inner.within("source_selection_criteria");
        let encrypted = criteria.get("SseKmsEncryptedObjects").map(|encrypted| {
            let on = encrypted.text_of("Status") == Some("Enabled");
            [("enabled", Value::bool(on))]
        });
        [(
            "sse_kms_encrypted_objects",
            within.blocks("sse_kms_encrypted_objects", encrypted),
        )]
    });
    let markers = rule
        .get("DeleteMarkerReplication")
        .and_then(|markers| markers.text_of("Status"))
        .filter(|status| *status == "Enabled");
    let destination = rule
        .get("Destination")
        .map(|said| destination_of(inner.within("destination"), said));
    [
        ("delete_marker_replication_status", text(markers)),
        ("destination", inner.blocks("destination", destination)),
        ("filter", inner.blocks("filter", filter)),
        ("id", text_in(rule, "ID")),
        ("prefix", text_in(rule, "Prefix")),
        ("priority", number_in(rule, "Priority")),
        (
            "source_selection_criteria",
            inner.blocks("source_selection_criteria", criteria),
        ),
        ("status", text_in(rule, "Status")),
    ]
}

fn destination_of(inner: &Body, said: &Element) -> [(&'static str, Value); 7] {
    let minutes = |name: &str, element: &str, within: &str| {
        let found = said.get(element).map(|found| {
            let minutes = found.get(within);
            [
                (
                    "minutes",
                    minutes.map_or(Value::number(0), |minutes| number_in(minutes, "Minutes")),
                ),
                ("status", text_in(found, "Status")),
            ]
        });
        inner.blocks(name, found)
    };
    let key = said.get("EncryptionConfiguration");
    let translation = said
        .get("AccessControlTranslation")
        .map(|said| [("owner", text_in(said, "Owner"))]);
    [
        ("account_id", text_in(said, "Account")),
        ("bucket", text_in(said, "Bucket")),
        (
            "replica_kms_key_id",
            text(key.and_then(|key| key.text_of("ReplicaKmsKeyID"))),
        ),
        ("storage_class", text_in(said, "StorageClass")),
        (
            "access_control_translation",
            inner.blocks("access_control_translation", translation),
        ),
        ("metrics", minutes("metrics", "Metrics", "EventThreshold")),
        (
            "replication_time",
            minutes("replication_time", "ReplicationTime", "Time"),
        ),
    ]
}
