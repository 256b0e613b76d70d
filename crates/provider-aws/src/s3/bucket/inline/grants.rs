//! Inline `acl` and `grant`: who may do what with a bucket, as it was said before policies.

use std::collections::BTreeMap;

use trueup_aws::s3::Said;
use trueup_aws::xml::Element;
use trueup_value::{Type, Value};

use super::super::schema::body;
use crate::members::{elements, filled, text as text_member, texts};

/// The namespace of the attribute that tells what a grantee is.
const KINDS: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A canned ACL: it goes with a header. A new bucket is made with it.
pub(super) fn canned(wanted: &Value, new: bool, _token: &str) -> Option<Said> {
    if new {
        return None;
    }
    let acl = filled(wanted, "acl").unwrap_or("private");
    let headers = BTreeMap::from([("x-amz-acl".to_owned(), acl.to_owned())]);
    Some(Said {
        document: Element::default(),
        headers,
    })
}

/// Grants, still without the owner of the bucket.
pub(super) fn said(wanted: &Value, _new: bool, _token: &str) -> Option<Said> {
    let mut list = Element::new("AccessControlList");
    for grant in elements(wanted, "grant") {
        for permission in texts(grant, "permissions") {
            let kind = text_member(grant, "type").unwrap_or_default();
            let grantee = grantee(kind, filled(grant, "id"), filled(grant, "uri"));
            let grant = Element::new("Grant").with(grantee);
            list = list.with(grant.leaf("Permission", permission));
        }
    }
    let document = Element::new("AccessControlPolicy");
    (!list.children.is_empty()).then(|| document.with(list).into())
}

/// A grantee of a kind.
pub(in crate::s3) fn grantee(kind: &str, id: Option<&str>, uri: Option<&str>) -> Element {
    let mut grantee = Element::new("Grantee")
        .attribute("xmlns:xsi", KINDS)
        .attribute("xsi:type", kind);
    if let Some(id) = id {
        grantee = grantee.leaf("ID", id);
    }
    if let Some(uri) = uri {
        grantee = grantee.leaf("URI", uri);
    }
    grantee
}

/// What a grantee is.
pub(in crate::s3) fn kind_of(grantee: &Element) -> &str {
    let kind = grantee
        .attributes
        .iter()
        .find(|(name, _)| name == "xsi:type");
    kind.map_or("", |(_, kind)| kind.as_str())
}

pub(super) fn grants(document: Option<&Element>) -> Value {
    let list = document.and_then(|document| document.get("AccessControlList"));
    // By grantee: kind, id, uri.
    let mut by: BTreeMap<(String, String, String), Vec<Value>> = BTreeMap::new();
    for grant in list.into_iter().flat_map(|list| list.all("Grant")) {
        let Some(grantee) = grant.get("Grantee") else {
            continue;
        };
        let of = |name: &str| grantee.text_of(name).unwrap_or_default().to_owned();
        let permission = grant.text_of("Permission").unwrap_or_default();
        by.entry((kind_of(grantee).to_owned(), of("ID"), of("URI")))
            .or_default()
            .push(Value::string(permission));
    }
    body().blocks(
        "grant",
        by.into_iter().map(|((kind, id, uri), permissions)| {
            [
                ("id", Value::string(id)),
                ("permissions", Value::set(Type::String, permissions)),
                ("type", Value::string(kind)),
                ("uri", Value::string(uri)),
            ]
        }),
    )
}
