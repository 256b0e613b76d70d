//! Tags of everything that EC2 keeps.

use std::collections::BTreeMap;

use super::filters::let_through;
use super::kept::Kept as _;
use super::subnets::Subnet;
use super::vpcs::Vpc;
use super::{element, page, refused};
use crate::query_calls::{Call, Refusal, tag_elements};

const KIND: &str = "ec2-tags";

/// How many tags a resource may have.
const MOST: usize = 50;

/// Tags by their keys.
pub(super) type Tags = BTreeMap<String, String>;

/// The tags of a resource.
pub(super) fn of(call: &Call<'_>, id: &str) -> Result<Tags, Refusal> {
    Ok(call.records.get(KIND, call.region, id)?.unwrap_or_default())
}

pub(super) fn put(call: &Call<'_>, id: &str, tags: &Tags) -> Result<(), Refusal> {
    Ok(call.records.put(KIND, call.region, id, tags)?)
}

/// What goes with its resource.
pub(super) fn forget(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
    call.records.remove(KIND, call.region, id)?;
    Ok(())
}

pub(super) fn shown(tags: &Tags) -> String {
    let items = tag_elements(tags, ["item", "key", "value"]);
    format!("<tagSet>{items}</tagSet>")
}

/// The tags that are said for a new resource of this kind.
pub(super) fn of_new(call: &Call<'_>, kind: &str) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for n in 1.. {
        let prefix = format!("TagSpecification.{n}.");
        let Some(said) = call.text(&format!("{prefix}ResourceType")) else {
            break;
        };
        if said != kind {
            return Err(refused(
                "InvalidParameterValue",
                format!("'{said}' is not a valid taggable resource type for this operation."),
            ));
        }
        tags.extend(call.tags(&format!("{prefix}Tag")));
    }
    checked(tags)
}

fn checked(tags: Tags) -> Result<Tags, Refusal> {
    if tags.keys().any(|key| key.starts_with("aws:")) {
        return Err(refused(
            "InvalidParameterValue",
            "Tag keys starting with 'aws:' are reserved for internal use",
        ));
    }
    if tags.len() > MOST {
        return Err(refused(
            "TagLimitExceeded",
            format!("Resources can have a maximum of {MOST} tags."),
        ));
    }
    Ok(tags)
}

/// The resources that a call names, all of which must be there.
fn named<'c>(call: &'c Call<'_>) -> Result<Vec<&'c str>, Refusal> {
    let ids = call.list("ResourceId");
    for id in &ids {
        match id.split_once('-').map(|(kind, _)| kind) {
            Some("vpc") => drop(Vpc::find(call, id)?),
            Some("subnet") => drop(Subnet::find(call, id)?),
            Some("acl" | "rtb" | "sg" | "dopt") => {
                let there = Vpc::all(call)?.iter().any(|(_, vpc)| {
                    [
                        &vpc.acl,
                        &vpc.route_table,
                        &vpc.security_group,
                        &vpc.dhcp_options,
                    ]
                    .contains(&&(*id).to_owned())
                });
                if !there {
                    return Err(unknown(id));
                }
            }
            _ => return Err(unknown(id)),
        }
    }
    if ids.is_empty() {
        return Err(refused(
            "MissingParameter",
            "The request must contain the parameter resourceIdSet",
        ));
    }
    Ok(ids)
}

fn unknown(id: &str) -> Refusal {
    refused("InvalidID", format!("The ID '{id}' is not valid"))
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Refusal> {
    let ids = named(call)?;
    let said = call.tags("Tag");
    for id in ids {
        let mut tags = of(call, id)?;
        tags.extend(said.iter().cloned());
        put(call, id, &checked(tags)?)?;
    }
    Ok(super::done())
}

/// Takes tags off: those of a key, or of a key with its value; all of them where none is named.
pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let ids = named(call)?;
    let keys: Vec<(&str, Option<&str>)> = (1..)
        .map_while(|n| {
            let key = call.text(&format!("Tag.{n}.Key"))?;
            Some((key, call.form.said(&format!("Tag.{n}.Value"))))
        })
        .collect();
    for id in ids {
        let mut tags = of(call, id)?;
        if keys.is_empty() {
            tags.retain(|key, _| key.starts_with("aws:"));
        }
        for (key, value) in &keys {
            if value.is_none_or(|value| tags.get(*key).is_some_and(|has| has == value)) {
                tags.remove(*key);
            }
        }
        put(call, id, &tags)?;
    }
    Ok(super::done())
}

/// All tags, one by one.
pub(super) fn describe(call: &Call<'_>) -> Result<String, Refusal> {
    let mut found = Vec::new();
    for (id, tags) in call.records.list::<Tags>(KIND, call.region)? {
        let kind = match id.split_once('-').map(|(kind, _)| kind) {
            Some("acl") => "network-acl",
            Some("rtb") => "route-table",
            Some("sg") => "security-group",
            Some("dopt") => "dhcp-options",
            Some(kind) => kind,
            None => "",
        };
        for (key, value) in tags {
            let facts = |name: &str| match name {
                "resource-id" => Some(vec![id.clone()]),
                "resource-type" => Some(vec![kind.to_owned()]),
                "key" => Some(vec![key.clone()]),
                "value" => Some(vec![value.clone()]),
                _ => None,
            };
            if let_through(call, &Tags::new(), &facts)? {
                found.push(
                    [
                        element("resourceId", &id),
                        element("resourceType", kind),
                        element("key", &key),
                        element("value", &value),
                    ]
                    .concat(),
                );
            }
        }
    }
    page(call, "tagSet", found)
}
