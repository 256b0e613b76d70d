//! Changing a subnet in place.

use trueup_aws::Error;
use trueup_aws::ec2::Subnet;
use trueup_value::Value;

use super::Subnets;
use super::model::settings;
use crate::ec2::described::range_settled;
use crate::ec2::{block, cidr, retag};
use crate::lifecycle::{Update, Work};
use crate::members::{filled, text};

impl Update for Subnets {
    /// Makes the changes; answers how the subnet is then, unless it is gone.
    async fn change(
        &self,
        work: &Work<'_>,
        old: &Value,
        new: &Value,
    ) -> Result<Option<Subnet>, Error> {
        let (cx, id) = (work.cx, filled(old, "id").unwrap_or_default());
        retag(&*self.ec2, &self.tags, id, old, new).await?;
        let Some(mut there) = self.look(id).await? else {
            return Ok(None);
        };
        let (before, after) = settings(&there, new);
        for change in &before {
            there = self.set(cx, id, change).await?;
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
                range_settled(self, cx, id, &has.association, false).await?;
            }
            if let Some(wanted) = wanted {
                let association = self.ec2.associate_subnet_block(id, wanted).await?;
                range_settled(self, cx, id, &association, true).await?;
            }
        }
        for change in &after {
            there = self.set(cx, id, change).await?;
        }
        if same {
            return Ok(Some(there));
        }
        self.look(id).await
    }
}
