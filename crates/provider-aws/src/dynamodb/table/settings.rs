//! The settings of a table that take calls of their own: encryption, time to live, recovery.

use trueup_aws::Error;
use trueup_aws::dynamodb::UpdateTable;
use trueup_value::Value;

use super::create::encryption;
use super::features::{RECOVERY_DAYS, recovery_days};
use super::update::Change;
use crate::members::{block, flag, text};

impl Change<'_> {
    /// Encrypts by the key that is wanted now, in all regions of the table by one call.
    pub(super) async fn encryption(&self) -> Result<(), Error> {
        let said = |value: &Value| {
            encryption(value)
                .filter(|sse| sse.enabled)
                .map(|sse| sse.kms_key)
        };
        if said(self.old) == said(self.new) {
            return Ok(());
        }
        if let Some(keys) = self.tables.keys_of_all(self.old, self.new) {
            let request = UpdateTable {
                replica_updates: keys,
                ..self.request()
            };
            return self.replicas().change_keys(request).await;
        }
        self.send(UpdateTable {
            sse: Some(encryption(self.new).unwrap_or_default()),
            ..self.request()
        })
        .await
        .map(drop)
    }

    /// Turns the time to live on or off as it is to be. What AWS has at this moment decides which
    /// calls that takes: nobody can turn off what is off, or by another attribute than the live one.
    pub(super) async fn time_to_live(&self) -> Result<(), Error> {
        let said = |value: &Value| {
            let ttl = block(value, "ttl")?;
            (flag(ttl, "enabled") == Some(true))
                .then(|| text(ttl, "attribute_name").unwrap_or_default().to_owned())
        };
        let after = said(self.new);
        if said(self.old) == after {
            return Ok(());
        }
        let live = self.tables.live_time_to_live(self.name).await?;
        if live == after {
            return Ok(());
        }
        let set = |attribute: String, on: bool| async move {
            self.tables
                .set_time_to_live(self.cx, self.name, &attribute, on)
                .await
        };
        // The attribute of a time to live can't be changed while it is on.
        if let Some(attribute) = live {
            self.progress
                .waiting(&format!("turning off the time to live by {attribute}"));
            set(attribute, false).await?;
        }
        match after {
            Some(attribute) => set(attribute, true).await,
            None => Ok(()),
        }
    }

    /// Turns point-in-time recovery on or off, or changes how far it reaches back.
    pub(super) async fn recovery(&self) -> Result<(), Error> {
        let days = |value: &Value| {
            block(value, "point_in_time_recovery")
                .is_some_and(|recovery| flag(recovery, "enabled") == Some(true))
                .then(|| recovery_days(value))
        };
        let (before, after) = (days(self.old), days(self.new));
        if before == after {
            return Ok(());
        }
        // The usual time is only worth a word where another one was there.
        let days = after.filter(|days| before.is_some() || *days != RECOVERY_DAYS);
        self.tables
            .set_recovery(self.cx, self.name, after.is_some(), days, self.time)
            .await
    }
}
