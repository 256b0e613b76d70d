//! Finding a subnet that an earlier run perhaps made: no two subnets of a VPC share an address, so that
//! VPC and range name it.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter, Subnet};
use trueup_provider::{Context, Intent};
use trueup_value::Value;

use super::Subnets;
use crate::digest::digest_of_text;
use crate::lifecycle::Numbered;
use crate::members::filled;

/// What finds a subnet again.
const NAMES: [&str; 3] = ["vpc_id", "cidr_block", "ipv6_cidr_block"];

/// VPC and ranges.
pub(super) fn identity(value: &Value) -> BTreeMap<String, String> {
    NAMES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), filled(value, name)?.to_owned())))
        .collect()
}

/// The digest of what can't be changed about a subnet. The zone is left out where AWS chooses it.
pub(super) fn digest(value: &Value) -> String {
    digest_of_text(&format!(
        "subnet {:?} {:?}",
        filled(value, "vpc_id"),
        filled(value, "cidr_block")
    ))
}

impl Numbered for Subnets {
    fn alike(&self) -> String {
        format!("subnets of the same range in {}", self.aws.region)
    }

    async fn look_for(&self, _cx: &Context, intent: &Intent) -> Result<Vec<Subnet>, Error> {
        let Some(vpc) = intent.identity.get("vpc_id") else {
            return Ok(Vec::new());
        };
        let range = match (
            intent.identity.get("cidr_block"),
            intent.identity.get("ipv6_cidr_block"),
        ) {
            (Some(range), _) => Filter::new("cidr-block", [range]),
            (None, Some(range)) => {
                Filter::new("ipv6-cidr-block-association.ipv6-cidr-block", [range])
            }
            (None, None) => return Ok(Vec::new()),
        };
        let filters = [Filter::new("vpc-id", [vpc]), range];
        self.ec2.describe_subnets(Asked::Filtered(&filters)).await
    }
}
