//! Availability zones: names by letter, ids that mean the same place to all accounts.

use std::collections::BTreeMap;

use super::filters::let_through;
use super::{element, page, refused};
use crate::query_calls::{Call, Refusal};

/// A zone of a region.
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) id: String,
}

/// Letters and numbers of a region's zones. Which number a letter has differs between accounts.
fn letters(region: &str) -> &'static [(char, u8)] {
    match region {
        "us-east-1" => &[('a', 6), ('b', 1), ('c', 2), ('d', 4), ('e', 3), ('f', 5)],
        "us-west-1" => &[('a', 3), ('b', 1)],
        "us-west-2" => &[('a', 2), ('b', 1), ('c', 3), ('d', 4)],
        "eu-west-1" => &[('a', 3), ('b', 1), ('c', 2)],
        "ap-northeast-1" => &[('a', 4), ('c', 1), ('d', 2)],
        _ => &[('a', 1), ('b', 2), ('c', 3)],
    }
}

/// The beginning of the ids of a region's zones: `euw1` of `eu-west-1`.
fn short(region: &str) -> String {
    let mut parts = region.split('-');
    let area = parts.next().unwrap_or_default().to_owned();
    parts.fold(area, |short, part| {
        let part = match part {
            "northeast" => "ne",
            "northwest" => "nw",
            "southeast" => "se",
            "southwest" => "sw",
            "north" | "south" | "east" | "west" | "central" | "gov" | "iso" => {
                part.get(..1).unwrap_or(part)
            }
            other => other,
        };
        short + part
    })
}

/// The zones of a region, by name.
pub(super) fn of(region: &str) -> Vec<Zone> {
    let short = short(region);
    letters(region)
        .iter()
        .map(|(letter, number)| Zone {
            name: format!("{region}{letter}"),
            id: format!("{short}-az{number}"),
        })
        .collect()
}

/// The id of a zone of that name.
pub(super) fn id_of(region: &str, name: &str) -> String {
    of(region)
        .into_iter()
        .find(|zone| zone.name == name)
        .map(|zone| zone.id)
        .unwrap_or_default()
}

pub(super) fn describe(call: &Call<'_>) -> Result<String, Refusal> {
    let there = of(call.region);
    let (names, ids) = (call.list("ZoneName"), call.list("ZoneId"));
    let known = |name: &&str| there.iter().any(|zone| zone.name == **name);
    let known_id = |id: &&str| there.iter().any(|zone| zone.id == **id);
    if let Some(bad) = names.iter().find(|name| !known(name)) {
        return Err(refused(
            "InvalidParameterValue",
            format!("Invalid availability zone: [{bad}]"),
        ));
    }
    if let Some(bad) = ids.iter().find(|id| !known_id(id)) {
        return Err(refused(
            "InvalidParameterValue",
            format!("Invalid availability zone-id: [{bad}]"),
        ));
    }
    let region = call.region;
    let group = format!("{region}-zg-1");
    let mut found = Vec::new();
    for zone in &there {
        let asked = (names.is_empty() || names.contains(&zone.name.as_str()))
            && (ids.is_empty() || ids.contains(&zone.id.as_str()));
        let facts = |name: &str| {
            let one = |text: &str| Some(vec![text.to_owned()]);
            match name {
                "zone-name" => one(&zone.name),
                "zone-id" => one(&zone.id),
                "state" => one("available"),
                "region-name" => one(region),
                "group-name" | "group-long-name" => one(&group),
                "opt-in-status" => one("opt-in-not-required"),
                "zone-type" => one("availability-zone"),
                "message" | "parent-zone-id" | "parent-zone-name" => Some(Vec::new()),
                _ => None,
            }
        };
        if asked && let_through(call, &BTreeMap::new(), &facts)? {
            found.push(
                [
                    element("zoneName", &zone.name),
                    element("zoneState", "available"),
                    element("regionName", region),
                    "<messageSet/>".to_owned(),
                    element("optInStatus", "opt-in-not-required"),
                    element("zoneId", &zone.id),
                    element("groupName", &group),
                    element("networkBorderGroup", region),
                    element("zoneType", "availability-zone"),
                ]
                .concat(),
            );
        }
    }
    page(call, "availabilityZoneInfo", found)
}
