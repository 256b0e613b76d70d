//! Registering, changing and deregistering a target. Registering replaces what is there, so a call whose
//! answer was lost may be made again.

use std::time::Duration;

use trueup_aws::autoscaling::{RegisterTarget, TargetName};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Targets;
use super::model::registration;
use crate::autoscaling::target_of;
use crate::failure::{problem, problem_with_advice};
use crate::members::{block, filled, text_map, whole};
use crate::patience::patiently;
use crate::rules::{Moment, settle};
use crate::tags::{Tags, changes};

/// How long a role that was just made may be unknown.
const ROLES: Duration = Duration::from_secs(120);

/// How long a target may go on being told of after it was taken away.
const GONE: Duration = Duration::from_secs(300);

impl Targets {
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let tags = self.tags.to_send(&text_map(&wanted, "tags"));
        let request = registration(&wanted, tags.clone());
        let name = request.name.clone();
        let doing = format!(
            "creating Application AutoScaling Target ({})",
            name.resource
        );
        let arn = match self.register(cx, request).await {
            Ok(arn) => arn,
            // A target that is there already takes no tags this way: it is changed as any other is.
            Err(error) if has_tags_already(&error, &tags) => {
                match self.take_over(cx, &wanted, &tags).await {
                    Ok(arn) => arn,
                    Err(error) => {
                        return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]);
                    }
                }
            }
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        };
        let partial = self.partial(&wanted, arn, &tags);
        progress.created(partial.clone()).await;
        self.finished(&doing, &name, &wanted, partial).await
    }

    async fn register(
        &self,
        cx: &Context,
        request: RegisterTarget,
    ) -> Result<Option<String>, Error> {
        patiently(
            &self.aws,
            cx,
            "the target's role to be known",
            ROLES,
            role_unknown,
            || self.autoscaling.register_scalable_target(request.clone()),
        )
        .await
    }

    async fn take_over(
        &self,
        cx: &Context,
        wanted: &Value,
        tags: &Tags,
    ) -> Result<Option<String>, Error> {
        let arn = self.register(cx, registration(wanted, Tags::new())).await?;
        if let Some(arn) = &arn {
            self.autoscaling.tag(arn, tags).await?;
        }
        Ok(arn)
    }

    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let name = target_of(&prior.value);
        let doing = format!(
            "updating Application AutoScaling Target ({})",
            name.resource
        );
        match self.make(cx, &prior.value, &wanted).await {
            Ok(()) => self.finished(&doing, &name, &wanted, prior).await,
            Err(error) => {
                let found = problem(&doing, &error);
                let there = self.find(&name).await.ok().flatten();
                let object = match &there {
                    Some(target) => self.object(target, Some(&prior.value)).await.ok(),
                    None => None,
                };
                ApplyOutcome::Failed(Some(object.unwrap_or(prior)), vec![found])
            }
        }
    }

    async fn make(&self, cx: &Context, old: &Value, new: &Value) -> Result<(), Error> {
        let (remove, put) = changes(&self.tags, old, new);
        if let Some(arn) = filled(old, "arn") {
            if !remove.is_empty() {
                self.autoscaling.untag(arn, &remove).await?;
            }
            if !put.is_empty() {
                self.autoscaling.tag(arn, &put).await?;
            }
        }
        let same = |name: &str| whole(old, name) == whole(new, name);
        let state = |value: &Value| block(value, "suspended_state").cloned();
        let held = match (state(old), state(new)) {
            (Some(old), Some(new)) => old.raw_equals(&new),
            (_, new) => new.is_none(),
        };
        let role = filled(old, "role_arn") == filled(new, "role_arn");
        if same("min_capacity") && same("max_capacity") && held && role {
            return Ok(());
        }
        let mut request = registration(new, Tags::new());
        // What does not change is not sent.
        request.suspended = request.suspended.filter(|_| !held);
        self.register(cx, request).await.map(drop)
    }

    pub(super) async fn delete(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let name = target_of(&prior.value);
        let gone = match self.autoscaling.deregister_scalable_target(&name).await {
            Ok(()) => self.wait_gone(cx, &name).await,
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        };
        match gone {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let doing = format!(
                    "deleting Application AutoScaling Target ({})",
                    name.resource
                );
                ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)])
            }
        }
    }

    async fn wait_gone(&self, cx: &Context, name: &TargetName) -> Result<(), Error> {
        let what = format!("scalable target {} to be gone", name.resource);
        let settings = PollSettings {
            min_pause: self.first_pause,
            ..PollSettings::new(what, GONE)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.find(name).await? {
                    None => Poll::Done(()),
                    Some(_) => Poll::Pending("registered".to_owned()),
                })
            })
        })
        .await
    }

    fn partial(&self, wanted: &Value, arn: Option<String>, tags: &Tags) -> Object {
        let target = trueup_aws::autoscaling::ScalableTarget {
            name: target_of(wanted),
            arn,
            min: whole(wanted, "min_capacity").unwrap_or(0),
            max: whole(wanted, "max_capacity").unwrap_or(0),
            role: filled(wanted, "role_arn").unwrap_or_default().to_owned(),
            suspended: registration(wanted, Tags::new()).suspended,
        };
        Object {
            value: super::model::to_state(&target, tags, &self.tags, Some(wanted)),
            private: Some(crate::timeouts::no_private()),
        }
    }

    async fn finished(
        &self,
        doing: &str,
        name: &TargetName,
        wanted: &Value,
        fallback: Object,
    ) -> ApplyOutcome {
        let read = match self.find(name).await {
            Ok(Some(target)) => self.object(&target, Some(wanted)).await,
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the target is gone"),
                    "It was deregistered meanwhile. Run again to register it anew.",
                );
                return ApplyOutcome::Failed(Some(fallback), vec![gone]);
            }
            Err(error) => Err(error),
        };
        match read {
            Ok(mut object) => {
                object.value = settle(&object.value, wanted, Moment::Apply);
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Err(error) => {
                let advice =
                    "The target is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }
}

/// A role that was just made is not known everywhere at once.
fn role_unknown(error: &Error) -> bool {
    error.code() == "ValidationException" && error.message().contains("Unable to assume IAM role")
}

fn has_tags_already(error: &Error, tags: &Tags) -> bool {
    !tags.is_empty() && error.code() == "ValidationException" && error.message().contains("ags")
}

fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} Application AutoScaling Target: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
