//! Finding a VPC that an earlier run perhaps made. The service takes no token for a creation and tells no
//! time of it: it is looked for among those of its range and tags in which nothing was done yet.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter, Vpc};
use trueup_provider::{Context, Intent};
use trueup_value::Value;

use super::Vpcs;
use super::model::{Attributes, Found};
use crate::digest::digest_of_text;
use crate::lifecycle::Numbered;
use crate::members::{filled, flag, is_unknown, text_map};
use crate::tags::{TagPolicy, Tags};

/// What tells people which VPC was meant, and where to look for it.
pub(super) fn identity(value: &Value) -> BTreeMap<String, String> {
    let mut identity = BTreeMap::new();
    if let Some(range) = filled(value, "cidr_block") {
        identity.insert("cidr_block".to_owned(), range.to_owned());
    }
    if let Some(name) = text_map(value, "tags").remove("Name") {
        identity.insert("name".to_owned(), name);
    }
    identity
}

/// The digest of what a new VPC is made with.
pub(super) fn digest(value: &Value, policy: &TagPolicy) -> String {
    let tags = if is_unknown(value, "tags_all") {
        policy.visible(&policy.merged(&text_map(value, "tags")))
    } else {
        text_map(value, "tags_all")
    };
    of(
        filled(value, "cidr_block").unwrap_or_default(),
        filled(value, "instance_tenancy").unwrap_or("default"),
        flag(value, "assign_generated_ipv6_cidr_block") == Some(true),
        &tags,
    )
}

fn of(range: &str, tenancy: &str, ipv6: bool, tags: &Tags) -> String {
    digest_of_text(&format!("vpc {range} {tenancy} {ipv6} {tags:?}"))
}

impl Numbered for Vpcs {
    fn alike(&self) -> String {
        let region = &self.aws.region;
        format!("empty VPCs of the same range and tags in {region}")
    }

    async fn look_for(&self, _cx: &Context, intent: &Intent) -> Result<Vec<Found>, Error> {
        let Some(range) = intent.identity.get("cidr_block") else {
            return Ok(Vec::new());
        };
        let filters = [Filter::new("cidr", [range.as_str()])];
        let there = self.ec2.describe_vpcs(Asked::Filtered(&filters)).await?;
        let mut ours = Vec::new();
        for vpc in there {
            let ipv6 = vpc.ipv6.iter().any(|range| range.pool == "Amazon");
            let tags = self.tags.own(&vpc.tags);
            let same = intent.planned(&of(&vpc.cidr_block, &vpc.tenancy, ipv6, &tags));
            if same && self.is_untouched(&vpc).await? {
                ours.push(self.besides(vpc).await?);
            }
        }
        Ok(ours)
    }
}

impl Vpcs {
    /// Whether a VPC is as CreateVpc leaves it. A run that came further had written its id to the journal.
    async fn is_untouched(&self, vpc: &Vpc) -> Result<bool, Error> {
        let filters = [Filter::new("vpc-id", [vpc.id.as_str()])];
        let subnets = self.ec2.describe_subnets(Asked::Filtered(&filters)).await?;
        Ok(subnets.is_empty() && self.attributes(&vpc.id).await? == Attributes::default())
    }
}
