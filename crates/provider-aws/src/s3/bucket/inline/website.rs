//! Inline `website`: a bucket as a website.

use serde_json::Value as Json;
use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::Value;

use super::super::schema::body;
use crate::iam_policy;
use crate::members::{block, filled};
use crate::s3::form::text;

pub(super) fn said(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let block = block(wanted, "website")?;
    let mut document = Element::new("WebsiteConfiguration");
    if let Some(suffix) = filled(block, "index_document") {
        document = document.with(Element::new("IndexDocument").leaf("Suffix", suffix));
    }
    if let Some(key) = filled(block, "error_document") {
        document = document.with(Element::new("ErrorDocument").leaf("Key", key));
    }
    if let Some(to) = filled(block, "redirect_all_requests_to") {
        let redirect = Element::new("RedirectAllRequestsTo");
        document = document.with(match to.split_once("://") {
            Some((protocol, host)) => redirect.leaf("HostName", host).leaf("Protocol", protocol),
            None => redirect.leaf("HostName", to),
        });
    }
    if let Some(rules) = filled(block, "routing_rules")
        && let Ok(Json::Array(rules)) = serde_json::from_str(rules)
    {
        let mut list = Element::new("RoutingRules");
        for rule in &rules {
            list = list.with(element("RoutingRule", rule));
        }
        document = document.with(list);
    }
    Some(document.into())
}

/// JSON with S3's own names, as elements.
fn element(name: &str, json: &Json) -> Element {
    let element = Element::new(name);
    match json {
        Json::Object(members) => members.iter().fold(element, |all, (name, member)| {
            all.with(self::element(name, member))
        }),
        Json::String(text) => Element {
            text: text.clone(),
            ..element
        },
        Json::Null => element,
        other => Element {
            text: other.to_string(),
            ..element
        },
    }
}

fn json(element: &Element) -> Json {
    match element.children.is_empty() {
        true => Json::String(element.text.clone()),
        false => {
            let members = element.children.iter();
            Json::Object(members.map(|one| (one.name.clone(), json(one))).collect())
        }
    }
}

pub(super) fn of(document: Option<&Element>) -> Value {
    let block = document.map(|document| {
        let within =
            |outer: &str, inner: &str| text(document.get(outer).and_then(|e| e.text_of(inner)));
        let redirect = document.get("RedirectAllRequestsTo").map(|redirect| {
            let host = redirect.text_of("HostName").unwrap_or_default();
            match redirect.text_of("Protocol").filter(|said| !said.is_empty()) {
                Some(protocol) => format!("{protocol}://{host}"),
                None => host.to_owned(),
            }
        });
        let rules = document.get("RoutingRules").map(|rules| {
            let rules = Json::Array(rules.children.iter().map(json).collect()).to_string();
            iam_policy::normalized(&rules).unwrap_or(rules)
        });
        [
            ("error_document", within("ErrorDocument", "Key")),
            ("index_document", within("IndexDocument", "Suffix")),
            ("redirect_all_requests_to", text(redirect.as_deref())),
            ("routing_rules", text(rules.as_deref())),
        ]
    });
    body().blocks("website", block)
}
