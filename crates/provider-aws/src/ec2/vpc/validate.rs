//! Checks of a VPC's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::ec2::cidr;
use crate::members::{filled, member, whole};

/// Pairs of arguments of which only one may be said.
const APART: &[(&str, &str)] = &[
    ("assign_generated_ipv6_cidr_block", "ipv6_ipam_pool_id"),
    ("cidr_block", "ipv4_netmask_length"),
    ("ipv4_netmask_length", "cidr_block"),
    ("ipv6_cidr_block", "assign_generated_ipv6_cidr_block"),
    ("ipv6_cidr_block", "ipv6_netmask_length"),
    ("ipv6_ipam_pool_id", "assign_generated_ipv6_cidr_block"),
    ("ipv6_netmask_length", "ipv6_cidr_block"),
];

/// Arguments that mean nothing without another.
const TOGETHER: &[(&str, &str)] = &[
    ("ipv4_netmask_length", "ipv4_ipam_pool_id"),
    ("ipv6_cidr_block", "ipv6_ipam_pool_id"),
    (
        "ipv6_cidr_block_network_border_group",
        "assign_generated_ipv6_cidr_block",
    ),
    ("ipv6_netmask_length", "ipv6_ipam_pool_id"),
];

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let mut wrong = |name: &str, summary: String, detail: String| {
        found.push(Problem::error(summary, detail).at(Path::new().attr(name)));
    };
    for (name, ipv6, lengths) in [
        ("cidr_block", false, (16, 28)),
        ("ipv6_cidr_block", true, (44, 60)),
    ] {
        if let Some(said) = filled(config, name)
            && let Some(why) = cidr::wrong(name, said, ipv6, lengths)
        {
            wrong(name, why, String::new());
        }
    }
    if let Some(said) = filled(config, "instance_tenancy")
        && !matches!(said, "default" | "dedicated")
    {
        wrong(
            "instance_tenancy",
            format!(
                "expected instance_tenancy to be one of [\"default\" \"dedicated\"], got {said}"
            ),
            String::new(),
        );
    }
    if let Some(said) = whole(config, "ipv4_netmask_length")
        && !(16..=28).contains(&said)
    {
        wrong(
            "ipv4_netmask_length",
            format!("expected ipv4_netmask_length to be in the range (16 - 28), got {said}"),
            String::new(),
        );
    }
    if let Some(said) = whole(config, "ipv6_netmask_length")
        && (!(44..=60).contains(&said) || said % 4 != 0)
    {
        wrong(
            "ipv6_netmask_length",
            format!("expected ipv6_netmask_length to be one of [44 48 52 56 60], got {said}"),
            String::new(),
        );
    }
    for (name, other) in APART {
        if says(config, name) && says(config, other) {
            wrong(
                name,
                "Conflicting configuration arguments".to_owned(),
                format!("{name:?}: conflicts with {other}"),
            );
        }
    }
    for (name, needed) in TOGETHER {
        if says(config, name) && member(config, needed).is_none() {
            wrong(
                name,
                "Missing required argument".to_owned(),
                format!("{name:?}: all of `{needed},{name}` must be specified"),
            );
        }
    }
    found
}

/// Whether an argument is said. What is not known yet may turn out to be unset.
fn says(config: &Value, name: &str) -> bool {
    member(config, name).is_some_and(Value::is_known)
}
