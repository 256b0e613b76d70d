//! A VPC between its forms: what EC2 tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::ec2::{CreateVpc, Ipv6Source, Vpc};
use trueup_value::Value;

use super::schema::body;
use crate::connection::Connection;
use crate::ec2::block;
use crate::ec2::cidr;
use crate::members::{filled, flag, text, text_map, whole};
use crate::tags::{TagPolicy, to_value};

/// The pools that are none of the customer's.
const AMAZON: &str = "Amazon";
const BY_IPAM: &str = "IPAM Managed";

/// A VPC and what takes calls of its own to read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(super) vpc: Vpc,
    pub(super) attributes: Attributes,
    pub(super) network_acl: String,
    pub(super) route_table: String,
    pub(super) security_group: String,
}

/// The settings that take a call each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) dns_hostnames: bool,
    pub(super) dns_support: bool,
    pub(super) usage_metrics: bool,
}

impl Default for Attributes {
    /// Those of a new VPC.
    fn default() -> Self {
        Self {
            dns_hostnames: false,
            dns_support: true,
            usage_metrics: false,
        }
    }
}

impl Attributes {
    /// What a value asks for; what it leaves open is as it was.
    pub(super) fn wanted(value: &Value, before: Attributes) -> Attributes {
        let of = |name: &str, before: bool| flag(value, name).unwrap_or(before);
        Attributes {
            dns_hostnames: of("enable_dns_hostnames", before.dns_hostnames),
            dns_support: of("enable_dns_support", before.dns_support),
            usage_metrics: of("enable_network_address_usage_metrics", before.usage_metrics),
        }
    }
}

/// CreateVpc for a planned value.
pub(super) fn creation(wanted: &Value, tags: &TagPolicy) -> CreateVpc {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    CreateVpc {
        cidr_block: owned("cidr_block"),
        tenancy: owned("instance_tenancy").unwrap_or_else(|| "default".to_owned()),
        ipv4_pool: owned("ipv4_ipam_pool_id"),
        ipv4_netmask_length: whole(wanted, "ipv4_netmask_length").filter(|length| *length != 0),
        ipv6: ipv6_source(wanted),
        tags: tags.to_send(&text_map(wanted, "tags")),
    }
}

/// Where the IPv6 range of a value comes from.
pub(super) fn ipv6_source(wanted: &Value) -> Ipv6Source {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    Ipv6Source {
        amazon: flag(wanted, "assign_generated_ipv6_cidr_block") == Some(true),
        cidr_block: owned("ipv6_cidr_block"),
        pool: owned("ipv6_ipam_pool_id"),
        netmask_length: whole(wanted, "ipv6_netmask_length").filter(|length| *length != 0),
        border_group: owned("ipv6_cidr_block_network_border_group"),
    }
}

/// The value of a VPC that is there. `prior` is what was believed or planned of it: it keeps what EC2
/// does not tell.
pub(super) fn to_state(
    found: &Found,
    aws: &Connection,
    tags: &TagPolicy,
    prior: Option<&Value>,
) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let vpc = &found.vpc;
    let arn = format!(
        "arn:{}:ec2:{}:{}:vpc/{}",
        aws.session.partition(),
        aws.region,
        vpc.owner,
        vpc.id
    );
    for (name, value) in [
        ("arn", arn.as_str()),
        ("cidr_block", &vpc.cidr_block),
        ("default_network_acl_id", &found.network_acl),
        ("default_route_table_id", &found.route_table),
        ("default_security_group_id", &found.security_group),
        ("dhcp_options_id", &vpc.dhcp_options),
        ("id", &vpc.id),
        ("instance_tenancy", &vpc.tenancy),
        ("main_route_table_id", &found.route_table),
        ("owner_id", &vpc.owner),
    ] {
        say(name, Value::string(value));
    }
    let on = &found.attributes;
    for (name, on) in [
        ("enable_dns_hostnames", on.dns_hostnames),
        ("enable_dns_support", on.dns_support),
        ("enable_network_address_usage_metrics", on.usage_metrics),
    ] {
        say(name, Value::bool(on));
    }
    for (name, value) in ipv6(vpc, prior) {
        say(name, value);
    }
    for name in ["ipv4_ipam_pool_id", "ipv4_netmask_length"] {
        let kept = prior.and_then(|prior| prior.as_members()?.get(name));
        if let Some(kept) = kept.filter(|kept| kept.is_wholly_known()) {
            say(name, kept.clone());
        }
    }
    let own = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, own) = tags.read(&vpc.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    body().value(said)
}

fn ipv6(vpc: &Vpc, prior: Option<&Value>) -> [(&'static str, Value); 6] {
    let before = |name: &str| {
        prior
            .and_then(|prior| text(prior, name))
            .unwrap_or_default()
    };
    let range = block::current(&vpc.ipv6, before("ipv6_association_id"));
    let (association, cidr, border, pool) = range.map_or(("", "", "", ""), |range| {
        (
            range.association.as_str(),
            range.cidr_block.as_str(),
            range.border_group.as_str(),
            range.pool.as_str(),
        )
    });
    let (pool, length) = match pool {
        "" | AMAZON => ("", 0),
        other => {
            let length = cidr::network(cidr).map_or(0, |(_, length, _)| length);
            // That IPAM has it is told, but not in which of its pools.
            let pool = match other {
                BY_IPAM => before("ipv6_ipam_pool_id"),
                other => other,
            };
            (pool, length)
        }
    };
    let by_amazon = range.is_some_and(|range| range.pool == AMAZON);
    [
        ("assign_generated_ipv6_cidr_block", Value::bool(by_amazon)),
        ("ipv6_association_id", Value::string(association)),
        ("ipv6_cidr_block", Value::string(cidr)),
        (
            "ipv6_cidr_block_network_border_group",
            Value::string(border),
        ),
        ("ipv6_ipam_pool_id", Value::string(pool)),
        ("ipv6_netmask_length", Value::number(i64::from(length))),
    ]
}
