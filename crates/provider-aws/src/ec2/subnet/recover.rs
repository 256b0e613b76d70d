//! Judging what an earlier run left open about subnets. Their ids are made by the service, but no two
//! subnets of a VPC share an address: the range finds a subnet again.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter};
use trueup_provider::{Adoption, Intent, StepKind};
use trueup_value::Value;

use super::Subnets;
use crate::dynamodb::table_item::digest_of_text;
use crate::ec2::problem;
use crate::lifecycle::Read as _;
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

impl Subnets {
    /// Judges one open intent.
    pub(super) async fn judged(&self, intent: Intent) -> Adoption {
        let unclear = |error| Adoption::Unclear(problem("recovering EC2 Subnet", &error));
        match intent.kind {
            StepKind::Create if intent.in_state.is_none() => {
                self.look_for(&intent).await.unwrap_or_else(unclear)
            }
            StepKind::Create | StepKind::Update => Adoption::Forget,
            StepKind::Delete => {
                let object = intent.in_state.as_ref();
                let Some(id) = object.and_then(|object| filled(&object.value, "id")) else {
                    return Adoption::Gone;
                };
                match self.look(id).await {
                    Ok(Some(_)) => Adoption::Forget,
                    Ok(None) => Adoption::Gone,
                    Err(error) => unclear(error),
                }
            }
        }
    }

    async fn look_for(&self, intent: &Intent) -> Result<Adoption, Error> {
        let Some(vpc) = intent.identity.get("vpc_id") else {
            return Ok(Adoption::Forget);
        };
        let range = match (
            intent.identity.get("cidr_block"),
            intent.identity.get("ipv6_cidr_block"),
        ) {
            (Some(range), _) => Filter::new("cidr-block", [range]),
            (None, Some(range)) => {
                Filter::new("ipv6-cidr-block-association.ipv6-cidr-block", [range])
            }
            (None, None) => return Ok(Adoption::Forget),
        };
        let filters = [Filter::new("vpc-id", [vpc]), range];
        let mut found = self.ec2.describe_subnets(Asked::Filtered(&filters)).await?;
        Ok(match found.pop() {
            Some(subnet) => Adoption::Adopt(self.object(&subnet, None)),
            None => Adoption::Forget,
        })
    }
}
