//! Finding a key that an earlier run perhaps made: among all keys, by the time and the words of its
//! creation.

use futures::StreamExt;
use trueup_aws::kms::KeyMetadata;
use trueup_aws::{Class, Error};
use trueup_provider::{Context, Intent};
use trueup_value::Value;

use super::Keys;
use super::model::Found;
use super::read::is_leaving;
use crate::digest::digest_of_text;
use crate::lifecycle::{CLOCKS, Numbered};
use crate::members::{filled, flag};

/// The digest of what can't be changed about a key, and its description.
pub(super) fn digest(value: &Value) -> String {
    of(
        filled(value, "description").unwrap_or_default(),
        filled(value, "key_usage").unwrap_or("ENCRYPT_DECRYPT"),
        filled(value, "customer_master_key_spec").unwrap_or("SYMMETRIC_DEFAULT"),
        flag(value, "multi_region") == Some(true),
    )
}

fn digest_of(key: &KeyMetadata) -> String {
    of(&key.description, &key.usage, &key.spec, key.multi_region)
}

fn of(description: &str, usage: &str, spec: &str, multi_region: bool) -> String {
    digest_of_text(&format!(
        "key {description:?} {usage} {spec} {multi_region}"
    ))
}

impl Numbered for Keys {
    fn alike(&self) -> String {
        let region = &self.aws.region;
        format!(
            "keys in {region} that were made since then with the same description, use and kind"
        )
    }

    async fn look_for(&self, cx: &Context, intent: &Intent) -> Result<Vec<Found>, Error> {
        let ids = self.kms.list_keys().await?;
        let mut all = futures::stream::iter(ids)
            .map(|id| async move { self.kms.describe_key(&id).await })
            .buffered(cx.parallelism.max(1));
        let mut ours = Vec::new();
        while let Some(key) = all.next().await {
            match key {
                Ok(key) => {
                    let young = key.created.is_some_and(|at| intent.precedes(at, CLOCKS));
                    if young && !is_leaving(&key) && intent.planned(&digest_of(&key)) {
                        ours.push(key);
                    }
                }
                // Keys of others, which may not be looked at, are none of ours.
                Err(error) if error.class() == Class::AccessDenied => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        let ours = ours.into_iter().map(|key| self.besides(key));
        futures::future::try_join_all(ours).await
    }
}
