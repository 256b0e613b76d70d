//! Registering, changing and deregistering a target. Registering replaces what is there, so a call whose
//! answer was lost may be made again.

use std::time::Duration;

use trueup_aws::autoscaling::{RegisterTarget, ScalableTarget, TargetName};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::Context;
use trueup_value::Value;

use super::Targets;
use super::model::{Found, registration};
use crate::autoscaling::target_of;
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::members::{block, filled, text_map, whole};
use crate::patience::patiently;
use crate::tags::{Tags, changes};

/// How long a role that was just made may be unknown.
const ROLES: Duration = Duration::from_secs(120);

/// How long a target may go on being told of after it was taken away.
const GONE: Duration = Duration::from_secs(300);

impl Create for Targets {
    fn chosen(&self, wanted: &Value, _token: &str) -> Option<String> {
        self.named(wanted)
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Found, Error> {
        let tags = self.tags.to_send(&text_map(wanted, "tags"));
        let request = registration(wanted, tags.clone());
        let arn = match self.register(work.cx, request.clone()).await {
            // A target that is there already takes no tags this way: it is changed as any other is.
            Err(error) if has_tags_already(&error, &tags) => {
                self.take_over(work.cx, wanted, &tags).await?
            }
            other => other?,
        };
        let target = ScalableTarget {
            name: request.name,
            arn,
            min: request.min.unwrap_or(0),
            max: request.max.unwrap_or(0),
            role: request.role.unwrap_or_default(),
            suspended: request.suspended,
        };
        Ok(Found { target, tags })
    }
}

impl Update for Targets {
    async fn change(&self, work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
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
        self.register(work.cx, request).await.map(drop)
    }
}

impl Delete for Targets {
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let name = target_of(prior);
        self.autoscaling.deregister_scalable_target(&name).await?;
        self.wait_gone(work.cx, &name).await
    }
}

impl Targets {
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

    async fn wait_gone(&self, cx: &Context, name: &TargetName) -> Result<(), Error> {
        let what = format!("scalable target {} to be gone", name.resource);
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(what, GONE)
        };
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                Ok(match self.look(name).await? {
                    None => Poll::Done(()),
                    Some(_) => Poll::Pending("registered".to_owned()),
                })
            })
        })
        .await
    }
}

/// A role that was just made is not known everywhere at once.
fn role_unknown(error: &Error) -> bool {
    error.code() == "ValidationException" && error.message().contains("Unable to assume IAM role")
}

fn has_tags_already(error: &Error, tags: &Tags) -> bool {
    !tags.is_empty() && error.code() == "ValidationException" && error.message().contains("ags")
}
