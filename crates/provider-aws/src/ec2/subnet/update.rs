//! Changing a subnet in place.

use trueup_aws::Error;
use trueup_aws::ec2::Subnet;
use trueup_provider::{ApplyOutcome, Context, Problem, Step};
use trueup_value::Value;

use super::Subnets;
use super::create::nothing_planned;
use super::model::settings;
use crate::ec2::problem_with_advice;
use crate::ec2::{block, cidr, retag};
use crate::members::{filled, text};

impl Subnets {
    /// Changes the subnet of a step from its prior to its planned value.
    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let id = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let doing = format!("updating EC2 Subnet ({id})");
        match self.make(cx, &id, &prior.value, &wanted).await {
            Ok(Some(there)) => self.finished(&there, &wanted),
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the subnet is gone"),
                    "It was deleted meanwhile. Run again to create it anew.",
                );
                ApplyOutcome::Failed(Some(prior), vec![gone])
            }
            Err(error) => {
                let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                let there = self.look(&id).await.ok().flatten();
                let there = there.map(|there| self.object(&there, Some(&prior.value)));
                ApplyOutcome::Failed(Some(there.unwrap_or(prior)), vec![found])
            }
        }
    }

    /// Makes the changes; answers how the subnet is then, unless it is gone.
    async fn make(
        &self,
        cx: &Context,
        id: &str,
        old: &Value,
        new: &Value,
    ) -> Result<Option<Subnet>, Error> {
        retag(&*self.ec2, &self.tags, id, old, new).await?;
        let Some(mut there) = self.look(id).await? else {
            return Ok(None);
        };
        let (before, after) = settings(&there, new);
        for change in &before {
            there = self.change(cx, id, change).await?;
        }
        let association = text(old, "ipv6_cidr_block_association_id").unwrap_or_default();
        let has = block::current(&there.ipv6, association).cloned();
        let wanted = filled(new, "ipv6_cidr_block");
        let same = match (&has, wanted) {
            (Some(has), Some(wanted)) => cidr::same(&has.cidr_block, wanted),
            (has, wanted) => has.is_none() && wanted.is_none(),
        };
        if !same {
            if let Some(has) = has {
                self.ec2.disassociate_subnet_block(&has.association).await?;
                self.block_settled(cx, id, &has.association, false).await?;
            }
            if let Some(wanted) = wanted {
                let association = self.ec2.associate_subnet_block(id, wanted).await?;
                self.block_settled(cx, id, &association, true).await?;
            }
        }
        for change in &after {
            there = self.change(cx, id, change).await?;
        }
        if same {
            return Ok(Some(there));
        }
        self.look(id).await
    }
}
