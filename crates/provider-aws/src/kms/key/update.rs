//! Changing a key, in an order in which a key that is disabled can be changed too.

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Context, Object, Step};
use trueup_value::Value;

use super::create::{nothing_planned, principals_unknown};
use super::{Keys, limit};
use crate::failure::problem_with_advice;
use crate::members::{filled, flag, text, whole};
use crate::patience::patiently;
use crate::tags::changes;

impl Keys {
    /// Changes the key of a step from its prior to its planned value.
    pub(super) async fn update(&self, cx: &Context, step: Step) -> ApplyOutcome {
        let wanted = step.planned.or(step.config);
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted) else {
            return ApplyOutcome::Failed(step.prior, vec![nothing_planned("updating")]);
        };
        let id = filled(&prior.value, "id")
            .or_else(|| filled(&prior.value, "key_id"))
            .unwrap_or_default()
            .to_owned();
        let doing = format!("updating KMS Key ({id})");
        match self.make(cx, &id, &prior.value, &wanted).await {
            Ok(()) => self.finished(&doing, &id, &wanted, prior).await,
            Err(error) => {
                let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(&doing, &error, advice);
                let there = self.find(&id).await.ok().flatten();
                let object = there.map(|found| Object {
                    value: self.object(&found, Some(&prior.value)).value,
                    private: prior.private.clone(),
                });
                ApplyOutcome::Failed(Some(object.unwrap_or(prior)), vec![found])
            }
        }
    }

    async fn make(&self, cx: &Context, id: &str, old: &Value, new: &Value) -> Result<(), Error> {
        let kms = &self.kms;
        let enabled = |value: &Value| flag(value, "is_enabled") != Some(false);
        // A disabled key takes no change of its rotation: first on, last off.
        if enabled(new) && !enabled(old) {
            kms.set_key_enabled(id, true).await?;
        }
        let rotation = |value: &Value| {
            let on = flag(value, "enable_key_rotation") == Some(true);
            (on, whole(value, "rotation_period_in_days").filter(|_| on))
        };
        let (before, after) = (rotation(old), rotation(new));
        // A period that is left to AWS is no difference.
        let same = before.0 == after.0 && (after.1.is_none() || before.1 == after.1);
        if !same {
            match after {
                (true, days) => kms.enable_key_rotation(id, days).await?,
                (false, _) => kms.disable_key_rotation(id).await?,
            }
        }
        let differs = |name: &str| text(old, name) != text(new, name);
        if differs("description") {
            let description = text(new, "description").unwrap_or_default();
            kms.update_key_description(id, description).await?;
        }
        if differs("policy")
            && let Some(policy) = filled(new, "policy")
        {
            let bypass = flag(new, "bypass_policy_lockout_safety_check") == Some(true);
            patiently(
                &self.aws,
                cx,
                "the principals of the key's policy to be known",
                limit(Some(new)),
                principals_unknown,
                || kms.put_key_policy(id, policy, bypass),
            )
            .await?;
        }
        if !enabled(new) && enabled(old) {
            kms.set_key_enabled(id, false).await?;
        }
        let (remove, put) = changes(&self.tags, old, new);
        if !remove.is_empty() {
            kms.untag_key(id, &remove).await?;
        }
        if !put.is_empty() {
            kms.tag_key(id, &put).await?;
        }
        Ok(())
    }
}
