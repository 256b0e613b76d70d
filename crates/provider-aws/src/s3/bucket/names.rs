//! Names of buckets: what they may be, and the addresses that follow from them.

use trueup_aws::{Error, dns_suffix, partition};

use crate::made_up::{self, PREFIX};
use crate::members::filled;
use trueup_value::Value;

/// The name that a block says, or one after its prefix that no other step makes up.
pub(super) fn chosen(wanted: &Value, token: &str) -> String {
    match filled(wanted, "bucket") {
        Some(name) => name.to_owned(),
        None => made_up::name(filled(wanted, "bucket_prefix").unwrap_or(PREFIX), token),
    }
}

/// Checks a name by the rules of its region: the first region takes what it took in the beginning.
pub(super) fn check(name: &str, region: &str) -> Result<(), Error> {
    let wrong = |detail: String| Error::Invalid {
        service: "S3",
        operation: "CreateBucket",
        detail,
    };
    if region == "us-east-1" {
        let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        return if name.len() > 255 {
            Err(wrong(format!(
                "{name:?} must contain less than 256 characters"
            )))
        } else if name.is_empty() || !name.bytes().all(fine) {
            Err(wrong(format!(
                "bucket names can only contain alphanumeric characters, periods, underscores and hyphens: {name:?}"
            )))
        } else {
            Ok(())
        };
    }
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    if !(3..=63).contains(&name.len()) {
        return Err(wrong(format!(
            "{name:?} must contain from 3 to 63 characters"
        )));
    }
    if !name.bytes().all(fine) {
        return Err(wrong(format!(
            "only lowercase alphanumeric characters and hyphens allowed in {name:?}"
        )));
    }
    if name.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err(wrong(format!(
            "{name:?} must not be formatted as an IP address"
        )));
    }
    if name.starts_with('.') || name.ends_with('.') {
        return Err(wrong(format!("{name:?} cannot start or end with a period")));
    }
    if name.contains("..") {
        return Err(wrong(format!(
            "{name:?} can be only one period between labels"
        )));
    }
    Ok(())
}

fn suffix(region: &str) -> &'static str {
    dns_suffix(partition(region).unwrap_or("aws"))
}

/// The ARN of a bucket.
pub(in crate::s3) fn arn(name: &str, partition: &str) -> String {
    format!("arn:{partition}:s3:::{name}")
}

/// `orders.s3.amazonaws.com`.
pub(in crate::s3) fn domain(name: &str, region: &str) -> String {
    format!("{name}.s3.{}", suffix(region))
}

/// `orders.s3.eu-west-1.amazonaws.com`.
pub(in crate::s3) fn regional_domain(name: &str, region: &str) -> String {
    format!("{name}.s3.{region}.{}", suffix(region))
}

/// The host below which a region's websites are.
pub(in crate::s3) fn website_domain(region: &str) -> String {
    // The first regions have a hyphen where the later ones have a dot.
    const HYPHENED: &[&str] = &[
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    ];
    match HYPHENED.contains(&region) {
        true => format!("s3-website-{region}.amazonaws.com"),
        false => format!("s3-website.{region}.{}", suffix(region)),
    }
}

/// The Route 53 zone of a region's websites; "" where it is not known.
#[rustfmt::skip]
pub(in crate::s3) fn hosted_zone(region: &str) -> &'static str {
    match region {
        "us-east-1" => "Z3AQBSTGFYJSTF", "us-east-2" => "Z2O1EMRO9K5GLX",
        "us-west-1" => "Z2F56UZL2M1ACD", "us-west-2" => "Z3BJ6K6RIION7M",
        "af-south-1" => "Z83WF9RJE8B12", "ap-east-1" => "ZNB98KWMFR0R6",
        "ap-northeast-1" => "Z2M4EHUR26P7ZW", "ap-northeast-2" => "Z3W03O7B5YMIYP",
        "ap-northeast-3" => "Z2YQB5RD63NC85", "ap-south-1" => "Z11RGJOFQNVJUP",
        "ap-south-2" => "Z02976202B4EZMXIPMXF7", "ap-southeast-1" => "Z3O0J2DXBE1FTB",
        "ap-southeast-2" => "Z1WCIGYICN2BYD", "ap-southeast-3" => "Z01846753K324LI26A3VV",
        "ap-southeast-4" => "Z0312387243XT5FE14WFO", "ca-central-1" => "Z1QDHH18159H29",
        "ca-west-1" => "Z03565811Z33SLEZTHOUL", "cn-north-1" => "Z5CN8UMXT92WN",
        "cn-northwest-1" => "Z282HJ1KT0DH03", "eu-central-1" => "Z21DNDUVLTQW6Q",
        "eu-central-2" => "Z030506016YDQGETNASS", "eu-north-1" => "Z3BAZG2TWCNX0D",
        "eu-south-1" => "Z30OZKI7KPW7MI", "eu-south-2" => "Z0081959F7139GRJC19J",
        "eu-west-1" => "Z1BKCTXD74EZPE", "eu-west-2" => "Z3GKZC51ZF0DB4",
        "eu-west-3" => "Z3R1K369G5AVDG", "il-central-1" => "Z09640613K4A3MN55U7GU",
        "me-central-1" => "Z06143092I8HRXZRUZROF", "me-south-1" => "Z1MPMWCPA7YB62",
        "sa-east-1" => "Z7KQH4QJS55SO", "us-gov-east-1" => "Z2NIFVYYW2VKV1",
        "us-gov-west-1" => "Z31GFT0UA1I2HV",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_by_the_rules_of_their_region() {
        for (name, region, fine) in [
            ("orders", "eu-west-1", true),
            ("Orders", "eu-west-1", false),
            ("Orders_1", "us-east-1", true),
            ("a", "eu-west-1", false),
            ("10.0.0.1", "eu-west-1", false),
            ("a..b", "eu-west-1", false),
            (".ab", "eu-west-1", false),
            ("a b", "us-east-1", false),
        ] {
            assert_eq!(check(name, region).is_ok(), fine, "{name} {region}");
        }
    }

    #[test]
    fn addresses_follow_from_region_and_partition() {
        assert_eq!(
            regional_domain("a", "cn-north-1"),
            "a.s3.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            website_domain("eu-west-1"),
            "s3-website-eu-west-1.amazonaws.com"
        );
        assert_eq!(
            website_domain("eu-central-1"),
            "s3-website.eu-central-1.amazonaws.com"
        );
    }
}
