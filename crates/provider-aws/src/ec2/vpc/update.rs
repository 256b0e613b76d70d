//! Changing a VPC in place.

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Context, Problem, Step};
use trueup_value::Value;

use super::Vpcs;
use super::create::nothing_planned;
use super::model::{Attributes, ipv6_source};
use crate::ec2::problem_with_advice;
use crate::ec2::{cidr, retag};
use crate::members::{filled, flag, text};

impl Vpcs {
    /// Changes the VPC of a step from its prior to its planned value.
    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let id = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let doing = format!("updating EC2 VPC ({id})");
        let made = match self.make(cx, &id, &prior.value, &wanted).await {
            Ok(()) => self.look(&id).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(Some(vpc)) => self.finished(&doing, vpc, &wanted, prior).await,
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the VPC is gone"),
                    "It was deleted meanwhile. Run again to create it anew.",
                );
                ApplyOutcome::Failed(Some(prior), vec![gone])
            }
            Err(error) => {
                let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                let there = self.found(&id, &prior.value).await;
                ApplyOutcome::Failed(Some(there.unwrap_or(prior)), vec![found])
            }
        }
    }

    async fn make(&self, cx: &Context, id: &str, old: &Value, new: &Value) -> Result<(), Error> {
        retag(&*self.ec2, &self.tags, id, old, new).await?;
        let before = Attributes::wanted(old, Attributes::default());
        self.set(cx, id, before, Attributes::wanted(new, before))
            .await?;
        self.change_ipv6(cx, id, old, new).await?;
        let tenancy = text(new, "instance_tenancy");
        if let Some(tenancy) = tenancy.filter(|_| tenancy != text(old, "instance_tenancy")) {
            self.ec2.set_vpc_tenancy(id, tenancy).await?;
        }
        Ok(())
    }

    /// Takes the IPv6 range away that is not wanted any more, then gives the one that is.
    async fn change_ipv6(
        &self,
        cx: &Context,
        id: &str,
        old: &Value,
        new: &Value,
    ) -> Result<(), Error> {
        let amazon = |value: &Value| flag(value, "assign_generated_ipv6_cidr_block") == Some(true);
        let same = |name: &str| filled(old, name) == filled(new, name);
        // A range that is not known yet is one that AWS will give or take.
        let ranges = (
            filled(old, "ipv6_cidr_block"),
            filled(new, "ipv6_cidr_block"),
        );
        let same_range = match ranges {
            (Some(old), Some(new)) => cidr::same(old, new),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        let pool = same("ipv6_ipam_pool_id");
        if amazon(old) == amazon(new) && pool && (same_range || amazon(new)) {
            return Ok(());
        }
        if let Some(association) = filled(old, "ipv6_association_id") {
            self.ec2.disassociate_vpc_block(association).await?;
            self.block_settled(cx, id, association, false).await?;
        }
        let source = ipv6_source(new);
        if source.amazon || source.pool.is_some() {
            let association = self.ec2.associate_vpc_block(id, source).await?;
            self.block_settled(cx, id, &association, true).await?;
        }
        Ok(())
    }
}
