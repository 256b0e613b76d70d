//! Creating a subnet: one call that makes it, then the settings that take a call each.

use trueup_aws::ec2::{Subnet, SubnetChange};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::model::{creation, is_seen, settings};
use super::{LIMITS, Subnets};
use crate::ec2::{SEEN, block};
use crate::ec2::{problem, problem_with_advice};
use crate::rules::{Moment, settle};

impl Subnets {
    /// Creates the subnet of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let doing = "creating EC2 Subnet";
        let request = creation(&wanted, &self.tags);
        let tags = request.tags.clone();
        let mut made = match self.ec2.create_subnet(request).await {
            Ok(made) => made,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem_with_advice(
                    doing,
                    &error,
                    "The answer was lost, so the subnet may or may not exist. Run again: the next run finds out and goes on from there.",
                ));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(doing, &error)]),
        };
        made.tags = tags;
        let id = made.id.clone();
        let partial = self.object(&made, Some(&wanted));
        progress.created(partial.clone()).await;
        match self.complete(cx, &id, &wanted).await {
            Ok(there) => self.finished(&there, &wanted),
            Err(error) => {
                let there = self.look(&id).await.ok().flatten();
                let there = there.map(|there| self.object(&there, Some(&wanted)));
                let advice = "The subnet exists and is kept in state. Run again: only what is missing is done then.";
                let doing = format!("creating EC2 Subnet ({id})");
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(there.unwrap_or(partial)), vec![found])
            }
        }
    }

    /// Waits for a new subnet and does what CreateSubnet takes no part in; answers how it is then.
    async fn complete(&self, cx: &Context, id: &str, wanted: &Value) -> Result<Subnet, Error> {
        let mut there = self.available(cx, id, wanted).await?;
        let association = block::current(&there.ipv6, "").map(|range| range.association.clone());
        if let Some(association) = association {
            self.block_settled(cx, id, &association, true).await?;
        }
        let (before, after) = settings(&there, wanted);
        for change in before.iter().chain(&after) {
            there = self.change(cx, id, change).await?;
        }
        Ok(there)
    }

    async fn available(&self, cx: &Context, id: &str, wanted: &Value) -> Result<Subnet, Error> {
        let limit = LIMITS.of(Some(wanted), "create");
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("subnet {id} to become available"), limit)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(id).await? {
                    Some(subnet) if subnet.state == "available" => Poll::Done(subnet),
                    Some(subnet) if subnet.state == "pending" => Poll::Pending(subnet.state),
                    Some(subnet) => Poll::Unexpected(subnet.state),
                    // A new subnet is not known everywhere at once.
                    None => Poll::Pending("unknown".to_owned()),
                })
            })
        })
        .await
    }

    /// Makes one change and waits until it is seen; answers how the subnet is then.
    pub(super) async fn change(
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

    /// The outcome of a subnet on which everything was done: as it was planned where null and empty
    /// are all that differs.
    pub(super) fn finished(&self, there: &Subnet, wanted: &Value) -> ApplyOutcome {
        let mut object = self.object(there, Some(wanted));
        object.value = settle(&object.value, wanted, Moment::Apply);
        ApplyOutcome::Done(Some(object), Problems::new())
    }
}

pub(super) fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} EC2 Subnet: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
