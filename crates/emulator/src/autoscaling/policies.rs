//! Scaling policies of targets, kept as they were put.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Name, no_target, page, targets};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, broken, invalid, now, refused};

/// The kind of a policy's record.
const KIND: &str = "autoscaling/policy";

/// What is kept of a policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Policy {
    id: String,
    kind: String,
    /// `StepScalingPolicyConfiguration` or `TargetTrackingScalingPolicyConfiguration`, as it was put.
    configuration: Value,
    created: f64,
}

/// The member that holds the settings of a kind of policy.
fn member(kind: &str) -> Option<&'static str> {
    match kind {
        "StepScaling" => Some("StepScalingPolicyConfiguration"),
        "TargetTrackingScaling" => Some("TargetTrackingScalingPolicyConfiguration"),
        "PredictiveScaling" => Some("PredictiveScalingPolicyConfiguration"),
        _ => None,
    }
}

fn key(target: &Name, name: &str) -> String {
    format!("{}|{name}", target.key())
}

fn check(target: &Name, kind: &str, configuration: &Value) -> Result<(), Failure> {
    if kind != "TargetTrackingScaling" {
        if target.namespace == "dynamodb" {
            return Err(invalid(format!(
                "Unsupported policy type: {kind} is not supported for the service namespace dynamodb"
            )));
        }
        return Ok(());
    }
    if configuration.get("TargetValue").is_none() {
        return Err(broken(
            None,
            "targetTrackingScalingPolicyConfiguration.targetValue",
            "Member must not be null",
        ));
    }
    let predefined = configuration.get("PredefinedMetricSpecification");
    let customized = configuration.get("CustomizedMetricSpecification");
    match (predefined, customized) {
        (Some(_), Some(_)) | (None, None) => {
            return Err(invalid(
                "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified",
            ));
        }
        _ => {}
    }
    let metric = predefined
        .and_then(|metric| metric.get("PredefinedMetricType"))
        .and_then(Value::as_str);
    if target.namespace == "dynamodb"
        && let Some(metric) = metric
    {
        let fits = match metric {
            "DynamoDBReadCapacityUtilization" => target.dimension.ends_with(":ReadCapacityUnits"),
            "DynamoDBWriteCapacityUtilization" => target.dimension.ends_with(":WriteCapacityUnits"),
            _ => false,
        };
        if !fits {
            return Err(invalid(format!(
                "Invalid PredefinedMetricType {metric} for scalable dimension {}",
                target.dimension
            )));
        }
        let value = configuration.get("TargetValue").and_then(Value::as_f64);
        if value.is_none_or(|value| !(20.0..=90.0).contains(&value)) {
            return Err(invalid(
                "Target value for DynamoDB utilization must be between 20 and 90",
            ));
        }
    }
    Ok(())
}

impl Policy {
    fn arn(&self, call: &Call<'_>, target: &Name, name: &str) -> String {
        format!(
            "{}scalingPolicy:{}:resource/{}/{}:policyName/{name}",
            call.prefix("autoscaling"),
            self.id,
            target.namespace,
            target.resource
        )
    }

    /// The alarms that the service keeps for a policy of tracking.
    fn alarms(&self, call: &Call<'_>, target: &Name) -> Vec<Value> {
        if self.kind != "TargetTrackingScaling" {
            return Vec::new();
        }
        let kinds: &[&str] = if target.namespace == "dynamodb" {
            &[
                "AlarmHigh",
                "AlarmLow",
                "ProvisionedCapacityHigh",
                "ProvisionedCapacityLow",
            ]
        } else {
            &["AlarmHigh", "AlarmLow"]
        };
        kinds
            .iter()
            .map(|kind| {
                let name = format!("TargetTracking-{}-{kind}-{}", target.resource, self.id);
                json!({
                    "AlarmName": name,
                    "AlarmARN": format!("{}alarm:{name}", call.prefix("cloudwatch")),
                })
            })
            .collect()
    }
}

