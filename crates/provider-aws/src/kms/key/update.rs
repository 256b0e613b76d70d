//! Changing a key, in an order in which a key that is disabled can be changed too.

use trueup_aws::Error;
use trueup_value::Value;

use super::create::principals_unknown;
use super::{Keys, limit};
use crate::lifecycle::{Update, Work};
use crate::members::{filled, flag, text, whole};
use crate::patience::patiently;
use crate::tags::changes;

impl Update for Keys {
    async fn change(&self, work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
        let id = filled(old, "id").or_else(|| filled(old, "key_id"));
        let id = id.unwrap_or_default();
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
                work.cx,
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
