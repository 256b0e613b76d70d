//! Checks of a subnet's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::arn::Arn;
use crate::ec2::cidr;
use crate::members::{filled, member};
use crate::timeouts::bad_limits;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = bad_limits(config, &["create", "delete"]);
    let mut wrong = |name: &str, summary: String, detail: String| {
        found.push(Problem::error(summary, detail).at(Path::new().attr(name)));
    };
    for (name, ipv6, lengths) in [
        ("cidr_block", false, (0, 32)),
        ("ipv6_cidr_block", true, (0, 128)),
    ] {
        if let Some(said) = filled(config, name)
            && let Some(why) = cidr::wrong(name, said, ipv6, lengths)
        {
            wrong(name, why, String::new());
        }
    }
    let name = "private_dns_hostname_type_on_launch";
    if let Some(said) = filled(config, name)
        && !matches!(said, "ip-name" | "resource-name")
    {
        wrong(
            name,
            format!("expected {name} to be one of [\"ip-name\" \"resource-name\"], got {said}"),
            String::new(),
        );
    }
    if let Some(said) = filled(config, "outpost_arn")
        && let Err(why) = Arn::parse(said)
    {
        wrong(
            "outpost_arn",
            format!("\"outpost_arn\" ({said}) is an invalid ARN: {why}"),
            String::new(),
        );
    }
    let says = |name: &str| member(config, name).is_some_and(Value::is_known);
    for (name, other) in [
        ("availability_zone", "availability_zone_id"),
        ("availability_zone_id", "availability_zone"),
    ] {
        if says(name) && says(other) {
            wrong(
                name,
                "Conflicting configuration arguments".to_owned(),
                format!("{name:?}: conflicts with {other}"),
            );
        }
    }
    let outpost = ["map_customer_owned_ip_on_launch", "outpost_arn"];
    let pool = ["customer_owned_ipv4_pool", "outpost_arn"];
    for (name, needed) in [
        ("customer_owned_ipv4_pool", outpost),
        ("map_customer_owned_ip_on_launch", pool),
    ] {
        if says(name) && needed.iter().any(|needed| member(config, needed).is_none()) {
            let mut all = [name, needed[0], needed[1]];
            all.sort_unstable();
            wrong(
                name,
                "Missing required argument".to_owned(),
                format!("{name:?}: all of `{}` must be specified", all.join(",")),
            );
        }
    }
    found
}
