//! Scalable targets: the band within which a capacity may be moved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Name, no_target, page, policies, tags};
use crate::caller::partition;
use crate::dynamodb::DynamoDb;
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, invalid, now};

/// The kind of a target's record.
const KIND: &str = "autoscaling/target";

/// The dimensions of DynamoDB: on a table, and on an index.
const TABLE: &[&str] = &[
    "dynamodb:table:ReadCapacityUnits",
    "dynamodb:table:WriteCapacityUnits",
];
const INDEX: &[&str] = &[
    "dynamodb:index:ReadCapacityUnits",
    "dynamodb:index:WriteCapacityUnits",
];

/// What is kept of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Target {
    /// The last part of its ARN.
    pub(super) id: String,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) role: String,
    pub(super) created: f64,
    /// Scaling in, scaling out, schedules: held back?
    pub(super) suspended: (bool, bool, bool),
    pub(super) tags: BTreeMap<String, String>,
}

impl Target {
    pub(super) fn arn(&self, call: &Call<'_>) -> String {
        format!(
            "{}scalable-target/{}",
            call.prefix("application-autoscaling"),
            self.id
        )
    }
}

/// The target of a name.
pub(super) fn find(call: &Call<'_>, name: &Name) -> Result<Option<Target>, Failure> {
    call.records.get(KIND, call.region, &name.key())
}

/// All targets of the region.
pub(super) fn all(call: &Call<'_>) -> Result<Vec<(Name, Target)>, Failure> {
    let all: Vec<(String, Target)> = call.records.list(KIND, call.region)?;
    Ok(all
        .into_iter()
        .filter_map(|(key, target)| Some((Name::of_key(&key)?, target)))
        .collect())
}

pub(super) fn save(call: &Call<'_>, name: &Name, target: &Target) -> Result<(), Failure> {
    call.records.put(KIND, call.region, &name.key(), target)
}

/// Whether the service has such a dimension, and such a resource.
fn exists(call: &Call<'_>, dynamodb: &DynamoDb, name: &Name) -> Result<(), Failure> {
    if name.namespace != "dynamodb" {
        return Ok(());
    }
    let unsupported = || {
        invalid(format!(
            "Unsupported service namespace, resource type or scalable dimension: {}, {}, {}",
            name.namespace, name.resource, name.dimension
        ))
    };
    let parts: Vec<&str> = name.resource.split('/').collect();
    let (table, index) = match parts.as_slice() {
        ["table", table] if TABLE.contains(&name.dimension.as_str()) => (*table, None),
        ["table", table, "index", index] if INDEX.contains(&name.dimension.as_str()) => {
            (*table, Some(*index))
        }
        _ => return Err(unsupported()),
    };
    if dynamodb.has(call.region, table, index)? {
        return Ok(());
    }
    let what = if index.is_some() { "index" } else { "table" };
    Err(invalid(format!(
        "DynamoDB {what} does not exist: {}",
        name.resource
    )))
}

pub(super) fn register(call: &Call<'_>, dynamodb: &DynamoDb) -> Result<Value, Failure> {
    let name = Name::of(call)?;
    exists(call, dynamodb, &name)?;
    let before = find(call, &name)?;
    let new = before.is_none();
    let mut target = before.unwrap_or_else(|| Target {
        id: uuid::Uuid::new_v4().simple().to_string(),
        created: now(),
        ..Target::default()
    });
    let units = |member: &str| call.request.get(member).and_then(Value::as_i64);
    match (units("MinCapacity"), units("MaxCapacity")) {
        (min, max) if !new || (min.is_some() && max.is_some()) => {
            target.min = min.unwrap_or(target.min);
            target.max = max.unwrap_or(target.max);
        }
        _ => {
            return Err(invalid(
                "MinCapacity and MaxCapacity are required for a new scalable target.",
            ));
        }
    }
    if target.min < 0 || target.max < 0 {
        return Err(invalid("Capacity must not be negative."));
    }
    if target.min > target.max {
        return Err(invalid(
            "Maximum capacity cannot be less than minimum capacity",
        ));
    }
    // DynamoDB has a role of its own, and uses no other, whatever role is given.
    target.role = match call.text("RoleARN") {
        Some(role) if name.namespace != "dynamodb" => role.to_owned(),
        _ if !new && name.namespace != "dynamodb" => target.role,
        _ => service_role(call, &name.namespace),
    };
    if let Some(state) = call.request.get("SuspendedState") {
        let flag = |member: &str, before: bool| {
            state.get(member).and_then(Value::as_bool).unwrap_or(before)
        };
        target.suspended = (
            flag("DynamicScalingInSuspended", target.suspended.0),
            flag("DynamicScalingOutSuspended", target.suspended.1),
            flag("ScheduledScalingSuspended", target.suspended.2),
        );
    }
    let given = tags::given(call)?;
    if new {
        target.tags = given;
    } else if !given.is_empty() {
        return Err(invalid(
            "Tags can be given for a new scalable target only. Use TagResource.",
        ));
    }
    save(call, &name, &target)?;
    Ok(json!({"ScalableTargetARN": target.arn(call)}))
}

fn service_role(call: &Call<'_>, namespace: &str) -> String {
    let suffix = match namespace {
        "dynamodb" => "DynamoDBTable",
        "ecs" => "ECSService",
        other => other,
    };
    format!(
        "arn:{}:iam::{}:role/aws-service-role/{namespace}.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_{suffix}",
        partition(call.region),
        call.account
    )
}

pub(super) fn describe(call: &Call<'_>) -> Result<Value, Failure> {
    let namespace = call.needed("ServiceNamespace")?;
    let dimension = call.text("ScalableDimension");
    let resources: Option<Vec<&str>> = call
        .request
        .get("ResourceIds")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_str).collect());
    let found = all(call)?.into_iter().filter(|(name, _)| {
        name.namespace == namespace
            && dimension.is_none_or(|dimension| dimension == name.dimension)
            && resources
                .as_ref()
                .is_none_or(|resources| resources.contains(&name.resource.as_str()))
    });
    let found = found.map(|(name, target)| {
        let mut one = name.told();
        one["ScalableTargetARN"] = json!(target.arn(call));
        one["MinCapacity"] = json!(target.min);
        one["MaxCapacity"] = json!(target.max);
        one["RoleARN"] = json!(target.role);
        one["CreationTime"] = json!(target.created);
        let (dynamic_in, dynamic_out, scheduled) = target.suspended;
        one["SuspendedState"] = json!({
            "DynamicScalingInSuspended": dynamic_in,
            "DynamicScalingOutSuspended": dynamic_out,
            "ScheduledScalingSuspended": scheduled,
        });
        one
    });
    Ok(page(call, "ScalableTargets", found.collect()))
}

pub(super) fn deregister(call: &Call<'_>) -> Result<Value, Failure> {
    let name = Name::of(call)?;
    if !call.records.remove(KIND, call.region, &name.key())? {
        return Err(no_target(&name));
    }
    policies::forget(call, &name)?;
    Ok(json!({}))
}
