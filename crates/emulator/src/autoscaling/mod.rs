//! Application Auto Scaling: bands and policies are kept and told, but nothing is moved by itself.

mod policies;
mod tags;
mod targets;

use serde_json::{Value, json};

use crate::dynamodb::DynamoDb;
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, Pages, refused};

/// How many elements a part of a list has.
const MOST: usize = 50;

/// How the lists of the service come in parts.
const PAGES: Pages = Pages {
    limit: "MaxResults",
    from: "NextToken",
    next: "NextToken",
};

/// Namespace, resource and dimension: what a target is told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    namespace: String,
    resource: String,
    dimension: String,
}

impl Name {
    /// The target that a request names.
    fn of(call: &Call<'_>) -> Result<Name, Failure> {
        Ok(Name {
            namespace: call.needed("ServiceNamespace")?.to_owned(),
            resource: call.needed("ResourceId")?.to_owned(),
            dimension: call.needed("ScalableDimension")?.to_owned(),
        })
    }

    /// The name of its record.
    fn key(&self) -> String {
        format!("{}|{}|{}", self.namespace, self.resource, self.dimension)
    }

    fn of_key(key: &str) -> Option<Name> {
        let (namespace, rest) = key.split_once('|')?;
        let (resource, dimension) = rest.rsplit_once('|')?;
        Some(Name {
            namespace: namespace.to_owned(),
            resource: resource.to_owned(),
            dimension: dimension.to_owned(),
        })
    }

    /// The members that name it, for an answer.
    fn told(&self) -> Value {
        json!({
            "ServiceNamespace": self.namespace,
            "ResourceId": self.resource,
            "ScalableDimension": self.dimension,
        })
    }
}

/// A part of a list, as the service tells it.
fn page(call: &Call<'_>, list: &str, all: Vec<Value>) -> Value {
    call.page(&PAGES, list, all, MOST).0
}

/// The target is not registered.
fn no_target(name: &Name) -> Failure {
    refused(
        "ObjectNotFoundException",
        format!(
            "No scalable target found for service namespace: {}, resource ID: {}, scalable dimension: {}",
            name.namespace, name.resource, name.dimension
        ),
    )
}

/// Does what one request asks.
pub(crate) fn dispatch(
    call: &Call<'_>,
    dynamodb: &DynamoDb,
    operation: &str,
) -> Result<Value, Failure> {
    match operation {
        "RegisterScalableTarget" => targets::register(call, dynamodb),
        "DescribeScalableTargets" => targets::describe(call),
        "DeregisterScalableTarget" => targets::deregister(call),
        "PutScalingPolicy" => policies::put(call),
        "DescribeScalingPolicies" => policies::describe(call),
        "DeleteScalingPolicy" => policies::delete(call),
        "DescribeScalingActivities" => Ok(json!({"ScalingActivities": []})),
        "DescribeScheduledActions" => Ok(json!({"ScheduledActions": []})),
        "ListTagsForResource" => tags::list(call),
        "TagResource" => tags::tag(call),
        "UntagResource" => tags::untag(call),
        _ => Err(Failure::unknown_operation()),
    }
}
