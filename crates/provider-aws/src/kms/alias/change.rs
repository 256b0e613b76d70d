//! Making, moving and taking away an alias: one call each.

use trueup_aws::Error;
use trueup_aws::kms::Alias;
use trueup_provider::Context;
use trueup_value::Value;

use super::name::PREFIX;
use super::{ALREADY_EXISTS, Aliases};
use crate::kms::same_key;
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::made_up;
use crate::members::text;
use crate::patience::patiently;

/// How many first pauses a key that was just made may stay unknown.
const PAUSES: u32 = 200;

impl Create for Aliases {
    fn chosen(&self, wanted: &Value, token: &str) -> Option<String> {
        Some(made_up::chosen(wanted, PREFIX, token))
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Alias, Error> {
        let name = made_up::chosen(wanted, PREFIX, work.token);
        let key = text(wanted, "target_key_id").unwrap_or_default();
        let made = self.once_known(work.cx, key, || self.kms.create_alias(&name, key));
        match made.await {
            Err(error) if error.code() == ALREADY_EXISTS => {
                let ours = error.lost_answer() && self.leads_to(&name, key).await;
                if !ours {
                    return Err(error);
                }
            }
            other => other?,
        }
        Ok(Alias {
            name,
            target: Some(key.to_owned()),
            ..Alias::default()
        })
    }

    fn made_nothing(error: &Error) -> bool {
        error.code() == ALREADY_EXISTS || !error.lost_answer()
    }
}

impl Update for Aliases {
    async fn change(&self, work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
        let name = self.named(old).unwrap_or_default();
        let key = text(new, "target_key_id").unwrap_or_default();
        if same_key(text(old, "target_key_id").unwrap_or_default(), key) {
            return Ok(());
        }
        self.once_known(work.cx, key, || self.kms.update_alias(&name, key))
            .await
    }
}

impl Delete for Aliases {
    async fn end(&self, _work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let name = self.named(prior).unwrap_or_default();
        self.kms.delete_alias(&name).await
    }
}

impl Aliases {
    /// Makes a call, again while the key is not known everywhere yet.
    async fn once_known<'a>(
        &'a self,
        cx: &Context,
        key: &str,
        call: impl FnMut() -> trueup_aws::BoxFuture<'a, Result<(), Error>> + Send,
    ) -> Result<(), Error> {
        patiently(
            &self.aws,
            cx,
            &format!("key {key} to be known"),
            self.aws.first_pause * PAUSES,
            |error| error.is_not_found() && error.message().contains("does not exist"),
            call,
        )
        .await
    }

    async fn leads_to(&self, name: &str, key: &str) -> bool {
        let named = Value::object_from([("name", Value::string(name))]);
        matches!(
            self.find(&named).await,
            Ok(Some(alias)) if alias.target.as_deref().is_some_and(|target| same_key(target, key))
        )
    }
}
