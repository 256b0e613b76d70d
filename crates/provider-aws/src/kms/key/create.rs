//! Creating a key: one call that makes it, then what takes calls of its own.

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::model::{Found, creation};
use super::{Keys, limit};
use crate::failure::{problem, problem_with_advice};
use crate::members::{flag, whole};
use crate::patience::patiently;
use crate::rules::{Moment, settle};

impl Keys {
    /// Creates the key of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let doing = "creating KMS Key";
        let request = creation(&wanted, &self.tags);
        let made = patiently(
            &self.aws,
            cx,
            "the principals of the key's policy to be known",
            limit(Some(&wanted)),
            principals_unknown,
            || self.kms.create_key(request.clone()),
        )
        .await;
        let made = match made {
            Ok(made) => made,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem_with_advice(
                    doing,
                    &error,
                    "The answer was lost, so the key may or may not exist. Run again: the next run finds out and goes on from there.",
                ));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(doing, &error)]),
        };
        let id = made.key_id.clone();
        let partial = Found {
            policy: request.policy.unwrap_or_default(),
            tags: request.tags,
            metadata: made,
            ..Found::default()
        };
        let partial = self.object(&partial, Some(&wanted));
        progress.created(partial.clone()).await;
        let doing = format!("creating KMS Key ({id})");
        if let Err(error) = self.complete(&id, &wanted).await {
            let there = self.find(&id).await.ok().flatten();
            let there = there.map(|found| self.object(&found, Some(&wanted)));
            let advice = "The key exists and is kept in state. Run again: only what is missing is done then.";
            let found = problem_with_advice(&doing, &error, advice);
            return ApplyOutcome::Failed(Some(there.unwrap_or(partial)), vec![found]);
        }
        self.finished(&doing, &id, &wanted, partial).await
    }

    /// What CreateKey takes no part in.
    async fn complete(&self, id: &str, wanted: &Value) -> Result<(), Error> {
        if flag(wanted, "enable_key_rotation") == Some(true) {
            let days = whole(wanted, "rotation_period_in_days");
            self.kms.enable_key_rotation(id, days).await?;
        }
        if flag(wanted, "is_enabled") == Some(false) {
            self.kms.set_key_enabled(id, false).await?;
        }
        Ok(())
    }

    /// The outcome of a key on which everything was done: read once more, and as it was planned where
    /// null and empty are all that differs.
    pub(super) async fn finished(
        &self,
        doing: &str,
        id: &str,
        wanted: &Value,
        fallback: trueup_provider::Object,
    ) -> ApplyOutcome {
        let found = match self.find(id).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the key is gone"),
                    "Its deletion was scheduled meanwhile. Run again to create it anew.",
                );
                return ApplyOutcome::Failed(Some(fallback), vec![gone]);
            }
            Err(error) => {
                let advice =
                    "The key is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                return ApplyOutcome::Failed(Some(fallback), vec![found]);
            }
        };
        let mut object = self.object(&found, Some(wanted));
        object.value = settle(&object.value, wanted, Moment::Apply);
        ApplyOutcome::Done(Some(object), Problems::new())
    }
}

/// A role that was just made is not known everywhere at once.
pub(super) fn principals_unknown(error: &Error) -> bool {
    error.code() == "MalformedPolicyDocumentException"
        && error.message().contains("invalid principals")
}

pub(super) fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} KMS Key: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
