//! A subnet between its forms: what EC2 tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::ec2::{CreateSubnet, Subnet, SubnetChange};
use trueup_value::Value;

use super::schema::body;
use crate::ec2::block;
use crate::members::{filled, flag, member, text, text_map, whole};
use crate::tags::{TagPolicy, to_value};

/// CreateSubnet for a planned value.
pub(super) fn creation(wanted: &Value, tags: &TagPolicy) -> CreateSubnet {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    CreateSubnet {
        vpc: owned("vpc_id").unwrap_or_default(),
        cidr_block: owned("cidr_block"),
        ipv6_cidr_block: owned("ipv6_cidr_block"),
        ipv6_native: flag(wanted, "ipv6_native") == Some(true),
        zone: owned("availability_zone"),
        zone_id: owned("availability_zone_id"),
        outpost: owned("outpost_arn"),
        tags: tags.to_send(&text_map(wanted, "tags")),
    }
}

/// The calls that bring the settings of a subnet from what they are to what a value asks for, in an
/// order that the service takes: what needs an IPv6 range is off before the range goes (the first
/// list) and on after it came (the second).
pub(super) fn settings(there: &Subnet, wanted: &Value) -> (Vec<SubnetChange>, Vec<SubnetChange>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    // What a value leaves open stays as it is.
    let of = |name: &str, is: bool| flag(wanted, name).filter(|on| *on != is);
    if let Some(on) = of("assign_ipv6_address_on_creation", there.assign_ipv6) {
        let list = if on { &mut after } else { &mut before };
        list.push(SubnetChange::AssignIpv6(on));
    }
    if let Some(on) = of("enable_dns64", there.dns64) {
        let list = if on { &mut after } else { &mut before };
        list.push(SubnetChange::Dns64(on));
    }
    let pool = filled(wanted, "customer_owned_ipv4_pool").unwrap_or_default();
    let map = flag(wanted, "map_customer_owned_ip_on_launch") == Some(true);
    if pool != there.customer_owned_pool || map != there.map_customer_owned_ip {
        after.push(SubnetChange::CustomerOwned {
            pool: pool.to_owned(),
            map,
        });
    }
    let position = whole(wanted, "enable_lni_at_device_index").unwrap_or(0);
    if position != there.lni_at_device_index {
        after.push(SubnetChange::LniAtDeviceIndex(position));
    }
    let by_name = "enable_resource_name_dns_a_record_on_launch";
    after.extend(of(by_name, there.resource_name_a).map(SubnetChange::ResourceNameA));
    let by_name = "enable_resource_name_dns_aaaa_record_on_launch";
    after.extend(of(by_name, there.resource_name_aaaa).map(SubnetChange::ResourceNameAaaa));
    let public = of("map_public_ip_on_launch", there.map_public_ip);
    after.extend(public.map(SubnetChange::MapPublicIp));
    if let Some(kind) = filled(wanted, "private_dns_hostname_type_on_launch")
        && kind != there.hostname_type
    {
        after.push(SubnetChange::HostnameType(kind.to_owned()));
    }
    (before, after)
}

/// Whether a change is seen.
pub(super) fn is_seen(there: &Subnet, change: &SubnetChange) -> bool {
    match change {
        SubnetChange::AssignIpv6(on) => there.assign_ipv6 == *on,
        SubnetChange::MapPublicIp(on) => there.map_public_ip == *on,
        SubnetChange::CustomerOwned { pool, map } => {
            there.customer_owned_pool == *pool && there.map_customer_owned_ip == *map
        }
        SubnetChange::Dns64(on) => there.dns64 == *on,
        SubnetChange::LniAtDeviceIndex(position) => there.lni_at_device_index == *position,
        SubnetChange::HostnameType(kind) => there.hostname_type == *kind,
        SubnetChange::ResourceNameA(on) => there.resource_name_a == *on,
        SubnetChange::ResourceNameAaaa(on) => there.resource_name_aaaa == *on,
    }
}

/// The value of a subnet that is there. `prior` is what was believed or planned of it.
pub(super) fn to_state(subnet: &Subnet, tags: &TagPolicy, prior: Option<&Value>) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let before = prior.and_then(|prior| text(prior, "ipv6_cidr_block_association_id"));
    let range = block::current(&subnet.ipv6, before.unwrap_or_default());
    let (association, ipv6) = range.map_or(("", ""), |range| {
        (range.association.as_str(), range.cidr_block.as_str())
    });
    for (name, value) in [
        ("arn", subnet.arn.as_str()),
        ("availability_zone", &subnet.zone),
        ("availability_zone_id", &subnet.zone_id),
        ("cidr_block", &subnet.cidr_block),
        ("customer_owned_ipv4_pool", &subnet.customer_owned_pool),
        ("id", &subnet.id),
        ("ipv6_cidr_block", ipv6),
        ("ipv6_cidr_block_association_id", association),
        ("outpost_arn", &subnet.outpost),
        ("owner_id", &subnet.owner),
        ("private_dns_hostname_type_on_launch", &subnet.hostname_type),
        ("vpc_id", &subnet.vpc),
    ] {
        say(name, Value::string(value));
    }
    for (name, on) in [
        ("assign_ipv6_address_on_creation", subnet.assign_ipv6),
        ("enable_dns64", subnet.dns64),
        (
            "enable_resource_name_dns_a_record_on_launch",
            subnet.resource_name_a,
        ),
        (
            "enable_resource_name_dns_aaaa_record_on_launch",
            subnet.resource_name_aaaa,
        ),
        ("ipv6_native", subnet.ipv6_native),
        (
            "map_customer_owned_ip_on_launch",
            subnet.map_customer_owned_ip,
        ),
        ("map_public_ip_on_launch", subnet.map_public_ip),
    ] {
        say(name, Value::bool(on));
    }
    say(
        "enable_lni_at_device_index",
        Value::number(subnet.lni_at_device_index),
    );
    let own = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, own) = tags.read(&subnet.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    if let Some(timeouts) = prior.and_then(|prior| member(prior, "timeouts")) {
        say("timeouts", timeouts.clone());
    }
    body().value(said)
}
