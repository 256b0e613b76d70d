//! Reading targets: all of a batch in as few calls as there are namespaces, then their tags.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use trueup_aws::autoscaling::{ScalableTarget, TargetName};
use trueup_aws::{Class, Error};
use trueup_provider::{Context, Problem};
use trueup_value::Value;

use super::Targets;
use super::model::{Found, to_state};
use crate::autoscaling::{said_of, target_of};
use crate::lifecycle::{Look, Read};
use crate::members::filled;
use crate::tags::Tags;
use crate::timeouts::no_private;

impl Targets {
    /// The targets of these names, as far as they are there.
    async fn look_all(
        &self,
        names: &[TargetName],
    ) -> Result<BTreeMap<TargetName, ScalableTarget>, Error> {
        let mut resources: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for name in names {
            let of = resources.entry(&name.namespace).or_default();
            of.insert(&name.resource);
        }
        let mut found = BTreeMap::new();
        for (namespace, resources) in resources {
            let resources: Vec<String> = resources.into_iter().map(str::to_owned).collect();
            // One dimension narrows the answer where all ask for the same.
            let dimensions: BTreeSet<&str> = names
                .iter()
                .filter(|name| name.namespace == namespace)
                .map(|name| name.dimension.as_str())
                .collect();
            let dimension = dimensions.first().filter(|_| dimensions.len() == 1);
            let there = self
                .autoscaling
                .describe_scalable_targets(namespace, &resources, dimension.copied())
                .await?;
            found.extend(
                there
                    .into_iter()
                    .map(|target| (target.name.clone(), target)),
            );
        }
        Ok(found)
    }

    /// The target of a name, if there is one.
    pub(super) async fn look(&self, name: &TargetName) -> Look<ScalableTarget> {
        let mut found = self.look_all(std::slice::from_ref(name)).await?;
        Ok(found.remove(name))
    }

    async fn tags_of(&self, target: &ScalableTarget) -> Result<Tags, Error> {
        let Some(arn) = target.arn.as_deref().filter(|arn| !arn.is_empty()) else {
            return Ok(Tags::new());
        };
        match self.autoscaling.list_tags(arn).await {
            // Emulators without tags have none.
            Err(error) if error.class() == Class::Unsupported => Ok(Tags::new()),
            other => other,
        }
    }

    async fn with_tags(&self, target: Option<ScalableTarget>) -> Look<Found> {
        let Some(target) = target else {
            return Ok(None);
        };
        let tags = self.tags_of(&target).await?;
        Ok(Some(Found { target, tags }))
    }
}

impl Read for Targets {
    type Found = Found;
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        filled(value, "resource_id").map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<Found> {
        let target = self.look(&target_of(value)).await?;
        self.with_tags(target).await
    }

    async fn find_all(&self, cx: &Context, values: &[&Value]) -> Result<Vec<Look<Found>>, Error> {
        let names: Vec<TargetName> = values.iter().map(|value| target_of(value)).collect();
        let found = self.look_all(&names).await?;
        let each: Vec<_> = names
            .iter()
            .map(|name| self.with_tags(found.get(name).cloned()))
            .collect();
        let each = futures::stream::iter(each).buffered(cx.parallelism.max(1));
        Ok(each.collect().await)
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }

    /// Such as `dynamodb/table/orders/dynamodb:table:ReadCapacityUnits`.
    fn of_import_id(&self, id: &str) -> Result<Value, Problem> {
        let name = named(id).ok_or_else(|| {
            Problem::error(
                format!(
                    "unexpected format ({id:?}), expected <service-namespace>/<resource-id>/<scalable-dimension>"
                ),
                "A target of a table is written as dynamodb/table/orders/dynamodb:table:ReadCapacityUnits, one of an index as dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits.",
            )
        })?;
        Ok(Value::object_from(said_of(&name)))
    }

    fn missing(&self, id: &str) -> Option<String> {
        let name = named(id)?;
        Some(format!(
            "There is no scalable target for {} of {} in {}.",
            name.dimension, name.resource, self.aws.region
        ))
    }
}

/// The namespace stands before the first slash, the dimension behind the last.
fn named(id: &str) -> Option<TargetName> {
    let (namespace, rest) = id.split_once('/')?;
    let (resource, dimension) = rest.rsplit_once('/')?;
    if namespace.is_empty() || resource.is_empty() || dimension.is_empty() {
        return None;
    }
    Some(TargetName {
        namespace: namespace.to_owned(),
        resource: resource.to_owned(),
        dimension: dimension.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn an_id_names_namespace_resource_and_dimension() {
        let name = named("dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits")
            .expect("an id");
        assert_eq!(name.namespace, "dynamodb");
        assert_eq!(name.resource, "table/orders/index/by_status");
        assert_eq!(name.dimension, "dynamodb:index:ReadCapacityUnits");
        for bad in ["", "dynamodb", "dynamodb/table", "dynamodb//x", "/a/b"] {
            assert!(named(bad).is_none(), "{bad}");
        }
    }
}
