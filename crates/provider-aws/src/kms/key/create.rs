//! Creating a key: one call that makes it, then what takes calls of its own.

use trueup_aws::Error;
use trueup_value::Value;

use super::model::{Found, creation};
use super::{Keys, limit};
use crate::lifecycle::{Create, Work};
use crate::members::{filled, flag, whole};
use crate::patience::patiently;

impl Create for Keys {
    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Found, Error> {
        let request = creation(wanted, &self.tags);
        let made = patiently(
            &self.aws,
            work.cx,
            "the principals of the key's policy to be known",
            limit(Some(wanted)),
            principals_unknown,
            || self.kms.create_key(request.clone()),
        )
        .await?;
        Ok(Found {
            policy: request.policy.unwrap_or_default(),
            tags: request.tags,
            metadata: made,
            ..Found::default()
        })
    }

    async fn complete(&self, _: &Work<'_>, made: &Value, wanted: &Value) -> Result<(), Error> {
        let id = filled(made, "id").unwrap_or_default();
        if flag(wanted, "enable_key_rotation") == Some(true) {
            let days = whole(wanted, "rotation_period_in_days");
            self.kms.enable_key_rotation(id, days).await?;
        }
        if flag(wanted, "is_enabled") == Some(false) {
            self.kms.set_key_enabled(id, false).await?;
        }
        Ok(())
    }
}

/// A role that was just made is not known everywhere at once.
pub(super) fn principals_unknown(error: &Error) -> bool {
    error.code() == "MalformedPolicyDocumentException"
        && error.message().contains("invalid principals")
}
