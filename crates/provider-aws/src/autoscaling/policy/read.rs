//! Reading policies: one call for all of a target.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use trueup_aws::Error;
use trueup_aws::autoscaling::{ScalingPolicy, TargetName};
use trueup_provider::{Context, Problem};
use trueup_value::Value;

use super::Policies;
use super::identity::named;
use super::model::{name_of, to_state};
use crate::autoscaling::{said_of, target_of};
use crate::lifecycle::{Look, Read};
use crate::members::filled;
use crate::timeouts::no_private;

impl Policies {
    /// The policies of a target; none where the target is gone.
    async fn of_target(&self, target: &TargetName) -> Result<Vec<ScalingPolicy>, Error> {
        match self.autoscaling.describe_scaling_policies(target).await {
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            other => other,
        }
    }
}

/// The policy of a value among those of its target.
fn among(all: &[ScalingPolicy], value: &Value) -> Option<ScalingPolicy> {
    let (name, dimension) = (name_of(value), filled(value, "scalable_dimension"));
    all.iter()
        .find(|policy| policy.name == name && Some(policy.target.dimension.as_str()) == dimension)
        .cloned()
}

impl Read for Policies {
    type Found = ScalingPolicy;
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        Some(name_of(value).to_owned()).filter(|name| !name.is_empty())
    }

    async fn find(&self, value: &Value) -> Look<ScalingPolicy> {
        Ok(among(&self.of_target(&target_of(value)).await?, value))
    }

    async fn find_all(
        &self,
        cx: &Context,
        values: &[&Value],
    ) -> Result<Vec<Look<ScalingPolicy>>, Error> {
        let targets: BTreeSet<TargetName> = values.iter().map(|value| target_of(value)).collect();
        let looks: Vec<_> = targets
            .into_iter()
            .map(|target| async move {
                let all = self.of_target(&target).await;
                (target, all)
            })
            .collect();
        let looks = futures::stream::iter(looks).buffer_unordered(cx.parallelism.max(1));
        let found: BTreeMap<TargetName, _> = looks.collect().await;
        let of = |value: &&Value| match found.get(&target_of(value)) {
            Some(Ok(all)) => Ok(among(all, value)),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(None),
        };
        Ok(values.iter().map(of).collect())
    }

    fn state(&self, found: &ScalingPolicy, _like: Option<&Value>) -> Value {
        to_state(found)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }

    fn of_import_id(&self, id: &str) -> Result<Value, Problem> {
        let (target, name) = named(id).ok_or_else(|| {
            Problem::error(
                format!(
                    "unexpected format ({id:?}), expected <service-namespace>/<resource-id>/<scalable-dimension>/<policy-name>"
                ),
                "A policy of a table is written as dynamodb/table/orders/dynamodb:table:ReadCapacityUnits/reads, one of an index as dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits/reads.",
            )
        })?;
        let name = [("name", Value::string(name))];
        Ok(Value::object_from(said_of(&target).into_iter().chain(name)))
    }

    fn missing(&self, id: &str) -> Option<String> {
        let (target, name) = named(id)?;
        Some(format!(
            "There is no scaling policy {name:?} on {} of {} in {}.",
            target.dimension, target.resource, self.aws.region
        ))
    }
}
