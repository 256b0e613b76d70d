//! Reading targets: all of a batch in as few calls as there are namespaces, then their tags.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use trueup_aws::autoscaling::{ScalableTarget, TargetName};
use trueup_aws::{Class, Error};
use trueup_provider::{Context, Imported, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::Targets;
use super::model::to_state;
use crate::autoscaling::target_of;
use crate::failure::problem;
use crate::rules::read_beside;
use crate::tags::Tags;
use crate::timeouts::no_private;

impl Targets {
    /// The targets of these names, as far as they are there.
    async fn find_all(
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
    pub(super) async fn find(&self, name: &TargetName) -> Result<Option<ScalableTarget>, Error> {
        let mut found = self.find_all(std::slice::from_ref(name)).await?;
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

    /// The whole object of a target as it is now; `like` is what was planned or believed.
    pub(super) async fn object(
        &self,
        target: &ScalableTarget,
        like: Option<&Value>,
    ) -> Result<Object, Error> {
        let tags = self.tags_of(target).await?;
        Ok(Object {
            value: to_state(target, &tags, &self.tags, like),
            private: Some(no_private()),
        })
    }

    async fn read_as(&self, target: Option<&ScalableTarget>, prior: Object) -> ReadOutcome {
        let Some(target) = target else {
            return ReadOutcome::Absent;
        };
        match self.object(target, Some(&prior.value)).await {
            Ok(object) => read_beside(prior, &object.value),
            // It went between the two calls.
            Err(error) if error.is_not_found() => ReadOutcome::Absent,
            Err(error) => ReadOutcome::Failed(problem(&doing(&target.name), &error)),
        }
    }

    /// Reads many targets again.
    pub(super) async fn read_all(
        &self,
        cx: &Context,
        requests: Vec<ReadRequest>,
    ) -> Vec<ReadOutcome> {
        let names: Vec<TargetName> = requests
            .iter()
            .map(|request| target_of(&request.prior.value))
            .collect();
        let found = match self.find_all(&names).await {
            Ok(found) => found,
            Err(error) => {
                return names
                    .iter()
                    .map(|name| ReadOutcome::Failed(problem(&doing(name), &error)))
                    .collect();
            }
        };
        let looked_up: Vec<(Option<ScalableTarget>, Object)> = requests
            .into_iter()
            .zip(&names)
            .map(|(request, name)| (found.get(name).cloned(), request.prior))
            .collect();
        futures::stream::iter(looked_up)
            .map(|(target, prior)| async move { self.read_as(target.as_ref(), prior).await })
            .buffered(cx.parallelism.max(1))
            .collect()
            .await
    }

    /// The target of an id, for an import: `dynamodb/table/orders/dynamodb:table:ReadCapacityUnits`.
    pub(super) async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let Some(name) = named(id) else {
            return Err(Problem::error(
                format!(
                    "unexpected format ({id:?}), expected <service-namespace>/<resource-id>/<scalable-dimension>"
                ),
                "A target of a table is written as dynamodb/table/orders/dynamodb:table:ReadCapacityUnits, one of an index as dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits.",
            ));
        };
        let failed = |error: Error| problem(&doing(&name), &error);
        match self.find(&name).await.map_err(failed)? {
            Some(target) => {
                let object = self.object(&target, None).await.map_err(failed)?;
                Ok(vec![Imported { object }])
            }
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no scalable target for {} of {} in {}.",
                    name.dimension, name.resource, self.region
                ),
            )),
        }
    }
}

fn doing(name: &TargetName) -> String {
    format!("reading Application AutoScaling Target ({})", name.resource)
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
