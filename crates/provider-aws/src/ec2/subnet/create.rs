//! Creating a subnet: one call that makes it, then the settings that take a call each.

use trueup_aws::ec2::{Subnet, SubnetChange};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{BoxFuture, Context};
use trueup_value::Value;

use super::model::{creation, is_seen, settings, state};
use super::{LIMITS, Subnets};
use crate::ec2::{SEEN, available, block};
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
        let (what, limit) = (format!("subnet {id}"), LIMITS.of(Some(wanted), "create"));
        let look = || -> BoxFuture<'_, _> { Box::pin(self.look(id)) };
        let mut there = available(&self.aws, cx, &what, limit, state, look).await?;
        let association = block::current(&there.ipv6, "").map(|range| range.association.clone());
        if let Some(association) = association {
            self.block_settled(cx, id, &association, true).await?;
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
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("{change:?} of subnet {id} to be seen"), SEEN)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(id).await? {
                    Some(subnet) if is_seen(&subnet, change) => Poll::Done(subnet),
                    Some(_) => Poll::Pending("as before".to_owned()),
                    None => Poll::Unexpected("gone".to_owned()),
                })
            })
        })
        .await
    }

    /// Waits until an IPv6 range is there (`true`) or gone.
    pub(super) async fn block_settled(
        &self,
        cx: &Context,
        id: &str,
        association: &str,
        there: bool,
    ) -> Result<(), Error> {
        block::settled(&self.aws, cx, association, there, || {
            Box::pin(async move {
                let subnet = self.look(id).await?;
                Ok(subnet.map(|subnet| subnet.ipv6).unwrap_or_default())
            })
        })
        .await
    }
}
