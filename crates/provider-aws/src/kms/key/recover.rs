//! Judging what an earlier run left open about keys. Their ids are made by the service. Where the run did
//! not come to know the id, a key that was perhaps created is looked for among all keys, by the time and
//! the words of its creation.

use futures::StreamExt;
use trueup_aws::kms::KeyMetadata;
use trueup_provider::{Adoption, Context, Intent, Problem, StepKind};
use trueup_value::Value;

use super::Keys;
use super::read::is_leaving;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::lifecycle::Read as _;
use crate::members::{filled, flag};

/// How much a key's time of creation may lie before the intent: clocks differ.
const CLOCKS_MS: f64 = 60_000.0;

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

impl Keys {
    /// Judges one open intent.
    pub(super) async fn judged(&self, cx: &Context, intent: Intent) -> Adoption {
        match intent.kind {
            StepKind::Create if intent.in_state.is_none() => match &intent.made {
                Some(id) => self.of_id(id).await,
                None => self.look_for(cx, &intent).await,
            },
            StepKind::Create | StepKind::Update => Adoption::Forget,
            StepKind::Delete => {
                let id = intent
                    .in_state
                    .as_ref()
                    .and_then(|object| filled(&object.value, "id"));
                let Some(id) = id else {
                    return Adoption::Gone;
                };
                match self.kms.describe_key(id).await {
                    Ok(key) if is_leaving(&key) => Adoption::Gone,
                    Ok(_) => Adoption::Forget,
                    Err(error) if error.is_not_found() => Adoption::Gone,
                    Err(error) => {
                        Adoption::Unclear(problem(&format!("recovering KMS Key ({id})"), &error))
                    }
                }
            }
        }
    }

    /// The key of the id that the creation gave.
    async fn of_id(&self, id: &str) -> Adoption {
        let named = Value::object_from([("key_id", Value::string(id))]);
        match self.find(&named).await {
            Ok(Some(found)) => Adoption::Adopt(self.object(&found, None)),
            Ok(None) => Adoption::Forget,
            Err(error) => Adoption::Unclear(problem(&format!("recovering KMS Key ({id})"), &error)),
        }
    }

    async fn look_for(&self, cx: &Context, intent: &Intent) -> Adoption {
        let unclear = |error| Adoption::Unclear(problem("recovering KMS Key", &error));
        let ids = match self.kms.list_keys().await {
            Ok(ids) => ids,
            Err(error) => return unclear(error),
        };
        let all: Vec<_> = futures::stream::iter(ids)
            .map(|id| async move { self.kms.describe_key(&id).await })
            .buffered(cx.parallelism.max(1))
            .collect()
            .await;
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since 1970 fit a double exactly"
        )]
        let since = intent.at_ms as f64 - CLOCKS_MS;
        let planned = intent.planned_digest.as_deref().unwrap_or_default();
        let mut ours = Vec::new();
        for key in all {
            match key {
                Ok(key) => {
                    let young = key.created.is_some_and(|at| at * 1000.0 >= since);
                    if young && !is_leaving(&key) && digest_of(&key) == planned {
                        ours.push(key);
                    }
                }
                // Keys of others, which may not be looked at, are none of ours.
                Err(error) if error.class() == trueup_aws::Class::AccessDenied => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return unclear(error),
            }
        }
        if ours.len() > 1 {
            let ids: Vec<&str> = ours.iter().map(|key| key.key_id.as_str()).collect();
            return Adoption::Unclear(Problem::error(
                "Several KMS keys may be the one that was to be created",
                format!(
                    "An earlier run was stopped while it created {}. Since then these keys were made in {} with the same description, use and kind: {}. Bring the right one into state with import, or schedule the deletion of those that nobody needs.",
                    intent.address,
                    self.aws.region,
                    ids.join(", ")
                ),
            ));
        }
        match ours.pop() {
            None => Adoption::Forget,
            Some(key) => match self.besides(key).await {
                Ok(found) => Adoption::Adopt(self.object(&found, None)),
                Err(error) => unclear(error),
            },
        }
    }
}
