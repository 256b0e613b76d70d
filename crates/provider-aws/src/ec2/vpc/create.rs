//! Creating a VPC: one call that makes it, then the settings that take a call each.

use std::time::Duration;

use trueup_aws::ec2::{Vpc, VpcAttribute};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Vpcs;
use super::model::{Attributes, Found, creation};
use crate::ec2::{SEEN, block};
use crate::ec2::{problem, problem_with_advice};
use crate::rules::{Moment, settle};

/// How long a new VPC may be pending.
const AVAILABLE: Duration = Duration::from_secs(600);

impl Vpcs {
    /// Creates the VPC of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let doing = "creating EC2 VPC";
        let request = creation(&wanted, &self.tags);
        let tags = request.tags.clone();
        let mut made = match self.ec2.create_vpc(request).await {
            Ok(made) => made,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem_with_advice(
                    doing,
                    &error,
                    "The answer was lost, so the VPC may or may not exist. Run again: the next run finds out and goes on from there.",
                ));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(doing, &error)]),
        };
        made.tags = tags;
        let id = made.id.clone();
        let partial = Found {
            vpc: made,
            ..Found::default()
        };
        let partial = self.object(&partial, Some(&wanted));
        progress.created(partial.clone()).await;
        let doing = format!("creating EC2 VPC ({id})");
        let completed = self.complete(cx, &id, &wanted).await;
        let there = match completed {
            Ok(vpc) => vpc,
            Err(error) => {
                let there = self.found(&id, &wanted).await;
                let advice = "The VPC exists and is kept in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                return ApplyOutcome::Failed(Some(there.unwrap_or(partial)), vec![found]);
            }
        };
        self.finished(&doing, there, &wanted, partial).await
    }

    /// Waits for a new VPC and does what CreateVpc takes no part in.
    async fn complete(&self, cx: &Context, id: &str, wanted: &Value) -> Result<Vpc, Error> {
        let mut vpc = self.available(cx, id).await?;
        let association = block::current(&vpc.ipv6, "").map(|range| range.association.clone());
        if let Some(association) = association {
            self.block_settled(cx, id, &association, true).await?;
            vpc = self.look(id).await?.unwrap_or(vpc);
        }
        let new = Attributes::default();
        self.set(cx, id, new, Attributes::wanted(wanted, new))
            .await?;
        Ok(vpc)
    }

    async fn available(&self, cx: &Context, id: &str) -> Result<Vpc, Error> {
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("VPC {id} to become available"), AVAILABLE)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(id).await? {
                    Some(vpc) if vpc.state == "available" => Poll::Done(vpc),
                    Some(vpc) if vpc.state == "pending" => Poll::Pending(vpc.state),
                    Some(vpc) => Poll::Unexpected(vpc.state),
                    // A new VPC is not known everywhere at once.
                    None => Poll::Pending("unknown".to_owned()),
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
                let vpc = self.look(id).await?;
                Ok(vpc.map(|vpc| vpc.ipv6).unwrap_or_default())
            })
        })
        .await
    }

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

    /// The object as it is now, where it can be read.
    pub(super) async fn found(&self, id: &str, like: &Value) -> Option<Object> {
        let vpc = self.look(id).await.ok().flatten()?;
        let found = self.besides(vpc).await.ok()?;
        Some(self.object(&found, Some(like)))
    }

    /// The outcome of a VPC on which everything was done: what takes calls of its own is read, and the
    /// value is as it was planned where null and empty are all that differs.
    pub(super) async fn finished(
        &self,
        doing: &str,
        vpc: Vpc,
        wanted: &Value,
        fallback: Object,
    ) -> ApplyOutcome {
        match self.besides(vpc).await {
            Ok(found) => {
                let mut object = self.object(&found, Some(wanted));
                object.value = settle(&object.value, wanted, Moment::Apply);
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Err(error) => {
                let advice =
                    "The VPC is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }
}

pub(super) fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} EC2 VPC: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
