//! Deleting a VPC, once everything in it is gone.

use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Step};

use super::Vpcs;
use crate::ec2::{SEEN, has_dependencies};
use crate::ec2::{problem, problem_with_advice};
use crate::members::filled;
use crate::patience::patiently;

impl Vpcs {
    /// Deletes the VPC of a step.
    pub(super) async fn delete(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let Some(id) = filled(&prior.value, "id").map(str::to_owned) else {
            let found = Problem::error(
                "deleting EC2 VPC: the state holds no id",
                "The object in state has no id, so nothing can be deleted.",
            );
            return ApplyOutcome::Failed(Some(prior), vec![found]);
        };
        let deleted = patiently(
            &self.aws,
            cx,
            &format!("everything in VPC {id} to be gone"),
            SEEN,
            has_dependencies,
            || self.ec2.delete_vpc(&id),
        )
        .await;
        let gone = match deleted {
            Ok(()) => self.gone(cx, &id).await,
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        };
        let doing = format!("deleting EC2 VPC ({id})");
        match gone {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error @ Error::TimedOut { .. }) => {
                let advice = "Something is still in the VPC that this configuration does not know: a subnet, a gateway, a network interface. Delete it, then run again.";
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(prior), vec![found])
            }
            Err(error) => ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)]),
        }
    }

    async fn gone(&self, cx: &Context, id: &str) -> Result<(), Error> {
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("VPC {id} to be gone"), SEEN)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(id).await? {
                    None => Poll::Done(()),
                    Some(vpc) => Poll::Pending(vpc.state),
                })
            })
        })
        .await
    }
}