pub(super) fn put(call: &Call<'_>) -> Result<Value, Failure> {
    let target = Name::of(call)?;
    let name = call.needed("PolicyName")?;
    if targets::find(call, &target)?.is_none() {
        return Err(no_target(&target));
    }
    let before: Option<Policy> = call.records.get(KIND, call.region, &key(&target, name))?;
    let kind = match (call.text("PolicyType"), &before) {
        (Some(kind), _) => kind.to_owned(),
        (None, Some(before)) => before.kind.clone(),
        (None, None) => "StepScaling".to_owned(),
    };
    let Some(member) = member(&kind) else {
        return Err(broken(
            Some(&kind),
            "policyType",
            "Member must satisfy enum value set: [StepScaling, TargetTrackingScaling, PredictiveScaling]",
        ));
    };
    let Some(configuration) = call.request.get(member) else {
        return Err(invalid(format!(
            "{member} is required for policy type {kind}"
        )));
    };
    check(&target, &kind, configuration)?;
    if before.as_ref().is_some_and(|before| before.kind != kind) {
        return Err(invalid("The type of a scaling policy can't be changed"));
    }
    let policy = Policy {
        id: before.as_ref().map_or_else(
            || uuid::Uuid::new_v4().to_string(),
            |before| before.id.clone(),
        ),
        kind,
        configuration: configuration.clone(),
        created: before.map_or_else(now, |before| before.created),
    };
    call.records
        .put(KIND, call.region, &key(&target, name), &policy)?;
    Ok(json!({
        "PolicyARN": policy.arn(call, &target, name),
        "Alarms": policy.alarms(call, &target),
    }))
}

/// The policies of a target, by name.
fn of(call: &Call<'_>, target: &Name) -> Result<Vec<(String, Policy)>, Failure> {
    let all: Vec<(String, Policy)> = call.records.list(KIND, call.region)?;
    let prefix = format!("{}|", target.key());
    Ok(all
        .into_iter()
        .filter_map(|(key, policy)| Some((key.strip_prefix(&prefix)?.to_owned(), policy)))
        .collect())
}

pub(super) fn describe(call: &Call<'_>) -> Result<Value, Failure> {
    let namespace = call.needed("ServiceNamespace")?;
    let names: Option<Vec<&str>> = call
        .request
        .get("PolicyNames")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect());
    let asked = |member: &str, value: &str| call.text(member).is_none_or(|asked| asked == value);
    let mut found = Vec::new();
    for (target, _) in targets::all(call)? {
        if target.namespace != namespace
            || !asked("ResourceId", &target.resource)
            || !asked("ScalableDimension", &target.dimension)
        {
            continue;
        }
        for (name, policy) in of(call, &target)? {
            if names
                .as_ref()
                .is_some_and(|names| !names.contains(&name.as_str()))
            {
                continue;
            }
            let mut one = target.told();
            one["PolicyARN"] = json!(policy.arn(call, &target, &name));
            one["PolicyName"] = json!(name);
            one["PolicyType"] = json!(policy.kind);
            one["Alarms"] = Value::Array(policy.alarms(call, &target));
            one["CreationTime"] = json!(policy.created);
            if let Some(member) = member(&policy.kind) {
                one[member] = policy.configuration;
            }
            found.push(one);
        }
    }
    Ok(page(call, "ScalingPolicies", found))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Failure> {
    let target = Name::of(call)?;
    let name = call.needed("PolicyName")?;
    if call
        .records
        .remove(KIND, call.region, &key(&target, name))?
    {
        return Ok(json!({}));
    }
    Err(refused(
        "ObjectNotFoundException",
        format!(
            "No scaling policy found for service namespace: {}, resource ID: {}, scalable dimension: {}, policy name: {name}",
            target.namespace, target.resource, target.dimension
        ),
    ))
}

/// The policies of a target go with it.
pub(super) fn forget(call: &Call<'_>, target: &Name) -> Result<(), Failure> {
    for (name, _) in of(call, target)? {
        call.records
            .remove(KIND, call.region, &key(target, &name))?;
    }
    Ok(())
}
