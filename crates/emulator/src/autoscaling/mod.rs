//! Application Auto Scaling: bands and policies are kept and told, but nothing is moved by itself.

mod policies;
mod tags;
mod targets;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::caller::partition;
use crate::dynamodb::DynamoDb;
use crate::dynamodb::wire::{self, Failure};
use crate::records::{Open, Records};

/// One call: where it goes and what it stands on.
struct Call<'a> {
    account: &'a str,
    region: &'a str,
    dynamodb: &'a DynamoDb,
    records: Open<'a>,
    request: Value,
}

/// Namespace, resource and dimension: what a target is told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    namespace: String,
    resource: String,
    dimension: String,
}

impl Name {
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

impl Call<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.request.get(name).and_then(Value::as_str)
    }

    /// A text that must be there.
    fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| {
            let mut member = name.to_owned();
            if let Some(first) = member.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// The target that a request names.
    fn name(&self) -> Result<Name, Failure> {
        Ok(Name {
            namespace: self.needed("ServiceNamespace")?.to_owned(),
            resource: self.needed("ResourceId")?.to_owned(),
            dimension: self.needed("ScalableDimension")?.to_owned(),
        })
    }

    /// `arn:aws:<service>:<region>:<account>:`
    fn prefix(&self, service: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:",
            partition(self.region),
            self.region,
            self.account
        )
    }

    /// A part of a list, by the token that the part before it gave.
    fn page(&self, list: &str, all: Vec<Value>) -> Value {
        const MOST: usize = 50;
        let limit = self
            .request
            .get("MaxResults")
            .and_then(Value::as_u64)
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(MOST)
            .clamp(1, MOST);
        let from: usize = self
            .text("NextToken")
            .and_then(|token| token.parse().ok())
            .unwrap_or(0);
        let rest = all.len().saturating_sub(from);
        let page: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
        let mut answer = json!({});
        answer[list] = Value::Array(page);
        if rest > limit {
            answer["NextToken"] = json!((from + limit).to_string());
        }
        answer
    }
}

/// An error of the service.
fn refused(code: &str, message: impl Into<String>) -> Failure {
    Failure::typed(400, code, message)
}

/// A request that the service does not take.
fn invalid(message: impl Into<String>) -> Failure {
    refused("ValidationException", message)
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

/// Seconds since the epoch.
fn now() -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit a double exactly"
    )]
    let seconds = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
    seconds
}

/// Answers one request.
pub(crate) fn answer(
    records: &Records,
    dynamodb: &DynamoDb,
    account: &str,
    region: &str,
    operation: &str,
    body: &[u8],
) -> Response<Bytes> {
    let done = serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(Failure::not_json)
        .and_then(|request| {
            let call = Call {
                account,
                region,
                dynamodb,
                records: records.open()?,
                request,
            };
            dispatch(&call, operation)
        });
    match done {
        Ok(body) => wire::response(StatusCode::OK, body.to_string().into()),
        Err(failure) => failure.response(),
    }
}

fn dispatch(call: &Call<'_>, operation: &str) -> Result<Value, Failure> {
    match operation {
        "RegisterScalableTarget" => targets::register(call),
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
