//! Deleting a subnet, once everything in it is gone.

use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Step};

use super::{LIMITS, Subnets};
use crate::ec2::{SEEN, has_dependencies};
use crate::ec2::{problem, problem_with_advice};
use crate::members::filled;
use crate::patience::patiently;

/// How the interfaces are described that functions leave behind: the service takes them away only
/// after a long while.
const OF_FUNCTIONS: &str = "AWS Lambda VPC ENI";

impl Subnets {
    /// Deletes the subnet of a step.
    pub(super) async fn delete(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let Some(id) = filled(&prior.value, "id").map(str::to_owned) else {
            let found = Problem::error(
                "deleting EC2 Subnet: the state holds no id",
                "The object in state has no id, so nothing can be deleted.",
            );
            return ApplyOutcome::Failed(Some(prior), vec![found]);
        };
        let limit = LIMITS.of(Some(&prior.value), "delete");
        let deleted = patiently(
            &self.aws,
            cx,
            &format!("everything in subnet {id} to be gone"),
            limit,
            has_dependencies,
            || Box::pin(self.try_delete(&id)),
        )
        .await;
        let gone = match deleted {
            Ok(()) => self.gone(cx, &id).await,
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        };
        let doing = format!("deleting EC2 Subnet ({id})");
        match gone {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error @ Error::TimedOut { .. }) => {
                let advice = "Something is still in the subnet that this configuration does not know, such as an instance or a network interface. Delete it, then run again.";
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(prior), vec![found])
            }
            Err(error) => ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)]),
        }
    }

    /// One attempt. Where something is in the way, what functions left there is cleared for the next.
    async fn try_delete(&self, id: &str) -> Result<(), Error> {
        let refused = match self.ec2.delete_subnet(id).await {
            Err(error) if has_dependencies(&error) => error,
            other => return other,
        };
        // Who may not look at interfaces can still wait for them to go.
        for left in self.ec2.interfaces_in(id).await.unwrap_or_default() {
            if left.status == "available" && left.description.starts_with(OF_FUNCTIONS) {
                match self.ec2.delete_interface(&left.id).await {
                    Err(error) if !error.is_not_found() => return Err(error),
                    _ => {}
                }
            }
        }
        Err(refused)
    }

    async fn gone(&self, cx: &Context, id: &str) -> Result<(), Error> {
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("subnet {id} to be gone"), SEEN)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(id).await? {
                    None => Poll::Done(()),
                    Some(subnet) => Poll::Pending(subnet.state),
                })
            })
        })
        .await
    }
}
