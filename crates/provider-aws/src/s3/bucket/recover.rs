//! Finding a bucket that an earlier run perhaps made: by its name or the prefix of a made-up one, and
//! by the time since when it has been there.

use std::collections::BTreeMap;

use trueup_aws::{Error, Failure};
use trueup_provider::Intent;
use trueup_value::Value;

use super::names::PREFIX;
use super::schema::body;
use super::{Buckets, is_named};
use crate::dynamodb::table_item::digest_of_text;
use crate::made_up::prefix_of;
use crate::members::filled;
use crate::satellite::said;

/// How much a bucket's time of creation may lie before the intent: clocks differ.
const CLOCKS_SECONDS: i64 = 60;

/// What finds a bucket: its name, or the prefix after which its name is made up.
pub(super) fn identity(value: &Value, region: &str) -> BTreeMap<String, String> {
    let mut identity = BTreeMap::from([("region".to_owned(), region.to_owned())]);
    match filled(value, "bucket") {
        Some(name) if is_named(value) => identity.insert("bucket".to_owned(), name.to_owned()),
        _ => {
            let prefix = filled(value, "bucket_prefix").unwrap_or(PREFIX);
            identity.insert("bucket_prefix".to_owned(), prefix.to_owned())
        }
    };
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
        let named = intent.identity.get("bucket");
        let prefix = intent.identity.get("bucket_prefix");
        let Some(start) = named.or(prefix) else {
            return Ok(None);
        };
        let since = intent.at_ms.div_euclid(1000) - CLOCKS_SECONDS;
        let mut ours: Vec<String> = self
            .buckets
            .buckets_named(start)
            .await?
            .into_iter()
            .filter(|(name, made)| {
                let meant = match named {
                    Some(named) => name == named,
                    None => prefix_of(name) == start,
                };
                meant && made.is_some_and(|made| made >= since)
            })
            .map(|(name, _)| name)
            .collect();
        if ours.len() > 1 {
            return Err(Error::Unreachable {
                failure: Box::new(Failure {
                    service: "S3".to_owned(),
                    operation: "ListBuckets".to_owned(),
                    message: format!(
                        "several buckets may be the one that was to be made: {}. Import the right one, or delete those that nobody needs",
                        ours.join(", ")
                    ),
                    ..Failure::default()
                }),
            });
        }
        let Some(name) = ours.pop() else {
            return Ok(None);
        };
        let found = self.find(&name).await?;
        // As a creation leaves what AWS does not know of.
        let like = said(body(), [("force_destroy", Value::bool(false))]);
        Ok(found.map(|found| super::to_state(&found, &self.tags, Some(&like))))
    }
}
