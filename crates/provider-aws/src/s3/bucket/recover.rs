//! Finding a bucket that an earlier run perhaps made: by its name, and by the time since when it has been
//! there.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_provider::Intent;
use trueup_value::Value;

use super::Buckets;
use crate::digest::digest_of_text;
use crate::lifecycle::CLOCKS;
use crate::members::filled;
use crate::satellite::Satellite as _;

/// What finds a bucket: its name, which a step makes up before it makes the bucket.
pub(super) fn identity(value: &Value, region: &str) -> BTreeMap<String, String> {
    let mut identity = BTreeMap::from([("region".to_owned(), region.to_owned())]);
    if let Some(name) = filled(value, "bucket") {
        identity.insert("bucket".to_owned(), name.to_owned());
    }
    identity
}

/// A bucket is recognised by its name alone: what is said of it is planned again.
pub(super) fn digest(value: &Value) -> String {
    let name = filled(value, "bucket").unwrap_or_default();
    digest_of_text(&format!("bucket {name:?}"))
}

impl Buckets {
    /// The bucket that a creation made, if it made one: it has been there since the intent.
    pub(super) async fn made_since(&self, intent: &Intent) -> Result<Option<Value>, Error> {
        let Some(name) = intent.identity.get("bucket") else {
            return Ok(None);
        };
        let there = self.buckets.buckets_named(name).await?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970 fit a double exactly"
        )]
        let ours = there.iter().any(|(found, made)| {
            found == name && made.is_some_and(|made| intent.precedes(made as f64, CLOCKS))
        });
        if !ours {
            return Ok(None);
        }
        let found = self.find(name).await?;
        Ok(found.map(|found| super::to_state(&found, &self.tags, Some(&Self::blank()))))
    }
}
