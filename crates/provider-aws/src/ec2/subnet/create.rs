//! Creating a subnet: one call that makes it, then the settings that take a call each.

use trueup_aws::ec2::{Subnet, SubnetChange};
use trueup_aws::{Error, Poll};
use trueup_provider::Context;
use trueup_value::Value;

use super::model::{creation, is_seen, settings};
use super::{LIMITS, Subnets};
use crate::ec2::described::{available, range_settled, wait};
use crate::ec2::{SEEN, block};
use crate::lifecycle::{Create, Work};
use crate::members::filled;

impl Create for Subnets {
    async fn make(&self, _work: &Work<'_>, wanted: &Value) -> Result<Subnet, Error> {
        let request = creation(wanted, &self.tags);
        let tags = request.tags.clone();
        let made = self.ec2.create_subnet(request).await?;
        Ok(Subnet { tags, ..made })
    }

    /// Waits for it and does what CreateSubnet takes no part in; answers how it is then.
    async fn complete(
        &self,
        work: &Work<'_>,
        made: &Value,
        wanted: &Value,
    ) -> Result<Option<Subnet>, Error> {
        let (cx, id) = (work.cx, filled(made, "id").unwrap_or_default());
        let limit = LIMITS.of(Some(wanted), "create");
        let mut there = available(self, cx, id, limit).await?;
        let association = block::current(&there.ipv6, "").map(|range| range.association.clone());
        if let Some(association) = association {
            range_settled(self, cx, id, &association, true).await?;
        }
        let (before, after) = settings(&there, wanted);
        for change in before.iter().chain(&after) {
            there = self.set(cx, id, change).await?;
        }
        Ok(Some(there))
    }
}

impl Subnets {
    /// Makes one change and waits until it is seen; answers how the subnet is then.
    pub(super) async fn set(
        &self,
        cx: &Context,
        id: &str,
        change: &SubnetChange,
    ) -> Result<Subnet, Error> {
        self.ec2.change_subnet(id, change).await?;
        let what = format!("{change:?} of subnet {id} to be seen");
        wait(self, cx, id, what, SEEN, |found| match found {
            Some(subnet) if is_seen(&subnet, change) => Poll::Done(subnet),
            Some(_) => Poll::Pending("as before".to_owned()),
            None => Poll::Unexpected("gone".to_owned()),
        })
        .await
    }
}
