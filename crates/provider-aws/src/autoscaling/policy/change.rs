//! Putting and taking away a policy. Putting replaces what is there, so a call whose answer was lost may
//! be made again.

use std::time::Duration;

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Policies;
use super::model::{name_of, request, to_state};
use crate::autoscaling::target_of;
use crate::failure::{problem, problem_with_advice};
use crate::patience::patiently;
use crate::rules::{Moment, settle};
use crate::timeouts::no_private;

/// How many first pauses a target that was just registered may stay unknown: 2 minutes on AWS.
const PAUSES: u32 = 1200;

impl Policies {
    pub(super) async fn put(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let doing = match step.prior {
            Some(_) => "updating",
            None => "creating",
        };
        let Some(wanted) = step.planned.or(step.config) else {
            let found = Problem::error(
                format!("{doing} Application Auto Scaling Scaling Policy: nothing planned"),
                "The step carries no planned value. This is a fault of the program.",
            );
            return ApplyOutcome::Failed(step.prior, vec![found]);
        };
        let name = name_of(&wanted);
        let doing = format!("{doing} Application Auto Scaling Scaling Policy ({name})");
        let policy = request(&wanted);
        let put = patiently(
            &self.aws,
            cx,
            "the policy's target and alarms to be known",
            self.limit(),
            passes,
            || self.autoscaling.put_scaling_policy(policy.clone()),
        )
        .await;
        match put {
            Ok(()) => {}
            Err(error) if error.lost_answer() && step.prior.is_none() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => {
                return ApplyOutcome::Failed(step.prior, vec![problem(&doing, &error)]);
            }
        }
        let partial = step.prior.clone().unwrap_or_else(|| Object {
            value: to_state(&policy),
            private: Some(no_private()),
        });
        if step.prior.is_none() {
            progress.created(partial.clone()).await;
        }
        self.finished(&doing, &wanted, partial).await
    }

    /// Two minutes on AWS, and as long in pauses where AWS is in this process.
    fn limit(&self) -> Duration {
        self.aws.first_pause * PAUSES
    }

    async fn finished(&self, doing: &str, wanted: &Value, fallback: Object) -> ApplyOutcome {
        match self.find(&target_of(wanted), name_of(wanted)).await {
            Ok(Some(policy)) => ApplyOutcome::Done(
                Some(Object {
                    value: settle(&to_state(&policy), wanted, Moment::Apply),
                    private: Some(no_private()),
                }),
                Problems::new(),
            ),
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the policy is gone"),
                    "It was deleted meanwhile, perhaps with its target. Run again to put it anew.",
                );
                ApplyOutcome::Failed(Some(fallback), vec![gone])
            }
            Err(error) => {
                let advice =
                    "The policy is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }

    pub(super) async fn delete(&self, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let name = name_of(&prior.value).to_owned();
        let target = target_of(&prior.value);
        match self.autoscaling.delete_scaling_policy(&target, &name).await {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            // It goes with its target.
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let doing = format!("deleting Application Auto Scaling Scaling Policy ({name})");
                ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)])
            }
        }
    }
}

/// A target that was just registered, and alarms that were just made, are not known everywhere at once.
fn passes(error: &Error) -> bool {
    match error.code() {
        "FailedResourceAccessException" => {
            let message = error.message();
            message.contains("token included in the request is invalid")
                || message.contains("is not authorized to perform")
                || message.contains("Rate exceeded")
        }
        "ObjectNotFoundException" => true,
        _ => false,
    }
}
