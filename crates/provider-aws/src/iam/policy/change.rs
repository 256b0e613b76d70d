//! Making, changing and taking away a policy.

use trueup_aws::Error;
use trueup_aws::iam::{CreatePolicy, Subject};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Policies;
use crate::failure::{problem, problem_with_advice};
use crate::iam::{PROPAGATION, has_dependents};
use crate::made_up;
use crate::members::{filled, text, text_map};
use crate::patience::patiently;
use crate::rules::{Moment, settle};
use crate::tags::changes;

/// What a prefix is where a block says neither a name nor one.
const PREFIX: &str = "terraform-";

/// How many versions a policy may have.
const VERSIONS: usize = 5;

impl Policies {
    /// Creates the policy of a step.
    pub(super) async fn create(&self, step: Step, progress: &dyn Progress) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let owned = |name: &str| filled(&wanted, name).map(str::to_owned);
        let name = owned("name").unwrap_or_else(|| {
            let prefix = filled(&wanted, "name_prefix").unwrap_or(PREFIX);
            made_up::name(prefix, &step.token)
        });
        let doing = format!("creating IAM Policy ({name})");
        let request = CreatePolicy {
            name,
            path: owned("path").unwrap_or_else(|| "/".to_owned()),
            policy: owned("policy").unwrap_or_default(),
            description: owned("description"),
            tags: self.tags.to_send(&text_map(&wanted, "tags")),
        };
        let (text, tags) = (request.policy.clone(), request.tags.clone());
        let mut made = match self.iam.create_policy(request).await {
            Ok(made) => made,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        };
        made.tags = tags;
        let partial = self.object(&made, &text, Some(&wanted));
        progress.created(partial.clone()).await;
        self.finished(&doing, &made.arn, &wanted, partial).await
    }

    /// Changes the policy of a step from its prior to its planned value.
    pub(super) async fn update(&self, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let arn = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let doing = format!("updating IAM Policy ({arn})");
        match self.make(&arn, &prior.value, &wanted).await {
            Ok(()) => self.finished(&doing, &arn, &wanted, prior).await,
            Err(error) => {
                let there = self.find(&arn).await.ok().flatten();
                let there =
                    there.map(|(policy, text)| self.object(&policy, &text, Some(&prior.value)));
                let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(there.unwrap_or(prior)), vec![found])
            }
        }
    }

    async fn make(&self, arn: &str, old: &Value, new: &Value) -> Result<(), Error> {
        let (remove, put) = changes(&self.tags, old, new);
        if !remove.is_empty() {
            self.iam.untag(Subject::Policy(arn), &remove).await?;
        }
        if !put.is_empty() {
            self.iam.tag(Subject::Policy(arn), &put).await?;
        }
        if text(old, "policy") == text(new, "policy") {
            return Ok(());
        }
        self.make_room(arn).await?;
        let policy = filled(new, "policy").unwrap_or_default();
        match self.iam.create_policy_version(arn, policy).await {
            // The version may be there: then it counts, and says what was wanted.
            Err(error) if error.lost_answer() => match self.find(arn).await? {
                Some((_, text)) if crate::iam_policy::equivalent(&text, policy) => Ok(()),
                _ => Err(error),
            },
            other => other,
        }
    }

    /// Deletes the oldest version that does not count, where there is no room for another.
    async fn make_room(&self, arn: &str) -> Result<(), Error> {
        let mut versions = self.iam.policy_versions(arn).await?;
        if versions.len() < VERSIONS {
            return Ok(());
        }
        versions.retain(|version| !version.is_default);
        let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or(0);
        let oldest = versions.into_iter().min_by(|a, b| {
            let age = a.created.cmp(&b.created);
            age.then(number(&a.id).cmp(&number(&b.id)))
        });
        match oldest {
            Some(oldest) => self.iam.delete_policy_version(arn, &oldest.id).await,
            None => Ok(()),
        }
    }

    /// Deletes the policy of a step, after its versions that do not count.
    pub(super) async fn delete(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let arn = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let gone = match self.forget_versions(&arn).await {
            Ok(()) => {
                patiently(
                    &self.aws,
                    cx,
                    &format!("policy {arn} to hang on nothing"),
                    PROPAGATION,
                    has_dependents,
                    || self.iam.delete_policy(&arn),
                )
                .await
            }
            Err(error) => Err(error),
        };
        match gone {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let found = problem(&format!("deleting IAM Policy ({arn})"), &error);
                ApplyOutcome::Failed(Some(prior), vec![found])
            }
        }
    }

    async fn forget_versions(&self, arn: &str) -> Result<(), Error> {
        for version in self.iam.policy_versions(arn).await? {
            if version.is_default {
                continue;
            }
            match self.iam.delete_policy_version(arn, &version.id).await {
                Err(error) if !error.is_not_found() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The outcome of a policy on which everything was done: read once more, and as it was planned where
    /// null and empty are all that differs.
    async fn finished(
        &self,
        doing: &str,
        arn: &str,
        wanted: &Value,
        fallback: Object,
    ) -> ApplyOutcome {
        match self.find(arn).await {
            Ok(Some((policy, text))) => {
                let mut object = self.object(&policy, &text, Some(wanted));
                object.value = settle(&object.value, wanted, Moment::Apply);
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the policy is gone"),
                    "It was deleted meanwhile, or is not known everywhere yet. Run again.",
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
}

fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} IAM Policy: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
