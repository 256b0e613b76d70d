//! Making, moving and taking away an alias: one call each.

use std::time::Duration;

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::name::chosen;
use super::{Aliases, to_object};
use crate::failure::{problem, problem_with_advice};
use crate::kms::same_key;
use crate::members::{filled, text};
use crate::patience::patiently;
use crate::rules::{Moment, settle};

/// How many first pauses a key that was just made may stay unknown.
const PAUSES: u32 = 200;

impl Aliases {
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned("creating")]);
        };
        let name = chosen(&wanted, &step.token);
        let key = text(&wanted, "target_key_id").unwrap_or_default();
        let doing = format!("creating KMS Alias ({name})");
        let limit = self.first_pause * PAUSES;
        let made = self
            .once_known(cx, key, limit, || self.kms.create_alias(&name, key))
            .await;
        match made {
            Ok(()) => {}
            Err(error) if error.code() == "AlreadyExistsException" => {
                let advice = format!(
                    "An alias {name:?} is there already in {} and is not in this state. Bring it into state with import, give this one another name, or delete the other.",
                    self.region
                );
                let ours = error.lost_answer() && self.leads_to(&name, key).await;
                if !ours {
                    let found = problem_with_advice(&doing, &error, &advice);
                    return ApplyOutcome::Failed(None, vec![found]);
                }
            }
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        }
        let partial = to_object(
            &trueup_aws::kms::Alias {
                name: name.clone(),
                target: Some(key.to_owned()),
                ..Default::default()
            },
            Some(&wanted),
        );
        progress.created(partial.clone()).await;
        self.finished(&doing, &name, &wanted, partial).await
    }

    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let name = filled(&prior.value, "id")
            .or_else(|| filled(&prior.value, "name"))
            .unwrap_or_default()
            .to_owned();
        let doing = format!("updating KMS Alias ({name})");
        let key = text(&wanted, "target_key_id").unwrap_or_default();
        let before = text(&prior.value, "target_key_id").unwrap_or_default();
        if !same_key(before, key) {
            let limit = self.first_pause * PAUSES;
            let moved = self
                .once_known(cx, key, limit, || self.kms.update_alias(&name, key))
                .await;
            if let Err(error) = moved {
                return ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)]);
            }
        }
        self.finished(&doing, &name, &wanted, prior).await
    }

    pub(super) async fn delete(&self, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let name = filled(&prior.value, "id")
            .or_else(|| filled(&prior.value, "name"))
            .unwrap_or_default()
            .to_owned();
        match self.kms.delete_alias(&name).await {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let found = problem(&format!("deleting KMS Alias ({name})"), &error);
                ApplyOutcome::Failed(Some(prior), vec![found])
            }
        }
    }

    /// Makes a call, again while the key is not known everywhere yet.
    async fn once_known<'a>(
        &'a self,
        cx: &Context,
        key: &str,
        limit: Duration,
        call: impl FnMut() -> trueup_aws::BoxFuture<'a, Result<(), Error>> + Send,
    ) -> Result<(), Error> {
        let what = format!("key {key} to be known");
        patiently(
            &self.aws,
            cx,
            &what,
            limit,
            |error| error.is_not_found() && error.message().contains("does not exist"),
            call,
        )
        .await
    }

    async fn leads_to(&self, name: &str, key: &str) -> bool {
        matches!(
            self.find(name).await,
            Ok(Some(alias)) if alias.target.as_deref().is_some_and(|target| same_key(target, key))
        )
    }

    async fn finished(
        &self,
        doing: &str,
        name: &str,
        wanted: &Value,
        fallback: trueup_provider::Object,
    ) -> ApplyOutcome {
        match self.find(name).await {
            Ok(Some(alias)) => {
                let mut object = to_object(&alias, Some(wanted));
                object.value = settle(&object.value, wanted, Moment::Apply);
                ApplyOutcome::Done(Some(object), Problems::new())
            }
            Ok(None) => {
                let gone = Problem::error(
                    format!("{doing}: the alias is gone"),
                    "It was deleted meanwhile. Run again to create it anew.",
                );
                ApplyOutcome::Failed(Some(fallback), vec![gone])
            }
            Err(error) => {
                let advice =
                    "The alias is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }
}

fn nothing_planned(doing: &str) -> Problem {
    Problem::error(
        format!("{doing} KMS Alias: nothing planned"),
        "The step carries no planned value. This is a fault of the program.",
    )
}
