//! Changing a VPC in place.

use trueup_aws::Error;
use trueup_aws::ec2::Vpc;
use trueup_provider::Context;
use trueup_value::Value;

use super::Vpcs;
use super::model::{Attributes, ipv6_source};
use crate::ec2::described::range_settled;
use crate::ec2::{cidr, retag};
use crate::lifecycle::{Update, Work};
use crate::members::{filled, flag, text};

impl Update for Vpcs {
    async fn change(
        &self,
        work: &Work<'_>,
        old: &Value,
        new: &Value,
    ) -> Result<Option<Vpc>, Error> {
        let (cx, id) = (work.cx, filled(old, "id").unwrap_or_default());
        retag(&*self.ec2, &self.tags, id, old, new).await?;
        let before = Attributes::wanted(old, Attributes::default());
        self.set(cx, id, before, Attributes::wanted(new, before))
            .await?;
        self.change_ipv6(cx, id, old, new).await?;
        let tenancy = text(new, "instance_tenancy");
        if let Some(tenancy) = tenancy.filter(|_| tenancy != text(old, "instance_tenancy")) {
            self.ec2.set_vpc_tenancy(id, tenancy).await?;
        }
        self.look(id).await
    }
}

impl Vpcs {
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
            range_settled(self, cx, id, association, false).await?;
        }
        let source = ipv6_source(new);
        if source.amazon || source.pool.is_some() {
            let association = self.ec2.associate_vpc_block(id, source).await?;
            range_settled(self, cx, id, &association, true).await?;
        }
        Ok(())
    }
}
