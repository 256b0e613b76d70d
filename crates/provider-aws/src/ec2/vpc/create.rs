//! Creating a VPC: one call that makes it, then the settings that take a call each.

use std::time::Duration;

use trueup_aws::ec2::{Vpc, VpcAttribute};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::Context;
use trueup_value::Value;

use super::Vpcs;
use super::model::{Attributes, Found, creation};
use crate::ec2::described::{available, range_settled};
use crate::ec2::{SEEN, block};
use crate::lifecycle::{Create, Work};
use crate::members::filled;

/// How long a new VPC may be pending.
const AVAILABLE: Duration = Duration::from_secs(600);

impl Create for Vpcs {
    async fn make(&self, _work: &Work<'_>, wanted: &Value) -> Result<Found, Error> {
        let request = creation(wanted, &self.tags);
        let tags = request.tags.clone();
        let vpc = self.ec2.create_vpc(request).await?;
        Ok(Found {
            vpc: Vpc { tags, ..vpc },
            ..Found::default()
        })
    }

    /// Waits for it and does what CreateVpc takes no part in.
    async fn complete(
        &self,
        work: &Work<'_>,
        made: &Value,
        wanted: &Value,
    ) -> Result<Option<Vpc>, Error> {
        let (cx, id) = (work.cx, filled(made, "id").unwrap_or_default());
        let mut vpc = available(self, cx, id, AVAILABLE).await?;
        let association = block::current(&vpc.ipv6, "").map(|range| range.association.clone());
        if let Some(association) = association {
            range_settled(self, cx, id, &association, true).await?;
            vpc = self.look(id).await?.unwrap_or(vpc);
        }
        let new = Attributes::default();
        self.set(cx, id, new, Attributes::wanted(wanted, new))
            .await?;
        Ok(Some(vpc))
    }
}

impl Vpcs {
    /// Changes the settings that differ, one a call, and waits until each is seen.
    pub(super) async fn set(
        &self,
        cx: &Context,
        id: &str,
        old: Attributes,
        new: Attributes,
    ) -> Result<(), Error> {
        let hostnames = (
            VpcAttribute::DnsHostnames,
            old.dns_hostnames,
            new.dns_hostnames,
        );
        let support = (VpcAttribute::DnsSupport, old.dns_support, new.dns_support);
        // Names need the service's resolver: it is on first and off last.
        let (first, second) = if new.dns_support {
            (support, hostnames)
        } else {
            (hostnames, support)
        };
        let metrics = (
            VpcAttribute::AddressUsageMetrics,
            old.usage_metrics,
            new.usage_metrics,
        );
        for (attribute, old, new) in [first, second, metrics] {
            if old == new {
                continue;
            }
            self.ec2.set_vpc_attribute(id, attribute, new).await?;
            let settings = PollSettings {
                min_pause: self.aws.first_pause,
                ..PollSettings::new(format!("{attribute:?} of VPC {id} to be {new}"), SEEN)
            };
            poll_until(&settings, &cx.cancel, || {
                Box::pin(async move {
                    Ok(match self.ec2.vpc_attribute(id, attribute).await? {
                        on if on == new => Poll::Done(()),
                        on => Poll::Pending(on.to_string()),
                    })
                })
            })
            .await?;
        }
        Ok(())
    }
}
