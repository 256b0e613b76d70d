//! Judging what an earlier run left open about VPCs. Their ids are made by the service, which takes no
//! token for a creation and tells no time of it. Where the run did not come to know the id, a VPC that was
//! perhaps created is looked for among those of its range and tags in which nothing was done yet.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Filter, Vpc};
use trueup_provider::{Adoption, Intent, Problem, StepKind};
use trueup_value::Value;

use super::Vpcs;
use super::model::Attributes;
use crate::dynamodb::table_item::digest_of_text;
use crate::ec2::problem;
use crate::lifecycle::Read as _;
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

impl Vpcs {
    /// Judges one open intent.
    pub(super) async fn judged(&self, intent: Intent) -> Adoption {
        let unclear = |error| Adoption::Unclear(problem("recovering EC2 VPC", &error));
        match intent.kind {
            StepKind::Create if intent.in_state.is_none() => {
                let found = match &intent.made {
                    Some(id) => self.of_id(id).await,
                    None => self.look_for(&intent).await,
                };
                found.unwrap_or_else(unclear)
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

    /// The VPC of the id that the creation gave, whatever was done in it since.
    async fn of_id(&self, id: &str) -> Result<Adoption, Error> {
        let Some(vpc) = self.look(id).await? else {
            return Ok(Adoption::Forget);
        };
        let found = self.besides(vpc).await?;
        Ok(Adoption::Adopt(self.object(&found, None)))
    }

    async fn look_for(&self, intent: &Intent) -> Result<Adoption, Error> {
        let Some(range) = intent.identity.get("cidr_block") else {
            return Ok(Adoption::Forget);
        };
        let filters = [Filter::new("cidr", [range.as_str()])];
        let there = self.ec2.describe_vpcs(Asked::Filtered(&filters)).await?;
        let planned = intent.planned_digest.as_deref().unwrap_or_default();
        let mut ours = Vec::new();
        for vpc in there {
            let ipv6 = vpc.ipv6.iter().any(|range| range.pool == "Amazon");
            let tags = self.tags.own(&vpc.tags);
            let same = of(&vpc.cidr_block, &vpc.tenancy, ipv6, &tags) == planned;
            if same && self.is_untouched(&vpc).await? {
                ours.push(vpc);
            }
        }
        if ours.len() > 1 {
            let ids: Vec<&str> = ours.iter().map(|vpc| vpc.id.as_str()).collect();
            return Ok(Adoption::Unclear(Problem::error(
                "Several VPCs may be the one that was to be created",
                format!(
                    "An earlier run was stopped while it created {}. In {} there are several empty VPCs of the same range and tags: {}. Bring the right one into state with import, or delete those that nobody needs.",
                    intent.address,
                    self.aws.region,
                    ids.join(", ")
                ),
            )));
        }
        match ours.pop() {
            None => Ok(Adoption::Forget),
            Some(vpc) => {
                let found = self.besides(vpc).await?;
                Ok(Adoption::Adopt(self.object(&found, None)))
            }
        }
    }

    /// Whether a VPC is as CreateVpc leaves it. A run that came further had written its id to the journal.
    async fn is_untouched(&self, vpc: &Vpc) -> Result<bool, Error> {
        let filters = [Filter::new("vpc-id", [vpc.id.as_str()])];
        let subnets = self.ec2.describe_subnets(Asked::Filtered(&filters)).await?;
        Ok(subnets.is_empty() && self.attributes(&vpc.id).await? == Attributes::default())
    }
}
