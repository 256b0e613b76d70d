//! Making, changing and taking away a role.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::Error;
use trueup_aws::iam::Subject;
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Roles;
use super::model::{Found, attached, creation, inline};
use crate::failure::{problem, problem_with_advice};
use crate::iam::{PROPAGATION, has_dependents, not_known_yet};
use crate::made_up;
use crate::members::{filled, flag, member, text, whole};
use crate::patience::patiently;
use crate::rules::{Moment, settle};
use crate::tags::changes;

/// What a prefix is where a block says neither a name nor one.
const PREFIX: &str = "terraform-";

impl Roles {
    /// Creates the role of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let name = match filled(&wanted, "name") {
            Some(name) => name.to_owned(),
            None => {
                let prefix = filled(&wanted, "name_prefix").unwrap_or(PREFIX);
                made_up::name(prefix, &step.token)
            }
        };
        let doing = format!("creating IAM Role ({name})");
        let request = creation(&wanted, name.clone(), &self.tags);
        let tags = request.tags.clone();
        let made = patiently(
            &self.aws,
            cx,
            "the principals of the role's policy to be known",
            PROPAGATION,
            not_known_yet,
            || self.iam.create_role(request.clone()),
        )
        .await;
        let mut role = match made {
            Ok(role) => role,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        };
        role.tags = tags;
        let partial = Found {
            role,
            ..Found::default()
        };
        let partial = self.object(&partial, Some(&wanted));
        progress.created(partial.clone()).await;
        let nothing = (BTreeMap::new(), BTreeSet::new());
        if let Err(error) = self.set_policies(&name, nothing, &wanted).await {
            let there = self.find(&name).await.ok().flatten();
            let there = there.map(|found| self.object(&found, Some(&wanted)));
            let advice = "The role exists and is kept in state. Run again: only what is missing is done then.";
            let found = problem_with_advice(&doing, &error, advice);
            return ApplyOutcome::Failed(Some(there.unwrap_or(partial)), vec![found]);
        }
        self.finished(&doing, &name, &wanted, partial).await
    }

    /// Gives a role the policies that a value asks for, where it speaks of them, and takes those away
    /// that it had.
    async fn set_policies(
        &self,
        name: &str,
        had: (BTreeMap<String, String>, BTreeSet<String>),
        wanted: &Value,
    ) -> Result<(), Error> {
        let (inline_before, attached_before) = had;
        if member(wanted, "inline_policy").is_some_and(Value::is_known) {
            let wanted = inline(wanted);
            for gone in inline_before.keys().filter(|it| !wanted.contains_key(*it)) {
                ignore_missing(self.iam.delete_inline_policy(name, gone).await)?;
            }
            for (policy, text) in &wanted {
                if inline_before.get(policy) != Some(text) {
                    self.iam.put_inline_policy(name, policy, text).await?;
                }
            }
        }
        if member(wanted, "managed_policy_arns").is_some_and(Value::is_known) {
            let wanted = attached(wanted);
            for gone in attached_before.difference(&wanted) {
                ignore_missing(self.iam.detach_policy(name, gone).await)?;
            }
            for arn in wanted.difference(&attached_before) {
                self.iam.attach_policy(name, arn).await?;
            }
        }
        Ok(())
    }

    /// Changes the role of a step from its prior to its planned value.
    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let name = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let doing = format!("updating IAM Role ({name})");
        match self.make(cx, &name, &prior.value, &wanted).await {
            Ok(()) => self.finished(&doing, &name, &wanted, prior).await,
            Err(error) => {
                let there = self.find(&name).await.ok().flatten();
                let there = there.map(|found| self.object(&found, Some(&prior.value)));
                let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(there.unwrap_or(prior)), vec![found])
            }
        }
    }

    async fn make(&self, cx: &Context, name: &str, old: &Value, new: &Value) -> Result<(), Error> {
        let (remove, put) = changes(&self.tags, old, new);
        let subject = Subject::Role(name);
        if !remove.is_empty() {
            self.iam.untag(subject, &remove).await?;
        }
        if !put.is_empty() {
            self.iam.tag(subject, &put).await?;
        }
        let differs =
            |name: &str| text(old, name).unwrap_or_default() != text(new, name).unwrap_or_default();
        if differs("assume_role_policy")
            && let Some(policy) = filled(new, "assume_role_policy")
        {
            patiently(
                &self.aws,
                cx,
                "the principals of the role's policy to be known",
                PROPAGATION,
                not_known_yet,
                || self.iam.update_assume_role_policy(name, policy),
            )
            .await?;
        }
        let session = |value: &Value| whole(value, "max_session_duration").unwrap_or(3600);
        if differs("description") || session(old) != session(new) {
            let description = text(new, "description").unwrap_or_default();
            self.iam
                .update_role(name, description, session(new))
                .await?;
        }
        if differs("permissions_boundary") {
            let bound = filled(new, "permissions_boundary");
            self.iam.set_permissions_boundary(name, bound).await?;
        }
        self.set_policies(name, (inline(old), attached(old)), new)
            .await
    }

    /// Deletes the role of a step, with the policies that it is known or told to have.
    pub(super) async fn delete(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let name = filled(&prior.value, "id").unwrap_or_default().to_owned();
        let gone = match self.strip(&name, &prior.value).await {
            Ok(()) => {
                patiently(
                    &self.aws,
                    cx,
                    &format!("nothing to hang on role {name}"),
                    PROPAGATION,
                    has_dependents,
                    || self.iam.delete_role(&name),
                )
                .await
            }
            Err(error) => Err(error),
        };
        match gone {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let found = problem(&format!("deleting IAM Role ({name})"), &error);
                ApplyOutcome::Failed(Some(prior), vec![found])
            }
        }
    }

    async fn strip(&self, name: &str, prior: &Value) -> Result<(), Error> {
        let force = flag(prior, "force_detach_policies") == Some(true);
        if force || !attached(prior).is_empty() {
            for arn in self.iam.attached_policies(name).await? {
                ignore_missing(self.iam.detach_policy(name, &arn).await)?;
            }
        }
        if force || !inline(prior).is_empty() {
            for policy in self.iam.inline_policies(name).await? {
                ignore_missing(self.iam.delete_inline_policy(name, &policy).await)?;
            }
        }
        Ok(())
    }

    /// The outcome of a role on which everything was done: read once more, and as it was planned where
    /// null and empty are all that differs.
    async fn finished(
        &self,
        doing: &str,
        name: &str,
        wanted: &Value,
        fallback: Object,
    ) -> ApplyOutcome {
        match self.find(name).await {
            Ok(Some(found)) => {
                let mut object = self.object(&found, Some(wanted));
                object.value = settle(&object.value, wanted, Moment::Apply);
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the role is gone"),
                    "It was deleted meanwhile, or is not known everywhere yet. Run again.",
                );
                ApplyOutcome::Failed(Some(fallback), vec![gone])
            }
            Err(error) => {
                let advice =
                    "The role is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }
}

/// What is gone already needs no taking away.
fn ignore_missing(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}

fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} IAM Role: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
